"""The guarded client, against a real server on loopback."""

import gzip
import socket
import sys
import threading
import time
import tracemalloc
import zlib
from http.server import BaseHTTPRequestHandler

import pytest

from newstide.http import Client, FetchError, Response, is_public
from tests.service import free_port
from tests.unit.producers.loopback import Loopback, ok, serve


def client(*allowed: str, timeout: float = 5.0, max_bytes: int = 100_000, **more) -> Client:
    return Client(allow_private=allowed, user_agent="test", timeout=timeout, max_bytes=max_bytes, **more)


def reason(act) -> str:
    with pytest.raises(FetchError) as caught:
        act()
    return caught.value.reason


@pytest.fixture
def site():
    with serve() as site:
        yield site


@pytest.fixture
def connects(monkeypatch):
    """The addresses that this thread's process connects to while the test runs."""
    seen, on = [], [True]
    sys.addaudithook(lambda name, args: seen.append(args[1]) if on[0] and name == "socket.connect" else None)
    yield seen
    on[0] = False


def test_an_answer_has_status_lower_case_headers_body_and_url(site: Loopback):
    site.pages["/a"] = ok(b"hello", ETag='"1"')
    answer = client(site.place).request("GET", f"{site.base}/a", {"If-None-Match": '"0"'})
    assert answer == Response(200, answer.headers, b"hello", f"{site.base}/a")
    assert answer.headers["etag"] == '"1"'
    asked = site.asked("/a")[0]
    assert asked["host"] == site.place
    assert asked["user-agent"] == "test"
    assert asked["if-none-match"] == '"0"'


def test_a_post_carries_its_body_and_its_redirect_is_not_followed(site: Loopback):
    got = []
    site.pages["/hook"] = lambda h: (got.append(h.rfile.read(int(h.headers["Content-Length"]))), ok(b""))[1]
    site.pages["/moved"] = (302, {"Location": "/hook"}, b"")
    assert client(site.place).request("POST", f"{site.base}/hook", body=b"{}").status == 200
    assert got == [b"{}"]
    assert client(site.place).request("POST", f"{site.base}/moved", body=b"{}").status == 302


def test_redirects_are_followed_and_the_last_address_is_told(site: Loopback):
    site.pages |= {"/old": (301, {"Location": "/new?x=1"}, b""), "/new?x=1": ok(b"here")}
    answer = client(site.place).request("GET", f"{site.base}/old")
    assert (answer.body, answer.url) == (b"here", f"{site.base}/new?x=1")
    assert client(site.place, max_redirects=0).request("GET", f"{site.base}/old").status == 301


def test_redirect_loop(site: Loopback):
    site.pages["/loop"] = (302, {"Location": "/loop"}, b"")
    assert reason(lambda: client(site.place).request("GET", f"{site.base}/loop")) == "redirect loop"
    assert len(site.requests) == 6


def test_redirect_to_a_private_port_that_nobody_allowed(site: Loopback):
    with serve({"/secret": ok(b"secret")}) as other:
        site.pages["/in"] = (302, {"Location": f"{other.base}/secret"}, b"")
        assert reason(lambda: client(site.place).request("GET", f"{site.base}/in")) == "private address"
        assert other.requests == []


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://x/", "http://[::1", "http://h:99999/"])
def test_redirect_to_what_is_no_http_address(site: Loopback, target: str):
    site.pages["/in"] = (302, {"Location": target}, b"")
    assert reason(lambda: client(site.place).request("GET", f"{site.base}/in")) == "bad url"


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "127.0.0.1", "[::1]", "[::ffff:10.0.0.1]", "0.0.0.0", "2130706433", "127.1", "localhost"],
)
def test_a_private_address_is_refused_without_a_packet(host: str, connects: list):
    assert reason(lambda: client().request("GET", f"http://{host}:81/latest/meta-data")) == "private address"
    assert connects == []


def test_allowing_one_port_allows_no_other_and_no_other_name(site: Loopback):
    site.pages["/"] = ok(b"hi")
    assert client("localhost:1", site.place).request("GET", site.base + "/").body == b"hi"
    for elsewhere in (f"http://127.0.0.1:{free_port()}/", f"http://localhost:{site.port}/"):
        assert reason(lambda url=elsewhere: client(site.place).request("GET", url)) == "private address"


