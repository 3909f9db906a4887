"""A line meets the phrases that begin like it, and those that may begin with anything."""

import pytest

from streams.enrich.forms import Forms, firsts


@pytest.mark.parametrize(
    ("phrase", "letters"),
    [
        (r"read also", "r"),
        (r"(?:the |our )?app", "toa"),
        (r"(?-i:ENDS|-30-)", None),
        (r"[aà] lire", "aà"),
        (r"\d? ?min(?:utes)?", "0m"),
        (r"\(?(?:avec|mit) afp", "am"),
        (r"(?:(?:not )?yet|been) here", "nyb"),
        (r"a{0,2}b", "ab"),
        (r"x+y", "x"),
        (r".{2,60} read", None),
        (r"(?!the )\w+", None),
        (r"ads?\|", "a"),
    ],
)
def test_the_letters_that_a_phrase_may_begin_with(phrase: str, letters: str | None) -> None:
    found = firsts(phrase)
    assert found == (set(letters) if letters else None)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("İlgili haber", "related"),
        ("ILGILI HABER", "related"),
        ("-- related", "related"),
        ("(Photo: Ada Example)", "caption"),
        ("The pier. Photo: Ada Example", "caption"),
        ("12 comments", "comments"),
        ("٣ comments", "comments"),
        ("…", None),
        ("Relate it", None),
        ("The pier. Photo: Ada Example, who lives in Kiel", None),
    ],
)
def test_a_phrase_is_found_by_the_first_letter_of_a_line_in_any_case(line: str, reason: str | None) -> None:
    said = [("related", r"ilgili haber|related"), ("caption", r".{0,20}photo: .+"), ("comments", r"\d+ comments")]
    found = Forms(said, r"[\W_]*", r"[\W_]*$", longest=40).match(line)
    assert (found and found.lastgroup) == reason
