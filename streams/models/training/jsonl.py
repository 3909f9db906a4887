"""A data set as it lies in `../shared/data`: gzip, a JSON object a line."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Raises FileNotFoundError where the data is not."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
