"""Whose is an institution that every country has: whose Parliament, whose Interior Ministry?

What stands beside the name is heard first ("Iraqi", "Iraq's", "of Iraq"), then what the document says of the same
institution elsewhere, then which country acts in it. A name that is not clearly somebody's is no mention.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from streams.enrich import dateline
from streams.enrich.document import Document, Field, Mark, spread
from streams.enrich.lexicon import Known, Lexicon, own_id
from streams.enrich.offices import Office, acting, bare, country_of, has, of, stated, unmistakable
from streams.enrich.words import listed

# The country that acts has twice the weight of the next one that has such an institution, and this share of all.
_AHEAD, _SHARE = 2.0, 0.25
_BEFORE = re.compile(r"(?:'s?)? ")
_AFTER = re.compile(r" of(?: the)? ")
# Capitalised words right before a name, on its line.
_RUN = re.compile(r"(?<![\w.'&-])(?:[^\W\d_a-z][\w'&-]*(?:\.[\w'&-]+)*(?<!'s) )+$")
_REACH = 60
# What begins names and sentences; and what is said of a person in the institution.
_COMPASS = frozenset({"New", "Eastern", "Western", "Northern", "Southern"})
_BEFORE_IT = frozenset({"Assistant", "Senior", "Top", "Acting"})


@dataclass(frozen=True, slots=True)
class _Said:
    """A mark that names an office, and what its own words and those beside it tell: its `country`, or that it is an `other`'s.

    `open`: they tell nothing.
    """

    office: Office
    country: str = ""
    other: Known | None = None
    open: bool = False


def attribute(book: Lexicon, document: Document) -> None:
    """Gives the names of institutions to a country's, as far as the document tells; what is left over is no mention."""
    met = "\n".join(document.fields.values())
    found = {form: known for form, known in unmistakable().items() if form in met or form.upper() in met}
    document.known |= {known.id: known for known in found.values()}
    spread(document, {form: known.id for form, known in found.items()})
    reading = _Reading(book, document)
    _rename(document, reading.meant)
    longer = _longer(document)
    _rename(document, lambda field, at: _shortened(document, field, at, longer))
    for field in document.fields:
        _widen(document, field)


def _rename(document: Document, meant: Callable[[Field, int], Known | None]) -> None:
    """Each mark becomes what `meant` says of the one at this place; None takes it away."""
    for field, marks in document.marks.items():
        found = [meant(field, at) for at in range(len(marks))]
        document.known |= {known.id: known for known in found if known}
        pairs = zip(marks, found, strict=True)
        document.marks[field] = [m if m.id == known.id else replace(m, id=known.id) for m, known in pairs if known]


class _Reading:
    """What a document tells of institutions, gathered before any mark is changed."""

    def __init__(self, book: Lexicon, document: Document) -> None:
        self._book, self._document = book, document
        self._said: dict[tuple[Field, int], _Said] = {}
        self._told: dict[str, set[str]] = {}
        self._weights: dict[str, float] = {}
        self._others: set[str] = set()
        for field, marks in document.marks.items():
            for at in range(len(marks)):
                self._hear(field, at)
        filed = dateline.find(document.fields["text"])
        if filed and (place := book.place(filed.place)):
            self._weigh(acting(book, place), 1.0)  # what stands at the very beginning counts twice

    def _hear(self, field: Field, at: int) -> None:
        mark = self._document.marks[field][at]
        known = self._document.known[mark.id]
        name = self._document.written(field, mark) if mark.sure else known.name
        institution = not (known.own or known.type == "PER" or (mark.sure and known.spot))
        inside = stated(self._book, name) if institution else None
        if inside:
            said = self._said[field, at] = _Said(*inside)
            self._weigh(said.country, self._document.weight(field, mark))
        elif institution and (office := bare(name)):
            said = self._said[field, at] = self._beside(field, at, office)
        else:
            self._weigh(acting(self._book, known), self._document.weight(field, mark))
            self._others.add(known.name)
            return
        if said.country:
            self._told.setdefault(said.office.name, set()).add(said.country)

    def _weigh(self, country: str, weight: float) -> None:
        if country:
            self._weights[country] = self._weights.get(country, 0.0) + weight

    def _beside(self, field: Field, at: int, office: Office) -> _Said:
        """By the words right before and the name right after it."""
        marks, text = self._document.marks[field], self._document.fields[field]
        mark = marks[at]
        if office.whole:
            return _Said(office, open=True)
        before = self._document.known[marks[at - 1].id] if at else None
        if before and before.type != "PER" and _BEFORE.fullmatch(text, marks[at - 1].end, mark.start):
            country = acting(self._book, before) if before.type == "ORG" else country_of(before)
            if country or (before.type == "ORG" and marks[at - 1].sure):
                return _Said(office, country)
        if not mark.sure and (joined := _joined(self._document, field, at)):
            return _Said(office, other=Known(own_id("ORG", joined), joined, "ORG"))
        if at + 1 < len(marks) and _AFTER.fullmatch(text, mark.end, marks[at + 1].start):
            return _Said(office, country_of(self._document.known[marks[at + 1].id]))
        return _Said(office, open=True)

    def meant(self, field: Field, at: int) -> Known | None:
        """Whom the mark is of after all; None: nobody."""
        mark, said = self._document.marks[field][at], self._said.get((field, at))
        known = self._document.known[mark.id]
        if said is None:
            return known
        country = self._country(said.office) if said.open else said.country
        found = of(self._book, said.office, country) if has(country) else said.other
        return found or (known if mark.sure else None)

    def _country(self, office: Office) -> str:
        """Whose it is by what is said elsewhere: of the same institution, or of the countries that act."""
        told = self._told.get(office.name, set())
        country = next(iter(told)) if len(told) == 1 else _acts(office, self._weights)
        if not country or office.whole or of(self._book, office, country).id in self._book.things:
            return country
        others = any(name.endswith(f" {form}") for name in self._others for form in office.forms)
        return "" if others else country  # the European Parliament may be meant


