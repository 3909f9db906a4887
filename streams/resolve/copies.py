"""Whether an article was taken over from another outlet's, and from which: reads the window, changes nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from newstide.records import Article, Decision, Lineage, Relation
from streams.resolve.groups import Groups
from streams.resolve.lineage import evidence, is_cut, original
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
    """`text_of` gives title, line break and text of the article at an earlier offset, None when it is gone; `lives` the id
    under which a decision's story lives on.
    """

    def __init__(self, window: Window, text_of: Callable[[int], str | None], lives: Callable[[Decision], str]) -> None:
        self._window, self._text_of, self._lives = window, text_of, lives
        self.groups = Groups(window.newest)

    def source(self, words: Words, own: Decision) -> Source | None:
        """What the article is a copy of, else what it is derived from; None for an original of no earlier copies.

        `own` is a decision on it that names nobody yet, with its body and signature.
        """
        if twin := self._twin(own, words):
            return self._source(own, _Found(twin, SAME, exact=False), signed=False)
        found = list(self._verified(own, words))
        copies = [f for f in found if f.common.relation == "copy"]
        if copies:
            copies.sort(key=lambda f: (self.groups.standing(f.root)[0] != "original", f.root.input))
            return self._source(own, copies[0], copies[1:], signed=copies[0].common.taken < REDUNDANT)
        derivations = [f for f in found if "derived" in {f.common.relation, f.common.back}]
        if derivations:
            most = max(derivations, key=lambda f: (f.common.taken, -f.root.input))
            return self._source(own, most, signed=True)
        return None

    def _source(self, own: Decision, found: _Found, others: Sequence[_Found] = (), *, signed: bool) -> Source | None:
        """What the article is to the one it was found by, or that one to it; `others` are copies of it as well."""
        root, common = found.root, found.common
        relation, of = self.groups.standing(root)
        roots = [root, *self._alike(root, others)] if relation == "original" and common.relation == "copy" else [root]
        members = self._members(roots, own) if common.relation == "copy" else [root, own]
        cut = root.id if found.exact and is_cut(common) else None
        first = original(members, root.id, cut) if relation == "original" and common.back else root

        def why(article: str) -> str:
            member = next((m for m in members if m.id == article), root)
            return evidence(member, first, members, cut)

        if first.id == own.id and common.back == "derived":
            row = Lineage(article=root.id, relation="derived", of=own.id, evidence=why(root.id))
            return Source("original", None, root, common.taken, signed=True, lineage=(row,))
        if common.relation is None and first.id != own.id:
            return None
        lineage = self._corrections(roots, first, why) if len(roots) > 1 or first.id != root.id else ()
        if first.id == own.id:
            return Source("original", None, root, common.taken, signed=True, lineage=lineage)
        named, kind = (of, common.relation) if relation == "copy" else (first.id, common.relation)
        return Source(kind or "copy", named, root, common.taken, signed=signed, evidence=why(own.id), lineage=lineage)

    def _alike(self, root: Decision, others: Sequence[_Found]) -> list[Decision]:
        """The roots of other groups that the article shows to be the same text, and that tell the same story."""
        found = {f.root.id: f.root for f in others if f.common.back == "copy" and f.root.relation == "original"}
        here = self._lives(root)
        return [other for key, other in found.items() if key != root.id and self._lives(other) == here]

    def _members(self, roots: Sequence[Decision], own: Decision) -> list[Decision]:
        """The articles of one text, the oldest first: the roots, those of their groups, and the new one."""
        groups = [group.asked() for root in roots if (group := self.groups.of(root.id))]
        known = {m.id: m for m in chain(roots, *groups)}
        return [*sorted(known.values(), key=lambda m: m.input), own]

    def _corrections(
        self, roots: Sequence[Decision], first: Decision, why: Callable[[str], str]
    ) -> tuple[Lineage, ...]:
        """The rows by which `first` takes the roots' places, that of the first root before all; what was corrected before goes with it."""
        groups = [group for root in roots if (group := self.groups.of(root.id))]
        before = dict.fromkeys(chain((root.id for root in roots), *(sorted(group.rows) for group in groups)))
        rows = [
            Lineage(article=article, relation="copy", of=first.id, evidence=why(article))
            for article in before
            if article != first.id
        ]
        if self.groups.standing(first)[0] == "copy":
            rows.append(Lineage(article=first.id, relation="original", of=None, evidence=""))
        return tuple(rows)

    def _twin(self, own: Decision, words: Words) -> Decision | None:
        """The oldest original with the very same words."""
        for held in self._window.with_body(own.body) if own.body else ():
            root = self._root(held)
            if root.id != own.id and (root.outlet != own.outlet or words.count >= LEAST_OWN):
                return root
        return None

    def _verified(self, own: Decision, words: Words) -> Iterator[_Found]:
        """Originals of other outlets with what the article has in common with them or their copies."""
        signature = read_signature(own.signature)
        if signature is None:
            return
        verified = 0
        for held in self._window.near(signature):
            root = self._root(held)
            if root.outlet == own.outlet or own.id in {root.id, root.of}:
                continue
            text = self._text_of(held.input)
            if text is not None:
                yield _Found(root, overlap(words, Words(text.partition("\n")[2])), exact=held.id == root.id)
            verified += 1
            if verified == VERIFIED:
                return

    def _root(self, held: Decision) -> Decision:
        """The original behind a copy; where it has left the window, the copy, which still names it."""
        relation, of = self.groups.standing(held)
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
