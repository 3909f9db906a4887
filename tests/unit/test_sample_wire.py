"""The sample wire of `examples/first-run`, through its HTTP door. Its start is moved, never waited for."""

import importlib.util
import io
import json
import re
import subprocess
import sys
from calendar import timegm
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from xml.etree import ElementTree as ET

import feedparser
import pytest
import trafilatura
from standardwebhooks import Webhook

from newstide import settings
from sinks.hooks import rules

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "first-run"
HOUR = timedelta(hours=1)


def _load() -> ModuleType:
    """By path, as `make run` does."""
    spec = importlib.util.spec_from_file_location("sample_wire", FOLDER / "wire.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


WIRE = _load()


@pytest.fixture(scope="module")
def start() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def early(start: datetime) -> Iterator[Any]:
    """The wire before anything was released: its start is an hour ahead."""
    wire = WIRE.serve(0, start + HOUR)
    yield wire
    wire.shutdown()


@pytest.fixture(scope="module")
def late(start: datetime) -> Iterator[Any]:
    """The wire when everything has happened: it started an hour ago."""
    wire = WIRE.serve(0, start - HOUR)
    yield wire
    wire.shutdown()


def call(url: str, body: bytes | None = None, method: str | None = None, **headers: str) -> tuple[int, Any, bytes]:
    request = Request(url, body, {name.replace("_", "-"): value for name, value in headers.items()}, method=method)
    try:
        with urlopen(request, timeout=10) as response:
            return response.status, response.headers, response.read()
    except HTTPError as e:
        return e.code, e.headers, e.read()


def catalogue(wire: Any) -> dict[str, str]:
    """Outlet → feed URL, from /opml."""
    root = ET.fromstring(call(f"{wire.url}/opml")[2])
    return {o.attrib["title"]: o.attrib["xmlUrl"] for o in root.iter("outline") if "xmlUrl" in o.attrib}


def entries(wire: Any, outlet: str) -> dict[str, dict[str, Any]]:
    """Slug → title, summary, content and published of a feed's items."""
    status, headers, body = call(catalogue(wire)[outlet])
    assert status == 200
    if "json" in headers["Content-Type"]:
        return {
            item["url"].rpartition("/")[2]: item
            | {"content": item["content_html"], "published": datetime.fromisoformat(item["date_published"])}
            for item in json.loads(body)["items"]
        }
    parsed = feedparser.parse(io.BytesIO(body), response_headers={"content-type": headers["Content-Type"]})
    assert not parsed.bozo
    return {
        entry.link.rpartition("/")[2]: entry
        | {
            "content": entry.content[0].value if "content" in entry else "",
            "published": datetime.fromtimestamp(timegm(entry.published_parsed), UTC),
        }
        for entry in parsed.entries
    }


def working(wire: Any) -> list[Any]:
    return [outlet for outlet in wire.newsroom.outlets.values() if not outlet.fault]


def test_the_wire_is_as_large_as_promised(late: Any) -> None:
    outlets = working(late)
    articles = [article for outlet in outlets for article in outlet.article]
    assert len(catalogue(late)) == 18
    assert sum(1 for article in articles if not article.copy_of) >= 72
    assert all(count >= 2 for count in Counter(outlet.format for outlet in outlets).values())
    assert {outlet.carries for outlet in outlets} == {"text", "summary"}
    assert {outlet.language[:2] for outlet in outlets} == {"en", "fr", "es", "de", "tr", "ku", "ar"}


def test_four_wire_stories_are_copied_by_six_other_outlets_under_other_headlines(late: Any) -> None:
    articles = {f"{o.slug}/{a.slug}": a for o in working(late) for a in o.article}
    copies = [(path, a) for path, a in articles.items() if a.copy_of and not a.lead]
    assert sum(1 for n in Counter(a.copy_of for _, a in copies).values() if n >= 6) >= 4
    assert all(a.title != articles[a.copy_of].title for _, a in copies)
    for path, article in copies:
        here, there = (set(_shingles(late.newsroom.item(p, datetime.now(UTC)))) for p in (path, article.copy_of))
        assert len(here & there) / len(here | there) > 0.75, path


def test_unrelated_articles_share_next_to_nothing(late: Any) -> None:
    own = [
        set(_shingles(late.newsroom.item(f"{o.slug}/{a.slug}", datetime.now(UTC))))
        for o in working(late)
        for a in o.article
        if not a.copy_of
    ]
    assert max(len(a & b) / len(a | b) for i, a in enumerate(own) for b in own[:i]) < 0.1


def _shingles(item: Any) -> list[tuple[str, ...]]:
    words = " ".join(item.paragraphs).split()
    return list(zip(*(words[i:] for i in range(5)), strict=False))


def test_every_article_has_60_to_350_words_and_a_byline(late: Any) -> None:
    for outlet in working(late):
        for item in late.newsroom.items(outlet, datetime.now(UTC)):
            assert 60 <= sum(len(paragraph.split()) for paragraph in item.paragraphs) <= 350, item.path
            assert all((item.title, item.author, item.section)), item.path
            assert not re.search(r"[{}]", " ".join(item.paragraphs)), item.path


def test_every_feed_parses_and_carries_what_its_file_says(late: Any) -> None:
    for outlet in working(late):
        found = entries(late, outlet.name)
        assert set(found) == {article.slug for article in outlet.article}
        for slug, entry in found.items():
            item = late.newsroom.item(f"{outlet.slug}/{slug}", datetime.now(UTC))
            assert entry["title"] == item.title
            whole = _plain(item.paragraphs[-1]) in _plain(entry["content"])
            assert whole == (outlet.carries == "text"), item.path


def _plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("&amp;", "&").split())


