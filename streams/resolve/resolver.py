"""The resolver: which article is new, a revision, a copy or a derivation, and which story it tells.

`decide` reads the state and changes nothing; `apply` is the only way the state changes. So the state is
a fold over the decisions, and a restart has it back from them, exactly.
"""

import hashlib
import statistics
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from newstide.records import Article, Decision, encode
from streams.resolve.overlap import Overlap, overlap
from streams.resolve.signatures import read_signature, write_signature
from streams.resolve.stories import Stories, story_id
from streams.resolve.window import Window
from streams.resolve.words import Words
from streams.step import Dropped

# Articles that are looked back upon where nobody says otherwise; each takes about 2.5 KB of memory.
WINDOW = 60_000
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


class Resolver:
    """Decides on articles in the order of `articles.enriched`, where `offset` is their place.

    `text_of` gives title, line break and text of the article at an earlier offset, None when it is gone.
    """

    def __init__(self, text_of: Callable[[int], str | None], window: int = WINDOW) -> None:
        self._text_of = text_of
        self._window = Window(window)
        self._stories = Stories()

    def start(self, first: int, end: int) -> int:
        """From where a restart folds the log of decisions, of which `first` to `end` can be read.

        A bucket more than the window: the oldest bucket of a fold may be cut, and must not be kept.
        """
        return max(first, end - self._window.size - self._window.bucket_size)

    def known(self, article: Article, offset: int) -> Decision | None:
        """The decision already taken on this very input: the same origin, or without one the same offset."""
        held = self._window.known(article.origin, offset)
        if held is None:
            return None
        return replace(held, signature=self._window.signature(held), terms=self._stories.terms(held.input))

    def decide(self, article: Article, offset: int) -> Decision:
        """What the article at offset `input` is. The same state and article give the same decision."""
        earlier = self._window.newest(article.id)
        if earlier is not None and earlier.content == article.content:
            return _decision(article, offset, version=earlier.version, dropped="unchanged")
        words = Words(article.text)
        body = _body(article, words)
        if earlier is not None:
            return _decision(
                article,
                offset,
                version=earlier.version + 1,
                relation=earlier.relation,
                of=earlier.of,
                story=self._stories.follow(earlier.story or story_id(article.id)),
                similarity=earlier.similarity,
                body=body,
                signature=_signature(article, words),
            )
        return self._taken_over(article, offset, words, body) or self._original(article, offset, words, body)

    def apply(self, decision: Decision) -> None:
        """Take a decision into the state; one whose input is known already changes nothing."""
        if self._window.known(decision.origin, decision.input):
            return
        gone = self._window.add(decision)
        self._stories.add(decision)
        for bucket in gone:
            self._stories.remove(bucket.decisions)
        if finished := self._window.finished():
            # The median, so that a few wrong clocks close nothing.
            now = statistics.median_low(d.fetched.timestamp() for d in finished)
            self._stories.close(now, before=finished[0].input)

    def digest(self) -> str:
        """SHA-256 over the whole state: two resolvers with the same digest will decide alike."""
        state = hashlib.sha256()
        for decision in self._window:
            state.update(encode(decision) + self._window.signature(decision).encode())
        state.update(encode(self._stories.state()))
        return state.hexdigest()

    def _original(self, article: Article, offset: int, words: Words, body: str) -> Decision:
        terms = tuple(dict.fromkeys(article.terms))
        placed = self._stories.place(terms, article.fetched.timestamp())
        return _decision(
            article,
            offset,
            relation="original",
            story=placed.story or self._stories.follow(story_id(article.id)),
            moves=placed.moves,
            body=body,
            signature=_signature(article, words),
            terms=terms,
        )

    def _taken_over(self, article: Article, offset: int, words: Words, body: str) -> Decision | None:
        """The decision on a copy or derivation, None where it is neither."""
        if twin := self._twin(article, words, body):
            return self._copy(article, offset, twin, similarity=1.0, body=body)
        copies: list[tuple[Decision, Overlap]] = []
        derivations: list[tuple[Decision, Overlap]] = []
        for root, common in self._verified(article, words):
            if common.relation == "copy":
                copies.append((root, common))
            elif common.relation == "derived":
                derivations.append((root, common))
        if copies:
            root, common = min(copies, key=lambda c: c[0].input)
            signature = _signature(article, words) if common.taken < REDUNDANT else ""
            return self._copy(article, offset, root, similarity=common.taken, body=body, signature=signature)
        if derivations:
            root, common = max(derivations, key=lambda d: (d[1].taken, -d[0].input))
            derived = self._copy(article, offset, root, similarity=common.taken, body=body)
            terms = tuple(dict.fromkeys(article.terms))
            return replace(derived, relation="derived", signature=_signature(article, words), terms=terms)
        return None

    def _copy(self, article: Article, offset: int, root: Decision, **more: Any) -> Decision:
        story = self._stories.follow(root.story or story_id(root.id))
        of = root.of if root.relation == "copy" else root.id
        return _decision(article, offset, relation="copy", of=of, story=story, **more)

    def _twin(self, article: Article, words: Words, body: str) -> Decision | None:
        """The oldest original with the very same words."""
        for held in self._window.with_body(body) if body else ():
            root = self._root(held)
            if root.id != article.id and (root.outlet != article.outlet or words.count >= LEAST_OWN):
                return root
        return None

    def _verified(self, article: Article, words: Words) -> Iterator[tuple[Decision, Overlap]]:
        """Originals of other outlets with what the article has in common with them or their copies."""
        signature = read_signature(_signature(article, words))
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


def merge(article: Article, decision: Decision) -> Article | Dropped:
    """The article as decided, or `Dropped` with the decision's reason."""
    if decision.dropped is not None:
        return Dropped(decision.dropped)
    return replace(article, version=decision.version, relation=decision.relation, of=decision.of, story=decision.story)


def _decision(article: Article, offset: int, *, version: int = 1, **more: Any) -> Decision:
    return Decision(
        id=article.id,
        input=offset,
        origin=article.origin,
        content=article.content,
        version=version,
        outlet=article.outlet,
        fetched=article.fetched,
        **more,
    )


def _body(article: Article, words: Words) -> str:
    """By what an exact copy is known: the text's words, those of a brief with its headline; "" if too few."""
    if words.count >= LEAST_WORDS:
        return words.hash()
    return Words(f"{article.title} | {article.text}").hash() if words.count >= LEAST_BRIEF else ""


def _signature(article: Article, words: Words) -> str:
    """The signature by which near copies are found; "" for texts that must not be."""
    signature = read_signature(article.signature) if words.count >= LEAST_WORDS else None
    return "" if signature is None else write_signature(signature)
