"""When a page says it was published: the forms in which sites write a moment, read without guessing."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any

_ISO = re.compile(
    r"(?P<y>(?:19|20)\d\d)-?(?P<m>\d\d)-?(?P<d>\d\d)"
    r"(?:[T\s]+(?P<H>\d{1,2}):?(?P<M>\d\d)(?::?(?P<S>\d\d)(?:[.,]\d+)?)?\s*(?P<z>Z|UTC|GMT|[ECMP][SD]T\b|[+-]\d\d:?\d\d|[+-]\d\d)?)?",
    re.IGNORECASE,
)
# A clock of twelve hours: 9:30 PM, 9:30 p.m.
_HALF_DAY = re.compile(r"(?<!\d)(\d{1,2})(:\d\d(?::\d\d)?)\s?([ap])\.?\s?m\b\.?", re.IGNORECASE)
# +5:30 and +05:30, which RFC 2822 writes +0530.
_COLON_ZONE = re.compile(r"(?<=[\d\s])([+-])(\d{1,2}):(\d\d)$")
_DOTTED = re.compile(r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>20\d\d)(?:\D{1,12}(?P<H>\d{1,2})[:.](?P<M>\d\d))?")
_IN_URL = re.compile(
    r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/\-_.]|$)|[/\-_]((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=[/\-_.]|$)"
)
_EPOCH = re.compile(r"1[0-9]{9}(?:\d{3})?$")
_OLDEST = 1995
# The zones that RFC 2822 names, by their first letter: hours from UTC in winter.
_NAMED = {"E": -5, "C": -6, "M": -7, "P": -8}


@dataclass(frozen=True, slots=True)
class Moment:
    """`at` is aware UTC. `day`: only the day was given. `zoned`: the zone was, else UTC was assumed."""

    at: datetime
    day: bool = False
    zoned: bool = True


def read(value: str) -> Moment | None:
    """The moment in a machine-readable value (ISO 8601 and its cousins, RFC 2822, epoch, D.M.YYYY), or None."""
    value = _COLON_ZONE.sub(lambda m: f"{m[1]}{m[2]:0>2}{m[3]}", _HALF_DAY.sub(_of_24_hours, value.strip()))
    if _EPOCH.match(value):
        return Moment(datetime.fromtimestamp(int(value[:10]), UTC))
    match = _ISO.match(value) or _DOTTED.search(value[:60])
    if match:
        return _made(match.groupdict())
    try:
        moment = parsedate_to_datetime(value)
        at = _utc(moment)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return Moment(at, zoned=moment.tzinfo is not None) if moment.year >= _OLDEST else None


def in_url(url: str) -> Moment | None:
    """The day that stands in an address as /2026/03/03/ or -20260303-."""
    match = _IN_URL.search(url)
    if not match:
        return None
    year, month, day = [part for part in match.groups() if part]
    return _made({"y": year, "m": month, "d": day})


def in_text(tree: Any, last: datetime) -> Moment | None:
    """The day that stands in the words of a page (lxml), not after `last`, as htmldate finds it; never a mere year."""
    from htmldate import find_date

    try:
        found = find_date(tree, original_date=True, max_date=last.strftime("%Y-%m-%d"))
    except Exception:  # noqa: BLE001 - a hostile page breaks parsers in ways nobody lists
        return None
    return read(found) if found and not found.endswith("-01-01") else None


def _made(parts: dict[str, str | None]) -> Moment | None:
    hour, zone = parts.get("H"), parts.get("z")
    try:
        moment = datetime(
            int(parts["y"] or 0), int(parts["m"] or 0), int(parts["d"] or 0),
            int(hour or 0), int(parts.get("M") or 0), int(parts.get("S") or 0), tzinfo=_zone(zone),
        )  # fmt: skip
    except ValueError:
        return None
    if moment.year < _OLDEST:
        return None
    return Moment(_utc(moment), day=hour is None, zoned=zone is not None)


def _zone(text: str | None) -> tzinfo:
    from datetime import timezone

    if not text or text.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    if text[0].upper() in _NAMED:
        return timezone(timedelta(hours=_NAMED[text[0].upper()] + (text[1] in "dD")))
    digits = text[1:].replace(":", "").ljust(4, "0")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(away if text[0] == "+" else -away)


def _of_24_hours(match: re.Match[str]) -> str:
    hour = int(match[1])
    late = match[3] in "pP" and hour < 12
    return f"{0 if hour == 12 and match[3] in 'aA' else hour + 12 * late:02}{match[2]}"


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