def test_dates_are_relative_to_the_start(early: Any, late: Any, start: datetime) -> None:
    for wire, began in ((early, start + HOUR), (late, start - HOUR)):
        tremors = entries(wire, "Tasman Ledger")["tavaru-tremors"]["published"]
        assert abs(tremors - (began - timedelta(days=2, hours=3, minutes=15))) < timedelta(seconds=2)
    newest = max(entry["published"] for entry in entries(late, "The Idle Observer").values())
    assert newest < start - HOUR - timedelta(days=5)


def test_the_story_rises_in_fourteen_outlets_within_ninety_seconds(early: Any, late: Any, start: datetime) -> None:
    def about_tavaru(wire: Any) -> list[Any]:
        now = datetime.now(UTC)
        found = (item for outlet in working(wire) for item in wire.newsroom.items(outlet, now))
        return [item for item in found if re.search("Tavaru|تافارو", " ".join(item.paragraphs))]

    assert [item.path for item in about_tavaru(early)] == ["tasman-ledger/tavaru-tremors"]
    risen = [item for item in about_tavaru(late) if item.published > start - HOUR]
    assert len({item.path.partition("/")[0] for item in risen}) >= 14
    assert max(item.published for item in risen) <= start - HOUR + timedelta(seconds=90)
    assert {item.language[:2] for item in risen} == {"en", "fr", "es", "de", "tr", "ku", "ar"}


def test_an_article_to_come_is_nowhere_yet(early: Any, late: Any) -> None:
    path = "meridian-wire/tavaru-erupts"
    assert call(f"{early.url}/{path}")[0] == 404
    assert "tavaru-erupts" not in entries(early, "Meridian Wire")
    assert call(f"{late.url}/{path}")[0] == 200


def test_a_correction_changes_the_text_under_the_same_address_at_its_second(early: Any, late: Any) -> None:
    before = entries(early, "The Prairie Lamp")["rail-crossing"]["content"]
    after = entries(late, "The Prairie Lamp")["rail-crossing"]["content"]
    assert ("a cost of 48 million" in before, "Editor's note" in before) == (True, False)
    assert ("a cost of 84 million" in after, "Editor's note" in after) == (True, True)
    begun = late.newsroom.start
    versions = [late.newsroom.item("prairie-lamp/rail-crossing", begun + timedelta(seconds=s)) for s in (19.9, 20)]
    assert [version.updated - begun for version in versions] == [-timedelta(hours=2, minutes=10), timedelta(seconds=20)]


def test_a_correction_behind_a_summary_shows_in_feed_and_page(early: Any, late: Any) -> None:
    for wire, number in ((early, "31,200 children"), (late, "21,300 children")):
        assert number in entries(wire, "The Harbour Courier")["school-meals-figures"]["summary"]
        assert number in call(f"{wire.url}/harbour-courier/school-meals-figures")[2].decode()


def test_a_new_headline_leaves_the_text_alone(early: Any, late: Any) -> None:
    before, after = (entries(wire, "Kestrel Business Daily")["moedinha-licence"] for wire in (early, late))
    assert before["title"] != after["title"]
    assert before["content"] == after["content"]


def test_an_extractor_finds_the_text_in_the_pages_and_little_else(late: Any) -> None:
    paged = [outlet for outlet in working(late) if outlet.carries == "summary"]
    for item in (item for outlet in paged for item in late.newsroom.items(outlet, datetime.now(UTC))):
        text = trafilatura.extract(call(f"{late.url}/{item.path}")[2].decode()) or ""
        missing = [paragraph for paragraph in item.paragraphs if paragraph not in text]
        assert not missing, item.path
        assert len(text) < 1.3 * len("\n".join(item.paragraphs)) + 100, item.path


def test_a_feed_met_again_answers_304(late: Any) -> None:
    url = catalogue(late)["Meridian Wire"]
    _, headers, _ = call(url)
    etag, modified = headers["ETag"], headers["Last-Modified"]
    assert call(url, If_None_Match=etag)[0::2] == (304, b"")
    assert call(url, If_Modified_Since=modified)[0::2] == (304, b"")
    assert call(url, If_None_Match='"other"', If_Modified_Since=modified)[0] == 200
    assert call(url, If_Modified_Since="yesterday")[0] == 200
    assert call(url, method="HEAD")[0::2] == (200, b"")


