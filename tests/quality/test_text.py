"""The text of pages on data outside the repository, against what docs/quality.md commits to."""

from collections import Counter
from collections.abc import Iterator

import pytest

from benchmarks import pages, quality, truth
from streams.enrich import language
from streams.models.training import jsonl

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


# Papers whose markup names the wrong language or none.
_LANGUAGE = {
    "HabariLeo": "sw", "Dizindaba": "xh", "IsolezweLesiXhosa": "xh", "Ilanga": "zu", "Isolezwe": "zu", "People": "zh", "Taz": "de",
    "IsraelNachrichten": "de", "NikkanGeadai": "ja", "AnadoluAjansi": "tr", "TaipeiTimes": "en", "DailyMail": "en",
}  # fmt: skip


def _shares(texts: Iterator[tuple[str, str, str]]) -> dict[str, tuple[int, int]]:
    """Language → right and all, of (language, title, text)."""
    found: dict[str, list[bool]] = {}
    for tongue, title, text in texts:
        tagged = language.identify(title, text).split("-")[0].replace("nb", "no")
        found.setdefault(tongue, []).append(tagged == tongue)
    return {tongue: (sum(right), len(right)) for tongue, right in sorted(found.items())}


def _publishers() -> Iterator[tuple[str, str, list[str]]]:
    """Language, title, paragraphs."""
    for page in pages.fundus():
        said = _LANGUAGE.get(page.id.split("_")[0]) or language.tag(pages.claim(page.data)).split("-")[0]
        body = [part for s in page.row["sections"] or [] for part in s["paragraphs"]]
        yield said.replace("nb", "no"), page.row["title"], body


def test_language_of_the_publishers_pages() -> None:
    rows = list(_publishers())
    text = _shares((tongue, title, "\n".join(body)) for tongue, title, body in rows)
    parts = _shares((tongue, "", part) for tongue, _, body in rows for part in body if len(part) >= 60)
    heads = _shares((tongue, title, "") for tongue, title, _ in rows)
    print(f"text {text}\nparagraphs {parts}\nheadlines {heads}")
    assert all(right >= 0.97 * total for right, total in (*text.values(), *parts.values()))
    assert sum(right for right, _ in heads.values()) >= 0.97 * sum(total for _, total in heads.values())


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("topic/huffpost_subset.open", "headline"),
        ("topic/agnews_testpart30.dev", "title"),
        ("topic/bbc_news.open", "title"),
        ("stream/reuters21578_stream", "title"),
    ],
)
def test_english_headlines_alone(path: str, key: str) -> None:
    heads = [head for row in jsonl.rows(pages.DATA.parent / f"{path}.jsonl.gz") if (head := row[key])][::5]
    found = Counter(language.identify(head, "") for head in heads)
    wrong = len(heads) - found["en"] - found["und"]
    print(f"{path}: {len(heads)} headlines, right {found['en'] / len(heads):.3f}, wrong {wrong / len(heads):.3f}")
    assert found["en"] >= 0.90 * len(heads)
    assert wrong <= 0.015 * len(heads)


@pytest.mark.parametrize(
    ("name", "least"),
    [("truth", 150), ("truth-held", 30), ("truth-web", 60), ("truth-fresh", 120)],
)
def test_labels_name_pages_of_the_data(name: str, least: int) -> None:
    known = {truth.mark(page.id) for source in truth.KNOWN[name] for page in source()}
    assert set(truth.labels(name)) <= known
    assert len(truth.labels(name)) >= least
