"""What goes in: the catalogue of feeds, and articles from files."""

from collections.abc import Callable
from dataclasses import asdict
from threading import Event
from typing import Any, TypeVar

from newstide import urls
from newstide.app import App
from newstide.erased import ErasedIds
from newstide.errors import Backpressure, UsageError
from newstide.records import Ended, Feed, RawArticle, decode
from producers.catalogue import Catalogue
from producers.lists import read_list, write_opml
from producers.publish import Publisher
from producers.single import feed_at, outlets_at
from sinks import queries

T = TypeVar("T")


def add(app: App, *, url: str, title: str, outlet: str, language: str, group: str) -> dict[str, Any]:
    feed = Feed(url=url, added=app.clock.now(), title=title, outlet=outlet, language=language, group=group)
    Catalogue(app.log).add(feed)
    return {"added": url}


def remove(app: App, *, url: str) -> dict[str, Any]:
    if not Catalogue(app.log).remove(url):
        raise UsageError(f"no feed {url!r} in the catalogue")
    return {"removed": url}


def listed(app: App) -> list[dict[str, Any]]:
    """The catalogue with each feed's last state, from the log: true also while the store role is behind."""
    catalogue = Catalogue(app.log)
    states = catalogue.states()
    rows = []
    for feed in catalogue.feeds():
        state = states.get(feed.url)
        row = {**asdict(feed), "status": state.status if state else "not yet read"}
        rows.append({**row, **({k: v for k, v in asdict(state).items() if k not in {"url", "title"}} if state else {})})
    return rows


def imported(app: App, *, name: str, body: str) -> dict[str, Any]:
    """Take a list of feeds (OPML or TOML); gives how many, and a sentence for each line that could not be used.

    `body` has a character for each byte (Latin-1), for the list itself may say how it is encoded.
    """
    listing = read_list(body.encode("latin-1"), name, app.clock.now())
    catalogue = Catalogue(app.log)
    known = {feed.url for feed in catalogue.feeds()}
    catalogue.add_all(listing.feeds)
    new = sum(feed.url not in known for feed in listing.feeds)
    return {"imported": len(listing.feeds), "new": new, "problems": list(listing.problems)}


def exported(app: App) -> str:
    return write_opml(Catalogue(app.log).feeds()).decode()


def check(app: App, *, url: str) -> Any:
    """Look at a feed once, whether it is in the catalogue or not; nothing is published."""
    return feed_at(url, app.settings.fetch, app.clock)


def outlet(app: App, *, url: str) -> str:
    """The outlet of the article at an address; of several that it may have, the one under which it is stored."""
    names = {urls.article_id(name, url): name for name in outlets_at(url, Catalogue(app.log).feeds())}
    stored = (id for id in names if len(names) > 1 and queries.article(app.store, id))
    return names[next(stored, next(iter(names)))]


def ingest(app: App, *, articles: list[str], ended: list[str]) -> dict[str, float]:
    """Encoded RawArticle and Ended records onto the log, in their order; what was erased stays out.

    `wait`, alone: the log's readers are behind, and nothing was written; ask again in so many seconds. It is the command
    that waits, for the service has few threads for all commands.
    """
    erased = ErasedIds(app.log).current()
    taken = [article for article in _decoded(articles, RawArticle) if article.id not in erased]
    try:
        large = Publisher(app.log, Event(), app.profiles).offer([*taken, *_decoded(ended, Ended)])
    except Backpressure as e:
        return {"wait": e.retry_after}
    kept_out = len(articles) - len(taken)
    return {"published": len(taken) - large, "erased": kept_out, "dead": len(ended), "too large": large}


def _decoded(values: list[str], kind: type[T]) -> list[T]:
    return [decode(value.encode(), kind) for value in values]


OPERATIONS: dict[str, Callable[..., Any]] = {
    "feeds.add": add,
    "feeds.remove": remove,
    "feeds.list": listed,
    "feeds.import": imported,
    "feeds.export": exported,
    "feeds.check": check,
    "feeds.outlet": outlet,
    "ingest": ingest,
}
