"""Countries in articles of 22 languages, with the names that only the article's language has for them and without.

`python -m pytest tests/quality/test_lexicon.py -m slow -s`, on `../shared/data/extract/fundus_publishers`. There is no truth beside these
pages: the numbers say how much is found; that it is right was read.
"""

from collections.abc import Iterator

import pytest

from benchmarks import pages
from streams.enrich import places
from streams.enrich.entities import recognise
from tests.quality.test_text import _publishers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not pages.DATA.exists(), reason="needs ../shared/data/extract"),
]
# Pages with a country, countries of all pages, paragraphs with one: not English.
LEAST = (97, 373, 625)


def _countries(title: str, text: str, language: str) -> set[str]:
    """By the lexicon alone."""
    entities = recognise([(title, text, language)], lambda *_: [])[0]
    return {place.country for place in places.find(entities, None, text)}


def _counts(language: str, title: str, body: list[str]) -> Iterator[int]:
    found = _countries(title, "\n".join(body), language)
    yield from (1, bool(found), len(found))
    parts = [part for part in body if len(part) >= 60]
    yield from (len(parts), sum(bool(_countries("", part, language)) for part in parts))


def test_countries_in_many_languages() -> None:
    table: dict[str, list[list[int]]] = {}
    for language, title, body in _publishers():
        asked = zip(_counts("", title, body), _counts(language, title, body), strict=True)
        rows = table.setdefault(language, [[0, 0] for _ in range(5)])
        for row, pair in zip(rows, asked, strict=True):
            row[0], row[1] = row[0] + pair[0], row[1] + pair[1]
    print("language: pages, of them with a country before → after, countries, paragraphs, of them with a country")
    for language, ((n, _), with_one, all_, (parts, _), in_parts) in sorted(table.items()):
        shown = " ".join(f"{before}→{after}" for before, after in (with_one, all_))
        print(f"{language}: {n} {shown} {parts} {in_parts[0]}→{in_parts[1]}")
    others = [rows for language, rows in table.items() if language != "en"]
    before, after = ([sum(rows[n][side] for rows in others) for n in (1, 2, 4)] for side in (0, 1))
    print(f"all but English: {before} → {after}")
    assert all(one >= least for one, least in zip(after, LEAST, strict=True))