def test_a_name_that_changes_its_address_between_two_looks(site: Loopback, connects: list):
    answers = iter([["127.0.0.1"], ["127.0.0.1"]])
    site.pages["/"] = (302, {"Location": f"http://rebound.example:{site.port}/"}, b"")
    rebound = client(f"good.example:{site.port}", resolve=lambda *_: next(answers))
    assert reason(lambda: rebound.request("GET", f"http://good.example:{site.port}/")) == "private address"
    assert len(connects) == 1
    assert site.asked("/")[0]["host"] == f"good.example:{site.port}"


def test_one_private_address_among_public_ones_is_enough_to_refuse(connects: list):
    mixed = client(resolve=lambda *_: ["93.184.215.14", "10.0.0.8"])
    assert reason(lambda: mixed.request("GET", "http://mixed.example/")) == "private address"
    assert connects == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("2606:4700::1111", True), ("64:ff9b::808:808", True), ("::ffff:8.8.8.8", True),
        ("10.0.0.1", False), ("172.16.0.1", False), ("192.168.1.1", False), ("100.64.0.1", False), ("0.0.0.0", False),
        ("127.0.0.1", False), ("169.254.169.254", False), ("224.0.0.1", False), ("240.0.0.1", False),
        ("255.255.255.255", False), ("198.18.0.1", False), ("::", False), ("::1", False), ("::127.0.0.1", False),
        ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("2001:0:1::", False),
        ("fc00::1", False), ("fe80::1", False), ("fe80::1%lo", False), ("fec0::1", False), ("ff02::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool):
    assert is_public(address) is public


def test_a_drip_is_cut_at_the_deadline(site: Loopback):
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    site.pages["/drip"] = drip
    begun = time.monotonic()
    assert reason(lambda: client(site.place, timeout=0.4).request("GET", f"{site.base}/drip")) == "timed out"
    assert time.monotonic() - begun < 1.0


def test_dripping_headers_are_cut_at_the_deadline(site: Loopback):
    def drip(handler: BaseHTTPRequestHandler) -> None:
        for _ in range(100):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.05)

    site.pages["/drip"] = drip
    assert reason(lambda: client(site.place, timeout=0.4).request("GET", f"{site.base}/drip")) == "timed out"


def test_slow_redirects_share_one_deadline(site: Loopback):
    site.pages["/loop"] = lambda _: (time.sleep(0.2), (302, {"Location": "/loop"}, b""))[1]
    begun = time.monotonic()
    assert reason(lambda: client(site.place, timeout=0.5).request("GET", f"{site.base}/loop")) == "timed out"
    assert time.monotonic() - begun < 1.0


def test_a_look_up_that_hangs_is_cut_at_the_deadline():
    hanging = client(timeout=0.2, resolve=lambda *_: time.sleep(2) or [])
    begun = time.monotonic()
    assert reason(lambda: hanging.request("GET", "http://slow.example/")) == "timed out"
    assert time.monotonic() - begun < 1.0


def test_an_endless_body_is_too_large(site: Loopback):
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65536)

    site.pages["/endless"] = endless
    assert reason(lambda: client(site.place).request("GET", f"{site.base}/endless")) == "too large"


def test_a_gzip_bomb_is_not_inflated(site: Loopback):
    bomb = gzip.compress(b"\0" * 50_000_000, 9)
    site.pages["/bomb"] = ok(bomb, Content_Encoding="gzip")
    bombed = client(site.place)
    tracemalloc.start()
    try:
        assert reason(lambda: bombed.request("GET", f"{site.base}/bomb")) == "too large"
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_gzip_within_the_limit_is_read_and_bombs_in_bombs_are_refused(site: Loopback):
    site.pages["/gz"] = ok(gzip.compress(b"news"), Content_Encoding="gzip")
    site.pages["/gzgz"] = ok(gzip.compress(gzip.compress(b"news")), Content_Encoding="gzip, gzip")
    site.pages["/notgz"] = ok(b"news", Content_Encoding="gzip")
    assert client(site.place).request("GET", f"{site.base}/gz").body == b"news"
    assert reason(lambda: client(site.place).request("GET", f"{site.base}/gzgz")) == "broken response"
    assert reason(lambda: client(site.place).request("GET", f"{site.base}/notgz")) == "broken response"


