"""`newstide trends compare`: every entity has its column."""

from typing import Any

from newstide.cli.trends import side_by_side

NOON = "2026-03-01T12:00:00Z"


def row(entity: str, name: str, originals: int, reach: int) -> dict[str, Any]:
    return {"entity": entity, "name": name, "bucket": NOON, "originals": originals, "reach": reach}


def test_entities_stand_side_by_side_under_their_names() -> None:
    [line] = side_by_side([row("Q1707", "Kiel", 5, 3), row("Q1055", "Hamburg", 2, 0)])
    assert line == {"bucket": NOON, "Kiel": 5, "Kiel, reach": 3, "Hamburg": 2, "Hamburg, reach": 0}


def test_two_entities_of_one_name_stand_under_their_ids() -> None:
    [line] = side_by_side([row("Q1707", "Kiel", 5, 3), row("x:ORG:kiel", "Kiel", 2, 1)])
    assert line == {"bucket": NOON, "Q1707": 5, "Q1707, reach": 3, "x:ORG:kiel": 2, "x:ORG:kiel, reach": 1}
