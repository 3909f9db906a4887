"""Who may ask: whoever reaches the loopback address, or knows the password."""

import base64
import hmac
from collections.abc import Mapping

from newstide.errors import SettingsError
from newstide.settings import split_address
from newstide.urls import is_local, is_loopback


def check_exposure(address: str, password: str | None) -> None:
    """Raises SettingsError for a `host:port` that other machines can reach while no password is set."""
    if not password and not is_loopback(split_address(address)[0]):
        raise SettingsError(
            f"sql.listen: {address} can be reached from other machines; set sql.password, or listen at 127.0.0.1"
        )


def allowed(password: str | None, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
    """Whether the request may be answered: the password of any user name, in one of ClickHouse's three places.

    Without a password the `Host` must be local.
    """
    if not password:
        return is_local(headers.get("host", ""))
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
