"""Articles for tests, made by hand."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from newstide.ports import Message
from newstide.records import Article, Entity, Mention, Origin, Place, RawArticle, Topic, encode
from newstide.topics import RAW, RESOLVED

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

ARTICLE = Article(
    id="a1",
    content="c1",
    outlet="example.com",
    url="http://example.com/1",
    feed="http://example.com/feed",
    title="Dam opens",
    author="A. Writer",
    published=NOON,
    fetched=NOON,
    language="en",
    extra={"desk": "foreign"},
    time=NOON,
    dateline=None,
    text="The dam at Ilısu opened on Sunday.",
    removed=(),
    entities=(Entity("x:LOC:ilisu", "Ilısu", "LOC", 0.8, (Mention("text", 11, 16, "Ilısu"),)),),
    topics=(Topic("medtop:04000000", "economy", 0.7),),
    places=(Place("x:LOC:ilisu", "Ilısu", "TR", 37.5, 41.8, "where"),),
    relation="original",
    story="s1",
)


def article(number: int, **changes: Any) -> Article:
    """A resolved article that entered at partition 0, offset `number`."""
    own = {"id": f"a{number}", "origin": Origin(0, number), "url": f"http://example.com/{number}"}
    return replace(ARTICLE, **{**own, **changes})


def resolved(number: int, **changes: Any) -> Message:
    made = article(number, **changes)
    return Message(RESOLVED.name, made.id, encode(made))


def raw(number: int, **changes: Any) -> Message:
    fields = {
        "id": f"a{number}",
        "outlet": "example.com",
        "url": f"http://example.com/{number}",
        "fetched": NOON,
        "title": f"Report number {number}",
        "text": f"Report number {number} says that the harbour of Izmir took in {number} ships on Sunday.",
    }
    made = RawArticle(**{**fields, **changes})
    return Message(RAW.name, made.id, encode(made))
