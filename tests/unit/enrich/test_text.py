from datetime import UTC, datetime

import pytest

from newstide.records import Cut, pack
from streams.enrich import boilerplate
from streams.enrich.html import from_fragment
from streams.enrich.tidy import scrub, tidy

BODY = "".join(
    f"<p>The council of Lindholm decided on point {n} of its agenda after a long debate about the harbour and its ferries.</p>"
    for n in range(6)
)
PAGE = (
    "<!doctype html><html><head><title>Ferries stay</title><meta charset='{charset}'>"
    '<meta property="article:published_time" content="2026-03-03T09:30:00+01:00"><meta name="author" content="Ada Example"></head>'
    "<body><nav><a href='/'>Home</a></nav><article><h1>Ferries stay</h1>{body}<p>Größe and naïveté matter.</p></article>"
    "<footer>All rights reserved</footer></body></html>"
)


@pytest.mark.parametrize(
    ("charset", "page_type"),
    [
        ("utf-8", "text/html"),
        ("iso-8859-1", "text/html; charset=ISO-8859-1"),
        ("iso-8859-1", "text/html"),
        ("utf-16", None),
    ],
)
def test_page_becomes_text_in_its_own_charset(article, charset: str, page_type: str | None) -> None:
    found = article(page=pack(PAGE.format(charset=charset, body=BODY).encode(charset)), page_type=page_type)
    assert "Größe and naïveté matter." in found.text
    assert "rights reserved" not in found.text
    assert "Home" not in found.text
    assert "extraction" not in found.extra


def test_page_lends_the_metadata_that_the_record_lacks(article) -> None:
    page = pack(PAGE.format(charset="utf-8", body=BODY).encode())
    found = article(page=page)
    assert (found.title, found.author) == ("Ferries stay", "Ada Example")
    assert found.published == datetime(2026, 3, 3, 8, 30, tzinfo=UTC)
    kept = article(page=page, title="Ours", author="Us", published=datetime(2026, 3, 1, tzinfo=UTC))
    assert (kept.title, kept.author, kept.published) == ("Ours", "Us", datetime(2026, 3, 1, tzinfo=UTC))


def test_longer_feed_text_wins_over_a_thin_page(article) -> None:
    long = "A sentence of the feed that goes on. " * 40
    assert (
        article(title="T", text=long, page=pack(b"<html><body><article><p>Teaser.</p></article></body></html>")).text
        == long.strip()
    )


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("<p>One &amp; <b>two</b></p><p>Three<br>four</p><script>x()</script>", "One & two\nThree\nfour"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("BANK <BNK> rose 3 < 4", "BANK <BNK> rose 3 < 4"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<p>line\nbreak</p>", "line break"),
        ("<b>Ä</b> 你好", "Ä 你好"),
    ],
)
def test_feed_markup_becomes_text(fragment: str, text: str) -> None:
    assert tidy(from_fragment(fragment)) == text


def test_plain_text_never_wakes_trafilatura() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from datetime import datetime, UTC; from newstide.records import RawArticle; from streams.pipeline import enrich;"
        "enrich([(None, RawArticle(id='1', outlet='o', url='u', fetched=datetime.now(UTC), text='Plain <b>text</b> of a report.'))]);"
        "sys.exit('trafilatura' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_scrub_keeps_letters_and_drops_controls() -> None:
    assert scrub("a\ud800b\x00c\x07\td\ue000") == "a\ufffdbc\td\ue000"
    assert tidy("a\r\n\r\n  b \x0c c\u2028d") == "a\nb\nc\nd"
    assert tidy("e\u0301 co\u00adop\u200berate\u2060 m²") == "é cooperate m²"
    assert tidy("\n\u00ad\nمی\u200cخواهم 👩\u200d🚒") == "می\u200cخواهم 👩\u200d🚒"


APPEALS = {
    "en": "Support our independent journalism. Donate today.",
    "fr": "Soutenez notre journal, faites un don.",
    "de": "Unterstützen Sie uns mit Ihrer Spende.",
    "es": "Apoya nuestro periodismo, haz una donación.",
    "tr": "Bize destek olun, bağış yapın.",
    "ar": "تبرعوا الآن وادعموا صحافتنا",
}


@pytest.mark.parametrize("language", APPEALS)
def test_appeal_is_cut_and_can_be_put_back(language: str) -> None:
    text = f"First paragraph of news.\n{APPEALS[language]}\nLast paragraph of news."
    left, removed = boilerplate.cut(text)
    assert left == "First paragraph of news.\nLast paragraph of news."
    assert [c.reason for c in removed] == ["appeal"]
    assert boilerplate.restore(left, removed) == text


@pytest.mark.parametrize(
    ("piece", "reason"),
    [
        ("Sign up for our daily newsletter here.", "newsletter"),
        ("Inscrivez-vous à notre newsletter.", "newsletter"),
        ("Read also: Bridge closed for weeks", "related"),
        ("Lire aussi : le pont est fermé", "related"),
        ("Lesen Sie auch: Brücke gesperrt", "related"),
        ("اقرأ أيضا: إغلاق الجسر", "related"),
    ],
)
def test_newsletter_and_related_lines_are_cut(piece: str, reason: str) -> None:
    left, removed = boilerplate.cut(f"News here.\n{piece}\nMore news.")
    assert left == "News here.\nMore news."
    assert [c.reason for c in removed] == [reason]


@pytest.mark.parametrize(
    "text",
    [
        "The Red Cross appealed for donations after the flood.",
        '"Please donate to our fund today," the mayor said.',
        "He asked readers to donate now, the paper's editor said.",
        "The country wants to become a member of the union.",
        "Users can download the app in May.",
        "The minister wants to read more about it.",
        "Wir unterstützen unsere Kunden, teilte die Bank mit.",
        "Union members support our work force, according to the report.",
    ],
)
def test_news_about_giving_is_kept(text: str) -> None:
    assert boilerplate.cut(text) == (text, ())


def test_sentence_is_cut_out_of_a_paragraph() -> None:
    text = "The bridge is closed. Sign up for our daily newsletter here. It opens in May, after long repairs on both sides."
    left, removed = boilerplate.cut(text)
    assert left == "The bridge is closed. It opens in May, after long repairs on both sides."
    assert removed == (Cut("newsletter", "Sign up for our daily newsletter here. ", 22),)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0), (0, 2, 1)])
def test_neighbouring_cuts_restore_exactly(order: tuple[int, ...]) -> None:
    pieces = ["Read also: One", "Donate today to us.", "Subscribe to our weekly newsletter."]
    for head, tail in (("", ""), ("News.\n", ""), ("", "\nNews."), ("A.\n", "\nB.")):
        text = head + "\n".join(pieces[i] for i in order) + tail
        left, removed = boilerplate.cut(text)
        assert len(removed) == 3
        assert boilerplate.restore(left, removed) == text
        assert left == (head + tail.lstrip("\n") if not (head and tail) else "A.\nB.").strip()
