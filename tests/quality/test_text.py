"""The text of pages on data outside the repository, against what docs/quality.md commits to."""

import pytest

from benchmarks import pages, quality, truth
from streams.enrich import language

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not pages.DATA.exists(), reason="needs ../shared/data/extract"),
]
OURS = [name for name in quality.rows() if not name.startswith("pages/s")]


@pytest.mark.parametrize("name", OURS)
def test_no_number_falls_below_the_one_in_the_docs(name: str) -> None:
    committed = quality.committed()
    found = quality.rows()[name]("newstide")
    assert found is not None
    assert found >= committed[name] - quality.TOLERANCE


def test_language_of_the_publishers_pages() -> None:
    """By what their markup says, less those whose markup is wrong: six African papers that call themselves English."""
    wrong = {"HabariLeo", "Dizindaba", "Ilanga", "Isolezwe", "IsolezweLesiXhosa"}
    right = heads = total = 0
    for page in pages.fundus():
        said = language.tag(pages.claim(page.data)).split("-")[0].replace("nb", "no")
        if not said or page.id.split("_")[0] in wrong:
            continue
        total += 1
        body = "\n".join(part for s in page.row["sections"] or [] for part in s["paragraphs"])
        right += language.identify(page.row["title"], body).split("-")[0] == said
        heads += language.identify(page.row["title"], "").split("-")[0] == said
    print(f"text {right}/{total}, headline alone {heads}/{total}")
    assert right >= 0.97 * total
    assert heads >= 0.90 * total


def test_labels_name_pages_of_the_data() -> None:
    known = {page.id for source in (pages.zyte, pages.fundus) for page in source()}
    assert set(truth.labels()) <= known
    assert len(truth.labels()) >= 150
