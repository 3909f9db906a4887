"""`newstide process`: files in, records out, the same bytes each time."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from newstide.records import PUBLIC
from tests.service import Newstide, lines

FETCHED = "2026-03-03T12:00:00Z"
WIRE = (
    "PARIS, March 3 (Reuters) - Foreign Minister Hakan Fidan met the head of the Syrian Democratic Forces (SDF) in Paris "
    "on Tuesday, two diplomats said. Fidan and the SDF commander spoke for three hours about the dams on the Euphrates, "
    "which supply Aleppo and Raqqa with water and power. The SDF holds the Tishrin dam since 2016. A second meeting is "
    "planned for the end of the month in Geneva, where the United Nations will take part. Nobody expects a quick result, "
    "one of the diplomats said, but both sides want the turbines to run again before the summer, when water is scarce."
)
INPUT: list[dict[str, Any]] = [
    {"url": "http://one.example/a", "title": "Talks in Paris", "text": WIRE, "fetched": FETCHED, "desk": "world"},
    {"url": "http://two.example/b", "title": "Dams: talks", "text": WIRE.split(" - ", 1)[1], "fetched": FETCHED},
    {"url": "http://one.example/a", "title": "Talks in Paris", "text": WIRE + " Talks ended.", "fetched": FETCHED},
    {"url": "http://one.example/a?utm_source=x", "title": "Talks in Paris", "text": WIRE + " Talks ended.", "fetched": FETCHED},
    {"url": "http://three.example/c", "title": "Zu den Gesprächen", "text": "Kurz.", "fetched": FETCHED, "language": "de"},
]  # fmt: skip


@pytest.fixture
def newstide(tmp_path: Path) -> Newstide:
    return Newstide(tmp_path)


def test_records_come_in_order_with_their_keys_and_relations(newstide: Newstide) -> None:
    done = newstide.run("process", "-", stdin=lines(INPUT))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [tuple(record) for record in records] == [PUBLIC] * 4
    first, copy, revision, short = records
    assert (first["relation"], first["version"], first["extra"]["desk"]) == ("original", 1, "world")
    assert (copy["relation"], copy["of"], copy["story"]) == ("copy", first["id"], first["story"])
    assert (revision["id"], revision["version"]) == (first["id"], 2)
    assert (short["language"], short["relation"]) == ("de", "original")
    assert first["dateline"] == {"place": "PARIS", "date": "March 3", "agency": "Reuters"}
    assert "http://one.example/a?utm_source=x: dropped: unchanged" in done.stderr
    assert not (newstide.folder / "var").exists()  # no log and no store


FIRES = (
    ("Fire destroys Kestrel supermarket in Penford", ("Sixty firefighters fought a blaze that gutted the Kestrel supermarket in Penford High Street on "
     "Friday night. Residents were evacuated and nobody was hurt. Inspector Ruth Amsel of Northshire Police said the cause was being treated as suspicious. "
     "The roof collapsed before midnight.")),
    ("Police treat Penford Kestrel blaze as suspicious", ("Northshire Police said on Saturday that the fire which gutted the Kestrel supermarket in Penford was "
     "being treated as suspicious. Inspector Ruth Amsel asked witnesses from the High Street to come forward. Sixty firefighters were at the scene.")),
    ("Kestrel store in Dalmouth damaged by fire", ("Eight crews tackled a fire at the Kestrel supermarket in Dalmouth early on Sunday. Manager Owen Pryce said "
     "staff had left the building, and nobody was hurt. Westvale Fire Service believes that it started in the bakery, behind an oven. The shop will be closed "
     "for weeks, and residents were told to shut windows.")),
)  # fmt: skip


def test_an_article_is_printed_in_the_story_where_it_lives_though_it_may_part_later(newstide: Newstide) -> None:
    told = [
        {"url": f"http://{n}.example/a", "title": title, "text": text, "fetched": FETCHED}
        for n, (title, text) in enumerate(FIRES)
    ]
    done = newstide.run("process", "-", stdin=lines(told))
    assert len({json.loads(line)["story"] for line in done.stdout.splitlines()}) == 1
    assert "went on in" not in done.stderr


def test_what_a_late_original_puts_right_is_said(newstide: Newstide) -> None:
    credited = WIRE.replace("(Reuters) - ", "- ") + " (Reuters)"
    late = [
        {**INPUT[1], "text": credited, "published": "2026-03-03T11:00:00Z"},
        {**INPUT[0], "url": "http://reuters.example/a", "outlet": "Reuters", "published": "2026-03-03T10:00:00Z"},
    ]
    done = newstide.run("process", "-", stdin=lines(late))
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["relation"], second["relation"]) == ("original", "original")
    assert f"{first['id']}: after all copy of {second['id']} (" in done.stderr
    assert "2 articles," in done.stderr


def test_every_mention_stands_where_it_says(newstide: Newstide) -> None:
    done = newstide.run("process", "--through", "enrich", "-", stdin=lines(INPUT))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(records) == 5
    mentions = [(r, m) for r in records for e in r["entities"] for m in e["mentions"]]
    assert mentions
    assert all(r[m["field"]][m["start"] : m["end"]] == m["text"] for r, m in mentions)
    assert {(r["relation"], r["of"], r["story"]) for r in records} == {(None, None, None)}
    [fidan] = [e for e in records[0]["entities"] if e["name"] == "Hakan Fidan"]
    assert {m["text"] for m in fidan["mentions"]} == {"Hakan Fidan", "Fidan"}


def test_the_same_input_gives_the_same_bytes(newstide: Newstide, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl.gz"
    file.write_bytes(gzip.compress(lines(INPUT).encode()))
    newstide.environment["PYTHONHASHSEED"] = "1"
    once = newstide.run("process", str(file)).stdout
    newstide.environment["PYTHONHASHSEED"] = "2"
    assert newstide.run("process", str(file)).stdout == once


def test_bad_lines_are_named_and_the_rest_goes_on(newstide: Newstide, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    bad = [b"{", b'{"title": "no address"}', b'{"url": 5}', b"\xff\xfe", b""]
    file.write_bytes(b"\n".join([*bad, lines(INPUT[:1]).encode()]))
    done = newstide.run("process", str(file), check=False)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert [f"{file}:{n}: dead:" in done.stderr for n in range(1, 6)] == [True, True, True, True, False]


def test_a_file_whose_name_is_no_utf_8_is_read_and_can_be_named(newstide: Newstide, tmp_path: Path) -> None:
    file = os.fsencode(tmp_path) + b"/\xff.jsonl"
    with open(file, "wb") as out:
        out.write(lines(INPUT[:1]).encode() + b"{\n")
    done = newstide.run("process", os.fsdecode(file), check=False)
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 1)
    assert f"{tmp_path}/\\xff.jsonl:2: dead:" in done.stderr


def test_feeds_and_pages_are_read_too(newstide: Newstide, tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(
        "<rss version='2.0'><channel><title>F</title><item><title>Talks</title><link>http://f.example/1</link>"
        f"<description>{WIRE}</description></item></channel></rss>"
    )
    page = tmp_path / "page.html"
    paragraphs = "".join(f"<p>{part}.</p>" for part in WIRE.split(". "))
    page.write_text(
        "<html><head><title>Talks</title><link rel='canonical' href='http://p.example/2'></head>"
        f"<body><nav>Home | World</nav><article><h1>Talks</h1>{paragraphs}</article></body></html>"
    )
    done = newstide.run("process", str(feed), str(page))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["url"] for r in records] == ["http://f.example/1", "http://p.example/2"]
    assert "Home | World" not in records[1]["text"]
    assert "Tishrin dam" in records[1]["text"]


def test_inspect_shows_one_article_to_a_person(newstide: Newstide, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(lines(INPUT[:1]))
    shown = newstide.run("inspect", str(file)).stdout
    assert "Talks in Paris" in shown
    assert "PARIS · March 3 · Reuters" in shown
    assert "Syrian Democratic Forces" in shown
    assert "\x1b[" not in shown  # plain in a pipe


def test_an_unknown_kind_of_file_is_a_usage_error(newstide: Newstide) -> None:
    refused = newstide.run("process", "notes.doc", check=False)
    assert refused.returncode == 2
    assert "notes.doc" in refused.stderr


def test_inspect_shows_what_was_cut_in_its_place_and_who_decided(newstide: Newstide, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    said = "".join(f"<p>The council of Lindholm decided on point {n} after a long debate.</p>" for n in range(6))
    page.write_text(
        "<html><head><title>Ferries stay</title><meta property='article:published_time' content='2026-03-03T09:30:00Z'>"
        "<link rel='canonical' href='http://p.example/2026/03/03/ferries'></head><body><article><h1>Ferries stay</h1>"
        f"{said}<p>Read also: Harbour master resigns</p><p>The ferries sail on.</p></article></body></html>"
    )
    shown = newstide.run("inspect", str(page)).stdout
    assert "long debate.\n[related: Read also: Harbour master resigns]\nThe ferries sail on.\n" in shown
    assert "by trafilatura, agreement 1.00" in shown
    assert "published by meta, url" in shown
    assert "meta says 2026-03-03T09:30:00+00:00" in shown


def test_a_wire_in_200_outlets_within_a_minute_is_one_original_199_copies_and_one_story(newstide: Newstide) -> None:
    storm = [
        {
            "url": f"http://paper{n}.example/dams",
            "title": f"Edition {n}: dams",
            "text": WIRE if n % 3 else WIRE.split(" - ", 1)[1],
            "published": f"2026-03-03T11:59:{n * 59 // 199:02d}Z",
            "fetched": FETCHED,
        }
        for n in range(200)
    ]
    done = newstide.run("process", "-", stdin=lines(storm))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["relation"] for r in records] == ["original"] + ["copy"] * 199
    assert {r["of"] for r in records[1:]} == {records[0]["id"]}
    assert len({r["story"] for r in records}) == 1


def test_the_same_article_in_five_forms_of_its_address_is_one(newstide: Newstide) -> None:
    forms = ("/a", "/a?utm_source=x", "/amp/a", "/a?print=1", "/a?partner=yahoo")
    again = [{**INPUT[0], "url": f"http://{'m.' * (n == 1)}paper.example{form}"} for n, form in enumerate(forms)]
    done = newstide.run("process", "-", stdin=lines(again))
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr.count("dropped: unchanged") == 4
