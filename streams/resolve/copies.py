"""Whether an article was taken over from another outlet's, and from which: reads the window, changes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from newstide.records import Article, Decision
from streams.resolve.overlap import Overlap, overlap
from streams.resolve.signatures import read_signature, write_signature
from streams.resolve.window import Window
from streams.resolve.words import Words

# Words below which a text is too common to be folded: "subscribe to read" stands in every outlet.
LEAST_WORDS = 40
# Shorter texts are copies only if headline and text are the same, and there is some text.
LEAST_BRIEF = 12
# Within one outlet, a text may be used twice on purpose; a whole article is not.
LEAST_OWN = 80
# Candidates read again and compared word by word: bounds the time for one article.
VERIFIED = 8
# A copy that took this share from its original adds nothing by which others could be found.
REDUNDANT = 0.9


@dataclass(frozen=True, slots=True)
class Source:
    """From whom an article was taken over, how, and whether later articles are to be found by it."""

    relation: Literal["copy", "derived"]
    root: Decision
    similarity: float
    signed: bool


class Copies:
    """`text_of` gives title, line break and text of the article at an earlier offset, None when it is gone."""

    def __init__(self, window: Window, text_of: Callable[[int], str | None]) -> None:
        self._window, self._text_of = window, text_of

    def source(self, article: Article, words: Words) -> Source | None:
        """What the article is a copy of, else what it is derived from; None for an original."""
        if twin := self._twin(article, words):
            return Source("copy", twin, 1.0, signed=False)
        copies: list[tuple[Decision, Overlap]] = []
        derivations: list[tuple[Decision, Overlap]] = []
        for root, common in self._verified(article, words):
            if common.relation == "copy":
                copies.append((root, common))
            elif common.relation == "derived":
                derivations.append((root, common))
        if copies:
            root, common = min(copies, key=lambda c: c[0].input)
            return Source("copy", root, common.taken, signed=common.taken < REDUNDANT)
        if derivations:
            root, common = max(derivations, key=lambda d: (d[1].taken, -d[0].input))
            return Source("derived", root, common.taken, signed=True)
        return None

    def _twin(self, article: Article, words: Words) -> Decision | None:
        """The oldest original with the very same words."""
        body = body_of(article, words)
        for held in self._window.with_body(body) if body else ():
            root = self._root(held)
            if root.id != article.id and (root.outlet != article.outlet or words.count >= LEAST_OWN):
                return root
        return None

    def _verified(self, article: Article, words: Words) -> Iterator[tuple[Decision, Overlap]]:
        """Originals of other outlets with what the article has in common with them or their copies."""
        signature = read_signature(signature_of(article, words))
        if signature is None:
            return
        verified = 0
        for held in self._window.near(signature):
            root = self._root(held)
            if root.outlet == article.outlet or article.id in {root.id, root.of}:
                continue
            text = self._text_of(held.input)
            if text is not None:
                yield root, overlap(words, Words(text.partition("\n")[2]))
            verified += 1
            if verified == VERIFIED:
                return

    def _root(self, held: Decision) -> Decision:
        """The original behind a copy; where it has left the window, the copy, which still names it."""
        if held.relation != "copy" or held.of is None:
            return held
        return self._window.newest(held.of) or held


def body_of(article: Article, words: Words) -> str:
    """By what an exact copy is known: the text's words, those of a brief with its headline; "" if too few."""
    if words.count >= LEAST_WORDS:
        return words.hash()
    return Words(f"{article.title} | {article.text}").hash() if words.count >= LEAST_BRIEF else ""


def signature_of(article: Article, words: Words) -> str:
    """The signature by which near copies are found; "" for texts that must not be."""
    signature = read_signature(article.signature) if words.count >= LEAST_WORDS else None
    return "" if signature is None else write_signature(signature)
