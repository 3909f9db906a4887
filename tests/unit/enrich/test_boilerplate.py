"""What goes and what stays, over a corpus written for it: `tests/data/boilerplate/*.jsonl`, a case a line."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.enrich import boilerplate, repeated
from streams.enrich.lines import bare

CORPUS = Path(__file__).parents[2] / "data" / "boilerplate"
CASES = [
    pytest.param(json.loads(line), id=f"{file.stem}-{number}")
    for file in sorted(CORPUS.glob("*.jsonl"))
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
]


@pytest.mark.parametrize("case", CASES)
def test_the_outlets_voice_goes_and_the_news_stays(case: dict) -> None:
    left, removed = boilerplate.cut(case["text"])
    assert [[each.reason, each.text.strip()] for each in removed] == case["cut"]
    assert boilerplate.restore(left, removed) == case["text"]


@pytest.mark.parametrize(
    ("line", "tells"),
    [
        ("Ada Example is a reporter in Kiel.", True),
        ("Ada Example ist Redakteurin der Zeitung.", True),
        ("Ada Example, a historian, lives in Kiel.", True),
        ("Ada Example's new book on the harbour is out now.", True),
        ("Ada Example called on the council to act.", False),
        ("Ada Example is calling on the council to act.", False),
        ("Ada Example, which tracked the case, wants a trial.", False),
        ("Ada Example-backed lawyers went to court.", False),
    ],
)
def test_an_authors_name_at_the_foot_goes_where_the_line_tells_who_that_is(line: str, tells: bool) -> None:
    _, removed = boilerplate.cut(f"The council met late on Tuesday.\nIt votes in May.\n{line}", author="Ada Example")
    assert [each.reason for each in removed] == ["author"] * tells


def test_the_corpus_is_in_six_languages_and_half_of_it_traps() -> None:
    cut = [bool(case.values[0]["cut"]) for case in CASES]
    assert len({case.id.split("-")[0] for case in CASES}) >= 6
    assert len(cut) >= 120
    assert 0.4 <= sum(cut) / len(cut) <= 0.6


PIECES = [piece for case in CASES for piece in case.values[0]["text"].split("\n")]


@settings(deadline=None)  # the first line with a letter compiles its phrases
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=40)), max_size=12), st.sampled_from(["\n", " ", ""])
)
def test_what_was_cut_can_be_put_back_exactly(pieces: list[str], glue: str) -> None:
    text = glue.join(pieces)
    marked = dict(zip(map(bare, pieces[1:]), ("caption", "link", "heading", "pointer", "comments"), strict=False))
    known = {repeated.mark(piece) for piece in pieces[2:4]}
    left, removed = boilerplate.cut(text, titles=pieces[:1], author="Ada Example", labels=marked, repeats=known)
    assert boilerplate.restore(left, removed) == text
    assert all(0 <= each.at <= len(left) for each in removed)
