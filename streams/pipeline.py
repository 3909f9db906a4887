"""The page to read first: what happens to one article, step by step.

    raw article ─ clean ─ language ─ dateline ─ entities ─ places ─ vector ─ topics ─ fingerprint ─▶ article
                    └─▶ Dropped, with the reason

`enrich` is pure and stateless: an article's result depends on its record and on the versions in `made_by`,
never on its neighbours, the clock or the machine. `enrich_bytes` is the same on the log's bytes.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import msgspec

from newstide.clock import to_millis
from newstide.errors import NewstideError
from newstide.records import Article, Origin, RawArticle, Topic, decode, encode
from streams.enrich import (
    dateline,
    fingerprint,
    language,
    learned,
    multilingual,
    own,
    places,
    subtopics,
    text,
    topics,
    vector,
    words,
)
from streams.enrich.entities import reader, recognise
from streams.enrich.lexicon import lexicon
from streams.enrich.ner import encoder
from streams.enrich.network import Floats
from streams.enrich.own import Own
from streams.enrich.text import Clean
from streams.enrich.tidy import scrub, scrubbed
from streams.outcomes import Entry
from streams.step import Dropped, Reject

if TYPE_CHECKING:
    from newstide.settings import Settings

Outcome = Article | Dropped | Reject

# `published` is believed when it lies within this time before `fetched`.
RECENT = timedelta(days=7)
# Beyond this many characters a text says nothing new about itself; it is kept whole, but read to here.
READ = 200_000
# Raised whenever a rule changes what an unchanged article comes to.
RULES = "9"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the user chose beside what Newstide brings: the folder of a `names`' encoder, the file of own `entities`, own `topics`."""

    names: str = ""
    entities: str = ""
    topics: Own = ()


BROUGHT = Chosen()


def chosen(settings: "Settings") -> Chosen:
    return Chosen(settings.workers.names, settings.enrich.entities, settings.own_topics)


def enrich(
    batch: Sequence[tuple[Origin | None, RawArticle]],
    profiles: Mapping[str, Container[int]] | None = None,
    chosen: Chosen = BROUGHT,
) -> list[Outcome]:
    """One outcome per input, in order: what no step can take is a `Reject`, its neighbours go on.

    `profiles`: the lines of the versions that the articles name; without one an article is cleaned as if it named none.
    """
    known, made_by = profiles or {}, _made_by(chosen)  # a choice that cannot be read is no article's fault
    return [_outcome(origin, raw, known, chosen, made_by) for origin, raw in batch]


def _outcome(
    origin: Origin | None,
    raw: RawArticle,
    profiles: Mapping[str, Container[int]],
    chosen: Chosen,
    made_by: dict[str, str],
) -> Outcome:
    made_by = made_by | ({"profile": raw.profile} if raw.profile in profiles else {})
    try:
        clean = text.clean(raw, profiles.get(raw.profile, ()))
        return clean if isinstance(clean, Dropped) else _article(origin, raw, clean, chosen, made_by)
    except (MemoryError, NewstideError):  # of the process and its settings, not of the article alone
        raise
    except Exception as e:  # noqa: BLE001 - a hostile article breaks parsers in ways nobody lists
        return Reject("step failed", f"{type(e).__name__}: {e}")


def _article(origin: Origin | None, raw: RawArticle, clean: Clean, chosen: Chosen, made_by: dict[str, str]) -> Article:
    read, book = clean.text[:READ], lexicon(chosen.entities)
    tongue = language.identify(clean.title, clean.text, raw.language, clean.claim)
    [entities] = recognise([(clean.title, read, tongue)], reader(chosen.names), book)
    filed = dateline.find(read)
    seen, point = vector.find(clean.title, read, tongue), multilingual.find(clean.title, read, tongue)
    return Article(
        id=raw.id,
        content=fingerprint.content(clean.title, clean.text),
        outlet=raw.outlet,
        url=raw.url,
        feed=raw.feed,
        title=clean.title,
        author=clean.author,
        published=clean.published,
        fetched=to_millis(raw.fetched),
        language=tongue,
        extra=_extra(raw, clean),
        time=counted_at(clean.published, raw.fetched),
        dateline=filed,
        text=clean.text,
        removed=clean.removed,
        entities=entities,
        topics=_topics(clean.title, read, tongue, _filed(raw, clean), seen, point)
        + own.classify(seen, chosen.topics, point),
        places=places.find(entities, filed, read, book),
        origin=origin,
        signature=fingerprint.signature(read or clean.title),
        terms=fingerprint.terms(clean.title, read, entities),
        vector=seen,
        made_by=made_by,
        extraction=clean.extraction,
    )


