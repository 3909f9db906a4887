"""Every metric, in one place. The ledger is one line: received = emitted + dropped + in flight.

It is so for a stage that runs on: after a restart or a rebalance what was in flight is received again, and what was blanked
by an erasure, or met twice, is received only.
"""

import shutil
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram, generate_latest

RECEIVED = Counter("newstide_received", "Records a stage took", ["stage"])
EMITTED = Counter("newstide_emitted", "Records a stage gave on", ["stage"])
DROPPED = Counter("newstide_dropped", "Records that ended in a stage", ["stage", "reason"])
SECONDS = Histogram("newstide_batch_seconds", "Time a stage spent on one batch", ["stage"])
LAG = Gauge("newstide_consumer_lag", "Records a group has still to read", ["group", "topic"])
STUCK = Gauge(
    "newstide_stuck", "1 where records wait in a partition and none was done for a minute", ["group", "topic"]
)
FETCHES = Counter("newstide_fetches", "Requests of the producers", ["kind", "outcome"])
BROKEN_FEEDS = Gauge("newstide_broken_feeds", "Feeds whose last poll failed")
LAST_NEW = Gauge("newstide_last_new_item_timestamp_seconds", "When the newest item of all feeds was first met")
OLDEST_UNFLUSHED = Gauge("newstide_oldest_unflushed_seconds", "Age of the oldest article waiting for its insert")
ALERTS = Counter("newstide_alerts", "Alerts raised", ["rule"])
DISK_FREE = Gauge("newstide_disk_free_bytes", "Room where data_dir lies; a service stands still when there is none")
READY = Gauge("newstide_ready", "1 where /readyz answers 200, else 0")
DELIVERIES = Counter("newstide_deliveries", "Tries to deliver an alert", ["hook", "outcome"])


def free_bytes(folder: Path) -> int:
    """The room on the disk where a folder lies, or will lie."""
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


def render() -> bytes:
    """All metrics in the Prometheus text format."""
    return generate_latest()
