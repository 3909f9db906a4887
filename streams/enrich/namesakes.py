"""Places of one name (Georgia, Tripoli, Birmingham): the document's other places tell which is meant."""

import math
from collections import Counter

from streams.enrich.document import Document, Mark
from streams.enrich.lexicon import Known, Lexicon, Spot

# Kilometres within which a place speaks for its neighbour. Atlanta, Alabama and Florida lie so near Georgia's
# middle; Washington and New York, which write of both Georgias, do not.
_NEAR = 600.0
_EARTH = 6371.0


def settle(book: Lexicon, document: Document) -> None:
    """A name that several places share is one of them throughout the document: the best known, unless more
    of the other places lie near another.
    """
    shared = {document.written(name, mark) for name, mark in document.every() if mark.sure} & book.namesakes.keys()
    for written in sorted(shared):
        default, *others = book.namesakes[written]
        meant = _meant(document, default, others)
        if meant is not default:
            document.known.setdefault(meant.id, meant)
            _rename(document, written, default, meant)


def _meant(document: Document, default: Known, others: list[Known]) -> Known:
    votes: Counter[str] = Counter()
    candidates = [default, *others]
    for known in {mark.id: document.known[mark.id] for _, mark in document.every()}.values():
        if known.spot and known not in candidates:
            near = min(candidates, key=lambda one: _distance(one.spot, known.spot))
            votes[near.id] += _distance(near.spot, known.spot) <= _NEAR
    return max(candidates, key=lambda one: votes[one.id])  # the first of equals


def _rename(document: Document, written: str, default: Known, meant: Known) -> None:
    for name in document.fields:
        document.marks[name] = [
            Mark(m.start, m.end, meant.id, m.weight, m.said, m.sure)
            if m.id == default.id and document.written(name, m) == written
            else m
            for m in document.marks[name]
        ]


def _distance(one: Spot | None, other: Spot | None) -> float:
    """Kilometres on the sphere."""
    if one is None or other is None:
        return math.inf
    north, south = math.radians(one.lat), math.radians(other.lat)
    a = math.sin((south - north) / 2) ** 2
    b = math.cos(north) * math.cos(south) * math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    return 2 * _EARTH * math.asin(math.sqrt(a + b))
