import gzip
import io
import os
from datetime import UTC, datetime

import orjson
import pytest

from newstide.errors import UsageError
from newstide.records import Ended, RawArticle, encode, public, unpack
from producers.files import read
from tests.samples import article
from tests.unit.producers.samples import item, rss

URL = "https://www.harbour.example/1?utm_source=x"


def written(tmp_path, name: str, body: bytes) -> str:
    path = tmp_path / name
    path.write_bytes(gzip.compress(body) if name.endswith(".gz") else body)
    return str(path)


def lines(*values) -> bytes:
    return b"\n".join(value if isinstance(value, bytes) else orjson.dumps(value) for value in values) + b"\n"


def one(tmp_path, now, value) -> RawArticle | Ended:
    (found,) = read(written(tmp_path, "a.jsonl", lines(value)), now)
    return found


def test_a_line_with_everything(tmp_path, now):
    found = one(tmp_path, now, {
        "url": URL, "title": "Ferry\nnews", "text": "Text", "html": "<p>Text</p>", "published": "2026-05-04T10:00:00+02:00",
        "fetched": "2026-05-04T09:00:00.123456Z", "feed": "https://harbour.example/f", "language": "en", "author": "Ada",
        "mood": {"calm": [1, None]},
    })  # fmt: skip
    assert isinstance(found, RawArticle)
    assert (found.outlet, found.url, found.title, found.author) == ("harbour.example", URL, "Ferry news", "Ada")
    assert (found.text, unpack(found.page or ""), found.page_type) == (
        "Text",
        b"<p>Text</p>",
        "text/html; charset=utf-8",
    )
    assert found.published == datetime(2026, 5, 4, 8, tzinfo=UTC)
    assert found.fetched == datetime(2026, 5, 4, 9, 0, 0, 123000, tzinfo=UTC)
    assert found.extra == {"mood": {"calm": [1, None]}}


def test_a_line_with_a_url_only_and_nulls(tmp_path, now):
    found = one(tmp_path, now, {"url": URL, "title": None, "published": None, "text": None})
    assert isinstance(found, RawArticle)
    assert (found.fetched, found.title, found.published, found.text) == (now, "", None, None)


def test_our_own_output_comes_in_again_without_what_is_computed(tmp_path, now):
    ours = public(article(1))
    for extra in ({"mood": 1}, '{"mood": 1}'):  # as `process` prints it, and as an exported row has it
        row = {
            **ours,
            "extra": extra,
            "dateline_place": "Geneva",
            "origin_partition": 2,
            "desk": "a note of the user",
        }
        found = one(tmp_path, now, row)
        assert isinstance(found, RawArticle)
        assert (found.outlet, found.text) == (ours["outlet"], ours["text"])
        assert found.extra == {"mood": 1, "desk": "a note of the user"}


def test_a_strangers_keys_are_kept_whatever_their_names(tmp_path, now):
    found = one(tmp_path, now, {"url": URL, "id": 7, "version": 2, "extra": {"mood": 1}})
    assert isinstance(found, RawArticle)
    assert found.extra == {"id": 7, "version": 2, "mood": 1}


def test_the_same_file_gives_the_same_bytes(tmp_path, now):
    path = written(
        tmp_path, "a.jsonl", lines({"url": URL, "html": "<p>x</p>", "fetched": "2026-05-04T09:00:00Z", "k": 1})
    )
    assert [encode(record) for record in read(path, now)] == [
        encode(record) for record in read(path, datetime.now(UTC))
    ]


@pytest.mark.parametrize(
    ("line", "reason", "names"),
    [
        (b"not json", "not json", "column 1"),
        (b'{"url": "https://a.example/"', "not json", ""),
        (b'{"url": NaN, "x": "\\ud800"}', "not json", "NaN"),
        (b"[" * 100_000, "not json", ""),
        (b'{"url": "https://a.example/\xff"}', "not utf-8", "0xff"),
        (b'{"title": "No address"}', "no url", "url"),
        (b'{"url": ""}', "no url", "url"),
        (b'{"title": 5}', "no url", "url"),
        (b'{"url": null}', "no url", "url"),
        (b'{"url": 5}', "wrong type", "url"),
        (b'{"url": []}', "wrong type", "url"),
        (b'{"url": {}}', "wrong type", "url"),
        (b'["https://a.example/"]', "wrong type", "object"),
        (b'{"url": "https://a.example/", "title": ["x"]}', "wrong type", "title"),
        (b'{"url": "https://a.example/", "published": "yesterday"}', "wrong type", "published"),
        (b'{"url": "https://a.example/", "fetched": "2026-05-04T09:00:00"}', "wrong type", "fetched"),
    ],
)
def test_a_bad_line_is_a_dead_letter_with_its_number_and_the_rest_goes_on(tmp_path, now, line, reason, names):
    good = {"url": URL}
    path = written(tmp_path, "a.jsonl", lines(good, b"", line, good))
    first, letter, last = read(path, now)
    assert isinstance(first, RawArticle)
    assert first == last
    assert isinstance(letter, Ended)
    assert (letter.kind, letter.stage, letter.reason, letter.source) == ("dead", "ingest", reason, f"{path}:3")
    assert (letter.at, unpack(letter.body)) == (now, line + b"\n")
    assert names in letter.detail


