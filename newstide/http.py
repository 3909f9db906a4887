"""The one HTTP client: every request passes its guards.

    Client.request → hop by hop → Transport (httpx2) → Guard.connect → Stream

The guard stands where the connection is made, so that redirects and names that change their mind between
two look-ups (DNS rebinding) meet it too: it resolves, judges every address, and connects to those.
Each request has a connection of its own, and with it a deadline that every read and write of it obeys.
"""

import contextlib
import queue
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urljoin

import httpcore2
import httpx2

from newstide.errors import Reasoned
from newstide.inflate import GZIP, inflate

Resolve = Callable[[str, int], list[str]]

REDIRECTS = {301, 302, 303, 307, 308}
FOR_GOOD = {301, 308}
GLOBAL_IPV6 = IPv6Network("2000::/3")  # RFC 4291: the only range handed out so far
SIX_TO_FOUR = IPv6Network("2002::/16")  # RFC 7526: retired, and would carry a private IPv4 address inside
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}  # as zlib counts
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address as seen from an IPv6-only network


class FetchError(Reasoned):
    """A request came to nothing.

    Reasons: `bad url`, `private address`, `unreachable`, `tls`, `timed out`, `redirect loop`, `too large`,
    `broken response`, `stopped`.
    """


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. Header names are in lower case; `body` is decompressed; `url` is where it came from at last.

    `moved`: it lives there for good, as every redirect on the way said (301, 308).
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    moved: bool = False


def is_public(address: str) -> bool:
    """Whether an IP address may be reached by everyone: not private, local, shared (RFC 6598) or multicast.

    IPv4 inside IPv6 (mapped, NAT64) is judged as IPv4.
    """
    ip: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(ip, IPv6Address):
        if ip in NAT64:
            ip = IPv4Address(int(ip) & 0xFFFFFFFF)
        elif ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        elif ip not in GLOBAL_IPV6 or ip in SIX_TO_FOUR:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def system_resolve(host: str, port: int) -> list[str]:
    """Every address of the host, in the system's order of preference. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class Client:
    """Makes requests; safe to share between threads.

    `allow_private` lists `host:port`, as a URL has them, that may be reached although not public; a refusal names the
    `setting` that it came from. `timeout` is in seconds for a whole request, redirects included, however it drips.
    `max_bytes` bounds the decompressed body. With `max_redirects` 0 a redirect is answered as it is. TLS is verified;
    proxies and cookies are not used.
    """

    def __init__(
        self,
        *,
        allow_private: Sequence[str],
        user_agent: str,
        timeout: float,
        max_bytes: int,
        max_redirects: int = 5,
        resolve: Resolve = system_resolve,
        setting: str = "fetch.allow_private",
    ) -> None:
        self._guard = Guard(frozenset(item.lower() for item in allow_private), resolve, setting)
        self._transport = Transport(self._guard)
        self._headers = {"user-agent": user_agent, "accept-encoding": "gzip, deflate", "connection": "close"}
        self._timeout, self._max_bytes, self._max_redirects = timeout, max_bytes, max_redirects

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Response:
        """The answer, whatever its status. Raises FetchError. Redirects of GET and HEAD are followed."""
        deadline = time.monotonic() + self._timeout
        follow = self._max_redirects if method in {"GET", "HEAD"} else 0
        said = set[int]()
        for _ in range(follow + 1):
            response = self._hop(method, url, {**self._headers, **(headers or {})}, body, deadline)
            location = response.headers.get("location")
            if not follow or response.status not in REDIRECTS or not location:
                return replace(response, moved=bool(said) and said <= FOR_GOOD)
            url = _join(url, location)
            said.add(response.status)
        raise FetchError("redirect loop", f"more than {follow} redirects")

    def close(self) -> None:
        """End every request under way (they raise `stopped`) and refuse new ones."""
        self._guard.close()
        self._transport.close()

    def _hop(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, deadline: float) -> Response:
        timeout = httpx2.Timeout(_left(deadline)).as_dict()
        with self._translated():
            request = httpx2.Request(
                method, _checked(url), headers=headers, content=body, extensions={"timeout": timeout}
            )
            with contextlib.closing(self._transport.handle_request(request)) as answer:
                return Response(answer.status_code, dict(answer.headers.items()), self._read(answer), url)

    def _read(self, answer: httpx2.Response) -> bytes:
        raw = bytearray()
        for chunk in answer.iter_raw():
            raw += chunk
            if len(raw) > self._max_bytes:
                raise FetchError("too large", f"more than {self._max_bytes} bytes")
        return _unpacked(bytes(raw), answer.headers.get("content-encoding", ""), self._max_bytes)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except FetchError:
            raise
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as e:  # ValueError: a header that is not ASCII
            raise FetchError("stopped") if self._guard.closed else _reason(e) from None


class Transport(httpx2.HTTPTransport):
    """httpx2's own transport over the guard; a connection serves one request."""

    def __init__(self, guard: "Guard") -> None:
        context = httpx2.create_ssl_context(trust_env=False)
        super().__init__(verify=context)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=None,
            max_keepalive_connections=0,
            network_backend=guard,
        )


