"""The records that travel: frozen dataclasses, and how they become bytes.

One article's way: `RawArticle` (articles.raw) → `Article` (articles.enriched, then articles.resolved
with the `Decision` applied), or `Ended` (articles.dead) when it stops early. Times are aware UTC
datetimes with millisecond precision. Offsets into text count Unicode code points.
"""

from newstide.records.articles import (
    PUBLIC,
    Article,
    Cut,
    Dateline,
    Entity,
    EntityType,
    Extraction,
    Mention,
    Origin,
    Place,
    RawArticle,
    Relation,
    Topic,
    Witness,
    public,
)
from newstide.records.codec import decode, encode, pack, unpack
from newstide.records.deciding import Claim, Decision, Lineage, Move, Profile
from newstide.records.operating import Alert, Attempt, Delivery, Ended, Erased, Feed, FeedSeen, FeedState, Rule

__all__ = [
    "PUBLIC",
    "Alert", "Article", "Attempt", "Claim", "Cut", "Dateline", "Decision", "Delivery", "Ended", "Entity", "EntityType", "Erased",
    "Extraction", "Feed", "FeedSeen", "FeedState", "Lineage", "Mention", "Move", "Origin", "Place", "Profile", "RawArticle",
    "Relation", "Rule", "Topic", "Witness", "decode", "encode", "pack", "public", "unpack",
]  # fmt: skip
