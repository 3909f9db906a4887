"""What a command may ask of the engines, by name: plain functions of an App, with JSON's kinds in and out.

The service runs them for commands beside it; alone, the command runs them itself.
"""

from collections.abc import Callable
from typing import Any

from newstide.operations import admin, alerts, deadletters, erasing, feeding, reading

OPERATIONS: dict[str, Callable[..., Any]] = {
    **reading.OPERATIONS,
    **feeding.OPERATIONS,
    **alerts.OPERATIONS,
    **deadletters.OPERATIONS,
    **erasing.OPERATIONS,
    **admin.OPERATIONS,
}
