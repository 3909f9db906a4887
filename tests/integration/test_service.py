"""The service from the outside: it drains, it says who holds what, and commands work beside it and without it."""

import gzip
import json
import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow import until
from tests.service import Newstide, lines

TEXT = (
    "ANKARA (AA) - Foreign Minister Hakan Fidan met officials of the Partiya Karkerên Kurdistanê (PKK) in Geneva, "
    "the United Nations said on Tuesday. The talks on disarmament will go on next week, diplomats said."
)
ARTICLES = [
    {"url": f"http://example.com/{n}", "title": f"Talks, day {n}", "text": f"{TEXT} It was day {n}.", "desk": "foreign"}
    for n in range(5)
]


@pytest.fixture
def newstide(tmp_path: Path) -> Iterator[Newstide]:
    service = Newstide(tmp_path)
    yield service
    service.close()


def test_a_term_signal_drains_and_exits_zero_within_ten_seconds(newstide: Newstide) -> None:
    newstide.run("ingest", "-", stdin=lines(ARTICLES))
    newstide.start()
    begun = time.monotonic()
    code, said = newstide.end(signal.SIGTERM)
    assert code == 0, said
    assert time.monotonic() - begun < 10
    assert newstide.json("audit")["balanced"]
    assert not newstide.socket.exists()


def test_commands_work_beside_the_service_and_a_second_one_is_told_who_holds_the_data(newstide: Newstide) -> None:
    newstide.start()
    second = newstide.run("run", check=False)
    assert second.returncode == 1
    assert f"held by process {newstide.process.pid}" in second.stderr  # type: ignore[union-attr]
    newstide.run("ingest", "-", stdin=lines(ARTICLES))
    deadline = time.monotonic() + 30
    while newstide.sql("SELECT count() AS n FROM articles") != [{"n": 5}] and time.monotonic() < deadline:
        time.sleep(0.2)
    assert newstide.sql("SELECT count() AS n FROM articles") == [{"n": 5}]
    with urllib.request.urlopen(f"http://127.0.0.1:{newstide.port}/readyz") as answer:
        assert json.load(answer) == {"ready": True, "missing": []}
    opml = newstide.folder / "latin1.opml"
    listed = '<opml version="2.0"><body><outline text="Café" xmlUrl="http://127.0.0.1:9/feed"/></body></opml>'
    opml.write_bytes(f'<?xml version="1.0" encoding="ISO-8859-1"?>{listed}'.encode("latin-1"))
    newstide.run("feeds", "import", str(opml))
    assert [feed["title"] for feed in newstide.json("feeds", "list")] == ["Café"]
    wrong = newstide.run("sql", "SELECT bogus", check=False)
    assert (wrong.returncode, "bogus" in wrong.stderr) == (2, True)


def test_an_article_is_queryable_soon_after_it_came(newstide: Newstide) -> None:
    newstide.start()
    newstide.run("ingest", "-", stdin=lines(ARTICLES[:1]))  # the workers are warm after this
    deadline = time.monotonic() + 30
    while not newstide.sql("SELECT 1 FROM articles") and time.monotonic() < deadline:
        time.sleep(0.1)
    begun = time.monotonic()
    newstide.run("ingest", "-", stdin=lines(ARTICLES[1:2]))
    while newstide.sql("SELECT count() AS n FROM articles") != [{"n": 2}]:
        time.sleep(0.1)
        assert time.monotonic() - begun < 15  # two seconds and two commands; the exact time is measured in benchmarks
    with urllib.request.urlopen(f"http://127.0.0.1:{newstide.port}/metrics") as answer:
        metrics = answer.read().decode()
    assert 'newstide_received_total{stage="resolve"} 2.0' in metrics
    assert "newstide_consumer_lag" in metrics
    assert float(re.search(r"^newstide_disk_free_bytes (\S+)$", metrics, re.MULTILINE)[1]) > 0  # type: ignore[index]