class Guard(httpcore2.NetworkBackend):
    """Makes connections to judged addresses only, and knows those that are open."""

    def __init__(self, allowed: frozenset[str], resolve: Resolve, setting: str) -> None:
        self.closed = False
        self._allowed, self._resolve, self._setting = allowed, resolve, setting
        self._open: set[Stream] = set()
        self._lock = threading.Lock()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Any = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        """A connection whose whole life ends `timeout` s from now. Raises FetchError."""
        if self.closed:
            raise FetchError("stopped")
        deadline = time.monotonic() + (timeout or 0.0)
        addresses = _lookup(self._resolve, host, port, deadline)
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        if place not in self._allowed:
            for address in addresses:
                if not is_public(address):
                    raise FetchError("private address", f"{place} is {address}; `{self._setting}` may name it")
        return self._enter(Stream(_connect(addresses, port, deadline), deadline, self._leave))

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.NetworkStream:
        raise FetchError("bad url", "a socket of this machine")

    def close(self) -> None:
        with self._lock:
            self.closed = True
            streams = list(self._open)
        for stream in streams:
            stream.cut()

    def _enter(self, stream: "Stream") -> "Stream":
        with self._lock:
            self._open.add(stream)
        if self.closed:
            stream.close()
            raise FetchError("stopped")
        return stream

    def _leave(self, stream: "Stream") -> None:
        with self._lock:
            self._open.discard(stream)


class Stream(httpcore2.NetworkStream):
    """A connection with a deadline for all of it: the time-outs that httpcore passes per read do not count."""

    def __init__(self, sock: socket.socket, deadline: float, left: Callable[["Stream"], None]) -> None:
        self._sock, self._deadline, self._left = sock, deadline, left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        with self._timed(httpcore2.ReadError):
            return self._sock.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        with self._timed(httpcore2.WriteError):
            self._sock.sendall(buffer)

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> "Stream":
        try:
            with self._timed(httpcore2.ConnectError):
                self._sock = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname)
        except BaseException:
            self.close()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks for: `ssl_object`, to see the protocol agreed upon, and `is_readable` of idle ones."""
        return self._sock if info == "ssl_object" and isinstance(self._sock, ssl.SSLSocket) else None

    def close(self) -> None:
        self._left(self)
        self._sock.close()

    def cut(self) -> None:
        """Wake whoever waits on the connection; it is theirs to close."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def _timed(self, error: type[Exception]) -> Iterator[None]:
        """One act on the socket, within what is left of the deadline; `error` is httpcore's for this act."""
        try:
            self._sock.settimeout(_left(self._deadline))
            yield
        except TimeoutError:
            raise FetchError("timed out") from None
        except ssl.SSLError as e:
            raise FetchError("tls", str(e)) from None
        except OSError as e:
            raise error(str(e)) from e


def _left(deadline: float) -> float:
    """Seconds up to the deadline, more than 0. Raises FetchError when it has passed."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchError("timed out")
    return left


def _lookup(resolve: Resolve, host: str, port: int, deadline: float) -> list[str]:
    """The host's addresses. The system's resolver knows no time-out, so it works in a thread that may be left."""
    answer: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answer.put(resolve(host, port))
        except (OSError, ValueError) as e:  # ValueError: a name that no encoding can carry
            answer.put(e)

    threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
    try:
        found = answer.get(timeout=_left(deadline))
    except queue.Empty:
        raise FetchError("timed out", f"looking up {host}") from None
    if isinstance(found, Exception) or not found:
        later = isinstance(found, socket.gaierror) and found.errno == socket.EAI_AGAIN
        raise FetchError("unreachable", f"{host} {'cannot be looked up now' if later else 'is not known'}")
    return found


def _connect(addresses: Sequence[str], port: int, deadline: float) -> socket.socket:
    """A connection to the first address that takes it; each has its share of the time."""
    failure = "no address"
    for tried, address in enumerate(addresses):
        share = _left(deadline) / (len(addresses) - tried)
        try:
            sock = socket.create_connection((address, port), share)
        except TimeoutError:
            failure = ""
        except OSError as e:
            failure = f"{address}: {e.strerror or e}"
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    raise FetchError("unreachable", failure) if failure else FetchError("timed out", "connecting")


def _unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """The body without its content encoding. httpx2's decoders do not tell where it was cut short."""
    if "," in encoding:  # a bomb in a bomb would inflate without an end
        raise FetchError("broken response", "more than one content encoding")
    bits = _WINDOWS.get(encoding.strip().lower())
    if not body or not bits:
        return body
    if bits == zlib.MAX_WBITS and not _has_zlib_header(body):
        bits = -bits
    try:
        found = inflate(body, lambda: zlib.decompressobj(bits), limit, GZIP)
    except (zlib.error, EOFError) as e:
        raise FetchError("broken response", f"the {encoding} body: {e}") from None
    if len(found) > limit:
        raise FetchError("too large", f"more than {limit} bytes")
    return found


def _has_zlib_header(body: bytes) -> bool:
    """RFC 1950; without one it is bare deflate, which some servers send by that name."""
    return body[0] & 15 == zlib.DEFLATED and int.from_bytes(body[:2]) % 31 == 0


def _checked(url: str) -> httpx2.URL:
    parsed = httpx2.URL(url)
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise FetchError("bad url", f"{url[:200]!r} is no http address")
    if parsed.port is not None and not 0 < parsed.port < 65536:
        raise FetchError("bad url", f"port {parsed.port}")
    return parsed


def _join(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as e:
        raise FetchError("bad url", f"redirected to {location[:200]!r}: {e}") from None


def _reason(error: Exception) -> FetchError:
    match error:
        case httpx2.TimeoutException():
            return FetchError("timed out")
        case httpx2.ConnectError():
            return FetchError("unreachable", str(error))
        case httpx2.InvalidURL() | httpx2.LocalProtocolError() | httpx2.UnsupportedProtocol() | ValueError():
            return FetchError("bad url", str(error))
        case _:
            return FetchError("broken response", str(error))
