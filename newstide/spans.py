"""Spans of time as people write them, in commands, addresses and rules."""

import re

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
LONGEST = 20 * 366 * 86_400  # seconds; a window of more than twenty years is a slip of the pen

MOST_STEPS = 2000  # of a timeline


def seconds(text: str) -> int | None:
    """Seconds of `90`, `90s`, `15m`, `6h`, `7d` or `2w`; None for anything else, for none and for more than LONGEST."""
    found = re.fullmatch(r"([0-9]{1,9})([smhdw]?)", text)
    span = int(found[1]) * UNITS[found[2]] if found else 0
    return span if 1 <= span <= LONGEST else None


def check_steps(window: int, step: int) -> None:
    """A timeline has a bounded number of steps. Raises ValueError."""
    if window / step > MOST_STEPS:
        raise ValueError(f"too small: more than {MOST_STEPS} steps in the window")
