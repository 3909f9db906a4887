import gzip
import time
from datetime import UTC, datetime
from html import escape

import orjson
import pytest

from newstide.records import Feed, FeedSeen
from producers.decide import decide
from producers.parse import parse
from producers.parsed import Failure, ParsedFeed
from producers.plain import plain
from producers.repair import repaired
from tests.unit.producers.samples import LONG, item, rss

URL = "https://harbour.example/feed.xml"


def read(body: bytes, kind: str = "application/xml") -> ParsedFeed:
    found = parse(body, URL, kind)
    assert isinstance(found, ParsedFeed), found
    return found


def failure(body: bytes, kind: str = "application/xml") -> str:
    found = parse(body, URL, kind)
    assert isinstance(found, Failure), found
    return found.reason


def test_rss():
    tags = "<category>Sea</category><category> Sea </category><author>a@b.example (Ada Bay)</author>"
    found = read(rss(item(1, extra=tags)))
    assert (found.title, found.language, found.cut) == ("Harbour Post", "en-GB", 0)
    (one,) = found.items
    assert one.link == one.guid == "https://harbour.example/1"
    assert (one.title, one.author, one.sections) == ("Ferry news 1", "Ada Bay", ("Sea",))
    assert one.published == datetime(2026, 5, 3, 23, tzinfo=UTC)
    assert one.summary.strip() == LONG.strip()


@pytest.mark.parametrize("kind", ["", " type='text'"])
def test_text_of_an_atom_feed_stays_text(kind: str):
    text = "Use &lt;dialog&gt; now, where a &lt; b\nand R&amp;amp;D is a code"
    body = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour</title><entry><id>tag:1</id>
        <title{kind}>The &lt;b&gt; tag</title><summary{kind}>{text}</summary><content{kind}>{text}</content></entry></feed>"""
    [found] = read(body.encode()).items
    assert found.title == "The <b> tag"
    assert plain(found.summary) == plain(found.content) == "Use <dialog> now, where a < b\nand R&amp;D is a code"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<p class="x">The ferry</p><p>is back.</p>', "The ferry\nis back."),
        ('<a href="x"><img src="y"/></a> The ferry<br/>is back.', "The ferry\nis back."),
        ("<b>LINDHOLM</b> - The ferry is back.", "LINDHOLM - The ferry is back."),
        ("<!-- x --><p>The ferry is back.", "The ferry is back."),
    ],
)
def test_markup_of_an_atom_feed_that_forgets_to_say_so_is_read_as_markup(markup: str, text: str):
    body = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour</title><entry><id>tag:1</id><title>t</title>
        <summary>{escape(markup)}</summary></entry></feed>""".encode()
    [found] = read(body).items
    assert plain(found.summary) == text


