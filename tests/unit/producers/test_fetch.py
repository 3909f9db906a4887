import math
from datetime import UTC, datetime, timedelta

import pytest

from newstide.http import FetchError, Response
from newstide.retry_after import retry_after
from producers.fetch import LONGEST_WAIT, Failed, Fresh, Limited, Unchanged, conditional, judge
from producers.politeness import RateLimiter

URL = "https://harbour.example/feed.xml"


def answer(status: int, **headers: str) -> Response:
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, b"body", URL)


@pytest.mark.parametrize(
    ("came", "result"),
    [
        (answer(200, etag='"1"', last_modified="then", content_type="text/xml"), Fresh(b"body", '"1"', "then", "text/xml", URL)),
        (answer(304), Unchanged(URL)),
        (answer(429, retry_after="90"), Limited(90, "http 429")),
        (answer(503, retry_after="Mon, 04 May 2026 12:02:00 GMT"), Limited(120, "http 503")),
        (answer(503), Failed("http 503")),
        (answer(429, retry_after="soon"), Failed("http 429")),
        (answer(404), Failed("http 404")),
        (answer(410), Failed("http 410", gone=True)),
        (answer(302), Failed("http 302")),
        (FetchError("timed out", "connecting"), Failed("timed out", "connecting")),
    ],
)  # fmt: skip
def test_judge(came, result, now):
    assert judge(came, now, conditional=True) == result


def test_a_304_to_who_asked_for_all_is_a_failure(now):
    assert judge(answer(304), now) == Failed("http 304")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0), ("120", 120), ("-5", None), ("99999999999", 604_800), ("nan", None), ("inf", None), ("", None), ("x" * 99, None),
        ("Mon, 04 May 2026 11:00:00 GMT", 0), ("Mon, 04 May 2026 12:00:30 -0000", 30), ("Mon, 99 May 2026 11:00:00 GMT", None),
        ("Mon, 04 May 2026 11:00:00 +99999999999999", None), ("Fri, 31 Dec 9999 23:59:59 -1200", 604_800),
    ],
)  # fmt: skip
def test_retry_after(value: str, seconds: float | None, now):
    assert retry_after(value, now, LONGEST_WAIT) == seconds


def test_validators_that_no_header_can_carry_are_left_out():
    assert conditional('"a"', "then") == {"if-none-match": '"a"', "if-modified-since": "then"}
    assert conditional('"é"', "a\r\nb: c") == conditional(None, "") == {}


def test_one_request_at_a_time_and_a_gap_after_it(now):
    limiter = RateLimiter(5, ())
    queue = limiter.queue("https://harbour.example/a")
    assert queue == limiter.queue("http://HARBOUR.example:80/b") != limiter.queue("https://island.example/")
    assert limiter.wait(queue, now) == 0
    limiter.take(queue)
    assert limiter.wait(queue, now) == math.inf
    limiter.done(queue, now)
    assert limiter.wait(queue, now) == 5
    assert limiter.wait(queue, now + timedelta(seconds=3)) == 2
    assert limiter.wait(queue, now + timedelta(seconds=5)) == 0
    assert limiter.wait("island.example", now) == 0


def test_a_clock_that_jumps_back_leaves_the_gap_as_long_as_it_is(now):
    limiter, earlier = RateLimiter(5, ()), now - timedelta(hours=1)
    limiter.done("harbour.example", now)
    assert limiter.wait("harbour.example", earlier) == 5
    assert limiter.wait("harbour.example", earlier + timedelta(seconds=5)) == 0


def test_allowed_private_places_are_never_waited_for(now):
    limiter = RateLimiter(5, ("127.0.0.1:81",))
    queue = limiter.queue("http://127.0.0.1:81/feed")
    limiter.take(queue)
    assert limiter.wait(queue, now) == 0
    other = limiter.queue("http://127.0.0.1:82/feed")
    limiter.take(other)
    assert limiter.wait(other, now) == math.inf


def test_the_memory_of_hosts_is_bounded():
    limiter, begun = RateLimiter(5, ()), datetime(2026, 5, 4, tzinfo=UTC)
    for number in range(20_000):
        limiter.done(f"host{number}.example", begun + timedelta(seconds=number))
    assert len(limiter._next) < 5000
