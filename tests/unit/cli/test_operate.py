"""What `newstide audit` tells."""

import pytest

from newstide.cli.operate import _report


def test_of_many_that_are_missing_some_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    gap = {"partition": 3, "first": 0, "last": 99, "ids": ["a0", *(f"a{n}" for n in range(50))]}  # one came twice
    _report(
        {"entered": 800, "outcomes": {}, "reasons": {}, "in_flight": 0, "missing": [gap] * 30, "doubled": 0,
         "balanced": False, "unfilled": 0}
    )  # fmt: skip
    told = capsys.readouterr().out.splitlines()
    assert told.count("MISSING 100: articles.raw partition 3, offsets 0 to 99") == told.count("  a0") == 20
    assert "  … and 30 more; --json names them" in told
    assert told[-2:] == ["… and 10 more gaps; --json names all", "NOT balanced"]
