"""Text from outside as a terminal may have it: what would move its cursor, recolour or retitle it does not get there."""

import os
import re

# C0 without tab and line feed, DEL, C1, and what turns the rest of a line round (U+202D, U+202E).
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]")


def printable(text: str) -> str:
    """The text with each control character as U+FFFD, so that offsets stay what they are."""
    return CONTROL.sub("\ufffd", text)


def counted(count: int, one: str, many: str = "") -> str:
    """`1 copy`, `2 copies`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def as_text(argument: str) -> str:
    """An argument or the name of a file, each byte that is no UTF-8 written as an escape, so that it can be kept and sent."""
    return os.fsencode(argument).decode("utf-8", "backslashreplace")


def escaped(text: str) -> str:
    r"""Each character as JSON may write it, in ASCII: `\u0131`."""
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
