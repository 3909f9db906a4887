"""What is known of one document's names while it is read, and what it explains by itself.

A document names a thing in full once and then in short: the surname alone, an acronym. `learn` finds these
pairs and gives the short forms the full one's id.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, Protocol, TypeVar

import ahocorasick_rs

from newstide.records import EntityType
from streams.enrich.acronyms import SpelledOut, initials, is_alike, spelled_out
from streams.enrich.lexicon import Known, Lexicon, own_id
from streams.enrich.spelling import bounded, capitals
from streams.enrich.words import WORD, listed, slug

Field = Literal["title", "text"]
# One document's acronyms that are looked into.
_MOST_ACRONYMS = 100
# What a mention weighs: the headline counts most, the text's beginning 1, half of it this many characters on.
_TITLE, _HALF = 3.0, 400
_MARKS = ".,;:!?…()[]\"'“”„«»"
# The given name of Lee Jae-myung; Long-Bailey is none.
_GIVEN = re.compile(r"[^\W\d_]+-[a-z]")
_PARTICLES = frozenset({"jr", "sr", "ii", "iii", "iv", "vi"})


class Span(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


One = TypeVar("One", bound=Span)
Other = TypeVar("Other", bound=Span)


@dataclass(frozen=True, slots=True)
class Mark:
    """A name in a field. `said`: what the other witness, not the lexicon, takes it for; `sure`: the lexicon has it."""

    start: int
    end: int
    id: str
    weight: float = 1.0
    said: EntityType | None = None
    sure: bool = False


@dataclass(slots=True)
class Document:
    """Its fields with one kind of apostrophe and of space, and the marks in them, none overlapping."""

    fields: dict[Field, str]
    known: dict[str, Known] = field(default_factory=dict)
    marks: dict[Field, list[Mark]] = field(default_factory=lambda: {"title": [], "text": []})

    def written(self, name: Field, mark: Mark) -> str:
        return self.fields[name][mark.start : mark.end]

    def weight(self, name: Field, mark: Mark) -> float:
        """What a mention says of what the document is about, by where it stands (measured in tests/quality/test_salience.py)."""
        return mark.weight * (_TITLE if name == "title" else _HALF / (_HALF + mark.start))

    def every(self) -> Iterator[tuple[Field, Mark]]:
        return ((name, mark) for name in self.fields for mark in self.marks[name])


def meeting(ones: Iterable[One], others: Sequence[Other]) -> Iterator[tuple[One, Sequence[Other]]]:
    """Each of `ones` with those of `others` that overlap it; both in order and without overlaps of their own."""
    at = 0
    for one in ones:
        while at < len(others) and others[at].end <= one.start:
            at += 1
        to = at
        while to < len(others) and others[to].start < one.end:
            to += 1
        yield one, others[at:to]


def learn(book: Lexicon, document: Document) -> None:
    """Short forms become mentions of what the document says in full, wherever they stand."""
    short: dict[str, str] = {}
    for acronym, key in _acronyms(book, document):
        short.setdefault(acronym, key)  # of two things of one acronym the first is called by it
    persons = _persons(document)
    people = _surnames(persons)
    for name in document.fields:
        document.marks[name] = [_meant(document, name, mark, short, people) for mark in document.marks[name]]
    surnames = _surfaces(persons, people)
    spread(document, short | _in_full(document) | surnames, _everyday(document, surnames))


def _acronyms(book: Lexicon, document: Document) -> Iterator[tuple[str, str]]:
    """The acronyms that the text spells out, with their ids; their full names become mentions."""
    text = document.fields["text"]
    pairs: dict[tuple[str, str], SpelledOut] = {}
    for pair in spelled_out(text):
        pairs.setdefault((pair.acronym, text[pair.start : pair.end]), pair)
    for (acronym, full), pair in islice(pairs.items(), _MOST_ACRONYMS):
        if known := _explained(book, document, pair, full):
            _replace(document, pair, known)
            yield acronym, known.id


def _explained(book: Lexicon, document: Document, pair: SpelledOut, full: str) -> Known | None:
    """What the acronym stands for in this document."""
    by_acronym, by_name = book.named(pair.acronym), book.named(full)
    if any(known and known.own for known in (by_acronym, by_name)):
        return by_name if by_name and by_name.own else None  # what the user has said is not for the text to say
    marked = next((m for m in document.marks["text"] if m.start <= pair.start and m.end == pair.end), None)
    standing = document.known[marked.id] if marked else None
    if by_name is None and standing and not pair.sure:
        by_name = standing if standing.type in {"ORG", "MISC"} else None
        full = standing.name
    if by_name and (by_name.type in {"LOC", "PER"} and not pair.sure):
        return None  # ANKARA (AA) is a dateline
    if by_name and not by_name.id.startswith("x:"):
        return by_name
    if by_acronym and not _explains_itself(book, by_acronym, pair.acronym, full):
        return by_acronym
    if by_name:
        return by_name
    return Known(own_id("ORG", full), full, "ORG") if pair.sure else None


def _explains_itself(book: Lexicon, known: Known, acronym: str, full: str) -> bool:
    """Has the lexicon another full name with these initials, so that this one is somebody else's?"""
    letters = acronym.replace(".", "").casefold()
    names = [name for name in book.aliases.get(known.id, []) if " " in name and initials(name) == letters]
    return bool(names) and initials(full) == letters and not any(is_alike(full, name) for name in names)


