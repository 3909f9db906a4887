"""Text from outside as a terminal may have it: what would move its cursor, recolour or retitle it does not get there."""

import re

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # C0 without tab and line feed, DEL, C1


def printable(text: str) -> str:
    """The text with each control character as U+FFFD, so that offsets stay what they are."""
    return CONTROL.sub("\ufffd", text)