def test_a_new_article_changes_the_etag() -> None:
    newsroom = WIRE.Newsroom(WIRE.load(), datetime.now(UTC))
    now = [newsroom.start + timedelta(seconds=s) for s in (4, 4.9, 5)]
    tags = [WIRE.answer(newsroom, "meridian-wire/feed.xml", "http://x", moment).etag for moment in now]
    assert tags[0] == tags[1] != tags[2]


def test_the_broken_feeds_break_as_announced(late: Any) -> None:
    feeds = catalogue(late)
    status, headers, body = call(feeds["The Basin Monitor"])
    assert (status, headers.get_content_type()) == (200, "text/html")
    assert feedparser.parse(io.BytesIO(body)).version == ""
    status, headers, _ = call(feeds["De Polderpost"])
    assert (status, headers["Retry-After"]) == (503, "120")


def test_it_listens_on_loopback_only(late: Any) -> None:
    assert late.server_address[0] == "127.0.0.1"
    assert call(f"{late.url}/no/such/thing")[0] == 404
    assert call(f"{late.url}/")[0] == 200


def hook(wire: Any, secret: str, body: str, sent: datetime) -> int:
    signature = Webhook(secret).sign("msg_1", sent, body)
    stamps = {"webhook-id": "msg_1", "webhook-timestamp": str(int(sent.timestamp())), "webhook-signature": signature}
    return call(f"{wire.url}/hook", body.encode(), **stamps)[0]


def received(wire: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(call(f"{wire.url}/hook")[2])["deliveries"]
    return found


def test_a_signed_alert_is_kept_and_shown_as_verified(early: Any) -> None:
    secret = settings.load(FOLDER / "newstide.toml").hooks["desk"].secret.get_secret_value()
    assert hook(early, secret, '{"title": "Şırnak"}', datetime.now(UTC)) == 204
    newest = received(early)[0]
    assert (newest["webhook-id"], newest["verified"], newest["body"]) == ("msg_1", True, {"title": "Şırnak"})


def test_a_wrong_signature_or_an_old_one_is_refused_and_shown(early: Any) -> None:
    secret = settings.load(FOLDER / "newstide.toml").hooks["desk"].secret.get_secret_value()
    other = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
    assert hook(early, other, "{}", datetime.now(UTC)) == 401
    assert received(early)[0]["verified"] is False
    assert hook(early, secret, "{}", datetime.now(UTC) - timedelta(minutes=6)) == 401
    assert call(f"{early.url}/hook", b"not json", webhook_signature="v1,é")[0] == 401
    assert received(early)[0] | {"received": ""} == {
        "received": "",
        "webhook-id": None,
        "verified": False,
        "body": "not json",
    }


def test_the_inbox_keeps_the_last_hundred(late: Any) -> None:
    for number in range(102):
        late.inbox.receive({}, str(number).encode(), datetime.now(UTC))
    assert [delivery["body"] for delivery in received(late)] == list(range(101, 1, -1))
    assert call(f"{late.url}/hook", b"x" * 300_000)[0] == 413


def test_settings_and_rules_of_the_example_are_valid() -> None:
    found = settings.load(FOLDER / "newstide.toml")
    assert found.fetch.allow_private == found.alerts.allow_private == ("127.0.0.1:8990",)
    assert len(rules.read(FOLDER / "alerts.toml", found.hooks)) == 4


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("at = '-2d'", "expected a time"),
        ("at = '+1s'\nheadline = 'x'", "headline"),
        ("at = '+1s'\nswap = { 'x' = 'y' }", "nothing to swap"),
        ("at = '+1s'\ncopy_of = 'nobody/nothing'", "nobody/nothing"),
    ],
)
def test_a_mistake_in_an_outlets_file_is_named(tmp_path: Path, line: str, reason: str) -> None:
    head = (FOLDER / "outlets" / "basin-monitor.toml").read_text("utf-8")
    article = f"{head}\n[[article]]\nslug = 'a'\ntitle = 'A'\ntext = 'Words.'\n{line}\n"
    (tmp_path / "mine.toml").write_text(article, "utf-8")
    with pytest.raises(ValueError, match=f"mine.*{reason}"):
        WIRE.Newsroom(WIRE.load(tmp_path), datetime.now(UTC))


def test_it_runs_as_a_program_and_prints_the_port_it_took() -> None:
    command = [sys.executable, str(FOLDER / "wire.py"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        assert address
        assert call(f"{address[0]}opml")[0] == 200
        process.terminate()


def test_a_taken_port_is_said_in_a_sentence(late: Any) -> None:
    command = [sys.executable, str(FOLDER / "wire.py"), "--port", str(late.server_address[1])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("The sample wire cannot start: ")