def _acts(office: Office, weights: dict[str, float]) -> str:
    """The country that acts in the document, of those that have such an institution; "" where it is not clear."""
    own = {country: weight for country, weight in weights.items() if office.is_in(country)}
    country = _ahead(own)
    return country if country and has(country) and own[country] >= _SHARE * sum(weights.values()) else ""


def _ahead(weights: dict[str, float]) -> str:
    """What weighs twice as much as anything else, "" for nothing."""
    first, second = sorted([*weights.items(), ("", 0.0), ("", 0.0)], key=lambda each: -each[1])[:2]
    return first[0] if first[1] >= _AHEAD * second[1] else ""


def _joined(document: Document, field: Field, at: int) -> str:
    """The name that a reader cut before its last word, "" for none: Damascus University, North Gauteng High Court."""
    mark, text = document.marks[field][at], document.fields[field]
    floor = max(0, mark.start - _REACH)
    for before in document.marks[field][max(0, at - 3) : at]:
        known = document.known[before.id]
        if known.type == "PER" or known.own or (known.type == "ORG" and before.sure):
            floor = max(floor, before.end)
    match = _RUN.search(text, floor, mark.start)
    words = match[0].split() if match else []
    said = (listed("skip") | listed("title") | _BEFORE_IT) - _COMPASS
    words = words[1 + max((n for n, word in enumerate(words) if word in said), default=-1) :]
    return " ".join([*words, text[mark.start : mark.end]]) if words else ""


def _is_cut(document: Document, field: Field, at: int) -> bool:
    """Is it an institution's last words, or does it follow a place: Baghdad and Operational Command?"""
    mark, text = document.marks[field][at], document.fields[field]
    word = text[mark.start : mark.end]
    if mark.sure or document.known[mark.id].type != "ORG":
        return False
    if word in listed("lone") or bare(word):
        return True
    before = document.marks[field][at - 1] if at else None
    if before is None or text[before.end : mark.start] != " " or before.weight < 1.0:  # Swiss Lindholm Bank
        return False
    return document.known[before.id].type == "LOC" and word.rpartition(" ")[2] in listed("lone")


def _widen(document: Document, field: Field) -> None:
    """An institution's mention takes in the words before it that belong to its name, as its longer mentions do."""
    kept: list[Mark] = []
    for at, mark in enumerate(document.marks[field]):
        joined = _joined(document, field, at) if _is_cut(document, field, at) else ""
        start = mark.end - len(joined) if joined else mark.start
        while kept and kept[-1].end > start:
            kept.pop()
        kept.append(replace(mark, start=start) if joined else mark)
    document.marks[field] = kept


def _shortened(document: Document, field: Field, at: int, longer: dict[str, dict[str, float]]) -> Known | None:
    """What a lone noun ("the Commission said") or a name cut in two stands for; None: nobody."""
    mark = document.marks[field][at]
    known = document.known[mark.id]
    written = document.written(field, mark)
    lone = not mark.sure and known.type != "PER" and known.name in listed("lone")
    if (lone or (not bare(written) and _is_cut(document, field, at))) and (joined := _joined(document, field, at)):
        return Known(own_id("ORG", joined), joined, "ORG")
    return document.known.get(_ahead(longer.get(known.name, {}))) if lone else known


def _longer(document: Document) -> dict[str, dict[str, float]]:
    """Each lone noun → the organisations that have it in a longer name, with what they weigh."""
    found: dict[str, dict[str, float]] = {}
    for field, mark in document.every():
        known = document.known[mark.id]
        words = known.name.split() if known.type == "ORG" and " " in known.name else []
        for word in listed("lone").intersection(words):
            weights = found.setdefault(word, {})
            weights[mark.id] = weights.get(mark.id, 0.0) + document.weight(field, mark)
    return found
