"""Under what the outlet files it: the section's witnesses, and the topics that its name stands for."""

import json

import pytest

from streams.enrich import sections, topics
from tests.unit.enrich.test_page import linked, page

TRAIL = (
    "<script type='application/ld+json'>"
    + json.dumps(
        {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"name": "Home"},
                {"item": {"name": "Wirtschaft"}},
                {"name": "Banken"},
                {"name": "Ferries stay"},
            ],
        }
    )
    + "</script>"
)


@pytest.mark.parametrize(
    ("head", "body", "fields", "section", "who"),
    [
        (linked(articleSection="Politik"), "", {}, "Politik", "json-ld"),
        ("<meta property='article:section' content='Kultur'>", "", {}, "Kultur", "meta"),
        (TRAIL, "", {}, "Wirtschaft", "breadcrumb"),
        ("", "<ul class='breadcrumbs'><li><a>Start</a><li><a>Sport</a></ul>", {}, "Sport", "breadcrumb"),
        ("", "", {"sections": ("Bilim",)}, "Bilim", "feed"),
        ("", "", {"url": "https://a.example/economia/2026/03/01/x.html"}, "economia", "url"),
        ("", "", {"url": "https://sport.example.org/x.html"}, "sport", "url"),
        # the others agree against one; a name that says nothing gives way to one that does
        (linked(articleSection="Top"), "", {"sections": ("Sport",), "url": "https://a.example/sport/x"}, "Top", "json-ld"),
        (linked(articleSection="News"), "", {"url": "https://a.example/politics/x"}, "politics", "url"),
        (linked(articleSection="News"), "", {}, "News", "json-ld"),
        # no section: the house itself, a language, a day, the article's own place
        (linked(articleSection="Example"), "", {}, "", None),
        ("", "", {"url": "file:///sport/x.html"}, "", None),
        ("", "", {"url": "https://a.example/de/2026/03/wetter-bleibt-schlecht"}, "", None),
    ],
)  # fmt: skip
def test_section_by_its_witnesses(article, head: str, body: str, fields, section: str, who: str | None) -> None:
    found = article(page=page(head=head, body=body), **fields).extraction
    assert (found.section, found.won.get("section")) == (section, who)


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("Wirtschaft", "04"), ("économie", "04"), ("Economía", "04"), ("ekonomi", "04"), ("Экономика", "04"), ("اقتصاد", "04"),
        ("経済", "04"), ("Kinh doanh", "04"), ("Política", "11"), ("Polityka", "11"), ("politiikka", "11"), ("سياسة", "11"),
        ("政治", "11"), ("Siasa", "11"), ("Fußball", "15"), ("Calcio", "15"), ("fodbold", "15"), ("Спорт", "15"), ("खेल", "15"),
        ("ספורט", "15"), ("体育", "15"), ("Kultur", "01"), ("Cultuur & Media", "01"), ("文化", "01"), ("Wissenschaft", "13"),
        ("bilim-teknoloji", "13"), ("Наука и техника", "13"), ("Santé", "07"), ("Sağlık", "07"), ("Здоровье", "07"), ("Salute", "07"),
        ("Wetter", "17"), ("Météo", "17"), ("Hava Durumu", "17"), ("طقس", "17"), ("Klima", "06"), ("Çevre", "06"),
        ("Sport > Radsport", "15"), ("arts+entertainment", "01"),
    ],
)  # fmt: skip
def test_a_section_says_what_it_is_about(name: str, topic: str) -> None:
    assert sections.topics([name]) == {f"medtop:{topic}000000"}


@pytest.mark.parametrize("name", ["News", "Welt", "Inland", "Gündem", "Panorama", "Meinung", "社会", "", "x" * 10_000])
def test_a_section_of_everything_says_nothing(name: str) -> None:
    assert sections.topics([name]) == set()


def test_an_article_in_any_language_has_a_topic_by_its_section(article) -> None:
    found = article(page=page(), url="https://a.example/michezo/x", language="sw")
    assert found.topics[0].id == "medtop:15000000"


def test_a_section_of_the_second_level_is_one_of_its_parents() -> None:
    above = {row["id"]: set(row["sections"].split("|")) for row in sections.table("sections")}
    for row in sections.table("subtopics"):
        assert set(filter(None, row["sections"].split("|"))) <= above[row["parent"]]


def test_every_section_stands_for_a_topic_of_the_top_level() -> None:
    known = {row["id"] for row in topics.table("topics")}
    assert {row["id"] for row in sections.table("sections")} == known
