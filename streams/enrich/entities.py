"""Who and what an article names: two witnesses, the lexicon and a reader, then what the article itself explains.

`recognise` is the one door. Mentions never overlap in a field.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from newstide.records import Entity, EntityType, Mention
from streams.enrich.bounds import outside, whole
from streams.enrich.document import Document, Field, Mark, learn, meeting
from streams.enrich.lexicon import Hit, Known, Lexicon, lexicon, own_id
from streams.enrich.namesakes import settle
from streams.enrich.ner.encoder import encoder
from streams.enrich.runs import certain
from streams.enrich.whose import attribute
from streams.enrich.words import Name, even

# One article's entities, and one entity's mentions, that are kept; the rest says nothing new.
MOST_ENTITIES = 200
MOST_MENTIONS = 100
# What a country's adjective weighs beside its name.
_DEMONYM = 0.5
# Weight at which salience reaches 1 - 1/e: a name in the headline and at the very beginning of the text.
_SCALE = 4.0

# (text, the lexicon's names in it, language) → names of the reader's own, in order, none overlapping.
Reader = Callable[[str, Sequence[Hit], str], Iterable[Name]]
_Names = dict[Field, list[Name]]


def reader(model: str = "") -> Reader:
    """The trained encoder in `model` reads English ("": the one that Newstide brings); elsewhere rules say what is certain."""

    def names(text: str, hits: Sequence[Hit], language: str) -> Iterable[Name]:
        english = language.split("-", maxsplit=1)[0] == "en"
        return whole(encoder(model).names(text), text) if english else certain(text, hits)

    return names


def recognise(
    documents: Sequence[tuple[str, str, str]], read: Reader | None = None, book: Lexicon | None = None
) -> list[tuple[Entity, ...]]:
    """The entities of each (title, text, language), by salience, ties by id.

    Every mention satisfies `field[start:end] == mention.text`; offsets count code points. A document's
    entities depend on nothing but itself.
    """
    read, book = read or reader(), book or lexicon()
    return [_entities(title, text, language, read, book) for title, text, language in documents]


def _entities(title: str, text: str, language: str, read: Reader, book: Lexicon) -> tuple[Entity, ...]:
    # The text first: a name is shown as it is written there, not as a headline shouts it.
    document = Document({"text": even(text), "title": even(title)})
    hits: dict[Field, list[Hit]] = {name: book.find(field, language) for name, field in document.fields.items()}
    found: _Names = {name: list(read(field, hits[name], language)) for name, field in document.fields.items()}
    found = _one_kind_each(document, found)
    for name, field in document.fields.items():
        _mark(book, document, name, outside(field, found[name]), outside(field, hits[name]))
    settle(book, document)
    learn(book, document)
    attribute(book, document)
    return _finished(document, {"title": title, "text": text})


def _one_kind_each(document: Document, names: _Names) -> _Names:
    """The same name is the same kind of thing through the document: the kind it is taken for most often."""
    votes: dict[str, Counter[EntityType]] = {}
    for field, found in names.items():
        for start, end, kind in found:
            votes.setdefault(document.fields[field][start:end], Counter())[kind] += 1
    best = {written: max(kinds, key=kinds.__getitem__) for written, kinds in votes.items()}
    return {
        field: [Name(start, end, best[document.fields[field][start:end]]) for start, end, _ in found]
        for field, found in names.items()
    }


def _mark(book: Lexicon, document: Document, field: Field, names: list[Name], hits: list[Hit]) -> None:
    """Of names and hits that overlap the longer one stays (University of Baghdad), the lexicon's of two equals.

    But the reader sees what stands around a place's name: Jordan may be a person, Liverpool a club. What the user
    has named is that, whatever the reader says.
    """
    said = {(name.start, name.end): name.kind for name in names}
    hits = [hit for hit in hits if hit.demonym or not _is_other(book, hit.known, said.get((hit.start, hit.end)))]
    names = [name for name, met in meeting(names, hits) if not any(_stands(hit, name) for hit in met)]
    marks = document.marks[field]
    for hit, met in meeting(hits, names):
        if not met:
            document.known.setdefault(hit.known.id, hit.known)
            weight = _DEMONYM if hit.demonym else 1.0
            marks.append(Mark(hit.start, hit.end, hit.known.id, weight, said.get((hit.start, hit.end)), sure=True))
    for start, end, kind in names:
        if known := _known(book, document.fields[field][start:end], kind):
            document.known.setdefault(known.id, known)
            marks.append(Mark(start, end, known.id, said=kind))
    marks.sort(key=lambda mark: mark.start)


def _stands(hit: Hit, name: Name) -> bool:
    """Does the lexicon's name stay where both mark the text?"""
    return hit.known.own or hit.end - hit.start >= name.end - name.start


def _known(book: Lexicon, written: str, kind: EntityType) -> Known | None:
    """What a name stands for; None for one without a letter."""
    known = book.named(written) or (book.place(written) if kind == "LOC" else book.alike(written, kind))
    if known and not _is_other(book, known, kind):
        return known
    named = any(map(str.isalpha, written))
    return Known(own_id(kind, written), written, kind) if named else None


def _is_other(book: Lexicon, known: Known, said: EntityType | None) -> bool:
    """Does a place's name stand for a person here, a city's for its club? A country's government stays the country."""
    return (
        known.type == "LOC"
        and not known.own
        and (said == "PER" or (said == "ORG" and known.name not in book.countries))
    )


def _finished(document: Document, originals: dict[Field, str]) -> tuple[Entity, ...]:
    """The records: mentions in order, the title's first, salience from their places (measured in tests/quality/test_salience.py)."""
    mentions: dict[str, list[Mention]] = {}
    weights: dict[str, float] = {}
    for name, mark in _in_order(document):
        weights[mark.id] = weights.get(mark.id, 0.0) + document.weight(name, mark)
        listed_here = mentions.setdefault(mark.id, [])
        if len(listed_here) < MOST_MENTIONS:
            listed_here.append(Mention(name, mark.start, mark.end, originals[name][mark.start : mark.end]))
    entities = [
        Entity(key, document.known[key].name, document.known[key].type, _salience(weights[key]), tuple(found))
        for key, found in mentions.items()
    ]
    return tuple(sorted(entities, key=lambda e: (-e.salience, e.id))[:MOST_ENTITIES])


def _in_order(document: Document) -> Iterator[tuple[Field, Mark]]:
    fields: tuple[Field, ...] = ("title", "text")
    return ((name, mark) for name in fields for mark in document.marks[name])


def _salience(weight: float) -> float:
    return round(1.0 - math.exp(-weight / _SCALE), 4)
