"""What an address may ask: each parameter with its kind, read strictly, so that a mistake is named."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from newstide import spans

MOST = 500  # of a `count`
Kind = Literal["text", "texts", "time", "span", "count", "cursor"]
EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class BadParameter(Exception):
    """A parameter that cannot be used; `name` is which."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter. `default` None and not `required`: left out. A `count` is at most MOST."""

    name: str
    kind: Kind
    help: str
    required: bool = False
    default: str | None = None

    def read(self, text: str) -> Any:
        """The value in `text`. Raises BadParameter."""
        try:
            return _READERS[self.kind](text)
        except ValueError as e:
            raise BadParameter(self.name, str(e)) from e


def read(params: Sequence[Param], asked: Mapping[str, str]) -> dict[str, Any]:
    """The values of all parameters that are asked or have a default. Raises BadParameter."""
    known = {param.name for param in params}
    for name in asked:
        if name not in known:
            raise BadParameter(name, f"no such parameter; there are {', '.join(sorted(known)) or 'none'}")
    values = {}
    for param in params:
        text = asked.get(param.name, param.default)
        if text:
            values[param.name] = param.read(text)
        elif param.required:
            raise BadParameter(param.name, "is required")
    return values


def cursor(time: datetime, key: str) -> str:
    """A row's place in a list, to go on after it."""
    return f"{time.isoformat(timespec='milliseconds').replace('+00:00', 'Z')}~{key}"


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))  # a `+` in a query string arrives as a space
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"expected a time such as 2026-05-01T12:00:00Z, not {text!r}") from None
    if not EARLIEST <= moment <= LATEST:
        raise ValueError("expected a time between 1970 and 2200")
    return moment


def _span(text: str) -> int:
    span = spans.seconds(text)
    if span is None:
        raise ValueError(f"expected a span of time such as 3600, 90m, 24h or 7d, not {text!r}")
    return span


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or not 1 <= int(text) <= MOST:
        raise ValueError(f"expected a whole number from 1 to {MOST}, not {text!r}")
    return int(text)


def _cursor(text: str) -> tuple[datetime, str]:
    moment, _sign, key = text.partition("~")
    if not key:
        raise ValueError("expected the `next` of an earlier answer")
    return _time(moment), key


def _text(text: str) -> str:
    if len(text) > 1000:
        raise ValueError("longer than 1000 characters")
    return text


def _texts(text: str) -> list[str]:
    parts = list(dict.fromkeys(part.strip() for part in _text(text).split(",") if part.strip()))
    if not 1 <= len(parts) <= 20:
        raise ValueError("expected one to twenty ids or names with commas between")
    return parts


_READERS: dict[Kind, Any] = {
    "text": _text,
    "texts": _texts,
    "time": _time,
    "span": _span,
    "count": _count,
    "cursor": _cursor,
}

AT = Param("at", "time", "the moment that the window ends at; now if left out")


def check_steps(values: Mapping[str, Any]) -> None:
    """A timeline has a bounded number of steps. Raises BadParameter."""
    if "step" in values:
        try:
            spans.check_steps(values["window"], values["step"])
        except ValueError as e:
            raise BadParameter("step", str(e)) from e
