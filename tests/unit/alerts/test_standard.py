"""Standard Webhooks against a real receiver on loopback; its own library verifies."""

import base64
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from newstide.app import hooks
from newstide.clock import ManualClock, SystemClock
from newstide.http import Client
from newstide.settings import Settings
from sinks.hooks.standard import StandardWebhook
from tests.service import free_port
from tests.unit.alerts.making import NOW, Receiver
from tests.unit.producers.loopback import Loopback, serve

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
BODY = '{"type":"alert","data":{"title":"Şırnak"}}'.encode()


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serve() as here:
        yield here


def client(place: str, timeout: float = 5.0) -> Client:
    return Client(allow_private=[place], user_agent="test", timeout=timeout, max_bytes=10_000, max_redirects=0)


def hook(server: Loopback, receiver: Receiver, timeout: float = 5.0) -> StandardWebhook:
    server.pages["/in"] = receiver
    return StandardWebhook(f"{server.base}/in", SECRET, client(server.place, timeout), SystemClock())


def test_the_signature_is_verified_by_the_schemes_own_library(server: Loopback) -> None:
    receiver = Receiver()
    sent = hook(server, receiver).send("msg_1", BODY)
    headers, body = receiver.got[0]
    assert (sent.ok, sent.status, body) == (True, 204, BODY)
    assert headers["content-type"] == "application/json"
    assert Webhook(SECRET).verify(body, headers)["type"] == "alert"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, {**headers, "webhook-id": "msg_2"})


def test_a_receiver_that_may_not_be_called_says_which_setting_would_allow_it() -> None:
    night = {"url": "http://127.0.0.1:9/in", "secret": SECRET}
    made = Settings.model_validate({"hooks": {"night": night}, "fetch": {"allow_private": ["127.0.0.1:9"]}})
    sent = hooks(made)["night"].send("msg_1", BODY)
    assert sent.detail == "private address: 127.0.0.1:9 is 127.0.0.1; `alerts.allow_private` may name it"


@pytest.mark.parametrize(
    ("status", "headers", "retry_after"),
    [
        (500, {}, None),
        (404, {}, None),
        (302, {"Location": "/elsewhere"}, None),
        (410, {}, None),
        (429, {"Retry-After": "30"}, 30.0),
        (503, {"Retry-After": "120"}, 120.0),
        (503, {"Retry-After": "999999999"}, 86_400.0),
        (503, {"Retry-After": "soon"}, None),
        (503, {"Retry-After": "-5"}, None),
    ],
)
def test_an_answer_that_is_no_success(
    server: Loopback, status: int, headers: dict[str, str], retry_after: float | None
) -> None:
    receiver = Receiver((status, headers))
    server.pages["/elsewhere"] = elsewhere = Receiver()
    sent = hook(server, receiver).send("msg_1", BODY)
    assert (sent.ok, sent.status, sent.retry_after) == (False, status, retry_after)
    assert str(status) in sent.detail
    assert not elsewhere.got


def test_retry_after_may_be_a_date(server: Loopback) -> None:
    server.pages["/in"] = Receiver((503, {"Retry-After": format_datetime(NOW + timedelta(seconds=90), usegmt=True)}))
    sent = StandardWebhook(f"{server.base}/in", SECRET, client(server.place), ManualClock(NOW)).send("msg_1", BODY)
    assert sent.retry_after == 90.0


def test_a_receiver_that_is_down_a_private_one_and_a_slow_one_are_values_not_errors(server: Loopback) -> None:
    place = f"127.0.0.1:{free_port()}"
    down = StandardWebhook(f"http://{place}/", SECRET, client(place), SystemClock()).send("msg_1", BODY)
    private = StandardWebhook(f"{server.base}/in", SECRET, client("127.0.0.1:1"), SystemClock()).send("msg_1", BODY)
    slow = Receiver()
    slow.open.clear()
    started = time.monotonic()
    late = hook(server, slow, timeout=0.3).send("msg_1", BODY)
    slow.open.set()
    assert [(sent.ok, sent.status) for sent in (down, private, late)] == [(False, None)] * 3
    assert [sent.detail.split(":")[0] for sent in (down, private, late)] == [
        "unreachable",
        "private address",
        "timed out",
    ]
    assert time.monotonic() - started < 3


def test_every_try_has_the_time_of_its_own(server: Loopback) -> None:
    receiver, clock = Receiver(), ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    server.pages["/in"] = receiver
    sender = StandardWebhook(f"{server.base}/in", SECRET, client(server.place), clock)
    sender.send("msg_1", BODY)
    clock.advance(5)
    sender.send("msg_1", BODY)
    stamps = [int(headers["webhook-timestamp"]) for headers, _ in receiver.got]
    assert stamps[1] - stamps[0] == 5
