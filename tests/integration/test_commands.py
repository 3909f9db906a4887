"""What a person at a terminal sees of an article, a trend and a feed, in the first five minutes."""

import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newstide.urls import article_id
from tests.flow import until
from tests.service import NEWSTIDE, Newstide, lines
from tests.unit.producers.loopback import ok, serve

TALKS = (
    "GENEVA - The Kurdistan Workers' Party (PKK) and the Syrian Democratic Forces (SDF) sent envoys to Geneva on Tuesday. "
    "The PKK asked for time, and the SDF for guarantees.\n"
    "Please consider a donation today: your support keeps our reporters on the road.\n"
    "The United Nations will open the second round next week, its envoy said in Geneva."
)


@pytest.fixture(scope="module")
def newstide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newstide]:
    """Two articles that are an hour old, in the store."""
    service = Newstide(tmp_path_factory.mktemp("desk"))
    past = datetime.now(UTC) - timedelta(hours=1)
    given = [
        {
            "url": f"http://desk{n}.example/talks",
            "title": "Talks in Geneva",
            "text": text,
            "published": past.isoformat(),
        }
        for n, text in enumerate([TALKS, TALKS.replace("asked for time", "asked for a month")])
    ]
    service.run("ingest", "-", stdin=lines(given))
    service.run("run", "--until-idle")
    yield service
    service.close()


def test_an_article_shows_what_was_cut_in_its_place_and_what_an_acronym_stands_for(newstide: Newstide) -> None:
    [first, *_] = newstide.json("articles", "--since", "2h")
    shown = newstide.run("articles", "show", first["id"]).stdout
    assert "\n[appeal: Please consider a donation today" in shown
    assert "Syrian Democratic Forces (SDF)" in shown
    assert "Kurdistan Workers' Party (PKK)" in shown


def test_since_may_be_a_span_and_nothing_older_is_shown(newstide: Newstide) -> None:
    assert len(newstide.json("articles", "--since", "2h")) == 2
    assert newstide.json("articles", "--since", "30m") == []
    assert newstide.run("articles", "--since", "yesterday", check=False).returncode == 2


