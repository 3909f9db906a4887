"""Articles as enrich would make them, and a line of them through a resolver."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from newstide.records import Article, Decision, Origin
from streams.enrich.fingerprint import content, signature, terms
from streams.resolve.resolver import Resolver

START = datetime(2026, 3, 1, 6, tzinfo=UTC)


def article(name: str, outlet: str, title: str, text: str, *, at: float = 0.0, offset: int | None = None) -> Article:
    """An enriched article, fetched `at` hours after START; `offset` is its origin on partition 0."""
    fetched = START + timedelta(hours=at)
    return Article(
        id=name,
        content=content(title, text),
        outlet=outlet,
        url=f"https://{outlet}.example/{name}",
        feed=None,
        title=title,
        author="",
        published=None,
        fetched=fetched,
        language="und",
        extra={},
        time=fetched,
        dateline=None,
        text=text,
        removed=(),
        entities=(),
        topics=(),
        places=(),
        origin=None if offset is None else Origin(0, offset),
        signature=signature(text),
        terms=terms(title, text, ()),
    )


@dataclass
class Line:
    """What a runner does: asks for a known decision, else decides and applies; keeps the texts."""

    window: int = 200_000
    articles: list[Article] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.resolver = Resolver(self.text_of, self.window)

    def text_of(self, offset: int) -> str | None:
        return f"{self.articles[offset].title}\n{self.articles[offset].text}" if offset < len(self.articles) else None

    def take(self, article: Article) -> Decision:
        offset = len(self.articles)
        if article.origin is None:
            article = replace(article, origin=Origin(1, offset))
        self.articles.append(article)
        known = self.resolver.known(article, offset)
        if known:
            return known
        decision = self.resolver.decide(article, offset)
        self.resolver.apply(decision)
        self.decisions.append(decision)
        return decision

    def take_all(self, articles: Iterable[Article]) -> list[Decision]:
        return [self.take(a) for a in articles]
