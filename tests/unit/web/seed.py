"""Rows for the web's tests, put in through the Store port as the sink would."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from newstide.ports import Store

Entity = tuple[str, str, str]
_seeds = itertools.count()


class Seed:
    """Fills a store; every moment is told as minutes before `now`."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.now, self.count = store, now, 0
        self.name = next(_seeds)  # the store keeps one insert of a token: no two seeds may share theirs

    def ago(self, minutes: float | None) -> datetime | None:
        return None if minutes is None else self.now - timedelta(minutes=minutes)

    def insert(self, table: str, *rows: dict[str, Any]) -> None:
        self.count += 1
        self.store.insert(table, list(rows[0]), [list(row.values()) for row in rows], f"seed-{self.name}-{self.count}")

    def article(
        self,
        key: str,
        title: str,
        *,
        minutes: float = 10,
        text: str = "",
        outlet: str = "The Harbour Post",
        url: str = "",
        language: str = "en",
        relation: str = "original",
        of: str = "",
        story: str = "",
        version: int = 1,
        entities: Sequence[Entity] = (),
        topics: Sequence[tuple[str, str]] = (),
        places: Sequence[tuple[str, str]] = (),
        removed: Sequence[dict[str, Any]] = (),
        wordings: Sequence[str] = (),
        vector: Sequence[int] = (),
    ) -> None:
        self.count += 1
        time, story = self.ago(minutes), story or f"story-{key}"
        shared = {"time": time, "article": key, "version": version, "relation": relation, "outlet": outlet}
        self.insert(
            "article_rows",
            {
                "id": key,
                "version": version,
                "content": f"{key}-{version}",
                "outlet": outlet,
                "url": url or f"https://news.example/{key}",
                "feed": "https://news.example/feed",
                "title": title,
                "author": "",
                "published": time,
                "fetched": time,
                "language": language,
                "extra": "{}",
                "time": time,
                "text": text or title,
                "removed": orjson.dumps(list(removed)).decode(),
                "relation": relation,
                "of": of,
                "story": story,
                "origin_partition": 0,
                "origin_offset": self.count,
                "made_by": '{"lexicon":"1"}',
            },
        )
        for entity, name, kind in entities:
            mention = {
                "entity": entity,
                "name": name,
                "type": kind,
                "texts": [name, *wordings],
                "salience": 0.5,
                "count": 1,
                "language": language,
            }
            self.insert("mention_rows", {**shared, **mention, "story": story})
        for topic, name in topics:
            self.insert("topic_rows", {**shared, "topic": topic, "name": name, "score": 0.8, "story": story})
        for place, name in places:
            where = {"place": place, "name": name, "country": "TR", "lat": 41.2, "lon": 29.0, "role": "where"}
            self.insert("place_rows", {**shared, **where, "story": story})

        if vector:
            about = {"time": time, "article": key, "version": version, "relation": relation, "language": language}
            self.insert("vector_rows", {**about, "story": story, "vector": list(vector)})

    def move(self, source: str, target: str, article: str = "") -> None:
        step = {"source": source, "target": target, "at": self.now}
        self.insert("story_move_rows", step)
        self.insert("story_history_rows", {**step, "article": article})

    def ended(self, kind: str, stage: str, reason: str, count: int = 1) -> None:
        for _ in range(count):
            self.count += 1
            self.insert(
                "ended_rows",
                {
                    "kind": kind,
                    "stage": stage,
                    "reason": reason,
                    "at": self.now,
                    "origin_partition": 0,
                    "origin_offset": self.count,
                    "topic": "articles.raw",
                    "partition": 0,
                    "offset": self.count,
                    "dead_offset": self.count,
                },
            )

    def feed(self, url: str, title: str, status: str = "ok", **more: Any) -> None:
        """`last_new`, `last_ok` and `checked` in minutes ago; no state at all where status is empty."""
        self.insert("feed_rows", {"url": url, "title": title, "removed": 0, "position": 1, "added": self.ago(9000)})
        if not status:
            return
        self.insert(
            "feed_state_rows",
            {
                "url": url,
                "status": status,
                "detail": more.get("detail", ""),
                "checked": self.ago(more.get("checked", 3)),
                "next": self.now + timedelta(minutes=12),
                "failures": more.get("failures", 0),
                "last_ok": self.ago(more.get("last_ok", 3)),
                "last_new": self.ago(more.get("last_new", 25)),
                "seen": more.get("seen", 20),
                "published": more.get("published", 1),
                "position": 1,
            },
        )

    def alert(self, key: str, rule: str, title: str, minutes: float, states: Sequence[str], **more: Any) -> None:
        self.insert(
            "alert_rows",
            {
                "key": key,
                "rule": rule,
                "fired": self.ago(minutes),
                "story": more.get("story", "story-q1"),
                "article": more.get("article", "q1"),
                "title": title,
                "url": "https://news.example/q1",
                "outlet": "The Harbour Post",
                "count": more.get("count", 1),
                "removed": 0,
                "position": 1,
            },
        )
        for number, status in enumerate(states):
            self.insert(
                "delivery_rows",
                {
                    "id": f"{key}-{number}",
                    "alert": key,
                    "hook": f"hook{number}",
                    "rule": rule,
                    "created": self.ago(minutes),
                    "status": status,
                    "last_status": more.get("last_status"),
                    "removed": 0,
                    "position": more.get("position", 1),
                },
            )
