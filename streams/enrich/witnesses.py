"""Several sources speak of one field; they vote, and the record says who won.

Each source has a weight: what a machine wrote for machines (JSON-LD, meta) counts more than what stands in the page, and
the feed most, for its reader knew nothing else. Values that mean the same are one candidate; a tie goes to the first.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from newstide.clock import to_millis
from newstide.records import RawArticle, Witness
from streams.enrich import dates, people, sections
from streams.enrich.facts import Facts
from streams.enrich.html import from_fragment
from streams.enrich.lines import plain
from streams.enrich.tidy import one_line

_FEED = 3.0
# The server's clock counts where nobody else knows a date; a page that changed so lately was made for the asking.
_HTTP = 0.05
_FRESH = timedelta(minutes=10)
_HEADER = 60
# A feed's title is the article's name unless it was cut short.
_FEED_TITLE = 10.0
_SEPARATED = re.compile(r"\s+[|–—\-:·•«»/]+\s+|\s*\|\s*|\s*--+\s*")
# Only so many of a title's last parts may be the site's name.
_PARTS = 8
_CUT_SHORT = re.compile(r"(?:…|\.\.\.)\s*$")
_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "og:article:published_time",
    "published_time",
    "parsely-pub-date",
)
_DAYS = (
    "pubdate", "publishdate", "publish-date", "date.issued", "dc.date.issued", "dcterms.created", "dc.date.created", "dc.date", "sailthru.date",
    "cxenseparse:recs:publishtime", "citation_publication_date", "dcterms.date", "dcterms.issued", "article.published", "date", "published", "created",
)  # fmt: skip
_AUTHOR = re.compile(r"(?:^|[:._-])(?:authors?|creator|byl|written by)$")
_MODIFIED = ("article:modified_time", "datemodified", "og:updated_time", "last-modified", "dcterms.modified", "revised")


@dataclass(frozen=True, slots=True)
class Vote:
    """One witness's word: `key` is what it means, `value` how it is written in the result."""

    source: str
    weight: float
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the witnesses agreed on; "" and None where nobody knew. `future`: a date after `fetched` was not believed."""

    title: str
    author: str
    section: str
    published: datetime | None
    modified: datetime | None
    won: dict[str, str]
    witnesses: tuple[Witness, ...]
    future: bool = False

    @property
    def titles(self) -> list[str]:
        """Everything that somebody called the article."""
        return [self.title, *(w.value for w in self.witnesses if w.field == "title")]


def hear(raw: RawArticle, facts: Facts) -> Told:
    """Title, authors and times by the feed's record and the page's facts."""
    title = _titles(one_line(from_fragment(raw.title)), facts)
    author = _authors(one_line(raw.author), facts, raw.outlet)
    moments = _moments(raw, facts)
    section = [Vote(source, weight, plain(text), one_line(text)) for source, weight, text in sections.said(raw, facts)]
    ballots = {"title": title, "author": author, "published": [vote for vote, _ in moments], "section": section}
    won: dict[str, str] = {}
    values: dict[str, str] = {}
    for name, votes in ballots.items():
        values[name], won[name] = elect(votes)
    published = next((m.at for vote, m in moments if vote.value == values["published"]), None)
    modified = next((m.at for m in _modified(facts, _served(raw))), None)
    fetched = to_millis(raw.fetched)
    return Told(
        title=values["title"],
        author=values["author"],
        section=values["section"],
        published=to_millis(min(published, fetched)) if published else None,
        modified=to_millis(min(modified, fetched)) if modified else None,
        won={name: who for name, who in won.items() if who},
        witnesses=tuple(Witness(name, v.source, v.value) for name, votes in ballots.items() for v in votes),
        future=published is not None and published > fetched,
    )


def elect(votes: list[Vote]) -> tuple[str, str]:
    """The value with most weight behind it, and the sources that said it.

    Keys are sets of names joined by `|`: who names some of them stands with half a voice behind who names them all.
    """
    if not votes:
        return "", ""
    keys = {vote.key: set(vote.key.split("|")) for vote in votes}
    sums = dict.fromkeys(keys, 0.0)
    for vote in votes:
        for key, names in keys.items():
            share = 1.0 if key == vote.key else 0.5 if keys[vote.key] < names else 0.0
            sums[key] += share * vote.weight
    best = max(sums, key=lambda key: sums[key])
    agreed = [vote for vote in votes if vote.key == best]
    return agreed[0].value, ", ".join(dict.fromkeys(vote.source for vote in agreed))


def _titles(feed: str, facts: Facts) -> list[Vote]:
    said = [("json-ld", 3.0, text) for text in facts.said_of("headline")]
    said += [("og", 3.0, text) for text in facts.meta.get("og:title", [])[:1]]
    said += [("h1", 2.0 if number == 0 else 1.0, text) for number, text in enumerate(facts.headings[:3])]
    said += [("twitter", 1.0, text) for text in facts.meta.get("twitter:title", [])[:1]]
    said += [("title", 1.0, facts.title)]
    if feed:
        said.insert(0, ("feed", 0.5 if _CUT_SHORT.search(feed) else _FEED_TITLE, feed))
    cleaned = [(source, weight, one_line(html.unescape(text))) for source, weight, text in said]
    whole = {plain(text) for _, _, text in cleaned if text}
    houses = {plain(name) for name in facts.outlets}
    votes = []
    for source, weight, text in cleaned:
        bare = _without_house(text, whole, houses)
        if bare and plain(bare) not in houses:
            votes.append(Vote(source, weight, plain(bare), bare))
    return votes


def _without_house(text: str, whole: set[str], houses: set[str]) -> str:
    """The title without the site's name behind (or before) it."""
    end = len(text)
    for match in reversed(list(_SEPARATED.finditer(text))[-_PARTS:]):
        front, back = text[: match.start()].strip(), text[match.end() : end].strip()
        if front and (plain(back) in houses or plain(front) in whole):
            end = len(front)
        elif back and plain(front) in houses:
            return back
    return text[:end]