def test_one_way_through_without_a_service(newstide: Newstide, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl.gz"
    file.write_bytes(gzip.compress((lines(ARTICLES) + "not json\n").encode()))
    ingested = newstide.run("ingest", str(file), check=False)
    assert ingested.returncode == 1
    assert f"{file}:6" in ingested.stderr
    newstide.run("run", "--until-idle")
    assert newstide.json("audit")["outcomes"] == {"stored": 5}
    [found] = newstide.json("articles", "--limit", "1")
    shown = newstide.json("articles", "show", found["id"])
    assert shown["extra"]["desk"] == "foreign"
    assert {"Kurdistan Workers' Party", "Hakan Fidan", "Geneva"} <= {m["name"] for m in shown["mentions"]}
    assert newstide.sql("SELECT texts FROM mentions WHERE name LIKE 'Kurdistan%' LIMIT 1") == [
        {"texts": ["PKK", "Partiya Karkerên Kurdistanê"]}
    ]
    assert newstide.json("search", "disarmament", "Geneva")
    [dead] = newstide.json("dlq", "list")
    assert dead["met"] == f"{file}:6"
    assert newstide.json("dlq", "show", str(dead["number"]))["body"] == "not json\n"
    assert newstide.run("dlq", "replay", str(dead["number"]), check=False).returncode == 2


def test_erased_is_gone_everywhere_and_stays_out(newstide: Newstide) -> None:
    marked = [{**ARTICLES[0], "title": "Zyzzogeton appears", "text": TEXT + " Zyzzogeton was there."}, *ARTICLES[1:]]
    newstide.run("ingest", "-", stdin=lines(marked))
    newstide.run("run", "--until-idle")
    [found] = newstide.json("search", "Zyzzogeton")
    newstide.run("erase", "--yes", found["id"])
    assert newstide.json("search", "Zyzzogeton") == []
    assert newstide.json("audit")["outcomes"] == {"erased": 1, "stored": 4}
    assert "out, erased earlier" in newstide.run("ingest", "-", stdin=lines(marked[:1])).stderr
    newstide.run("run", "--until-idle")
    assert newstide.json("search", "Zyzzogeton") == []
    audit = newstide.json("audit")
    assert audit["balanced"]
    assert audit["outcomes"] == {"erased": 1, "stored": 4}
    kept = [path for path in (newstide.folder / "var").rglob("*") if path.is_file()]
    assert not [path for path in kept if b"Zyzzogeton" in path.read_bytes()]


def test_a_used_port_is_a_sentence(newstide: Newstide) -> None:
    newstide.start()
    other = Newstide(newstide.folder / "other", {"NEWSTIDE_WEB__LISTEN": f"127.0.0.1:{newstide.port}"})
    other.folder.mkdir()
    refused = other.run("run", check=False)
    assert refused.returncode == 1
    assert refused.stderr.strip().endswith(
        "web.listen: cannot listen at 127.0.0.1:" + f"{newstide.port}: Address already in use"
    )


def test_a_broker_that_is_away_is_waited_for_and_readiness_says_so(newstide: Newstide) -> None:
    newstide.environment["NEWSTIDE_LOG"] = "kafka://127.0.0.1:1"
    refused = newstide.run("feeds", "list", check=False)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "broker 127.0.0.1:1 does not answer" in refused.stderr
    newstide.start(until_ready=False)
    until(lambda: "broker 127.0.0.1:1 does not answer" in newstide.readiness())
    code, said = newstide.end()
    assert code == 0
    assert "waiting" in said


def test_a_broker_without_a_port_is_a_wrong_setting(newstide: Newstide) -> None:
    newstide.environment["NEWSTIDE_LOG"] = "kafka://user:secret@broker"
    refused = newstide.run("feeds", "list", check=False)
    assert (refused.returncode, "secret" in refused.stderr) == (2, False)
    assert "NEWSTIDE_LOG: expected kafka://host:port, found the host 'broker'" in refused.stderr


def test_wrong_settings_name_file_line_and_key(newstide: Newstide) -> None:
    (newstide.folder / "newstide.toml").write_text('[fetch]\ntimeout = "soon"\nconcurency = 4\n')
    refused = newstide.run("feeds", "list", check=False)
    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [
        "newstide: newstide.toml:2: fetch.timeout: expected a number",
        "newstide: newstide.toml:3: fetch.concurency: no such setting",
    ]