def test_what_is_exported_can_be_ingested(newstide: Newstide, tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    newstide.run("export", "articles", "--to", str(file))
    exported = [json.loads(line) for line in file.read_text().splitlines()]
    assert [datetime.fromisoformat(row["published"]).tzinfo for row in exported] == [UTC, UTC]
    other = Newstide(tmp_path)
    taken = other.run("ingest", str(file))
    assert taken.stderr.startswith("2 articles, ")
    other.run("run", "--until-idle")
    other.run("export", "articles", "--to", str(tmp_path / "again.jsonl"))
    again = [json.loads(line) for line in (tmp_path / "again.jsonl").read_text().splitlines()]
    assert {row["id"]: row["extra"] for row in again} == {row["id"]: row["extra"] for row in exported}
    file.write_text(lines([{"url": "http://desk.example/x"}, {"title": "no address"}]))
    assert "2 articles, 1 of them dead, " in other.run("ingest", str(file), check=False).stderr
    other.close()


def test_compared_entities_stand_side_by_side_under_their_names(newstide: Newstide) -> None:
    head, *steps = newstide.run(
        "trends", "compare", "PKK", "Geneva", "--window", "2h", "--step", "1h"
    ).stdout.splitlines()
    named = head.split("\t")
    assert named == ["bucket", "Kurdistan Workers' Party", "Kurdistan Workers' Party, reach", "Geneva", "Geneva, reach"]
    assert [sum(int(line.split("\t")[n]) for line in steps) for n in (1, 2, 3, 4)] == [1, 1, 1, 1]


def test_a_step_that_is_too_small_for_its_window_is_refused_before_it_is_tried(newstide: Newstide) -> None:
    for asked in (("timeline", "PKK"), ("compare", "PKK", "Geneva")):
        done = newstide.run("trends", *asked, "--window", "1000d", "--step", "1s", check=False)
        assert (done.returncode, done.stderr) == (
            2,
            "newstide: --step is too small: more than 2000 steps in the window\n",
        )


@pytest.mark.parametrize(
    "command", [("audit",), ("feeds", "list"), ("dlq", "list"), ("migrate", "status"), ("sql", "SELECT 1")]
)
def test_where_there_is_no_log_a_reader_says_so_and_begins_none(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = Newstide(tmp_path).run(*command, check=False)
    told = f"newstide: nothing here yet: there is no {tmp_path}/var/log.sqlite; is `data_dir` right?"
    assert (done.returncode, done.stdout, done.stderr[: len(told)]) == (2, "", told)
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_was_lost_is_told_with_what_to_do(tmp_path: Path) -> None:
    desk = Newstide(tmp_path)
    desk.run("ingest", "-", stdin=lines([{"url": "http://desk.example/1", "title": "Talks", "text": TALKS}]))
    desk.run("run", "--until-idle")
    shutil.rmtree(tmp_path / "var" / "store")
    audit = desk.run("audit", check=False)
    assert (audit.returncode, audit.stdout.splitlines()[-1]) == (1, "NOT balanced")
    assert re.search(r"records? that the store lacks; `newstide run` fills it up at its start", audit.stdout)


def test_an_argument_that_is_no_text_is_refused_in_a_sentence(newstide: Newstide) -> None:
    done = newstide.run("search", "caf\udcff", check=False)
    assert (done.returncode, done.stderr) == (2, "newstide: the argument caf\\xff is no UTF-8\n")


@pytest.mark.parametrize("command", [("articles",), ("sql", "SELECT * FROM numbers(100000)"), ("--version",)])
def test_an_output_that_is_full_is_told_in_a_sentence(newstide: Newstide, command: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [NEWSTIDE, *command], cwd=newstide.folder, env=newstide.environment, stdout=full, stderr=subprocess.PIPE,
            text=True, check=False, timeout=60,
        )  # fmt: skip
    told = "newstide: cannot write: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, told)


def test_a_terminal_of_another_encoding_gets_what_it_lacks_as_escapes(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<title>Şırnak barajı 😀</title><h1>Şırnak barajı 😀</h1><p>Şırnak barajı kapandı. Kış sert, yollar kapalı, sular akmıyor.</p>"
    )
    desk = Newstide(tmp_path, {"PYTHONIOENCODING": "ascii"})
    shown = desk.run("inspect", str(page)).stdout
    assert "\\u015e\\u0131rnak baraj\\u0131 \\ud83d\\ude00" in shown
    assert "h1, title say \\u015e" in shown  # witnesses that agree have one line
    assert desk.json("inspect", str(page))["title"] == "Şırnak barajı 😀"


def test_an_output_that_is_closed_ends_no_command_in_a_traceback(newstide: Newstide) -> None:
    done = subprocess.run(
        ["sh", "-c", f"exec {NEWSTIDE} articles >&-"], cwd=newstide.folder, env=newstide.environment,
        stderr=subprocess.PIPE, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_an_interrupt_ends_a_statement_that_the_engine_is_at(newstide: Newstide) -> None:
    endless = "SELECT sum(cityHash64(number)) FROM numbers(100000000000)"
    lock = newstide.folder / "var" / "log.sqlite.lock"
    asking = subprocess.Popen([NEWSTIDE, "sql", endless], cwd=newstide.folder, env=newstide.environment)
    until(lambda: f"process {asking.pid} " in lock.read_text())
    time.sleep(2)  # to be in the midst of it: it takes 30 s, until the engine's own limit
    asking.send_signal(signal.SIGINT)
    assert asking.wait(10) == -signal.SIGINT


def test_a_feed_that_may_not_be_fetched_says_which_setting_would_allow_it(newstide: Newstide) -> None:
    looked = newstide.run("feeds", "check", "http://127.0.0.1:9/feed", check=False)
    assert looked.returncode == 1
    assert "127.0.0.1:9 is 127.0.0.1; `fetch.allow_private` may name it" in looked.stdout
    inspected = newstide.run("inspect", "http://127.0.0.1:9/page", check=False)
    assert "private address: 127.0.0.1:9 is 127.0.0.1; `fetch.allow_private` may name it" in inspected.stderr


def test_an_address_is_inspected_under_the_id_that_its_article_has(tmp_path: Path) -> None:
    page = f"<html><title>Talks</title><body><article>{''.join(f'<p>{p}</p>' for p in TALKS.splitlines())}</article>"
    with serve({"/talks": ok(page.encode(), "text/html")}) as site:
        desk = Newstide(tmp_path, {"NEWSTIDE_FETCH__ALLOW_PRIVATE": json.dumps([site.place])})
        url = f"{site.base}/talks"

        def inspected() -> str:
            return json.loads(desk.run("inspect", url, "--json").stdout)["id"]

        for outlet in ("Sea", "Desk"):
            desk.run("feeds", "add", f"{site.base}/{outlet}", "--outlet", outlet)
        assert inspected() == article_id("Sea", url)
        desk.run("ingest", "-", stdin=lines([{"url": url, "title": "Talks", "text": TALKS, "outlet": "Desk"}]))
        desk.run("run", "--until-idle")
        assert [inspected()] == [row["id"] for row in desk.json("articles")]
        desk.close()


def test_all_that_a_service_says_is_json_where_its_log_is(tmp_path: Path) -> None:
    service = Newstide(tmp_path, {"NEWSTIDE_LOG_FORMAT": "json"})
    said = service.run("run", "--until-idle").stderr + service.run("run", "--role", "nope", check=False).stderr
    *_, summary, refusal = map(json.loads, said.splitlines())
    assert summary["event"].startswith("feeds: 0, ")
    assert (refusal["level"], refusal["event"][:14]) == ("error", "no role 'nope'")


def test_a_kind_of_letter_that_there_is_not_is_refused(newstide: Newstide) -> None:
    assert newstide.run("dlq", "list", "--kind", "nonsense", check=False).returncode == 2


def test_a_feed_that_lists_an_item_twice_is_no_fault_to_any_command(newstide: Newstide, tmp_path: Path) -> None:
    item = f"<item><title>Talks</title><link>http://twice.example/talks</link><description>{TALKS}</description></item>"
    feed, empty = tmp_path / "twice.xml", tmp_path / "empty.xml"
    feed.write_text(f"<rss version='2.0'><channel><title>Twice</title>{item * 2}</channel></rss>")
    empty.write_text("")
    told = {command: newstide.run(command, str(feed)).stderr for command in ("process", "ingest")}
    assert not [line for line in told.values() if " dead" in line]
    for command in ("process", "ingest", "inspect"):
        done = newstide.run(command, str(empty), check=False)
        assert done.returncode == 1
        assert f"{empty}: dead: empty\n" in done.stderr


def test_the_version_is_told(newstide: Newstide) -> None:
    assert newstide.run("--version").stdout.startswith("newstide ")
