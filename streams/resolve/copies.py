"""Whether an article was taken over from another outlet's, and from which: reads the window, changes nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from newstide.records import Article, Claim, Decision, Lineage, Relation
from streams.resolve.lineage import FIRST, Corrections, judge
from streams.resolve.overlap import SAME, Overlap, overlap
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
    """From whom an article was taken over: `relation`, `of` and why; `root` is the source, in whose story it goes.

    An `original` is one that was found to be so against the root, which `lineage` corrects. `signed`: later articles
    are to be found by it.
    """

    relation: Relation
    of: str | None
    root: Decision
    similarity: float
    signed: bool
    evidence: str = ""
    lineage: tuple[Lineage, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """What an article has in common with an original; `exact` where that was not read off one of its copies."""

    root: Decision
    common: Overlap
    exact: bool


class Copies:
    """`text_of` gives title, line break and text of the article at an earlier offset, None when it is gone."""

    def __init__(self, window: Window, text_of: Callable[[int], str | None]) -> None:
        self._window, self._text_of = window, text_of
        self.corrections = Corrections()

    def source(self, article: Article, words: Words, own: Claim) -> Source | None:
        """What the article is a copy of, else what it is derived from; None for an original of no earlier copies."""
        if twin := self._twin(article, words):
            return self._source(article, own, _Found(twin, SAME, exact=False), signed=False)
        found = list(self._verified(article, words))
        copies = [f for f in found if f.common.relation == "copy"]
        if copies:
            first = min(copies, key=lambda f: f.root.input)
            return self._source(article, own, first, signed=first.common.taken < REDUNDANT)
        derivations = [f for f in found if "derived" in {f.common.relation, f.common.back}]
        if derivations:
            most = max(derivations, key=lambda f: (f.common.taken, -f.root.input))
            return self._source(article, own, most, signed=True)
        return None

    def standing(self, held: Decision) -> tuple[Relation | None, str | None]:
        """Relation and `of` of an article as they are after all corrections."""
        if corrected := self.corrections.of(held.id):
            return corrected.relation, corrected.of
        return held.relation, self.corrections.original(held.of) if held.of else held.of

    def _source(self, article: Article, own: Claim, found: _Found, *, signed: bool) -> Source | None:
        root, common = found.root, found.common
        relation, of = self.standing(root)
        verdict = judge(article, own, root, common if found.exact else None)
        if verdict.newer and relation == "original" and common.back:
            lineage = self.corrections.made(root.id, common.back, article.id, verdict.evidence)
            return Source("original", None, root, common.taken, signed=True, lineage=lineage)
        if common.relation is None:
            return None
        of = of if relation == "copy" else root.id
        evidence = FIRST if verdict.newer else verdict.evidence
        return Source(common.relation, of, root, common.taken, signed=signed, evidence=evidence)

    def _twin(self, article: Article, words: Words) -> Decision | None:
        """The oldest original with the very same words."""
        body = body_of(article, words)
        for held in self._window.with_body(body) if body else ():
            root = self._root(held)
            if root.id != article.id and (root.outlet != article.outlet or words.count >= LEAST_OWN):
                return root
        return None

    def _verified(self, article: Article, words: Words) -> Iterator[_Found]:
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
                yield _Found(root, overlap(words, Words(text.partition("\n")[2])), exact=held.id == root.id)
            verified += 1
            if verified == VERIFIED:
                return

    def _root(self, held: Decision) -> Decision:
        """The original behind a copy; where it has left the window, the copy, which still names it."""
        relation, of = self.standing(held)
        if relation != "copy" or of is None:
            return held
        return self._window.newest(of) or held


def body_of(article: Article, words: Words) -> str:
    """By what an exact copy is known: the text's words, those of a brief with its headline; "" if too few."""
    if words.count >= LEAST_WORDS:
        return words.hash()
    return Words(f"{article.title} | {article.text}").hash() if words.count >= LEAST_BRIEF else ""


def signature_of(article: Article, words: Words) -> str:
    """The signature by which near copies are found; "" for texts that must not be."""
    signature = read_signature(article.signature) if words.count >= LEAST_WORDS else None
    return "" if signature is None else write_signature(signature)
