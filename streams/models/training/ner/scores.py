"""Strict F1 on the parts that were not trained on: the exact span, and the type."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from streams.enrich.ner import tags
from streams.enrich.ner.tags import KINDS, TAGS
from streams.enrich.words import Name, listed
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
            found = {whole(tokens, answer) for answer in read(text)}
            add(scores, name, text, found, gold)
    return scores


def add(scores: dict[str, Score], name: str, text: str, found: set[Span], gold: set[Span]) -> None:
    """Counts a document of the set into its scores."""
    if not SOURCES[name].misc:
        found, gold = ({s for s in spans if s[2] != "MISC"} for spans in (found, gold))
    scores.setdefault(name, Score()).add(found, gold)
    if name == "re3d":
        scores.setdefault("re3d, names", Score()).add(*names_only(text, found, gold))


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


# What may stand between the capitals of a name, and what begins a phrase without being part of a name.
_SMALL = frozenset("al and bin de el for ibn of the - '".split())
_ARTICLE = re.compile(r"(?:the|an?) ", re.IGNORECASE)
_NOBODY = frozenset("He I It Its She That These They This Those We You Many Some".split())


def names_only(text: str, found: set[Span], gold: set[Span]) -> tuple[set[Span], set[Span]]:
    """Both sides of a set that marks phrases ("the US Defense Secretary Ash Carter", "the rebels", "We"), names alone.

    Article and a person's titles are taken off; a name then is what has a capital at every word. What the step finds inside another
    phrase of the set is not judged.
    """
    wanted = {bare for span in gold if (bare := _bare(text, span))}
    phrases = [span for span in gold if _bare(text, span) not in wanted]
    given = {bare for span in found if (bare := _bare(text, span))}
    unjudged = {g for g in given - wanted if any(g[0] < p[1] and p[0] < g[1] for p in phrases)}
    return given - unjudged, wanted


def _bare(text: str, span: Span) -> Span | None:
    """The name in a phrase, None where it holds more than a name, or none."""
    start, end, kind = span
    if article := _ARTICLE.match(text, start, end):
        start = article.end()
    words = text[start:end].split(" ")
    titles = [at for at, word in enumerate(words) if word in listed("title")] if kind == "PER" else []
    if titles:  # US Defense Secretary Ash Carter
        start += len(" ".join(words[: titles[-1] + 1])) + 1
        words = words[titles[-1] + 1 :]
    if not words or words[0] in _NOBODY or not words[0][:1].isupper() or not words[-1][:1].isupper():
        return None
    return (start, end, kind) if all(w in _SMALL or not w[:1].islower() for w in words) else None


def whole(tokens: list[tuple[int, int]], name: Span | Name) -> Span:
    """A name in whole tokens, as the sets have them: SDF-led is one."""
    start, end, kind = name
    first, last = (bisect_right(tokens, at, key=lambda t: t[0]) - 1 for at in (start, end - 1))
    return tokens[first][0], tokens[last][1], kind


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
