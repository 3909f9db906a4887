"""Articles, rules and receivers for the tests of alerts."""

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

from newstide.clock import ManualClock
from newstide.errors import EngineError
from newstide.ports import Delivered, Message, Rows, Sent
from newstide.records import Alert, Article, Delivery, Entity, Mention, Rule, Topic, decode, encode
from newstide.topics import ALERTS, DELIVERIES, RESOLVED
from sinks.alerting import Alerting
from streams.match import Matcher
from tests.fakes import MemoryLog

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FERRY = Rule(name="ferry", hooks=("desk", "night"), words=("ferry",))
WAVE = Rule(name="wave", hooks=("desk",), words=("ferry",), at_least=3, within=3600)


def entity(key: str, name: str, *mentions: str) -> Entity:
    return Entity(key, name, "ORG", 0.5, tuple(Mention("text", 0, len(text), text) for text in mentions))


def article(key: str = "a1", **changes: Any) -> Article:
    facts: dict[str, Any] = {
        "content": "c",
        "outlet": "Harbour Post",
        "url": f"https://news.harbour-post.example/{key}",
        "feed": "https://harbour-post.example/feed.xml",
        "title": "Ferry strike ends in Şırnak",
        "author": "",
        "published": NOW,
        "fetched": NOW,
        "language": "en-GB",
        "extra": {},
        "time": NOW,
        "dateline": None,
        "text": "Crews return to work. A cease fire between unions and owners holds, says Ayşe Demir.",
        "removed": (),
        "entities": (entity("Q42", "Union of Ferry Crews", "UFC", "the union"), entity("x:PER:demir", "Ayşe Demir")),
        "topics": (Topic("medtop:11000000", "politics and government", 0.9),),
        "places": (),
        "relation": "original",
        "story": f"s-{key}",
    }
    return Article(id=key, **{**facts, **changes})


def delivered(*articles: Article | bytes | None) -> list[Delivered]:
    """As read from articles.resolved; bytes stand for a record as it is."""
    values = [encode(one) if isinstance(one, Article) else one for one in articles]
    return [Delivered(RESOLVED.name, 0, n, f"k{n}", value, NOW) for n, value in enumerate(values)]


def publish(log: MemoryLog, *articles: Article) -> None:
    log.produce([Message(RESOLVED.name, one.id, encode(one)) for one in articles])


def deliveries(log: MemoryLog) -> list[Delivery]:
    return [decode(value, Delivery) for value in log.latest(DELIVERIES.name).values()]


class Receiver:
    """A page for the loopback server: takes posts, answers as it is told, and keeps what it got."""

    def __init__(self, *answers: tuple[int, Mapping[str, str]]) -> None:
        self.answers = list(answers)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.open = threading.Event()
        self.open.set()

    def __call__(self, handler: BaseHTTPRequestHandler) -> tuple[int, Mapping[str, str], bytes]:
        body = handler.rfile.read(int(handler.headers["content-length"]))
        self.got.append(({name.lower(): value for name, value in handler.headers.items()}, body))
        self.open.wait(10)
        status, headers = self.answers.pop(0) if self.answers else (204, {})
        return status, headers, b""

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]


class Script:
    """A hook that answers from a list (then: delivered) and keeps what it was given."""

    def __init__(self, answers: Sequence[Sent] = ()) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, bytes]] = []

    def send(self, key: str, body: bytes) -> Sent:
        self.got.append((key, body))
        return self.answers.pop(0) if self.answers else Sent(ok=True, status=200, detail="delivered")


DOWN = Sent(ok=False, status=None, detail="unreachable")


def wait_until(held: Any, seconds: float = 5.0) -> bool:
    """Whether `held()` becomes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if held():
            return True
        time.sleep(0.01)
    return bool(held())


class Counting:
    """A store that has `count` articles in every window."""

    def __init__(self, count: int) -> None:
        self.count, self.asked = count, list[datetime]()
        self.broken = False

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> Rows:
        if self.broken:
            raise EngineError("memory limit")
        assert params is not None
        self.asked.append(params["until"])
        return Rows(("count", "newest"), [(self.count, ("a9", "Newest", "https://x.example/9", "X"))])


def role(log: MemoryLog, clock: ManualClock, store: Any = None, **hooks: Script) -> Alerting:
    return Alerting(log, store or Counting(0), hooks or {"desk": Script(), "night": Script()}, clock, Matcher)


def alerts(log: MemoryLog) -> list[Alert]:
    return [decode(value, Alert) for value in log.latest(ALERTS.name).values()]
