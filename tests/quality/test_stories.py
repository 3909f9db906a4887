"""Stories on our parts of two labelled sets: scores on the half of the stories that was not tuned on may not fall."""

import pytest

from benchmarks import stories

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def sets() -> dict[str, list[stories.Labelled]]:
    try:
        return stories.sets()
    except FileNotFoundError as e:
        pytest.skip(f"needs {e.filename}")


@pytest.mark.parametrize(("name", "least"), [("UCI headlines", 0.895), ("ECB+ full text", 0.87)])
def test_articles_are_put_into_their_stories(sets: dict[str, list[stories.Labelled]], name: str, least: float) -> None:
    score = stories.mean([stories.part(rows, stories.ours(rows), True) for rows in stories.orders(name, sets[name])])
    print(f"{name}: B3 {score.precision:.3f} {score.recall:.3f} {score.f1:.3f}")
    assert score.f1 >= least
