"""What a step may answer for one input: records, `Dropped`, or the error Reject.

A step is a pure function from a batch to one outcome per input, in order. It knows no log, no clock and
no environment; metrics and dead letters are the runner's.
"""

from dataclasses import dataclass

from newstide.errors import Reject


@dataclass(frozen=True, slots=True)
class Dropped:
    """The input ends here on purpose. `reason` is a short fixed phrase, counted in the ledger."""

    reason: str
    detail: str = ""


__all__ = ["Dropped", "Reject"]