def test_lone_surrogates_and_numbers_of_any_size_can_be_encoded(tmp_path, now):
    line = (
        b'{"url": "https://a.example/", "title": "a\\ud83d b", "k\\udc00": ["\\ud800", 123456789012345678901234567890]}'
    )
    found = one(tmp_path, now, line)
    assert isinstance(found, RawArticle)
    assert found.title == "a\ufffd b"
    assert encode(found)


def test_gz_stdin_byte_order_mark_and_a_last_line_without_an_end(tmp_path, now, monkeypatch):
    body = b"\xef\xbb\xbf" + lines({"url": URL}).strip()
    assert len(list(read(written(tmp_path, "a.jsonl.gz", body), now))) == 1
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(body)))
    assert len(list(read("-", now))) == 1


def test_a_truncated_gz_gives_what_it_has_and_says_so(tmp_path, now):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines({"url": URL}))[:-12])
    found = list(read(str(path), now))
    assert isinstance(found[-1], Ended)
    assert (found[-1].reason, found[-1].kind) == ("broken file", "dead")


def test_a_line_without_an_end_is_not_held_in_memory(tmp_path, now, monkeypatch):
    monkeypatch.setattr("producers.files.MAX_LINE", 1000)
    path = written(tmp_path, "a.jsonl", lines({"url": URL, "text": "x" * 5000}, {"url": URL}))
    letter, last = read(path, now)
    assert isinstance(letter, Ended)
    assert (letter.reason, isinstance(last, RawArticle)) == ("line too long", True)


def test_a_page_of_a_line_that_is_too_large(tmp_path, now):
    import random

    noise = "".join(
        random.Random(1).choices("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_", k=1_200_000)
    )
    letter, article = read(written(tmp_path, "a.jsonl", lines({"url": URL, "html": noise, "text": "t"})), now)
    assert isinstance(letter, Ended)
    assert letter.reason == "page too large"
    assert isinstance(article, RawArticle)
    assert (article.text, article.page, article.extra) == ("t", None, {"page": "page too large"})


def test_a_feed_from_disk(tmp_path, now):
    found = list(read(written(tmp_path, "f.xml", rss(item(2), item(1), item(1))), now))
    assert [getattr(record, "url", "") for record in found[:2]] == [
        "https://harbour.example/1",
        "https://harbour.example/2",
    ]
    assert isinstance(found[2], Ended)
    assert (found[2].kind, found[2].reason, found[2].detail) == ("dropped", "repeated", "1 items")
    (letter,) = read(written(tmp_path, "g.json", b'{"a": 1}'), now)
    assert isinstance(letter, Ended)
    assert letter.reason == "not a feed"


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ("<link rel=canonical href='https://harbour.example/c'><meta property='og:url' content='https://b.example/'>", "https://harbour.example/c"),
        ("<link rel=canonical href='/relative'><meta property='og:url' content='https://b.example/o'>", "https://b.example/o"),
        ("<title>x</title>", None),
    ],
)  # fmt: skip
def test_a_page_from_disk(tmp_path, now, head: str, url: str | None):
    path = written(tmp_path, "page.html", f"<html><head>{head}</head><p>Text</p></html>".encode())
    (found,) = read(path, now)
    assert isinstance(found, RawArticle)
    assert found.url == (url or (tmp_path / "page.html").as_uri())
    assert b"<p>Text</p>" in unpack(found.page or "")


@pytest.mark.parametrize("kind", [b"jsonl", b"xml", b"html"])
def test_what_is_told_of_a_file_whose_name_is_no_utf_8_can_be_encoded(tmp_path, now, kind: bytes):
    file = os.fsencode(tmp_path) + b"/\xff." + kind
    with open(file, "wb") as out:
        out.write(b"{")
    for record in read(os.fsdecode(file), now):
        assert encode(record)
        assert not isinstance(record, Ended) or "\\xff" in record.source


@pytest.mark.parametrize("name", ["missing.jsonl", "a.pdf"])
def test_files_that_are_not_there_or_of_no_known_kind(tmp_path, now, name: str):
    (tmp_path / "a.pdf").touch()
    with pytest.raises(UsageError, match=name):
        read(str(tmp_path / name), now)
