"""Every topic of the log, in one table. Names are part of the contract; so are the partition counts.

A key `"host url"` is sharded by its first word, so that one host lives on one partition and has one
producer. Partitions are chosen here, never by an engine's own partitioner, so that the embedded log
and Kafka agree.
"""

import zlib
from dataclasses import dataclass

from newstide import records

DAY = 86_400


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """`retain` is in seconds (0: compacted to the newest value of each key).

    `readers` are the consumer groups that must read every record: the embedded log keeps what they
    have not read, and holds producers back when they are more than `limit` records behind.
    """

    name: str
    record: type
    partitions: int
    retain: int
    readers: tuple[str, ...] = ()
    limit: int = 20_000

    @property
    def compacted(self) -> bool:
        return self.retain == 0

    def partition(self, key: str) -> int:
        """The partition of a key: CRC-32 of its first word, modulo the partitions."""
        return zlib.crc32(key.split(" ", 1)[0].encode()) % self.partitions


RAW = TopicSpec("articles.raw", records.RawArticle, 4, 7 * DAY, ("enrich",))
# One partition: the resolver is one ordered stream. Its texts are read again to verify copies, so it
# is kept as long as decisions are looked back upon.
ENRICHED = TopicSpec("articles.enriched", records.Article, 1, 7 * DAY, ("resolve",))
RESOLVED = TopicSpec("articles.resolved", records.Article, 1, 7 * DAY, ("store", "alert"))
# Its reader writes to it too: it must never hold itself back.
DEAD = TopicSpec("articles.dead", records.Ended, 1, 30 * DAY, ("store",), limit=10_000_000)
DECISIONS = TopicSpec("decisions", records.Decision, 1, 30 * DAY)
MOVES = TopicSpec("story_moves", records.Move, 1, 0, ("store",))
LINEAGE = TopicSpec("lineage", records.Lineage, 1, 0, ("store",))
PROFILES = TopicSpec("profiles", records.Profile, 1, 0)
FEEDS = TopicSpec("feeds", records.Feed, 4, 0, ("store",))
FEED_STATE = TopicSpec("feeds.state", records.FeedState, 4, 0, ("store",))
FEED_SEEN = TopicSpec("feeds.seen", records.FeedSeen, 4, 0)
RULES = TopicSpec("rules", records.Rule, 1, 0)
ALERTS = TopicSpec("alerts", records.Alert, 1, 0, ("store",))
DELIVERIES = TopicSpec("deliveries", records.Delivery, 1, 0, ("store",))
ERASED = TopicSpec("erased", records.Erased, 1, 0, ("store",))

ALL = (
    RAW, ENRICHED, RESOLVED, DEAD, DECISIONS, MOVES, LINEAGE, PROFILES, FEEDS, FEED_STATE, FEED_SEEN, RULES, ALERTS,
    DELIVERIES, ERASED,
)  # fmt: skip
TOPICS = {spec.name: spec for spec in ALL}
