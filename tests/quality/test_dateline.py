"""Datelines of 18,000 reports of 1987, set apart in the data; and the bodies behind them, which have none."""

import re
from pathlib import Path

import pytest

from streams.enrich import dateline
from streams.models.training import jsonl

DATA = Path(__file__).parents[3] / "shared" / "data" / "stream" / "reuters21578_stream.jsonl.gz"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data/stream")]


def test_datelines_of_newswire() -> None:
    given = right = false = 0
    for row in jsonl.rows(DATA):
        body, line = (" ".join((row[key] or "").split()) for key in ("body", "dateline"))
        false += dateline.find(body) is not None
        given += bool(body and line)
        found = dateline.find(f"{line} {body}") if body and line else None
        right += found is not None and _place(line).startswith(found.place)
    print(f"found {right}/{given}, false {false}")
    assert right >= 0.98 * given
    assert false == 0


def _place(line: str) -> str:
    return re.split(r",| - ", line)[0].strip()
