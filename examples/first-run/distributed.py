"""`make run-distributed`: the first run on Kafka, one process per role, until Ctrl-C.

    the sample wire ─▶ 2 × producer ─▶ Kafka ─▶ 2 × enrich ─▶ resolve (and a standby) ─▶ store, alert, web

The process of `store` owns the store and serves its SQL; `alert` and `web` read it there by HTTP. It begins
afresh each time: its data lies in var/distributed. The broker needs Java 17 and Maven, see deploy/broker.py.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import start

ROOT = start.HERE.parents[1]
DATA = Path("var/distributed")
KAFKA_PORT = 9192  # and the next: apart from those of `make kafka`


def main() -> int:
    parser = argparse.ArgumentParser(description="The first run on Kafka, one process per role.")
    parser.add_argument("--port", type=int, default=start.PORT, help="the dashboard's; the processes take the next ten")
    parser.add_argument("--kafka-port", type=int, default=KAFKA_PORT, help="the broker's; it takes the next one too")
    asked = parser.parse_args()
    shutil.rmtree(DATA, ignore_errors=True)
    settings = {"NEWSTIDE_DATA_DIR": str(DATA), "NEWSTIDE_LOG": f"kafka://127.0.0.1:{asked.kafka_port}/first-run"}
    os.environ |= settings  # the commands beside the service need them too
    print("Kafka is starting; the first time its jars are fetched.", flush=True)
    try:
        if kafka("start", "--fresh", "--port", str(asked.kafka_port)) != 0:
            return 1
        typed = " ".join(f"{name}={value}" for name, value in settings.items())
        where = start.links(
            asked.port, f"{typed} .venv/bin/newstide", f"  Kafka             127.0.0.1:{asked.kafka_port}"
        )
        return start.show(list(parts(asked.port)), where)
    except KeyboardInterrupt:
        return 0
    finally:
        kafka("stop")


def parts(port: int) -> Iterator[start.Part]:
    """The processes, upstream first: so that a stop leaves little under way. `port` is the dashboard's."""
    sql = f"127.0.0.1:{port + 2}"
    reading = {"NEWSTIDE_STORE": f"http://{sql}/newstide"}
    ports = iter(range(port + 3, port + 11))
    for role in ("producer", "producer", "enrich", "enrich", "resolve", "resolve"):
        yield start.Part((role,), next(ports), {"NEWSTIDE_WORKERS__COUNT": "1"})
    yield start.Part(("alert",), next(ports), reading)
    yield start.Part(("web",), port, reading)
    yield start.Part(("store",), next(ports), {"NEWSTIDE_SQL__LISTEN": sql})


def kafka(do: str, *options: str) -> int:
    """Run `make kafka`'s program on a folder of ours; gives its exit code."""
    command = [sys.executable, "-m", "deploy.broker", do, "--data", str((DATA / "kafka").absolute()), *options]
    return subprocess.run(command, cwd=ROOT, start_new_session=True, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
