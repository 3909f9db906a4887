"""What a step may answer for one input: records, `Dropped`, or one of the errors Retry and Reject.

A step is a pure function from a batch to one outcome per input, in order. It knows no log, no clock and
no environment; metrics, retries and dead letters are the runner's.
"""

from dataclasses import dataclass

from newstide.errors import Reject, Retry


@dataclass(frozen=True, slots=True)
class Dropped:
    """The input ends here on purpose. `reason` is a short fixed phrase, counted in the ledger."""

    reason: str
    detail: str = ""


__all__ = ["Dropped", "Reject", "Retry"]