def _replace(document: Document, pair: SpelledOut, known: Known) -> None:
    """The full name's span belongs to `known`; what stood in it gives way."""
    document.known.setdefault(known.id, known)
    marks = document.marks["text"]
    inside = [m for m in marks if m.start < pair.end and m.end > pair.start]
    if not pair.sure and all(document.known[m.id].type == "LOC" for m in inside):
        return  # Partia Austrii (FPÖ) has but a country marked in its name
    first, last = (pair.start, pair.end) if pair.sure else (inside[0].start, inside[-1].end)
    rest = [m for m in marks if m.end <= first or m.start >= last]
    document.marks["text"] = sorted([*rest, Mark(first, last, known.id)], key=lambda m: m.start)


def _persons(document: Document) -> dict[str, str]:
    """The full names of persons, as they are written → their ids."""
    names = {document.written(*at): at[1].id for at in document.every() if document.known[at[1].id].type == "PER"}
    return {written: key for written, key in names.items() if " " in written}


def _surnames(persons: dict[str, str]) -> dict[str, str | None]:
    """Slug of each end of a person's full name (al-Sharaa, Sharaa), and of a family name before it → the person's id;
    None where two share it.
    """
    full = {slug(written): key for written, key in persons.items()}
    first = {slug(written): slug(family) for written in persons if (family := _family(written))}
    people: dict[str, str | None] = {}
    for name in sorted(full, key=lambda n: (-n.count("-"), n)):
        key = people.get(name) or full[name]  # Tayyip Erdogan is Recep Tayyip Erdogan
        words = name.split("-")
        is_one = words[-1] not in _PARTICLES and len(words[-1]) >= 3
        ends = ["-".join(words[n:]) for n in range(len(words))] if is_one else []
        for end in [*ends, first[name]] if name in first else ends:
            people[end] = key if people.get(end, key) == key else None
    return people


def _family(written: str) -> str | None:
    """The family name that stands first, as in Korea, China and Vietnam: Kim Jong Un, Lee Jae-myung."""
    first, _, rest = written.partition(" ")
    return first if first in listed("family") or _GIVEN.match(rest) else None


def _meant(document: Document, name: Field, mark: Mark, short: dict[str, str], people: dict[str, str | None]) -> Mark:
    """President Barrow is Adama Barrow, when the document names him so; a surname alone looks like a firm's."""
    if document.known[mark.id].own:
        return mark
    written = document.written(name, mark)
    meant = short.get(written)
    if meant is None and (mark.said == "PER" or (mark.said in {"ORG", "MISC"} and not mark.sure)):
        meant = people.get(slug(written))
    return Mark(mark.start, mark.end, meant, mark.weight) if meant else mark


def _in_full(document: Document) -> dict[str, str]:
    """Names of more than one word that the lexicon has not → their ids."""
    names = ((document.written(*at), at[1]) for at in document.every())
    return {written: mark.id for written, mark in names if " " in written and not mark.sure}


def _surfaces(persons: dict[str, str], people: dict[str, str | None]) -> dict[str, str]:
    """The ends of full names, and family names before them, as they are written → their ids; May and Son are too often a month and a small word."""
    ends = {written[word.start() :] for written in persons for word in islice(WORD.finditer(written), 1, None)}
    ends |= {family for written in persons if (family := _family(written))}
    nobody = listed("title") | listed("skip")
    named = {end: people.get(slug(end)) for end in sorted(ends) if end[0].isupper() and end not in nobody}
    return {end: key for end, key in named.items() if key}


def _everyday(document: Document, surnames: Iterable[str]) -> frozenset[str]:
    """The surnames that are words too: Power, Özel; by a list, or because the document writes them small."""
    # Not in an address or behind a sign: kailash-satyarthi/, @power.
    small = {word.strip(_MARKS) for text in document.fields.values() for word in text.split()}
    return frozenset(name for name in surnames if name in listed("everyday") or name[0].lower() + name[1:] in small)


def spread(document: Document, learned: dict[str, str], everyday: frozenset[str] = frozenset()) -> None:
    """What was learned is marked wherever nothing is marked yet, unless it is a piece of a longer name, or an
    `everyday` word that but begins a sentence.
    """
    if not learned:
        return
    for name, text in document.fields.items():
        names = {up: key for n, key in learned.items() for up in capitals(n)} if text.isupper() else learned
        finder = ahocorasick_rs.AhoCorasick(list(names), ahocorasick_rs.MatchKind.LeftmostLongest)
        keys = list(names.values())
        found = [
            Mark(start, end, keys[index])
            for index, start, end in finder.find_matches_as_indexes(text)
            if bounded(text, start, end)
            and (name == "title" or not _goes_on(text, end))
            and not (text[start:end] in everyday and _begins(text, start, end))
        ]
        marks = sorted(document.marks[name], key=lambda m: m.start)
        ends = {mark.end for mark in marks}
        fresh = [mark for mark, met in meeting(found, marks) if not met and mark.start - 1 not in ends]
        document.marks[name] = sorted([*marks, *fresh], key=lambda m: m.start)


def _goes_on(text: str, end: int) -> bool:
    """Does another capital follow: Faber of Faber-Castell? In a headline that says nothing."""
    return text[end : end + 1] in {" ", "-"} and text[end + 1 : end + 2].isupper()


def _begins(text: str, start: int, end: int) -> bool:
    """Does a sentence begin here and go on in lower case: Power cuts, Özel sektör?"""
    before = text[max(0, start - 4) : start].rstrip(" \"'“”„«»([")
    opens = start == 0 or before[-1:] in {"", ".", "!", "?", "…", ":", "\n"} or text[start - 1] in "\"'“„«"
    return opens and text[end : end + 1] == " " and text[end + 1 : end + 2].islower()
