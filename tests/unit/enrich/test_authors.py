"""Who wrote it: witnesses on a page, and what the words in an author field mean."""

import pytest

from tests.unit.enrich.test_page import PARAGRAPHS, linked, page

_LAST = PARAGRAPHS[-1].rstrip(".") + "."


def _ending(words: str) -> list[str]:
    return [*PARAGRAPHS[:-1], f"{_LAST} {words}"]


@pytest.mark.parametrize(
    ("body", "head", "author"),
    [
        # an editor gives way to the author, and stands where nobody else is named
        ("<p class='byline'>Ada Example</p><p class='byline'>Editor: Bo Sample</p>", linked(author="Bo Sample"), "Ada Example"),
        ("<p class='byline'>Editor: Bo Sample</p>", linked(author="Bo Sample"), "Bo Sample"),
        # a house gives way to a name, also to one that only signs
        ("<p style='text-align:right'><b>Ada Example</b></p>", linked(author="Example", publisher={"name": "Example"}), "Ada Example"),
        ("<span>abc, def; Foto: X</span>", linked(author="Example", publisher={"name": "Example"}), "abc, def"),
        ("<div><span>Ada Example |</span><span class='date'>3.3.2026</span></div>", "", "Ada Example"),
        # an account is nobody, nor is a comment's author or a licence's link
        ("", linked(author={"name": "Example D", "url": "https://a.example/author/admin/"}), ""),
        ("<p class='comment-author'>Bo Sample says:</p>", "", ""),
        ("<h1>H</h1><a href='https://creativecommons.org/licenses/by/4.0/'>CC BY 4.0</a>", "", ""),
        # the line that says "by" before the one that does not
        ("<p class='byline'>Analysis today</p><p class='byline'>By Ada Example</p>", "", "Ada Example"),
        # a newsroom by name, with its digits
        ("", linked(author="XY24 Redaktion"), "XY24 Redaktion"),
    ],
)  # fmt: skip
def test_who_is_believed(article, body: str, head: str, author: str) -> None:
    assert article(page=page(body=body, head=head)).author == author


@pytest.mark.parametrize(
    ("words", "author"),
    [
        ("(abc)", "abc"),
        ("(dpa/abc)", "dpa, abc"),
        ("(AFP)", "AFP"),
        ("(FDP)", ""),  # a party
        ("(see below)", ""),
        ("(sic)", ""),
    ],
)
def test_initials_behind_the_last_sentence_sign(article, words: str, author: str) -> None:
    assert article(page=page(paragraphs=_ending(words))).author == author


@pytest.mark.parametrize(
    ("field", "author"),
    [
        ("Zeige alle Beiträge von Ada Beispiel", "Ada Beispiel"),
        ("View all posts by Ada Example", "Ada Example"),
        ("Auteur: Ada Exemple", "Ada Exemple"),
        ("Ada Example, in Berlin", "Ada Example"),
        ("Von Ada Beispiel, Berlin", "Ada Beispiel"),
        ("Berlin", "Berlin"),
        ("wordpressadmin", ""),
        ("ada_example", ""),
        ("Name (required)", ""),
        ("Ada Example 3. November 2026", "Ada Example"),
        ("dpa", "dpa"),
    ],
)
def test_words_in_an_author_field(article, field: str, author: str) -> None:
    assert article(text="A text.", author=field).author == author


def test_a_live_blogs_updates_are_no_titles(article) -> None:
    update = {"@type": "BlogPosting", "headline": "Something else"}
    found = article(page=page(head=linked(headline="The whole day", liveBlogUpdate=[update] * 9)))
    assert "Something else" not in [w.value for w in found.extraction.witnesses]