def test_atom_with_relative_link_and_html_title():
    found = read(
        b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="tr"><title>Liman</title>
        <link rel="self" href="/atom"/><entry><id>tag:1</id><title type="html">Feribot &lt;b&gt;d\xc3\xb6nd\xc3\xbc&lt;/b&gt;
        &amp;amp; geldi</title><link href="haber/1"/><updated>2026-05-04T10:00:00Z</updated>
        <author><name>Ay\xc5\x9fe</name></author><author><name>Baran</name></author>
        <content type="html">&lt;p&gt;Uzun&lt;/p&gt;</content><summary>K\xc4\xb1sa</summary></entry></feed>"""
    )
    (one,) = found.items
    assert found.address == "https://harbour.example/atom"
    assert (one.guid, one.link) == ("tag:1", "https://harbour.example/haber/1")
    assert one.title == "Feribot döndü & geldi"
    assert (one.author, one.content, one.summary) == ("Ayşe, Baran", "<p>Uzun</p>", "Kısa")
    assert one.published is None  # when it was changed says nothing of it


@pytest.mark.parametrize("version", ["1", "1.1"])
def test_json_feed(version: str):
    body = {
        "version": f"https://jsonfeed.org/version/{version}", "title": "Harbour", "language": "fr",
        "feed_url": "https://harbour.example/feed.json",
        "items": [
            {"id": 7, "url": "/7", "title": "Le ferry", "content_text": "a < b\nc", "tags": ["mer", 3],
             "date_published": "2026-05-04T10:00:00+02:00", "authors": [{"name": "Zoé"}], "author": {"name": "Zoé"}},
            {"id": "8", "title": ["wrong"], "date_published": "yesterday"},
            "no item",
        ],
    }  # fmt: skip
    found = read(orjson.dumps(body), "application/feed+json")
    seven, eight = found.items
    assert (found.title, found.language, found.address) == ("Harbour", "fr", "https://harbour.example/feed.json")
    assert (seven.guid, seven.link, seven.title) == ("7", "https://harbour.example/7", "Le ferry")
    assert (seven.content, seven.author, seven.sections) == ("a &lt; b\nc", "Zoé", ("mer",))
    assert seven.published == datetime(2026, 5, 4, 8, tzinfo=UTC)
    assert (eight.guid, eight.link, eight.title, eight.published) == ("8", "", "", None)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n\xef\xbb\xbf ", "empty"),
        (b"<html><body><h1>Sign in</h1></body></html>", "html, not a feed"),
        (b"<!-- x --><!DOCTYPE html>\n<p>Sign in", "html, not a feed"),
        (b'{"hello": 1}', "not a feed"),
        (b'{"hello": ', "not a feed"),
        (b"[1, 2]", "not a feed"),
        (b'{"version": "https://jsonfeed.org/version/1234"}', "not a feed"),
        (b"<?xml version='1.0'?><note>hello</note>", "not a feed"),
        (b"\x00\x01\x02\xff\xfe", "not a feed"),
        (b"\x1f\x8bnot really", "broken gzip"),
        (gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), "broken gzip"),
        (gzip.compress(b"\0" * 20_000_000, mtime=0), "broken gzip"),
        (gzip.compress(rss(item(1)), mtime=0)[:-4], "broken gzip"),
    ],
)
def test_what_is_no_feed_has_its_reason(body: bytes, reason: str):
    assert failure(body) == reason


def test_a_fault_is_told_with_line_and_column():
    found = parse(b'<?xml version="1.0"?>\n<note>\n<a>\n</b>\n', "https://a.example/")
    assert isinstance(found, Failure)
    assert found.detail.startswith("line 4, column ")


def test_a_feed_that_lies_gzipped_on_its_server():
    assert len(read(gzip.compress(rss(item(1)))).items) == 1
    half = rss(item(1), item(2))
    assert len(read(gzip.compress(half[:200]) + gzip.compress(half[200:])).items) == 2


def test_an_empty_feed_is_no_failure():
    assert read(rss()).items == ()


def test_ill_formed_feeds_give_what_can_be_read():
    assert len(read(rss(item(1), item(2))[: -len("</channel></rss>")]).items) == 2
    assert len(read(rss(item(1), item(2).removesuffix("</item>"))).items) == 2
    assert len(read(rss(item(1)).replace(b"utf-8", b"x-no-such-charset")).items) == 1
    assert read(rss(item(1, title="Tea & Salt"))).items[0].title == "Tea & Salt"
    assert read(rss(item(1)).replace(b"Ferry news 1", b"Tea & Salt")).items[0].title == "Tea & Salt"


def test_a_body_that_is_the_name_of_a_file_is_not_opened(tmp_path):
    (tmp_path / "feed.xml").write_bytes(rss(item(1)))
    assert failure(str(tmp_path / "feed.xml").encode()) == "not a feed"


def test_unreadable_dates_are_none_and_links_that_are_no_web_address_are_empty():
    odd = "<item><title>t</title><link>javascript:alert(1)</link><pubDate>sometime around noon</pubDate></item>"
    (one,) = read(rss(odd)).items
    assert (one.link, one.published) == ("", None)


def test_items_over_the_limit_are_counted():
    found = read(rss(*(item(n, text="x") for n in range(2100))))
    assert (len(found.items), found.cut) == (2000, 100)
    assert found.items[0].link.endswith("/0")


def test_external_entities_are_not_opened(tmp_path):
    (tmp_path / "secret").write_text("secret")
    doctype = f"<!DOCTYPE r [<!ENTITY x SYSTEM 'file://{tmp_path}/secret'>]><rss".encode()
    found = read(rss(item(1, text="a")).replace(b"<rss", doctype).replace(b">a<", b">&x;<"))
    assert "secret" not in repr(found)


def test_small_entities_are_read():
    body = rss(item(1, title="HARBOUR")).replace(b"<rss", b'<!DOCTYPE r [<!ENTITY h "Harbour">]><rss')
    assert read(body.replace(b"HARBOUR", b"&h;")).items[0].title == "Harbour"


def bomb(quote: str, encoding: str = "ascii") -> bytes:
    levels = "".join(f"<!ENTITY a{n} {quote}{f'&a{n - 1};' * 10}{quote}>" for n in range(1, 9))
    doctype = f"<!DOCTYPE b [<!ENTITY a0 {quote}aaaaaaaaaa{quote}>{levels}]>"
    return f"{doctype}<rss version='2.0'><channel><title>&a8;</title></channel></rss>".encode(encoding)


@pytest.mark.parametrize(
    "body",
    [
        bomb("'"), bomb('"'), bomb('"', "utf-16"),
        b'<!DOCTYPE b [<!ENTITY a "' + b"A" * 280 + b'">]><rss version="2.0"><channel>' + b"&a;" * 50_000,
        b'<!DOCTYPE b [<!ENTITY a "&b;"><!ENTITY b "&a;">]><rss version="2.0"><channel>&a;',
    ],
)  # fmt: skip
def test_entity_bombs_are_refused_before_they_go_off(body: bytes):
    begun = time.monotonic()
    assert failure(body) == "entity bomb"
    assert time.monotonic() - begun < 1


def test_a_feed_that_is_quadratic_to_parse_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("producers.xmlfeed.PARSE_SECONDS", 0.5)
    attributes = b" ".join(b"a%d='x'" % n for n in range(50_000))
    begun = time.monotonic()
    assert failure(b"<rss version='2.0' " + attributes + b"><channel/></rss>") == "too complex"
    assert time.monotonic() - begun < 5


def test_lone_surrogates_become_replacement_characters():
    found = read(rss(item(1, text="a")).replace(b"Ferry news 1", b"a&#xD800;b &#55296;"))
    found.items[0].title.encode()


@pytest.mark.parametrize("where", ["description", "author", "category", "title"])
def test_a_control_character_in_markup_ends_no_feed(where: str, feed: Feed, now: datetime) -> None:
    said = f"<{where}>&lt;p&gt;&#1;x&amp;#11;&lt;b&gt;&#xFFFF;y&lt;/b&gt;&lt;/p&gt;</{where}>"
    listing = read(rss(f"<item><link>https://harbour.example/1</link>{said}</item>"))
    assert len(decide(listing, FeedSeen(url=feed.url, items={}), feed, now).articles) == 1


def test_what_a_picture_shows_is_not_what_the_article_says() -> None:
    caption = "<media:content url='http://h.example/1.jpg'/><media:description>A caption.</media:description>"
    space = b"<rss xmlns:media='http://search.yahoo.com/mrss/'"
    both, alone = rss(item(1, extra=caption)), rss(f"<item><link>http://h.example/1</link>{caption}</item>")
    one = read(both.replace(b"<rss", space)).items[0]
    assert (one.summary.strip(), one.content) == (LONG.strip(), "")
    for body in (both.replace(LONG.encode(), b""), alone):
        (one,) = read(body.replace(b"<rss", space)).items
        assert max(one.summary, one.content, key=len) == "A caption."


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("other", ["itunes:summary", "dc:description"])
def test_the_longest_of_an_items_own_texts_counts(other: str, order: int, feed: Feed, now: datetime) -> None:
    said = ["<description>A teaser.</description>", f"<{other}>{LONG}</{other}>"]
    spaces = (
        b"<rss xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"
    )
    body = rss(f"<item><link>http://h.example/1</link>{''.join(said[::order])}</item>").replace(b"<rss", spaces)
    (article,) = decide(read(body), FeedSeen(url=feed.url, items={}), feed, now).articles
    assert article.text == LONG.strip()


def test_bare_ampersands_are_meant_as_such() -> None:
    sloppy = (
        rss(item(1))
        .replace(b"Ferry news 1", b"M&S and H&M cut jobs & pay")
        .replace(b"/1</link>", b"/1?id=1&copy=3&lang=en</link>")
    )
    (one,) = read(sloppy).items
    assert (one.title, one.link) == ("M&S and H&M cut jobs & pay", "https://harbour.example/1?id=1&copy=3&lang=en")
    assert (
        read(rss(item(1)).replace(b"Ferry news 1", b"<![CDATA[Tea &amp; salt & ice]]>")).items[0].title
        == "Tea & salt & ice"
    )


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("CET", 9),
        ("CEST", 8),
        ("MET", 9),
        ("MEST", 8),
        ("JST", 1),
        ("UTC+3", 7),
        ("GMT+02:30", 7),
        ("EST", 15),
        ("ET", 15),
        ("GMT", 10),
    ],
)
def test_zones_that_rfc_822_lacks(zone: str, hour: int) -> None:
    (one,) = read(rss(item(1).replace("01:00:00 +0200", f"10:00:00 {zone}"))).items
    assert one.published is not None
    assert (one.published.day, one.published.hour) == (4, hour)


@pytest.mark.parametrize("date", ["2026-05-04 10:00 MSK", "2026-05-04T10:00:00 GMT+3", "2026-05-04T09:00:00.000 CEST"])
def test_zones_that_iso_8601_lacks(date: str) -> None:
    (one,) = read(rss(item(1).replace("Mon, 04 May 2026 01:00:00 +0200", date))).items
    assert one.published == datetime(2026, 5, 4, 7, tzinfo=UTC)


def test_a_zone_that_may_be_several_is_no_time() -> None:
    assert read(rss(item(1).replace("01:00:00 +0200", "10:00:00 IST"))).items[0].published is None


@pytest.mark.parametrize(
    ("said", "author"),
    [
        ("<author>desk@daily.media</author>", ""),
        ("<author>desk@daily.media (Jane Doe)</author>", "Jane Doe"),
        ("<author><![CDATA[Jane Doe (jane@daily.press)]]></author>", "Jane Doe"),
        ("<author>Jane Doe &lt;jane@daily.media&gt;</author>", "Jane Doe"),
        ("<author>Jane Doe, jane@daily.com</author>", "Jane Doe"),
        ("<author>o'brien@daily.media (Jane O'Brien (Reuters))</author>", "Jane O'Brien (Reuters)"),
        ("<author>Jane Doe (@jane)</author>", "Jane Doe (@jane)"),
        ("<author>&lt;a href='mailto:jane@daily.fr'&gt;Jane Doe&lt;/a&gt;</author>", "Jane Doe"),
        ("<dc:creator><![CDATA[<a href='mailto:jane@daily.fr'>Jane Doe</a>]]></dc:creator>", "Jane Doe"),
        ("<dc:creator><![CDATA[By <a href='x'>John</a> &amp; Co]]></dc:creator>", "By John & Co"),
    ],
)
def test_an_author_is_a_name_without_address_and_markup(said: str, author: str) -> None:
    body = rss(item(1, extra=said)).replace(b"<rss", b"<rss xmlns:dc='http://purl.org/dc/elements/1.1/'")
    assert read(body).items[0].author == author


@pytest.mark.parametrize(("charset", "name"), [("big5", "王一明"), ("gbk", "王丂明"), ("shift_jis", "山田　太郎")])
@pytest.mark.parametrize("mailbox", ["", " (desk@daily.media)"])
def test_half_a_character_is_no_at_sign(charset: str, name: str, mailbox: str) -> None:
    assert b"@" in name.encode(charset)
    body = rss(item(1, extra=f"<author>{name}{mailbox}</author>")).decode().replace("utf-8", charset)
    assert read(body.encode(charset)).items[0].author == " ".join(name.split())


@pytest.mark.parametrize(
    "piece",
    [b"<author>" + b"@" * 501 + b"a" * 501, b"<author>" + b"a" * 490 + b"@)</author>", b"<guid>" + b" " * 500_000],
)
def test_what_is_mended_costs_no_more_than_its_length(piece: bytes) -> None:
    begun = time.thread_time()
    repaired(piece * (1_000_000 // len(piece)))
    assert time.thread_time() - begun < 1


def test_mending_is_part_of_what_parsing_may_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("producers.xmlfeed.PARSE_SECONDS", 0.1)
    body = rss(item(1)).replace(b"Ferry", b"&#1;" * 2_000_000)
    times = [time.thread_time()]
    for act in (repaired, failure):
        act(body)
        times.append(time.thread_time())
    assert times[2] - times[1] < times[1] - times[0]


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert read(rss(item(1)).replace(b"Ferry news 1", b"a &#55357;&#56832; b")).items[0].title == "a \U0001f600 b"


@pytest.mark.parametrize(
    "start",
    ["<guid>g</guid><desc", "<link>https://harbour.example/2</link><desc", "<description><![CDATA[<link>x</link> <a"],
)
def test_an_item_that_was_cut_off_after_whole_ones_comes_next_time(start: str) -> None:
    torn = rss(item(1), "<item>" + start).removesuffix(b"</channel></rss>")
    assert [one.title for one in read(torn).items] == ["Ferry news 1"]
    assert len(read(rss("<item><title>Alone</title>" + start).removesuffix(b"</channel></rss>")).items) == 1


def test_a_guid_is_an_address_only_where_it_is_one() -> None:
    permalink = "<item><title>t</title><link></link><guid isPermaLink='true'>http://h.example/g</guid></item>"
    names = [
        f"<item><title>t</title><guid{promise}>{guid}</guid></item>"
        for guid in ("12345", "story7.html", "<![CDATA[story7.html]]>")
        for promise in ("", " isPermaLink='true'")
    ]
    file = "https://harbour.example/story7.html"
    links = [one.link for one in read(rss(permalink, *names)).items]
    assert links[0] == "http://h.example/g"
    assert links[1:] == ["", "", "", file, "", file]
