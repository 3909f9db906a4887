"""A producer over a log in memory: what it is given, and what it wrote."""

import threading

from newstide.clock import SystemClock
from newstide.records import Feed, RawArticle, decode
from newstide.settings import Fetch
from producers.catalogue import Catalogue
from producers.service import Producer, Summary
from tests.fakes import MemoryLog
from tests.flow import everything
from tests.unit.producers.conftest import NOW
from tests.unit.producers.loopback import Loopback


def settings(*sites: Loopback, **more) -> Fetch:
    return Fetch(**{"allow_private": tuple(site.place for site in sites), "timeout": 3.0, "interval": 10, **more})


def added(log: MemoryLog, *urls: str) -> Catalogue:
    catalogue = Catalogue(log)
    for url in urls:
        catalogue.add(Feed(url=url, added=NOW))
    return catalogue


def written(log: MemoryLog, topic: str, kind: type) -> list:
    return [decode(record.value, kind) for record in everything(log, topic) if record.value]


def articles(log: MemoryLog) -> list[RawArticle]:
    return written(log, "articles.raw", RawArticle)


def once(log: MemoryLog, fetch: Fetch) -> Summary:
    return Producer(log, fetch, SystemClock()).once(threading.Event())
