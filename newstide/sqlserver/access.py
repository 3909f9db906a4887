"""Who may ask: whoever reaches the loopback address, or knows the password."""

import base64
import hmac
import ipaddress
from collections.abc import Mapping

from newstide.errors import SettingsError
from newstide.settings import split_address


def check_exposure(address: str, password: str | None) -> None:
    """Raises SettingsError for a `host:port` that other machines can reach while no password is set."""
    if not password and not _loopback(split_address(address)[0]):
        raise SettingsError(
            f"sql.listen: {address} can be reached from other machines; set sql.password, or listen at 127.0.0.1"
        )


def allowed(password: str | None, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
    """Whether the request may be answered: the password of any user name, in one of ClickHouse's three places.

    Without a password the `Host` must be an address or `localhost`: a page from elsewhere, whose own name was
    pointed at this machine, is turned away (DNS rebinding).
    """
    if not password:
        return _local_name(headers.get("host", ""))
    key = headers.get("x-clickhouse-key", "").encode("latin-1")  # the bytes as they came
    given = _basic(headers.get("authorization", "")) or key or query.get("password", "").encode()
    return hmac.compare_digest(given, password.encode())


def presented(headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
    """Whether the request says who asks."""
    return any(name in headers for name in ("authorization", "x-clickhouse-key", "x-clickhouse-user")) or (
        "password" in query or "user" in query
    )


def _basic(header: str) -> bytes:
    scheme, _, value = header.partition(" ")
    try:
        return base64.b64decode(value, validate=True).partition(b":")[2] if scheme.lower() == "basic" else b""
    except ValueError:  # no base64, or no ASCII
        return b""


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _local_name(host: str) -> bool:
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return name.lower() in {"localhost", ""}
    return True
