"""Institutions that every country has, by name: Parliament, Interior Ministry, Ministry of Trade and Industry.

`lexicon/offices.tsv` lists them; a ministry is known by its portfolio (`words.tsv`). Whose one is in a document: `whose`.
"""

import re
from dataclasses import dataclass
from functools import cache

from newstide.records import Entity
from streams.enrich.lexicon import Known, Lexicon, own_id
from streams.enrich.words import listed, table

_MINISTRY = re.compile(r"Ministry (?:of|for)(?: the)? (?P<after>.+)|(?P<before>.+) Ministry")
_SMALL = frozenset({"and", "of", "the", "for", "&"})
# What a country's institutions are called by, where it is not its first demonym.
_LABELS = {"US": "U.S.", "PH": "Philippine", "NZ": "New Zealand", "SB": "Solomon Islands"}


@dataclass(frozen=True, slots=True)
class Office:
    """`name` follows a demonym, `forms` are its other writings. The `countries` (ISO codes) have one; or, `but`, all others.

    `whole`: it is the country itself (Korean).
    """

    name: str
    forms: tuple[str, ...]
    countries: frozenset[str]
    but: bool
    whole: bool = False

    def is_in(self, country: str) -> bool:
        return (country in self.countries) != self.but


@cache
def _listed() -> dict[str, Office]:
    """Every form → its office."""
    found: dict[str, Office] = {}
    for row in table("offices"):
        forms = (row["name"], *filter(None, row["aliases"].split("|")))
        codes = frozenset(filter(None, row["countries"].removeprefix("!").split("|")))
        but = not codes or row["countries"].startswith("!")
        found |= dict.fromkeys(forms, Office(row["name"], forms, codes, but, row["is"] == "country"))
    return found


def bare(written: str) -> Office | None:
    """The institution that is named without a country: Parliament, Ministry of Trade and Industry."""
    if known := _listed().get(written):
        return known
    match = _MINISTRY.fullmatch(written)
    portfolio = (match["after"] or match["before"]) if match else ""
    words = portfolio.replace(",", " ").split()
    if not words or not all(word in _SMALL or word in listed("portfolio") for word in words):
        return None
    return Office(f"{portfolio} Ministry", (written,), frozenset({"US"}), but=True)


def stated(book: Lexicon, written: str) -> tuple[Office, str] | None:
    """The institution and the country's code in "Iraqi Interior Ministry", "Parliament of Canada"."""
    words = written.split()
    for at in range(1, min(len(words), 4)):
        country = country_of(book.named(" ".join(words[:at]).removesuffix("'s")))
        if country and (office := bare(" ".join(words[at:]))):
            return office, country
    name, _, owner = written.rpartition(" of ")
    country = country_of(book.named(owner.removeprefix("the "))) if name else ""
    office = bare(name) if country else None
    return (office, country) if office else None


def of(book: Lexicon, office: Office, country: str) -> Known:
    """The country's institution: the lexicon's, if it has it under one of its names, else one named by the demonym."""
    row = _countries()[country]
    if office.whole:
        return book.things[row["id"]]
    callings = [*row["demonyms"].split("|"), row["name"], *row["aliases"].split("|")]
    named = [f"{calling} {form}" for form in office.forms for calling in callings]
    found = [known for name in (*named, *office.forms) if (known := book.named(name)) and not known.spot]
    mine = next((known for known in found if acting(book, known) == country), None)
    name = f"{_LABELS.get(country) or callings[0] or row['name']} {office.name}"
    return mine or Known(own_id("ORG", name), name, "ORG")


@cache
def unmistakable() -> dict[str, Known]:
    """The forms that are names wherever they stand, also where no reader has marked them; House begins a sentence on rents."""
    forms = (form for form in _listed() if " " in form or form in {"Congress", "Parliament", "Senate"})
    return {form: Known(own_id("ORG", form), form, "ORG") for form in forms}


def has(country: str) -> bool:
    """Is it a country of the table? Of Hong Kong's institutions no more is known."""
    return country in _countries()


@cache
def _countries() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in table("countries")}


def country_of(known: Known | None) -> str:
    """The code of the country that is named; "" where it is none."""
    code = known.spot.country if known and known.spot else ""
    return code if known and has(code) and _countries()[code]["id"] == known.id else ""


def acting(book: Lexicon, known: Known) -> str:
    """The code of the country that a place lies in, or whose institution it is."""
    place = known if known.spot else book.home(known.id)
    return place.spot.country if place and place.spot else ""


def home(book: Lexicon, entity: Entity) -> Known | None:
    """The country whose institution an entity is."""
    known = book.home(entity.id)
    inside = stated(book, entity.name) if known is None and entity.type == "ORG" else None
    return book.things[_countries()[inside[1]]["id"]] if inside else known