BARE = zlib.compressobj(wbits=-zlib.MAX_WBITS)
PACKED = {
    "gzip": gzip.compress(b"news " * 9),
    "deflate": zlib.compress(b"news " * 9),
    "Deflate": BARE.compress(b"news " * 9) + BARE.flush(),
}


@pytest.mark.parametrize("encoding", PACKED)
def test_a_packed_body_that_was_cut_short_is_a_broken_response(site: Loopback, encoding: str):
    whole = PACKED[encoding]
    site.pages["/"] = ok(whole, Content_Encoding=encoding)
    assert client(site.place).request("GET", f"{site.base}/").body == b"news " * 9
    for end in (1, len(whole) // 2, len(whole) - 1):
        site.pages["/"] = ok(whole[:end], Content_Encoding=encoding)
        assert reason(lambda: client(site.place).request("GET", f"{site.base}/")) == "broken response"


def test_a_packed_body_of_several_members_is_read_whole_and_padding_is_none(site: Loopback):
    site.pages["/"] = ok(gzip.compress(b"first, ") + gzip.compress(b"second") + bytes(9), Content_Encoding="gzip")
    assert client(site.place).request("GET", f"{site.base}/").body == b"first, second"
    site.pages["/"] = ok(gzip.compress(b"first, ") + gzip.compress(b"second")[:-4], Content_Encoding="gzip")
    assert reason(lambda: client(site.place).request("GET", f"{site.base}/")) == "broken response"
    site.pages["/"] = ok(b"".join(gzip.compress(bytes(400_000)) for _ in range(3)), Content_Encoding="gzip")
    assert reason(lambda: client(site.place).request("GET", f"{site.base}/")) == "too large"
    site.pages["/"] = ok(gzip.compress(b"") * 1001, Content_Encoding="gzip")
    assert reason(lambda: client(site.place).request("GET", f"{site.base}/")) == "broken response"


def test_an_empty_answer_may_name_an_encoding(site: Loopback):
    site.pages["/"] = (304, {"Content-Encoding": "gzip"}, b"")
    assert client(site.place).request("GET", f"{site.base}/").body == b""


def test_a_truncated_body_is_a_broken_response(site: Loopback):
    def truncated(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"half")
        handler.close_connection = True

    site.pages["/cut"] = truncated
    assert reason(lambda: client(site.place).request("GET", f"{site.base}/cut")) == "broken response"


def test_nobody_listens():
    place = f"127.0.0.1:{free_port()}"
    assert reason(lambda: client(place).request("GET", f"http://{place}/")) == "unreachable"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (
            socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
            "a.example cannot be looked up now",
        ),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "a.example is not known"),
    ],
)
def test_a_name_that_cannot_be_looked_up_now_is_not_called_unknown(fault: OSError, told: str):
    def resolve(host: str, port: int) -> list[str]:
        raise fault

    with pytest.raises(FetchError) as error:
        client(resolve=resolve).request("GET", "http://a.example/")
    assert error.value.detail == told


def test_plain_http_where_tls_was_expected(site: Loopback):
    assert reason(lambda: client(site.place).request("GET", f"https://{site.place}/")) == "tls"


@pytest.mark.parametrize(
    "url", ["", "ftp://x.example/", "//x.example", "http://", "http://[::1/", "no address", "http://x\n"]
)
def test_bad_urls(url: str):
    assert reason(lambda: client().request("GET", url)) == "bad url"


def test_proxies_of_the_environment_are_ignored(site: Loopback, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    site.pages["/"] = ok(b"direct")
    assert client(site.place).request("GET", site.base + "/").body == b"direct"


def test_closing_ends_what_is_under_way(site: Loopback):
    begun = threading.Event()
    site.pages["/hang"] = lambda _: (begun.set(), time.sleep(3))[1]
    hanging = client(site.place, timeout=30)
    threading.Thread(target=lambda: begun.wait(5) and hanging.close()).start()
    start = time.monotonic()
    assert reason(lambda: hanging.request("GET", f"{site.base}/hang")) == "stopped"
    assert time.monotonic() - start < 2
    assert reason(lambda: hanging.request("GET", f"{site.base}/")) == "stopped"
