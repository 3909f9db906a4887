"""Pages of every kind, through the whole step: what is kept, what is marked, why nothing came."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from newstide.records import pack
from streams.enrich import apart, blocks, charset
from streams.enrich.page import parsed
from streams.pipeline import enrich
from streams.step import Dropped

from .conftest import FETCHED, make_raw

PARAGRAPHS = [
    f"The council of Lindholm decided on point {n} of its agenda after a long debate about the harbour and its ferries."
    for n in range(6)
]


def page(body: str = "", head: str = "", paragraphs: list[str] = PARAGRAPHS) -> str:
    text = "".join(f"<p>{part}</p>" for part in paragraphs)
    return pack(
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Ferries stay | The Post</title>{head}</head>"
        f"<body><nav><a href='/'>Home</a></nav><article><h1>Ferries stay</h1>{text}{body}</article></body></html>".encode()
    )


def linked(**data: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', **data})}</script>"


def test_blocks_that_the_markup_sets_apart_are_cut_with_their_reason(article) -> None:
    found = article(
        page=page(
            "<div class='newsletter-box'><p>All of it, once a day, and nothing else at all for you.</p></div>"
            "<p><a href='/x'>Harbour master resigns after the storm</a></p><p>The ferries sail on.</p>"
        )
    )
    assert found.text.endswith("The ferries sail on.")
    assert "Harbour master" not in found.text
    assert "once a day" not in found.text
    assert {cut.reason for cut in found.removed} >= {"related"}


@pytest.mark.parametrize(
    "spelt", ["Har&shy;bour master re&shy;signs after Gu&#776;l", "Harbour master resigns after Gu&#x308;l"]
)
def test_what_the_markup_says_holds_for_lines_in_other_spellings(article, spelt: str) -> None:
    found = article(page=page(f"<p><a href='/x'>{spelt}</a></p><p>The ferries sail on.</p>"))
    assert ("related", "\nHarbour master resigns after Gül") in [(cut.reason, cut.text) for cut in found.removed]


def test_title_byline_and_date_are_fields_not_text(article) -> None:
    found = article(page=page(paragraphs=["By Ada Example", "Published 3 March 2026", *PARAGRAPHS]))
    assert found.text == "\n".join(PARAGRAPHS)
    assert [cut.reason for cut in found.removed][-2:] == ["byline", "date"]


def test_the_record_says_who_extracted_and_who_won(article) -> None:
    found = article(page=page(head=linked(headline="Ferries stay", datePublished="2026-03-03T09:30:00+01:00")))
    assert found.extra["extracted_by"] == found.extraction.by == "trafilatura"
    assert found.extraction.score > 0.9
    assert found.extraction.won == {"title": "json-ld, h1, title", "published": "json-ld"}


def test_body_in_json_ld_completes_a_page_that_stops_short(article) -> None:
    whole = "\n".join([*PARAGRAPHS, *(part.replace("point", "item") for part in PARAGRAPHS)])
    found = article(page=page(head=linked(headline="Ferries stay", articleBody=whole, isAccessibleForFree=False)))
    assert found.text == whole
    assert found.extraction.by == "json-ld"
    assert found.extra["marks"] == ["paywall"]


@pytest.mark.parametrize(
    ("markup", "reason", "text"),
    [
        ("<title>Just a moment...</title><p>Checking your browser</p>", "bot wall", ""),
        ("<title>404 Not Found</title><p>Nothing here</p>", "error page", ""),
        ("<title>Before you continue</title><p>We use cookies. Accept all cookies?</p>", "consent wall", ""),
        ("<title>App</title><div id='root'></div><script src='a.js'></script>", "script-only page", ""),
        (
            "<title>News</title><p>A storm hit.</p><p>Subscribe to continue reading this story.</p>",
            "paywall",
            "A storm hit.",
        ),
        (
            "<title>News</title><p>A storm hit the coast of Lindholm.</p>",
            "too short",
            "A storm hit the coast of Lindholm.",
        ),
        ("<title></title><img src='a.png'>", "no article", ""),
    ],
)
def test_a_page_with_little_or_no_article_says_why(article, markup: str, reason: str, text: str) -> None:
    found = article(title="T", page=pack(f"<html><body>{markup}</body></html>".encode()))
    assert (found.extra.get("extraction"), found.text) == (reason, text)


def test_a_wall_gives_way_to_the_feeds_text(article) -> None:
    wall = pack(b"<html><head><title>Before you continue</title></head><body><p>Accept cookies</p></body></html>")
    found = article(title="T", text="What the feed said of it.", page=wall)
    assert (found.text, found.extra["extraction"]) == ("What the feed said of it.", "consent wall")


@pytest.mark.parametrize(
    ("head", "url", "mark"),
    [
        (
            '<script type=\'application/ld+json\'>{"@type": "LiveBlogPosting"}</script>',
            "https://a.example/x",
            "live blog",
        ),
        ("", "https://a.example/galleries/x", "gallery"),
        ("<meta property='og:type' content='video.other'>", "https://a.example/x", "video"),
        ("<link rel='next' href='/x?page=2'>", "https://a.example/x", "multi-page"),
        ("<meta property='article:content_tier' content='locked'>", "https://a.example/x", "paywall"),
    ],
)
def test_other_kinds_of_page_are_marked(article, head: str, url: str, mark: str) -> None:
    assert article(page=page(head=head), url=url).extra["marks"] == [mark]


def test_witnesses_outvote_a_wrong_one_and_the_future_is_not_believed(article) -> None:
    head = linked(headline="x", datePublished="2026-03-03T09:30:00Z") + (
        "<meta property='article:published_time' content='2026-03-03T09:30:00Z'>"
    )
    found = article(page=page(head=head), published=datetime(2026, 2, 1, tzinfo=UTC))
    assert found.published == datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
    assert found.extraction.won["published"] == "json-ld, meta"
    late = article(text="A text.", published=FETCHED + timedelta(days=2))
    assert (late.published, late.extra["marks"]) == (FETCHED, ["future date"])


@pytest.mark.parametrize(
    ("said", "published"),
    [
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("Fri, 31 Dec 9999 23:59:59 +0000", FETCHED),
        ("Mon, 2 Mar 2026 08:00 +999999999999", datetime(2026, 3, 2, tzinfo=UTC)),  # the day, from the page's words
    ],
)
def test_a_date_beyond_all_dates_is_no_end_of_its_article(article, said: str, published: datetime | None) -> None:
    assert article(page=page(head=f"<meta name='date' content='{said}'>")).published == published


@pytest.mark.parametrize(
    ("said", "hour", "minute"),
    [
        ("2026-03-03 09:30 PM", 21, 30),
        ("2026-03-03 12:05 AM +0000", 0, 5),
        ("2026-03-03 12:05 p.m.", 12, 5),
        ("March 3, 2026 9:30 PM", 21, 30),
        ("March 3, 2026 9:30 AM EST", 14, 30),
        ("2026-03-03T09:30:00 EST", 14, 30),
        ("2026-03-03T09:30:00 PDT", 16, 30),
        ("2026-03-03T09:30:00+5:30", 4, 0),
        ("2026-03-03T09:30:00+05:30", 4, 0),
        ("Tue, 3 Mar 2026 09:30:00 -5:30", 15, 0),
    ],
)
def test_clocks_of_twelve_hours_and_zones_by_name_are_read(article, said: str, hour: int, minute: int) -> None:
    found = article(page=page(head=f"<meta property='article:published_time' content='{said}'>"))
    assert found.published == datetime(2026, 3, 3, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    "head",
    [
        "<script type='application/ld+json'>{\"@type\":" + " " * 1_500 + '"NewsArticle"}</script>',
        f"<meta name='author' content='{'a' * 90_000}'>",
    ],
    ids=["json-ld", "author"],
)
def test_blanks_and_letters_without_end_in_a_pages_facts_cost_little(article, head: str) -> None:
    article(page=page())
    start = time.process_time()
    article(page=page(head=head))
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    ("before", "after"),
    [("<!--", "-->"), (" /* <![CDATA[ */ ", "/* ]]> */ "), ("//<![CDATA[\n", "\n//]]>"), ("", " ; "), ("", "]]> ;")],
)
def test_what_wraps_json_ld_is_taken_off(article, before: str, after: str) -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": "Ferries stay;"})
    head = f"<script type='application/ld+json'>{before}{data}{after}</script>"
    assert ("title", "json-ld") in [(w.field, w.source) for w in article(page=page(head=head)).extraction.witnesses]


def test_the_servers_clock_is_the_last_witness(article) -> None:
    day = "Mon, 02 Mar 2026 08:00:00 GMT"
    alone = article(page=page(), page_modified=day)
    assert (alone.published, alone.extraction.won["published"]) == (datetime(2026, 3, 2, 8, tzinfo=UTC), "http")
    assert alone.extraction.modified == alone.published
    beside = article(page=page(), page_modified=day, url="https://a.example/2026/03/01/x")
    assert (beside.published, beside.extraction.won["published"]) == (datetime(2026, 3, 1, tzinfo=UTC), "url")


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2. März 2026", "2026-03-02"),
        ("Publié le 2 mars 2026", "2026-03-02"),
        ("March 2, 2026", "2026-03-02"),
        ("2. März 2027", None),  # after it was fetched
        ("© 2024 Die Post", None),
        ("yesterday at 10:30 20:15", None),  # the clock of whoever reads it is no witness
        ("", None),
    ],
)
def test_a_day_in_the_words_counts_where_nobody_knows_better(article, words: str, day: str | None) -> None:
    found = article(page=page(body=f"<p class='date'>{words}</p>"))
    assert (found.published and f"{found.published:%Y-%m-%d}", found.extraction.won.get("published")) == (
        day,
        day and "text",
    )
    known = article(page=page(body=f"<p class='date'>{words}</p>"), url="https://a.example/2026/03/01/x")
    assert known.extraction.won["published"] == "url"


@pytest.mark.parametrize(
    "header", ["Wed, 04 Mar 2026 11:58:00 GMT", "Wed, 04 Mar 2026 13:00:00 GMT", "yesterday", "", "9" * 10_000]
)
def test_a_page_made_for_the_asking_is_no_witness(article, header: str) -> None:
    found = article(page=page(), page_modified=header)
    assert (found.published, found.extraction.modified) == (None, None)


@pytest.mark.parametrize(
    ("field", "author"),
    [
        ("By Ada Example and Bo Sample", "Ada Example, Bo Sample"),
        ("Von Ada Beispiel und Bo Muster", "Ada Beispiel, Bo Muster"),
        ("ada@example.org (Ada Example)", ""),
        ("Staff", ""),
        ("Ada Example, senior editor for the harbour", "Ada Example"),
        ("Ada Example; https://example.org/ada", "Ada Example"),
    ],
)
def test_authors_are_people(article, field: str, author: str) -> None:
    assert article(text="A text.", author=field).author == author


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("dÃ©jÃ\u00a0 vu, cafÃ© crÃ¨me", "déjà vu, café crème"),
        ("â€œquotedâ€\u009d and donâ€™t", "“quoted” and don’t"),
        ("SÃO PAULO, AMANHÃ…", "SÃO PAULO, AMANHÃ…"),
        ("one Ã© alone is no proof", "one Ã© alone is no proof"),
    ],
)
def test_double_encoding_is_repaired_only_where_certain(broken: str, whole: str) -> None:
    assert charset.mended(broken) == whole


def test_stray_byte_does_not_spoil_a_utf8_page() -> None:
    assert charset.decode(
        "Größe und Übermut, schöne Grüße aus München, äöü äöü äöü äöü".encode() + b" \x93x\x94"
    ).endswith("“x”")
    assert charset.decode("naïve".encode("latin-1"), "utf-8") == "naïve"


HOSTILE = {
    "deep nesting": b"<div>" * 100_000 + b"text",
    "many tags": b"<html><body>" + b"<p>x" * 250_000,
    "one huge attribute": b"<html><body><p class='" + b"a-" * 500_000 + b"'>text</p></body></html>",
    "many classes": b"<html><body>" + b"<div class='related share'><p>some text here</p>" * 5_000,
    "broken charset": b"<html><meta charset='nonsense-8'><body><p>\xff\xfe\xfa text</p></body></html>",
    "nul bytes": b"<html><body><p>a\x00b\x00 text</p></body></html>",
    "unclosed script": b"<html><body><p>text</p><script>" + b"x" * 100_000,
    "json bomb": b"<html><script type='application/ld+json'>"
    + b"[" * 50_000
    + b"</script><body><p>text</p></body></html>",
    "long lines": b"<html><body><p>" + b"read more: by (photo by " * 20_000 + b"</p></body></html>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_page_ends_in_bounded_time(name: str) -> None:
    start = time.process_time()
    [outcome] = enrich([(None, make_raw(title="T", page=pack(HOSTILE[name])))])
    assert not isinstance(outcome, Dropped)
    assert time.process_time() - start < 10


PROSE = (
    "<p>The ferries sail on as they did before, and nobody on the quay had asked for anything else that evening.</p>"
)


@pytest.mark.parametrize(
    ("body", "gone"),
    [
        ("<div><span><img src='/a.jpg'><div>The old ferry at the quay of Lindholm</div></span></div>" + PROSE, "caption"),
        ("<ul><li>Harbour: <a href='/1'>why the mole is late</a></li><li><a href='/2'>Ferry runs aground</a></li></ul>" + PROSE, "related"),
        ("<h3>More on it</h3><ul><li><a href='/1'>Why the mole is late</a></li><li><a href='/2'>Ferry aground</a></li></ul>" + PROSE, "related"),
        (PROSE + "<h3>What else there is to read</h3>", "related"),
        ("<div><h3>Every day at six</h3><p>All there is to know, and no more</p><form><input type='email'></form></div>" + PROSE, "newsletter"),
        ("<p>From the quay: <a href='/1'>Why the mole is late</a></p>" + PROSE, "related"),
        ("<div class='comentarios_lectores'><p>I have seen it, and it was not so.</p></div>" + PROSE, "comments"),
        ("<article><a href='/1'><h3>Storm over the outer islands</h3></a><p>It came at night.</p></article>" + PROSE, "related"),
    ],
)  # fmt: skip
def test_boxes_go_by_what_is_in_them(article, body: str, gone: str) -> None:
    found = article(page=page(body))
    assert found.text == "\n".join([*PARAGRAPHS, PROSE[3:-4]])
    assert {cut.reason for cut in found.removed} <= {gone, "title"}


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("<ul><li><a href='#1'>The mole is late</a></li><li><a href='#2'>The ferries sail</a></li></ul>", "The mole is late"),
        ("<ul><li><a href='https://a.example/'>A large shop</a></li><li><a href='https://b.example/'>Another</a></li></ul>", "A large shop"),
        ("<div><img src='/a.jpg'><p>She said that it was over.</p></div>", "She said that it was over."),
        ("<p>What it costs: <a href='https://a.example/'>The harbour in figures</a></p>", "What it costs: The harbour in figures"),
    ],
)  # fmt: skip
def test_lists_within_the_page_or_to_other_sites_and_sentences_beside_a_picture_are_no_boxes(
    body: str, kept: str
) -> None:
    head = "<link rel='canonical' href='https://post.example/ferries'>"
    found = blocks.read(parsed(f"<html><head>{head}</head><body>{PROSE * 3}{body}{PROSE * 3}</body></html>").tree)
    assert kept in [block.text for block in found]
    assert kept not in apart.reasons(found)


def test_what_says_the_same_as_a_pictures_description_is_a_caption() -> None:
    named = "The old ferry at the quay of Lindholm"
    body = f"<div><img src='/a.jpg' alt='{named}'></div>{PROSE}{PROSE}{PROSE}<p>{named}</p>{PROSE}<p>The new ferry at the quay</p>"
    marked = apart.reasons(blocks.read(parsed(f"<html><body>{body}</body></html>").tree))
    assert marked[named] == "caption"
    assert "The new ferry at the quay" not in marked


@pytest.mark.parametrize("is_article", [True, False])
def test_many_labels_beside_pictures_are_captions_only_of_an_article(*, is_article: bool) -> None:
    steps = [f"Turn the wheel to the {number}th mark" for number in range(6)]
    body = "".join(f"<div><img src='/{step}.jpg'><p>{step}</p></div>{PROSE}" for step in steps)
    marked = apart.reasons(blocks.read(parsed(f"<html><body>{body}</body></html>").tree), article=is_article)
    assert [marked.get(step) for step in steps] == ["caption" if is_article else None] * 6


def test_slides_that_hide_each_other_are_the_article(article) -> None:
    slides = "".join(f"<div style='display: none'><p>{part}</p></div>" for part in PARAGRAPHS)
    found = article(page=page(slides, paragraphs=PARAGRAPHS[:1]))
    assert "hidden" not in {cut.reason for cut in found.removed}


@pytest.mark.parametrize(
    "href", ["https:example.org", "http:/x", "https:", "httpfoo", "https://[::1/x", "https://[a]/"]
)
def test_a_link_that_is_no_address_does_not_cost_the_article(article, href: str) -> None:
    head = "<link rel='canonical' href='https://example.org/a'>"
    found = article(page=page(f"<p>The ferries sail on, says <a href='{href}'>the council</a>.</p>", head=head))
    assert found.text.endswith("The ferries sail on, says the council.")


def test_a_title_that_names_its_house_without_end_does_not_cost_the_article(article) -> None:
    house = page(head="<meta property='og:site_name' content='X'>")
    assert article(title="Ferries stay | X | X", page=house).title == "Ferries stay"
    assert article(title="Ferries stay" + " | X" * 1500, page=house).title.startswith("Ferries stay")