def _topics(
    title: str, text: str, tongue: str, filed: Sequence[str], seen: str, point: Floats | None
) -> tuple[Topic, ...]:
    """The top level first, then what lies below it."""
    above = topics.classify(title, text, tongue, filed, seen, point)
    return above + subtopics.classify(above, filed, seen, point)


def _filed(raw: RawArticle, clean: Clean) -> list[str]:
    """The sections that page, address and feed name."""
    return [*raw.sections, *(w.value for w in clean.extraction.witnesses if w.field == "section")]


def counted_at(published: datetime | None, fetched: datetime) -> datetime:
    """What trends count by: `published` if within seven days before `fetched`, else `fetched`.

    A time after `fetched` is a wrong clock and not believed.
    """
    believed = published is not None and timedelta(0) <= fetched - published <= RECENT
    return to_millis(published if published is not None and believed else fetched)


def _extra(raw: RawArticle, clean: Clean) -> dict[str, Any]:
    """What came with the article, and what its page was and gave (unless the name is taken).

    `extraction`: why the page gave nothing or little. `extracted_by`: whose text was taken. `marks`: live blog …
    """
    ours: dict[str, Any] = {}
    if clean.failed:
        ours["extraction"] = clean.failed
    if raw.page is not None and not (clean.failed and clean.extraction.by == "feed"):
        ours["extracted_by"] = clean.extraction.by
    if clean.extraction.marks:
        ours["marks"] = list(clean.extraction.marks)
    return {**ours, **cast("dict[str, Any]", scrubbed(raw.extra))}


@cache
def _made_by(chosen: Chosen) -> dict[str, str]:
    entities = lexicon(chosen.entities).own
    return {
        "lexicon": words.version(),
        **({"entities": entities} if entities else {}),
        "boilerplate": learned.version(),
        "names": encoder.version(chosen.names),
        "topics": topics.model().version + subtopics.model().version + own.version(chosen.topics),
        "multilingual": multilingual.version(),
        "vector": vector.version(),
        "rules": RULES,
    }


def enrich_bytes(batch: Sequence[Entry], chosen: Chosen = BROUGHT) -> list[tuple[str, bytes]]:
    """`enrich` on the log's bytes, for a worker process.

    Answers per input, in order: ("article", encoded Article), or ("dropped" | "reject", reason TAB detail).
    """
    read = [_decoded(partition, offset, value) for partition, offset, value, *_ in batch]
    taken = [entry for entry in read if not isinstance(entry, Reject)]
    named = zip(read, batch, strict=True)
    profiles = {
        entry[1].profile: frozenset(lines)
        for entry, (_, _, _, *lines) in named
        if lines and not isinstance(entry, Reject)
    }
    outcomes = iter(enrich(taken, profiles, chosen))
    return [_answer(entry if isinstance(entry, Reject) else next(outcomes)) for entry in read]


def _decoded(partition: int, offset: int, value: bytes) -> tuple[Origin, RawArticle] | Reject:
    try:
        return Origin(partition, offset), decode(value, RawArticle)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        return Reject("unreadable record", str(e))


def _answer(outcome: Outcome) -> tuple[str, bytes]:
    if isinstance(outcome, Article):
        try:
            return "article", encode(outcome)
        except (TypeError, RecursionError) as e:  # extra nested deeper than JSON writers go
            outcome = Reject("cannot be written", str(e))
    kind = "dropped" if isinstance(outcome, Dropped) else "reject"
    return kind, f"{outcome.reason}\t{scrub(outcome.detail)}".encode()
