"""Where an article happens: its places that the gazetteer knows."""

from collections.abc import Sequence

from newstide.records import Dateline, Entity, Place
from streams.enrich.lexicon import Known, Lexicon

WHERE, MENTIONED = "where", "mentioned"


def find(entities: Sequence[Entity], dateline: Dateline | None, book: Lexicon) -> tuple[Place, ...]:
    """The places among the entities, in their order. One has the role `where`: the dateline's, else the
    most salient that is named itself and not only by its people. All others are `mentioned`.
    """
    known = [place for entity in entities if (place := _place(entity, book))]
    filed = book.place(dateline.place) if dateline else None
    if filed and filed.id not in {place.id for place in known}:
        known.insert(0, filed)
    named = {e.id for e in entities if any(m.text not in book.demonyms for m in e.mentions)}
    where = filed.id if filed else next((place.id for place in known if place.id in named), None)
    return tuple(_record(place, WHERE if place.id == where else MENTIONED) for place in known)


def _place(entity: Entity, book: Lexicon) -> Known | None:
    known = book.things.get(entity.id)
    return known if known and known.spot else None


def _record(known: Known, role: str) -> Place:
    spot = known.spot
    if spot is None:
        raise ValueError(f"{known.id} is no place of the gazetteer")
    return Place(known.id, known.name, spot.country, spot.lat, spot.lon, role)
