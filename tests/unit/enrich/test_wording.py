"""What lines say, as hashes: a line is read alike wherever it stands, and in any case, accent and number."""

import pytest

from streams.enrich import wording

LINES = ["Read more about the ferries", "", "Größe zählt", "新华社北京", "a", "(…)"]


def said(lines: list[str], number: int) -> list[list[int]]:
    return [sorted(index[line == number].tolist()) for index, line in wording.groups(lines)]


@pytest.mark.parametrize("number", range(len(LINES)))
def test_a_line_is_read_alike_alone_and_among_others(number: int) -> None:
    assert said(LINES, number) == said([LINES[number]], 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("READ MORE", "Read more"),
        ("Größe zählt", "grosse zahlt"),
        ("Seite 3 von 7", "Seite 8 von 9"),
        ("Lire  aussi\t:", "lire aussi :"),
        ("٣ تعليقات", "5 تعليقات"),
    ],
)
def test_case_accents_digits_and_spaces_make_no_difference(one: str, other: str) -> None:
    assert said([one], 0) == said([other], 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [("read more", "more read"), ("photo", "photos"), ("Photo: Ada", "Photo Ada"), ("北京", "東京")],
)
def test_order_endings_and_signs_do(one: str, other: str) -> None:
    assert said([one], 0) != said([other], 0)


def test_any_characters_are_read_and_long_lines_only_as_far_as_they_count() -> None:
    assert said(["\ud800 \U0001f600"], 0)[1]
    assert said(["ab " * 500], 0) == said(["ab " * 400], 0)
    assert [len(index) for index, _ in wording.groups([])] == [0, 0]
