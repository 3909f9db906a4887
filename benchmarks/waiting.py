"""One enrich worker whose step costs 100 ms an article, as a process: `python -m benchmarks.waiting kafka://…`.

It waits that long and does not compute: on two cores that others use too, two workers that compute would only
show that there are two cores. What is measured with it is the runner: whether it shares the work out.
"""

import sys
import time
from collections.abc import Sequence

from newstide.engines import open_log
from newstide.settings import Workers as Defaults
from newstide.supervise import ending_on_signals
from newstide.workers import Workers
from streams.faust_app import FaustEnrich
from streams.outcomes import Answer
from streams.pipeline import enrich_bytes

COST = 0.1  # seconds an article


def step(batch: Sequence[tuple[int, int, bytes]]) -> list[Answer]:
    """`enrich_bytes`, made so slow."""
    begun = time.monotonic()
    answers = enrich_bytes(batch)
    time.sleep(max(0.0, COST * len(batch) - (time.monotonic() - begun)))
    return answers


def main(url: str) -> None:
    stop = ending_on_signals()
    log, workers = open_log(url), Workers(step, 1)
    try:
        FaustEnrich(url, log, workers, Defaults().batch).run(stop)
    finally:
        workers.close()
        log.close()


if __name__ == "__main__":
    main(sys.argv[1])