def _authors(feed: str, facts: Facts, outlet: str) -> list[Vote]:
    houses = {*facts.outlets, outlet, outlet.split(".", maxsplit=1)[0]}
    metas = [v for name, values in facts.meta.items() if _AUTHOR.search(name) for v in values]
    metas += facts.meta.get("twitter:data1", []) if not re.search(r"\d", facts.first("twitter:data1")) else []
    said: list[tuple[str, float, Iterable[str]]] = [
        ("feed", _FEED, [feed]),
        ("json-ld", 2.5, list(facts.said_of("author")) or list(facts.said_of("creator"))),
        ("meta", 2.0, metas),
        ("markup", 1.5, facts.authors if len(set(facts.authors)) <= 2 else facts.authors[:1]),
        ("link", 1.5, facts.linked[:1]),
        ("byline", 1.0, people.byline(facts.bylines)),
        ("signature", 0.2, facts.signed),
    ]
    edited = set(map(plain, people.editors(facts.bylines)))
    weak = edited | {plain(house) for house in houses}
    votes = []
    for source, weight, values in said:
        found = people.names(map(one_line, values), houses)
        if found:
            key = set(map(plain, found))
            votes.append(Vote(source, weight / 100 if key <= weak else weight, "|".join(sorted(key)), ", ".join(found)))
    return votes


def _moments(raw: RawArticle, facts: Facts) -> list[tuple[Vote, dates.Moment]]:
    said = [("json-ld", 2.5, value) for value in _ld_dates(facts)[:1]]
    said += [("meta", 2.0, value) for name in _PUBLISHED for value in facts.meta.get(name, ())[:1]]
    said += [("meta", 1.0, value) for name in _DAYS for value in facts.meta.get(name, ())[:1]]
    said += [("time", 1.0, value) for value in facts.times[:1]]
    found = [(source, weight, moment) for source, weight, value in said if (moment := dates.read(value))]
    if raw.published:
        found.insert(0, ("feed", _FEED, dates.Moment(raw.published)))
    day = dates.in_url(raw.url)
    if day:
        found.append(("url", 0.5, day))
    if not found and facts.tree is not None and (day := dates.in_text(facts.tree, raw.fetched)):
        found.append(("text", 0.5, day))
    told = [(_dated(source, weight, moment, found), moment) for source, weight, moment in found]
    served = _served(raw)
    return [*told, *([(Vote("http", _HTTP, _minute(served.at), served.at.isoformat()), served)] if served else [])]


def _served(raw: RawArticle) -> dates.Moment | None:
    """When the server says that the page last changed, unless it was made for the asking: those say "now"."""
    moment = dates.read((raw.page_modified or "")[:_HEADER])
    return moment if moment and raw.fetched - moment.at > _FRESH else None


def _dated(source: str, weight: float, moment: dates.Moment, found: list[tuple[str, float, dates.Moment]]) -> Vote:
    """A day alone stands behind the first witness that knows its hour; so does a clock without a zone."""
    for _, _, other in found:
        same_day = moment.day and not other.day and abs((other.at - moment.at).total_seconds()) < 86_400 * 1.5
        same_clock = not moment.zoned and other.zoned and not other.day and _clock(moment.at, other.at)
        if same_day or same_clock:
            return Vote(source, weight / 2, _minute(other.at), moment.at.isoformat())
    return Vote(source, weight / (4 if moment.day else 1), _minute(moment.at), moment.at.isoformat())


def _clock(one: datetime, other: datetime) -> bool:
    """Whole quarters of an hour apart, by no more than a zone can be."""
    apart = abs((one - other).total_seconds())
    return 0 < apart <= 14 * 3600 and apart % 900 < 60


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def _ld_dates(facts: Facts) -> list[str]:
    return [*facts.said_of("datePublished"), *facts.said_of("dateCreated")]


def _modified(facts: Facts, served: dates.Moment | None) -> Iterator[dates.Moment]:
    said = [*facts.said_of("dateModified"), *(v for name in _MODIFIED for v in facts.meta.get(name, ()))]
    yield from filter(None, map(dates.read, said))
    yield from filter(None, [served])
