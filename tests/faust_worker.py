"""One enrich worker as a process, for tests that kill it: `python -m tests.faust_worker kafka://…`."""

import sys

from newstide.engines import open_log
from newstide.supervise import ending_on_signals
from newstide.workers import Workers
from streams.faust_app import FaustEnrich
from streams.pipeline import enrich_bytes


def main(url: str) -> None:
    stop = ending_on_signals()
    log, workers = open_log(url), Workers(enrich_bytes, 1)
    print("up", flush=True)
    try:
        FaustEnrich(url, log, workers, 16).run(stop)
    finally:
        workers.close()
        log.close()


if __name__ == "__main__":
    main(sys.argv[1])
