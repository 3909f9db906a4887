"""Where an article happens: its places that the gazetteer knows, and the countries it is about."""

from collections.abc import Sequence

from newstide.records import Dateline, Entity, Place
from streams.enrich import offices
from streams.enrich.dateline import region
from streams.enrich.lexicon import Known, Lexicon, lexicon

WHERE, ABOUT, MENTIONED = "where", "about", "mentioned"
# Salience over a country's places and institutions, taken together, from which the article is about it: set on
# one half of a sample of Reuters' articles, measured on the other (tests/quality/test_places.py).
_ABOUT = 0.35


def find(
    entities: Sequence[Entity], dateline: Dateline | None, text: str = "", book: Lexicon | None = None
) -> tuple[Place, ...]:
    """The places among the entities, in their order, then the countries of institutions.

    One has the role `where`: the dateline's, else the most salient that is named itself and not only by its
    people. Others are `about` where the article is about their country, else `mentioned`. `text` begins with
    the dateline: its region (BIRMINGHAM, Ala.) tells two places of one name apart.
    """
    book = book or lexicon()
    filed, other = _filed(dateline, text, book)
    known = [place for e in entities if (place := _place(e, book)) and place != other]
    known = [*([filed] if filed and filed not in known else []), *known]
    known = list(dict.fromkeys([*known, *(home for e in entities if (home := offices.home(book, e)))]))
    named = {e.id for e in entities if any(m.text not in book.demonyms for m in e.mentions)}
    where = filed or next((place for place in known if place.id in named), None)
    about = _about(entities, other, book)
    return tuple(_record(p, WHERE if p == where else ABOUT if _country(p) in about else MENTIONED) for p in known)


def _filed(dateline: Dateline | None, text: str, book: Lexicon) -> tuple[Known | None, Known | None]:
    """Where the dateline says, and the place of that name that it does not mean."""
    if dateline is None:
        return None, None
    place = book.place(dateline.place)
    within = book.region(said) if (said := region(text, dateline)) else None
    if within is None or (place and _country(place) == _country(within)):
        return place, None
    return within, place


def _about(entities: Sequence[Entity], other: Known | None, book: Lexicon) -> set[str]:
    """The countries with enough of the article's salience."""
    missing: dict[str, float] = {}
    for entity in entities:
        known = _place(entity, book) or offices.home(book, entity)
        if known and known != other:
            country = _country(known)
            missing[country] = missing.get(country, 1.0) * (1 - entity.salience)
    return {country for country, rest in missing.items() if 1 - rest >= _ABOUT}


def _place(entity: Entity, book: Lexicon) -> Known | None:
    known = book.things.get(entity.id)
    return known if known and known.spot else None


def _country(known: Known) -> str:
    return known.spot.country if known.spot else ""


def _record(known: Known, role: str) -> Place:
    spot = known.spot
    if spot is None:
        raise ValueError(f"{known.id} is no place of the gazetteer")
    return Place(known.id, known.name, spot.country, spot.lat, spot.lon, role)
