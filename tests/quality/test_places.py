"""The countries of an article against Reuters' field `places`, on half of a sample; the other half was looked at.

`python -m pytest tests/quality/test_places.py -m slow -s`. It is our score on our part of the set, not
comparable with published ones.
"""

import random
from collections.abc import Iterable
from typing import Any

import pytest

from newstide.records import Article, RawArticle
from streams.enrich.words import slug, table
from streams.models.training import jsonl
from streams.pipeline import enrich
from tests.quality.test_enrich import DATA
from tests.unit.enrich.conftest import make_raw

pytestmark = pytest.mark.slow

# Reuters' codes are names of countries, but for these. Of states that are gone without one that goes on
# (ussr, yugoslavia, czechoslovakia) an article says nothing here.
OTHER = {
    "usa": "US", "uk": "GB", "west-germany": "DE", "east-germany": "DE", "uae": "AE", "zaire": "CD", "burma": "MM",
    "kampuchea": "KH", "hong-kong": "HK", "yemen-arab-republic": "YE", "yemen-demo-republic": "YE", "bermuda": "BM",
    "trinidad-tobago": "TT", "cayman-islands": "KY", "aruba": "AW", "ussr": "", "yugoslavia": "", "czechoslovakia": "",
}  # fmt: skip
SAMPLE, SEED = 2000, 7


def _reported() -> list[dict[str, Any]]:
    file = DATA / "topic/reuters21578_modapte.train.jsonl.gz"
    if not file.exists():
        pytest.skip("needs ../shared/data/topic")
    rows = sorted(jsonl.rows(file), key=lambda row: row["id"])
    random.Random(SEED).shuffle(rows)
    return rows[SAMPLE // 2 : SAMPLE]


def _article(row: dict[str, Any]) -> RawArticle:
    body = "" if "Blah blah blah" in row["body"] else row["body"]  # nothing but a headline
    text = f"{row['dateline'] or ''} {body}".strip()
    return make_raw(id=str(row["id"]), title=row["title"] or "", text=text, language="en")


def _gold(row: dict[str, Any]) -> set[str]:
    codes = {slug(country["name"]): country["code"] for country in table("countries")} | OTHER
    return {codes[place] for place in row["places"]} - {""}


def _f1(pairs: Iterable[tuple[set[str], set[str]]]) -> tuple[float, float, float]:
    counts = [(len(gold & found), len(found), len(gold)) for gold, found in pairs]
    right, found, gold = (sum(column) for column in zip(*counts, strict=True))
    return right / found, right / gold, 2 * right / (found + gold)


def test_countries_of_reuters_articles() -> None:
    rows = _reported()
    made = [a for row in rows for a in enrich([(None, _article(row))])]
    for roles, least in ((("where",), 0.85), (("where", "about"), 0.90), (("where", "about", "mentioned"), 0.80)):
        found = [
            {p.country for p in a.places if p.role in roles} if isinstance(a, Article) else set[str]() for a in made
        ]
        precision, recall, f1 = _f1(zip(map(_gold, rows), found, strict=True))
        print(f"{' + '.join(roles):24} P {precision:.3f} R {recall:.3f} F1 {f1:.3f}")
        assert f1 >= least
