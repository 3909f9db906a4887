"""What language an article is in, by its text, its headline alone, and what feed and page claim."""

from pathlib import Path

import pytest

from streams.enrich import language

# language TAB headline; ten a language, written for the purpose.
HEADLINES = Path(__file__).parents[2] / "data" / "language" / "headlines.tsv"
ENGLISH = "The minister said on Monday that the talks would go on until the end of the week in the capital. "
GERMAN = "Der Minister sagte am Montag, die Gespräche würden bis zum Ende der Woche in der Hauptstadt weitergehen. "


def _headlines() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in HEADLINES.read_text(encoding="utf-8").splitlines():
        tongue, headline = line.split("\t")
        found.setdefault(tongue, []).append(headline)
    return found


@pytest.mark.parametrize("tongue", _headlines())
def test_a_headline_alone_tells_its_language(tongue: str) -> None:
    headlines = _headlines()[tongue]
    right = [language.identify(headline, "").replace("nb", "no") == tongue for headline in headlines]
    assert len(right) == 10
    assert sum(right) >= 9


def test_capitals_in_every_word_mislead_nobody() -> None:
    heads = [head for head in _headlines()["en"] if language.identify(head.title(), "") == "en"]
    assert len(heads) >= 9


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        (GERMAN * 6 + ENGLISH * 2, "de"),
        (ENGLISH * 2 + GERMAN * 6, "de"),
        (GERMAN * 2 + ENGLISH * 6, "en"),
    ],
)
def test_a_page_in_two_languages_has_its_main_one(text: str, tag: str) -> None:
    assert language.identify("Ferry", text) == tag


@pytest.mark.parametrize(
    ("title", "text", "claim", "page", "tag"),
    [
        ("", GERMAN, "en-US", "en", "de"),  # the text overrules what everybody claims
        ("Xyz", "", "fr", "en", "fr"),  # the feed before the page
        ("Xyz", "", "", "fr", "fr"),
        ("새 다리 개통", "", "en", "", "ko"),  # a script of its own needs few letters
        ("橋、開通へ", "", "zh", "", "ja"),
        ("新大桥通车", "", "zh-Hans", "", "zh-Hans"),
        ("12.345", "", "", "", "und"),
        ("Mbrqt zkwvx plghj", "", "", "", "und"),
    ],
)
def test_witnesses_of_the_language(title: str, text: str, claim: str, page: str, tag: str) -> None:
    assert language.identify(title, text, claim, page) == tag
