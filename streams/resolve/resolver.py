"""The resolver: which article is new, a revision, a copy or a derivation, and which story it tells.

`decide` reads the state and changes nothing; `apply` is the only way the state changes. So the state is
a fold over the decisions, and a restart has it back from them, exactly.
"""

import hashlib
import statistics
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from newstide.records import Article, Decision, encode
from streams.enrich import vector
from streams.resolve.copies import Copies, Source, body_of, signature_of
from streams.resolve.lineage import claim
from streams.resolve.roundup import connects
from streams.resolve.signatures import read_signature
from streams.resolve.stories import Stories, Told
from streams.resolve.story import story_id
from streams.resolve.window import Window
from streams.resolve.words import Words
from streams.step import Dropped

# Articles that are looked back upon where nobody says otherwise; each takes some 5 KB of memory, most of it for its story.
WINDOW = 60_000


class Resolver:
    """Decides on articles in the order of `articles.enriched`, where `offset` is their place.

    `text_of` gives title, line break and text of the article at an earlier offset, None when it is gone.
    """

    def __init__(self, text_of: Callable[[int], str | None], window: int = WINDOW) -> None:
        self._window = Window(window)
        self._stories = Stories()
        self._copies = Copies(self._window, text_of, self._stories.lives)

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
        terms, direction = self._stories.counts(held.input)
        return replace(held, signature=self._window.signature(held), terms=terms, vector=direction)

    def prepare(self, articles: Iterable[Article]) -> None:
        """Look up the copies of a whole batch at once, which is faster; no decision is another for it."""
        read = (read_signature(article.signature) for article in articles)
        self._window.prepare([signature for signature in read if signature is not None])

    def decide(self, article: Article, offset: int) -> Decision:
        """What the article at offset `input` is. The same state and article give the same decision."""
        earlier = self._window.newest(article.id)
        if earlier is not None and earlier.content == article.content:
            return _decision(article, offset, version=earlier.version, dropped="unchanged")
        words = Words(article.text)
        own = _decision(
            article,
            offset,
            claim=claim(article),
            body=body_of(article, words),
            signature=signature_of(article, words),
        )
        if earlier is not None:
            relation, of = self._copies.groups.standing(earlier)
            return replace(
                own,
                version=earlier.version + 1,
                relation=relation,
                of=of,
                **self._named(earlier),
                similarity=earlier.similarity,
                evidence=earlier.evidence,
            )
        source = self._copies.source(words, own)
        return self._original(article, own) if source is None else self._taken(article, own, source)

    def apply(self, decision: Decision) -> None:
        """Take a decision into the state; one whose input is known already changes nothing."""
        if self._window.known(decision.origin, decision.input):
            return
        gone = self._window.add(decision)
        self._copies.groups.add(decision)
        self._stories.add(decision)
        for bucket in gone:
            self._copies.groups.remove(bucket.decisions)
            self._stories.remove(bucket.decisions)
        if finished := self._window.finished():
            # The median, so that a few wrong clocks close nothing.
            now = statistics.median_low(d.fetched.timestamp() for d in finished)
            self._stories.close(now, before=finished[0].input)

    def lives(self, decision: Decision) -> str:
        """The id under which a decision's story lives by now."""
        return self._stories.lives(decision)

    def digest(self) -> str:
        """SHA-256 over the whole state: two resolvers with the same digest will decide alike."""
        state = hashlib.sha256()
        for decision in self._window:
            state.update(encode(decision) + self._window.signature(decision).encode())
        state.update(encode([self._copies.groups.state(), self._stories.state()]))
        return state.hexdigest()

    def _named(self, held: Decision) -> dict[str, Any]:
        """The story of what belongs to a decided article."""
        placed = self._stories.named(held)
        return {"story": placed.story, "under": placed.under}

    def _original(self, article: Article, own: Decision) -> Decision:
        told = _told(article, own.input)
        placed = self._stories.place(told)
        return replace(
            own,
            relation="original",
            story=placed.story or self._stories.follow(story_id(article.id)),
            under=placed.under,
            moves=placed.moves,
            full=placed.full,
            **_counting(told),
        )

    def _taken(self, article: Article, own: Decision, source: Source) -> Decision:
        """The decision on a copy or derivation, or on a late original: it goes into its source's story."""
        root = source.root
        return replace(
            own,
            relation=source.relation,
            of=source.of,
            **self._named(root),
            similarity=source.similarity,
            signature=own.signature if source.signed else "",
            evidence=source.evidence,
            lineage=source.lineage,
            **(_counting(_told(article, own.input)) if source.relation == "derived" else {}),
        )


def merge(article: Article, decision: Decision) -> Article | Dropped:
    """The article as decided, or `Dropped` with the decision's reason."""
    if decision.dropped is not None:
        return Dropped(decision.dropped)
    return replace(
        article,
        version=decision.version,
        relation=decision.relation,
        of=decision.of,
        story=decision.story,
        evidence=decision.evidence,
    )


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


def _told(article: Article, offset: int) -> Told:
    terms = tuple(dict.fromkeys(article.terms))
    return Told(article.id, offset, article.fetched, terms, vector.read(article.vector), connects(article))


def _counting(told: Told) -> dict[str, Any]:
    """What the article counts by in its story: one that does not connect is in it, and draws nothing to it."""
    if not told.connects:
        return {}
    return {"terms": told.terms, "vector": "" if told.direction is None else vector.write(told.direction)}
