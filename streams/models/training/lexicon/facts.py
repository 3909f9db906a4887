"""The tables written by hand, as the built ones need them: which name is whose, and what is wrong with them."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import cast, get_args

from newstide.records import EntityType
from streams.enrich.lexicon import given_id
from streams.enrich.words import even, slug, table

TABLES = Path(str(files("streams.enrich"))) / "lexicon"
BY_HAND = ("countries", "places", "names", "common")
_ID = re.compile(r"Q[1-9]\d*|-")


@dataclass(slots=True)
class Facts:
    """`ids` by name as it is written, of what is found in any text; `places` by slug of any of a place's names,
    `towns` those of them that are a town's or a country's and name it in any text.
    """

    ids: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Id and country."""
    towns: set[str] = field(default_factory=set)
    countries: dict[str, str] = field(default_factory=dict)
    """Id by ISO code."""
    faults: list[str] = field(default_factory=list)


def read() -> Facts:
    """All three tables; what breaks a rule of LEXICON.md is in `faults`."""
    facts = Facts()
    seen: dict[str, str] = {}
    for name in BY_HAND[:3]:
        for row in table(name):
            key = given_id(row["id"], cast("EntityType", row.get("type", "LOC")), row["name"])
            where = f"{name}: {row['name']}"
            if seen.setdefault(key, where) != where or not _ID.fullmatch(row["id"]):
                facts.faults.append(f"{where}: id {key} is not one, or also that of {seen[key]}")
            if row.get("type", "LOC") not in get_args(EntityType):
                facts.faults.append(f"{where}: type {row['type']}")
            _take(facts, name, row, key)
    return facts


def hash_of_ours() -> str:
    """Of what is written by hand, the endings too: what the built tables were made with."""
    digest = hashlib.blake2b(digest_size=4)
    for path in (*(TABLES / f"{name}.tsv" for name in BY_HAND), Path(__file__).with_name("endings.tsv")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _take(facts: Facts, name: str, row: dict[str, str], key: str) -> None:
    if name == "countries":
        facts.countries[row["code"]] = key
    if name != "names":
        country = row["code"] if name == "countries" else row["country"]
        for written in (row["name"], *_split(row["aliases"])):
            facts.places.setdefault(slug(written), (key, country))
            if row.get("kind", "city") in {"city", "capital"}:
                facts.towns.add(slug(written))
    if "quiet" in row.get("kind", ""):
        return
    for written in map(even, (row["name"], *_split(row["aliases"]), *_split(row.get("demonyms", "")))):
        if facts.ids.setdefault(written, key) != key:
            facts.faults.append(f"{name}: {written} is {facts.ids[written]} and {key}")


def _split(names: str) -> Iterator[str]:
    return filter(None, names.split("|"))
