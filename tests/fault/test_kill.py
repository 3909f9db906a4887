"""kill -9 at random moments: nothing lost, nothing double."""

import random
import signal
import time
from pathlib import Path

import pytest

from tests.service import Newstide, lines, sample_wire

KILLS = 20
ARTICLES = 3000
PLACES = ("Izmir", "Nairobi", "Lima", "Gdańsk", "Mosul", "Hanoi", "Oslo", "Quito")


def report(number: int, dice: random.Random) -> dict[str, object]:
    words = " ".join(f"w{dice.randrange(10**6)}" for _ in range(60))
    text = f"{dice.choice(PLACES)} – The harbour office counted {number} ships, a report said. {words}."
    return {
        "url": f"http://wire.example/{number}",
        "title": f"Report {number}",
        "text": text,
        "outlet": f"o{number % 7}",
    }


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_twenty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    seed = time.time_ns() % 10**6
    print(f"seed {seed}")  # shown when the test fails
    dice = random.Random(seed)
    with sample_wire() as address:
        service = Newstide(
            tmp_path,
            {"NEWSTIDE_FETCH__ALLOW_PRIVATE": f'["{address}"]', "NEWSTIDE_FETCH__INTERVAL": "10"},
        )
        try:
            service.run("feeds", "import", f"http://{address}/opml")
            for n in range(0, ARTICLES, ARTICLES // 3):  # a part now, the rest between kills
                part = lines([report(i, dice) for i in range(n, n + ARTICLES // 3)])
                service.run("ingest", "-", stdin=part)
                for _ in range(KILLS // 3 + 1):
                    service.start()
                    time.sleep(dice.uniform(0.0, 4.0))
                    code, said = service.end(signal.SIGKILL)
                    assert code == -signal.SIGKILL, said
            service.run("run", "--until-idle")
            audit = service.json("audit")
            assert audit["balanced"]
            assert audit["in_flight"] == 0
            assert "dead" not in audit["outcomes"]
            check(service)
        finally:
            service.close()


def check(service: Newstide) -> None:
    """What the documented views show is exact; below them a replay may stand twice until the next merge."""
    ours = "FROM article_versions WHERE url LIKE '%wire.example%'"
    [made] = service.sql(f"SELECT count() AS rows, max(version) AS newest {ours}")
    assert (int(made["rows"]), int(made["newest"])) == (ARTICLES, 1)
    [mentions] = service.sql(
        "SELECT uniqExact(article) AS n FROM mentions WHERE article IN (SELECT id FROM articles WHERE url LIKE '%wire.example%')"
    )
    assert int(mentions["n"]) == ARTICLES  # each names one of PLACES
    [once] = service.sql(
        "SELECT count() AS n, uniqExact(origin_partition, origin_offset) AS origins FROM article_versions"
    )
    assert once["n"] == once["origins"]
    wired = service.sql("SELECT uniqExact(url) AS n FROM articles WHERE url LIKE '%127.0.0.1%'")
    assert int(wired[0]["n"]) >= 100  # the sample wire has 110
