"""The JSON API: one table of operations, from which routes, checks and `/openapi.json` are made."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from newstide.ports import Clock, Rows, Store
from newstide.web import shapes
from newstide.web.health import Health
from newstide.web.parameters import AT, Param, check_steps, cursor, read
from sinks import queries

PREFIX = "/api/v1"


class NotFound(Exception):
    """There is nothing under that id."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What an operation may use."""

    store: Store
    health: Callable[[], Health]
    clock: Clock


@dataclass(frozen=True, slots=True)
class Operation:
    """`shape` describes `data` in the answer (`newstide.web.shapes`); `paged` answers carry `next`."""

    path: str
    summary: str
    answer: Callable[[Asking, dict[str, Any]], Any]
    shape: shapes.Shape
    params: tuple[Param, ...] = ()
    paged: bool = False

    @property
    def keyed(self) -> bool:
        return "{id}" in self.path

    def run(self, asking: Asking, asked: dict[str, str], key: str = "") -> dict[str, Any]:
        """The whole answer. Raises BadParameter and NotFound."""
        values = read(self.params, asked)
        check_steps(values)
        if AT in self.params:
            values.setdefault("at", asking.clock.now())
        if self.keyed:
            values["key"] = key
        # Read first: what the store gives afterwards is at least that complete.
        complete_until = asking.health().complete_until
        data = self.answer(asking, values)
        data = data.dicts() if isinstance(data, Rows) else data
        answer = {"complete_until": complete_until, "data": data}
        return {**answer, "next": _next(data, values["limit"])} if self.paged else answer


def _next(data: Sequence[dict[str, Any]], limit: int) -> str | None:
    return cursor(data[-1]["time"], data[-1]["id"]) if len(data) == limit else None


def _entity(store: Store, text: str, param: str = "entity") -> str:
    found = queries.entity(store, text)
    if found is None:
        raise NotFound(f"{param}: no article mentions {text!r}")
    return found


def _query(ask: Callable[..., Rows]) -> Callable[[Asking, dict[str, Any]], Rows]:
    """A named query that takes the parameters as they are, its entity by id or name."""

    def answer(asking: Asking, values: dict[str, Any]) -> Rows:
        named = {"entity": _entity(asking.store, values["entity"])} if "entity" in values else {}
        return ask(asking.store, **{**values, **named})

    return answer


def _compare(asking: Asking, values: dict[str, Any]) -> Rows:
    entities = [_entity(asking.store, text, "entities") for text in values["entities"]]
    return queries.compare(asking.store, **{**values, "entities": entities})


def _stories(asking: Asking, values: dict[str, Any]) -> Rows:
    since = values["at"] - timedelta(seconds=values["window"])
    return queries.stories(asking.store, active_since=since, limit=values["limit"])


def _one(kind: str, ask: Callable[[Store, str], dict[str, Any] | None]) -> Callable[[Asking, dict[str, Any]], Any]:
    def answer(asking: Asking, values: dict[str, Any]) -> dict[str, Any]:
        found = ask(asking.store, values["key"])
        if found is None:
            raise NotFound(f"id: there is no {kind} {values['key']!r}")
        return found

    return answer


def _health(asking: Asking, _: dict[str, Any]) -> dict[str, Any]:
    health = asking.health()
    told = asdict(health)
    del told["complete_until"], told["disabled"]  # the one is beside every answer, the other on the dashboard
    return {**told, "in_flight": health.in_flight}


def _window(default: str) -> Param:
    return Param("window", "span", "length of the window, in seconds or such as 90m, 24h, 7d", default=default)


def _limit(default: int) -> Param:
    return Param("limit", "count", "at most so many rows", default=str(default))


ENTITY = Param("entity", "text", "an entity's id or name", required=True)
STEP = Param("step", "span", "length of one step", default="1h")
FILTERS = (
    Param("since", "time", "only articles after this moment"),
    Param("until", "time", "only articles up to this moment"),
    Param("entity", "text", "that mention this entity, by id or name"),
    Param("topic", "text", "that have this topic, such as medtop:11000000"),
    Param("outlet", "text", "of this outlet"),
    Param("language", "text", "in this language, such as tr"),
    Param("story", "text", "of this story"),
    Param("words", "text", "that have all these words in title or text"),
    Param("before", "cursor", "go on after this place: the `next` of the answer before"),
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "/rising",
        "Entities that rise",
        _query(queries.rising),
        [shapes.RISING],
        (AT, _window("1h"), Param("baseline", "span", "what `now` is compared with", default="7d"), _limit(20)),
    ),
    Operation(
        "/timeline",
        "One entity over time",
        _query(queries.timeline),
        [shapes.TIMELINE],
        (ENTITY, AT, _window("24h"), STEP),
    ),
    Operation(
        "/compare",
        "Several entities over time",
        _compare,
        [shapes.COMPARE],
        (Param("entities", "texts", "ids or names, with commas between", required=True), AT, _window("24h"), STEP),
    ),
    Operation(
        "/related",
        "What stands beside an entity",
        _query(queries.related),
        [shapes.RELATED],
        (ENTITY, AT, _window("7d"), _limit(20)),
    ),
    Operation(
        "/places",
        "Where news happens",
        _query(queries.places),
        [shapes.PLACE_TREND],
        (AT, _window("24h"), _limit(50)),
    ),
    Operation(
        "/topics",
        "What the news is about: topics of the top level and your own",
        _query(queries.topics),
        [shapes.TOPIC_TREND],
        (AT, _window("24h"), _limit(50)),
    ),
    Operation(
        "/sources",
        "Who reports",
        _query(queries.sources),
        [shapes.SOURCE],
        (AT, _window("24h"), _limit(50)),
    ),
    Operation(
        "/articles",
        "Articles, newest first",
        _query(queries.articles),
        [shapes.ROW],
        (*FILTERS, _limit(50)),
        paged=True,
    ),
    Operation(
        "/articles/{id}", "One article with everything known of it", _one("article", queries.article), shapes.ARTICLE
    ),
    Operation(
        "/stories", "Stories, most active first", _stories, [shapes.ACTIVE_STORY], (AT, _window("24h"), _limit(50))
    ),
    Operation(
        "/stories/{id}", "One story; a merged id answers with its successor", _one("story", queries.story), shapes.STORY
    ),
    Operation(
        "/search",
        "Articles with all the words, those with all in the title first",
        lambda asking, values: queries.search(asking.store, values["q"], values["limit"]),
        [shapes.ROW],
        (Param("q", "text", "the words", required=True), _limit(50)),
    ),
    Operation("/feeds", "The catalogue with each feed's health", _query(queries.feeds), [shapes.FEED]),
    Operation(
        "/alerts",
        "The newest alerts and their deliveries",
        _query(queries.alerts),
        [shapes.ALERT],
        (_limit(50),),
    ),
    Operation("/ledger", "Where what entered came to", _query(queries.ledger), [shapes.LEDGER]),
    Operation("/health", "Roles, lag and what is missing", _health, shapes.HEALTH),
)
