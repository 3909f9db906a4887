from dataclasses import replace
from datetime import timedelta

from newstide.records import Feed, FeedSeen
from producers.decide import DAY, REMEMBERED, WEEK, decide, next_check
from producers.parsed import Item, ParsedFeed

NOTHING = FeedSeen(url="https://harbour.example/feed.xml", items={})


def items(*numbers: int) -> tuple[Item, ...]:
    return tuple(Item(link=f"https://harbour.example/{n}", title=f"News {n}", summary="<p>text</p>") for n in numbers)


def test_everything_is_new_at_first_and_the_oldest_goes_first(feed, now):
    parsed = ParsedFeed(language="en-GB", items=items(3, 2, 1))
    first = decide(parsed, NOTHING, feed, now)
    assert [article.title for article in first.articles] == ["News 1", "News 2", "News 3"]
    assert (first.seen, first.unchanged, first.dropped) == (3, 0, {})
    one = first.articles[0]
    assert (one.outlet, one.feed, one.language, one.text, one.fetched) == ("Harbour Post", feed.url, "en", "text", now)


def test_the_same_again_is_unchanged_and_a_changed_item_keeps_its_id(feed, now):
    first = decide(ParsedFeed(items=items(2, 1)), NOTHING, feed, now)
    again = decide(ParsedFeed(items=items(2, 1)), first.remember, feed, now)
    assert (again.articles, again.seen, again.unchanged) == ((), 2, 2)
    two, one = items(2, 1)
    corrected = ParsedFeed(items=(replace(two, summary="other"), one))
    changed = decide(corrected, first.remember, feed, now)
    assert [article.id for article in changed.articles] == [first.articles[1].id]
    assert changed.unchanged == 1


def test_of_one_address_the_newest_item_counts(feed, now):
    first, second, third = (replace(one, link="https://harbour.example/live", published=None) for one in items(3, 2, 1))
    listed = decide(ParsedFeed(items=(first, second, third)), NOTHING, feed, now)
    assert [article.title for article in listed.articles] == [first.title]
    assert (listed.seen, listed.dropped) == (3, {"repeated": 2})
    dated = tuple(replace(one, published=now - timedelta(hours=n)) for n, one in ((2, first), (1, second), (3, third)))
    assert [article.title for article in decide(ParsedFeed(items=dated), NOTHING, feed, now).articles] == [second.title]


def test_the_longer_of_what_a_feed_says_is_the_text(feed, now):
    (one,) = items(1)
    said = ParsedFeed(items=(replace(one, content="Read more", summary="The ferry runs again after the storm."),))
    assert decide(said, NOTHING, feed, now).articles[0].text == "The ferry runs again after the storm."


def test_what_is_dropped_is_counted_by_reason(feed, now):
    one, two = items(1, 2)
    erased = decide(ParsedFeed(items=(two,)), NOTHING, feed, now).articles[0].id
    tracked = replace(one, link=one.link + "?utm_source=rss")
    parsed = ParsedFeed(items=(one, tracked, two, Item(summary="neither link nor name")), cut=5)
    decided = decide(parsed, NOTHING, feed, now, {erased})
    assert decided.dropped == {"repeated": 1, "erased": 1, "no identity": 1, "over the limit": 5}
    assert decided.seen == 9 == len(decided.articles) + decided.unchanged + sum(decided.dropped.values())
    assert erased not in decided.remember.items


def test_items_without_a_link_are_known_by_their_guid(feed, now):
    parsed = ParsedFeed(items=(Item(guid="a", title="Same"), Item(guid="b", title="Same"), Item(title="Same")))
    assert len({article.id for article in decide(parsed, NOTHING, feed, now).articles}) == 3


def test_the_outlet_falls_back_to_domain_and_feed(now):
    feed = Feed(url="http://127.0.0.1:1/feed", added=now)
    here, there = Item(link="http://127.0.0.1:1/1"), Item(link="https://www.harbour.example/1")
    outlets = [article.outlet for article in decide(ParsedFeed(items=(here, there)), NOTHING, feed, now).articles]
    assert outlets == ["harbour.example", feed.url]


def test_an_item_that_left_and_returns_is_not_new_and_memory_is_bounded(feed, now):
    seen = decide(ParsedFeed(items=items(*range(30))), NOTHING, feed, now).remember
    for start in range(30, 3030, 30):
        seen = decide(ParsedFeed(items=items(*range(start, start + 30))), seen, feed, now).remember
    assert len(seen.items) == REMEMBERED
    back = decide(ParsedFeed(items=items(2500, 1)), seen, feed, now)
    assert [article.title for article in back.articles] == ["News 1"]


def test_a_large_listing_keeps_twice_its_size(feed, now):
    seen = decide(ParsedFeed(items=items(*range(2000))), NOTHING, feed, now).remember
    seen = decide(ParsedFeed(items=items(*range(2000, 4000))), seen, feed, now).remember
    assert len(seen.items) == 4000
    assert len(decide(ParsedFeed(items=items(*range(4000, 6000))), seen, feed, now).remember.items) == 4000


def test_when_to_look_again(now):
    def wait(*args, **more) -> float:
        return (next_check(now, 900, *args, **more) - now) / timedelta(seconds=1)

    assert [wait(failures) for failures in range(5)] == [900, 900, 1800, 3600, 7200]
    assert wait(50) == wait(5000) == DAY
    assert wait(1, retry_after=120) == 900
    assert wait(1, retry_after=5000) == 5000
    assert wait(1, gone=True) == wait(50, gone=True) == WEEK
    assert (next_check(now, 2 * DAY, 9) - now).total_seconds() == 2 * DAY
