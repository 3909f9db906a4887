"""How long a server asks to wait: its `Retry-After` header."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after(header: str, now: datetime, most: float) -> float | None:
    """Seconds of a Retry-After, given in seconds or as a date (RFC 9110, section 10.2.3), `most` at most.

    None where there is none, or none that can be read.
    """
    header = header.strip()
    if header.isascii() and header.isdigit():
        return min(float(header), most)
    try:
        until = parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    seconds = ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, 0.0), most)
