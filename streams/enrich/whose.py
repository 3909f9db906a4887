"""Whose is an institution that every country has: whose Parliament, whose Interior Ministry?

What stands beside the name is heard first ("Iraqi", "Iraq's", "of Iraq"), then what the document says of the same
institution elsewhere, then which country acts in it. A name that is not clearly somebody's is no mention.
"""

import re
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
    """A mark that names an office, and what its own words and those beside it tell: a `country`, or that it is an `other`'s."""

    office: Office
    country: str = ""
    other: Known | None = None


def attribute(book: Lexicon, document: Document) -> None:
    """Gives the names of institutions to a country's, as far as the document tells; what is left over is no mention."""
    document.known |= {known.id: known for known in unmistakable().values()}
    spread(document, {form: known.id for form, known in unmistakable().items()})
    reading = _Reading(book, document)
    for field, marks in document.marks.items():
        meant = [reading.meant(field, mark) for mark in marks]
        document.known |= {known.id: known for known in meant if known}
        document.marks[field] = [replace(m, id=known.id) for m, known in zip(marks, meant, strict=True) if known]
    _lone(document)


class _Reading:
    """What a document tells of institutions, gathered before any mark is changed."""

    def __init__(self, book: Lexicon, document: Document) -> None:
        self._book, self._document = book, document
        self._said: dict[tuple[Field, int], _Said] = {}
        self._told: dict[str, set[str]] = {}
        self._weights: dict[str, float] = {}
        self._others: set[str] = set()
        for field, marks in document.marks.items():
            for at, mark in enumerate(marks):
                self._hear(field, at, mark)
        filed = dateline.find(document.fields["text"])
        if filed and (place := book.place(filed.place)):
            self._weigh(acting(book, place), 1.0)  # what stands at the very beginning counts twice

    def _hear(self, field: Field, at: int, mark: Mark) -> None:
        known = self._document.known[mark.id]
        name = self._document.written(field, mark) if mark.sure else known.name
        institution = not (known.own or known.type == "PER" or (mark.sure and known.spot))
        inside = stated(self._book, name) if institution else None
        country = inside[1] if inside else ""
        if inside:
            self._said[field, mark.start] = _Said(*inside)
        elif institution and (office := bare(name)):
            self._said[field, mark.start] = self._beside(field, at, office)
        else:
            country = acting(self._book, known)
            self._others.add(known.name)
        self._weigh(country, self._document.weight(field, mark))
        if (said := self._said.get((field, mark.start))) and said.country:
            self._told.setdefault(said.office.name, set()).add(said.country)

    def _weigh(self, country: str, weight: float) -> None:
        if country:
            self._weights[country] = self._weights.get(country, 0.0) + weight

    def _beside(self, field: Field, at: int, office: Office) -> _Said:
        """By the words right before and the name right after it."""
        marks, text = self._document.marks[field], self._document.fields[field]
        mark = marks[at]
        if office.whole:
            return _Said(office)
        follows = at > 0 and _BEFORE.fullmatch(text, marks[at - 1].end, mark.start)
        if follows and (country := country_of(self._book, self._document.known[marks[at - 1].id])):
            return _Said(office, country)
        if not mark.sure and (joined := _joined(text, mark)):
            return _Said(office, other=Known(own_id("ORG", joined), joined, "ORG"))
        if at + 1 < len(marks) and _AFTER.fullmatch(text, mark.end, marks[at + 1].start):
            return _Said(office, country_of(self._book, self._document.known[marks[at + 1].id]))
        return _Said(office)

    def meant(self, field: Field, mark: Mark) -> Known | None:
        """Whom the mark is of after all; None: nobody."""
        known, said = self._document.known[mark.id], self._said.get((field, mark.start))
        if said is None:
            return known
        found = said.other or self._of(said.office, said.country or self._country(said.office))
        return found or (known if mark.sure else None)

    def _of(self, office: Office, country: str) -> Known | None:
        return of(self._book, office, country) if country else None

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


def _joined(text: str, mark: Mark) -> str:
    """The name that a reader cut before its last word, "" for none: Damascus University, North Gauteng High Court."""
    match = _RUN.search(text, max(0, mark.start - _REACH), mark.start)
    words = match[0].split() if match else []
    said = (listed("skip") | listed("title") | _BEFORE_IT) - _COMPASS
    words = words[1 + max((at for at, word in enumerate(words) if word in said), default=-1) :]
    return " ".join([*words, text[mark.start : mark.end]]) if words else ""


def _lone(document: Document) -> None:
    """A lone noun, as in "the Commission said", is the organisation whose longer name has it; else nobody's."""
    longer = _longer(document)
    for field, marks in document.marks.items():
        meant = [(mark, _shortened(document, field, mark, longer)) for mark in marks]
        document.known |= {known.id: known for _, known in meant if known}
        document.marks[field] = [replace(mark, id=known.id) for mark, known in meant if known]


def _shortened(document: Document, field: Field, mark: Mark, longer: dict[str, dict[str, float]]) -> Known | None:
    known = document.known[mark.id]
    if mark.sure or known.type == "PER" or known.name not in listed("lone"):
        return known
    if joined := _joined(document.fields[field], mark):
        return Known(own_id("ORG", joined), joined, "ORG")
    return document.known.get(_ahead(longer.get(known.name, {})))


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
