"""Strict F1 on the parts that were not trained on: the exact span, and the type."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from streams.enrich.ner import tags
from streams.enrich.ner.tags import KINDS, TAGS
from streams.enrich.words import Name
from streams.models.training.ner.sets import SOURCES, Document

# Code points, and the kind.
Span = tuple[int, int, str]


@dataclass(slots=True)
class Score:
    """Counts by kind; MISC does not count where the set does not mark it."""

    right: Counter[str] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)

    def add(self, found: set[Span], gold: set[Span]) -> None:
        self.right.update(kind for _, _, kind in found & gold)
        self.given.update(kind for _, _, kind in found)
        self.wanted.update(kind for _, _, kind in gold)

    def f1(self, kind: str | None = None) -> float:
        """In percent, over all kinds or of one."""
        right, given, wanted = (c[kind] if kind else c.total() for c in (self.right, self.given, self.wanted))
        return 200 * right / max(1, given + wanted)

    def precision(self) -> float:
        return 100 * self.right.total() / max(1, self.given.total())

    def recall(self) -> float:
        return 100 * self.right.total() / max(1, self.wanted.total())


def judge(read: Callable[[str], list[Name]], held: dict[str, list[Document]]) -> dict[str, Score]:
    """A score per set; re3d is also judged by names only ("re3d, names"). `read` gives the names in a text."""
    scores: dict[str, Score] = {}
    for name, documents in held.items():
        for document in documents:
            text, tokens, gold = joined(document)
            found = {_whole(tokens, answer) for answer in read(text)}
            kept = found if SOURCES[name].misc else {s for s in found if s[2] != "MISC"}
            scores.setdefault(name, Score()).add(kept, gold)
            if name == "re3d":
                scores.setdefault("re3d, names", Score()).add(capitalised(text, kept), capitalised(text, gold))
    return scores


def joined(document: Document) -> tuple[str, list[tuple[int, int]], set[Span]]:
    """The text, tokens joined by blanks and sentences by line breaks; where the tokens stand; the gold spans."""
    text, gold = "", set()
    places: list[tuple[int, int]] = []
    for sentence in document:
        first = len(places)
        for token in sentence.tokens:
            text += "" if not text or text.endswith("\n") else " "
            places.append((len(text), len(text) + len(token)))
            text += token
        named = tags.spans([TAGS.index(t) for t in sentence.tags])
        gold |= {(places[first + a][0], places[first + b - 1][1], kind) for a, b, kind in named}
        text += "\n"
    return text, places, gold


def capitalised(text: str, spans: set[Span]) -> set[Span]:
    """Those whose first and last word have a capital: re3d also marks "the rebels" and "its army"."""
    return {s for s in spans if text[s[0]].isupper() and text[s[0] : s[1]].rsplit(" ", maxsplit=1)[-1][0].isupper()}


def _whole(tokens: list[tuple[int, int]], name: Name) -> Span:
    """A name in whole tokens, as the sets have them: SDF-led is one."""
    first, last = (bisect_right(tokens, at, key=lambda t: t[0]) - 1 for at in (name.start, name.end - 1))
    return tokens[first][0], tokens[last][1], name.kind


def table(scores: dict[str, Score]) -> str:
    """Markdown: one row a set."""
    rows = [
        "| set | entities | P | R | F1 | " + " | ".join(KINDS) + " |",
        "|---|---|---|---|---|" + "---|" * len(KINDS),
    ]
    for name, score in scores.items():
        kinds = " | ".join(f"{score.f1(kind):.1f}" if score.wanted[kind] else "-" for kind in KINDS)
        total, figures = score.wanted.total(), (score.precision(), score.recall(), score.f1())
        rows.append(f"| {name} | {total:,} | " + " | ".join(f"{f:.1f}" for f in figures) + f" | {kinds} |")
    return "\n".join(rows)
