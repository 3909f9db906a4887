"""What the topic model learns from and is measured on: labelled sets, and labels that an outlet or a taxonomy gives away.

A row may allow several topics: then one of them is right, and it is not said which ("World"). For training the seed words
of the lexicon narrow the choice: of what a row allows, those stand for which it has a word, where it has any.
"""

import hashlib
import json
import random
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any, Final

from streams.enrich.topics import seeds
from streams.enrich.words import words
from streams.models.training import jsonl

# name → (path under --data, key of the label, keys of the text)
SETS: Final = {
    "huffpost": ("topic/huffpost_subset.open.jsonl.gz", "category", "headline", "short_description"),
    "masakhanews": ("topic/masakhanews_eng.train50_dev.jsonl.gz", "label", "title", "text"),
    "bbc": ("topic/bbc_news.open.jsonl.gz", "label", "title", "text"),
    "uci_news_aggregator": ("cluster/uci_news_aggregator_part.open.jsonl.gz", "category", "title", ""),
    "agnews": ("topic/agnews_testpart30.dev.jsonl.gz", "label", "title", "text"),
}
# How much a row of each set says: full articles by an editor's label most, what an address or a publisher hints least.
WEIGHTS: Final = {
    "bbc": 3.0, "masakhanews": 3.0, "judged": 3.0, "written": 3.0, "snippet": 2.0, "huffpost": 1.5, "iptc": 0.7, "google": 0.5, "cnn": 0.4,
    "uci_news_aggregator": 0.3,
}  # fmt: skip
# Two topics have more rows than news has of them, most of them headlines of American outlets: their rows say less.
FEWER: Final = {"medtop:11000000": 0.6, "medtop:01000000": 0.7}
# News items that we wrote, of all topics (no outlet's text): numbers of the topics, each of them right, second-level topic if plain, title, text.
WRITTEN: Final = Path(__file__).with_name("topics.tsv")
# Real headlines that we judged: BLAKE2b of the headline (six bytes), how it was drawn, numbers of its topics.
JUDGED: Final = Path(__file__).with_name("headlines.tsv")
SEED: Final = 7
_FROM_ABROAD: Final = (3, 11, 16)
_AT_HOME: Final = (2, 3, 5, 11, 14)
_UNMAPPED: Final = {"WORLD NEWS": _FROM_ABROAD, "U.S. NEWS": _AT_HOME}
# CNN's addresses: section → topics. The words of an address are a headline.
_CNN: Final[dict[str, tuple[int, ...]]] = {
    **dict.fromkeys(("business", "investing", "economy", "success", "cars", "energy"), (4,)),
    **dict.fromkeys(("sport", "sports", "football", "tennis", "golf", "motorsport"), (15,)),
    **dict.fromkeys(("entertainment", "media", "movies", "tv-shows", "celebrities"), (1,)),
    **dict.fromkeys(("world", "europe", "middleeast", "asia", "africa", "americas", "china"), _FROM_ABROAD),
    **dict.fromkeys(("australia", "india", "uk"), _FROM_ABROAD),
    "us": _AT_HOME, "politics": (11,), "tech": (13,), "health": (7,), "style": (1, 10), "travel": (10,),
    "weather": (17,),
}  # fmt: skip
_CNN_MOST, _CNN_FEWEST_WORDS = 1500, 4
_CNN_PATH = re.compile(r"\d+|videos|article|index\.html|gallery|interactive|opinions")
_CNN_MARKS: Final = frozenset(
    "intl hnk scli vpx orig nr pkg lon ctrp ath cnn wellness spt dg lead sot lcl ebof tsr ac newday cprog".split()
)
# Publishers that write of one thing, in Google News' captures.
_PUBLISHERS: Final = (
    ("The Verge;TechCrunch;9to5Google;9to5Mac;Engadget;MacRumors;Ars Technica;Android Authority;WIRED;CNET;Wccftech", (13,)),
    ("PhoneArena;Gizmodo;Notebookcheck;SamMobile;GSMArena.com;ZDNET;bgr.com;Android Police;Android Central", (13,)),
    ("VideoCardz.com;Windows Central;The Hacker News;theregister.com;Space;AppleInsider;TechPowerUp", (13,)),
    ("BleepingComputer;The Information;Futurism", (13,)),
    ("Yahoo Finance;Investor's Business Daily;MarketWatch;Barron's;Bloomberg.com;Seeking Alpha;TipRanks", (4,)),
    ("Investopedia;The Motley Fool;Investing.com;thestreet.com;CoinDesk;Financial Times", (4,)),
    ("Crude Oil Prices Today | OilPrice.com", (4,)),
    ("Deadline;Variety;Rolling Stone;The Hollywood Reporter;TMZ;hollywoodreporter.com", (1,)),
    ("ESPN;Bleacher Report;Sports Illustrated;The Athletic", (15,)),
    ("FOX Weather;The Weather Channel", (17,)),
    ("Institute for the Study of War;Military Times", (16,)),
    ("statnews.com;STAT", (7,)),
    ("Politico;The Hill;politico.eu;Democracy Docket", (11,)),
    ("Vatican News", (12,)),
    ("The Kyiv Independent;Kyiv Post;The Times of Israel;Al Jazeera;The Jerusalem Post", _FROM_ABROAD),
)  # fmt: skip
_PUBLISHER_MOST: Final = 350
# A sentence's end, or a paragraph's; shorter pieces are no news.
_PIECE = re.compile(r"\n+|(?<=[.!?]) (?=[A-Z])")
_PIECE_LEAST, _SNIPPETS = 40, 4


@dataclass(frozen=True, slots=True)
class Row:
    """`topics` are those of which one is right; `part` is train, calibrate or test."""

    title: str
    text: str
    topics: frozenset[str]
    source: str
    part: str = "train"

    @property
    def weight(self) -> float:
        return WEIGHTS[self.source] * fmean(FEWER.get(topic, 1.0) for topic in self.topics)


def codes(*numbers: int) -> frozenset[str]:
    return frozenset(f"medtop:{number:02d}000000" for number in numbers)


def read(data: Path) -> list[Row]:
    """All rows under `data`, the same and in the same order each time."""
    by_editors = list(labelled(data))
    rows = [*by_editors, *_snippets(by_editors), *_addresses(data), *_publishers(data), *_taxonomy(data)]
    rows += [*written(), *judged(data)]
    return [_narrowed(row) if row.part == "train" else row for row in rows]


def _narrowed(row: Row) -> Row:
    if len(row.topics) == 1:
        return row
    said = {topic for word in words(f"{row.title} {row.text}") for topic in seeds().get(word, ())}
    return replace(row, topics=(row.topics & said) or row.topics)


def items() -> Iterator[list[str]]:
    """The columns of what we wrote."""
    return _lines(WRITTEN)


def _lines(path: Path) -> Iterator[list[str]]:
    """The columns of each line but the first."""
    return (line.split("\t") for line in path.read_text("utf-8").splitlines()[1:])


def written() -> Iterator[Row]:
    """What we wrote; one in five is tested on."""
    for numbers, _, title, text in items():
        yield from _each(numbers, title, text, "written", part_of("written", {}, title))


def judged(data: Path) -> Iterator[Row]:
    """Front pages' headlines that we judged. Half of those drawn by chance is tested on; none that was drawn as doubtful."""
    known = {key: (drawn, numbers) for key, drawn, numbers in _lines(JUDGED)}
    for title in sorted(_front_pages(data)):
        drawn, numbers = known.get(hashlib.blake2b(title.encode(), digest_size=6).hexdigest(), ("", ""))
        part = part_of("judged", {}, title) if drawn == "random" else "train"
        yield from _each(numbers, title, "", "judged", part)


def _front_pages(data: Path) -> set[str]:
    """Every headline of Google News, and of the front pages of BBC and New York Times."""
    google = jsonl.rows(data / "stream/google_news_top_captures.jsonl.gz")
    others = jsonl.rows(data / "stream/newsflow_bbc_nyt_captures.jsonl.gz")
    titles = {title for capture in google for title, _ in capture["items"]}
    titles.update(title for capture in others for _, title, _ in capture["items"])
    return {title.strip() for title in titles}


def _each(numbers: str, title: str, text: str, source: str, part: str) -> Iterator[Row]:
    """Of several topics each is right: a row for each to train on, one row with all to test on."""
    right = [codes(int(number)) for number in numbers.split()]
    for topics in right if part == "train" or not right else [frozenset[str]().union(*right)]:
        yield Row(title, text, topics, source, part)


def part_of(source: str, row: dict[str, Any], title: str) -> str:
    """By a hash of the title, so that repeated articles stay on one side. Half of BBC is tested on."""
    if source == "agnews" or row.get("split") == "dev":
        return "test"
    if source in {"masakhanews", "uci_news_aggregator"}:
        return "train"  # UCI's rows are many headlines of 61 stories: they say nothing about new stories
    draw = zlib.crc32(title.casefold().encode()) % 10
    return "train" if draw < (5 if source in {"bbc", "judged"} else 8) else "test"


def labelled(data: Path) -> Iterator[Row]:
    """Rows whose label maps to topics by label_to_iptc_top.json; "WORLD NEWS" and the like are trained on only."""
    labels = json.loads((data / "topic/label_to_iptc_top.json").read_text())["map"]
    for source, (path, label, head, body) in SETS.items():
        for row in jsonl.rows(data / path):
            part = part_of(source, row, row[head])
            mapped = frozenset(labels[source].get(row[label]) or ())
            if not mapped and part == "train":
                mapped = codes(*_UNMAPPED.get(row[label], ()))
            if mapped:
                yield Row(row[head], row.get(body, ""), mapped, source, part)


def _snippets(rows: Iterable[Row]) -> Iterator[Row]:
    """Pieces of the full articles that are trained on: many outlets send no more than a headline and a sentence."""
    draw = random.Random(SEED)  # noqa: S311 - a draw of rows, no secret
    for row in rows:
        if row.part != "train" or row.source not in {"bbc", "masakhanews"}:
            continue
        parts = [part for part in _PIECE.split(row.text) if len(part) > _PIECE_LEAST]
        pairs = [" ".join(parts[n : n + 2]) for n in range(0, len(parts), 2)]
        yield Row(row.title, "", row.topics, "snippet")
        yield from (Row(row.title, pair, row.topics, "snippet") for pair in pairs[:1])
        rest = draw.sample(pairs[1:], min(_SNIPPETS, len(pairs[1:])))
        yield from (Row("", pair, row.topics, "snippet") for pair in rest)


def _addresses(data: Path) -> Iterator[Row]:
    """A headline from the words of each CNN address, labelled by its section."""
    found: dict[str, str] = {}
    for row in jsonl.rows(data / "stream/topnews_urls.jsonl.gz"):
        if "cnn.com/" not in row["url"] or "live-news" in row["url"] or "underscored" in row["url"]:
            continue
        path = row["url"].split("cnn.com/", 1)[1].split("?")[0].strip("/").split("/")
        parts = [part for part in path if not _CNN_PATH.fullmatch(part)]
        slug = re.sub(r"\.(cnn.*|html)$", "", parts[-1]) if len(parts) > 1 else ""
        spoken = [word for word in slug.split("-") if word.isalpha() and word not in _CNN_MARKS]
        if len(spoken) >= _CNN_FEWEST_WORDS and parts[0] in _CNN:
            found.setdefault(" ".join(spoken), parts[0])
    for section in sorted(set(found.values())):
        titles = _some([title for title, where in found.items() if where == section], _CNN_MOST)
        yield from (Row(title, "", codes(*_CNN[section]), "cnn") for title in titles)


def _publishers(data: Path) -> Iterator[Row]:
    """Headlines of publishers that write of one thing."""
    about = {name: topics for names, topics in _PUBLISHERS for name in names.split(";")}
    found: dict[str, str] = {}
    for capture in jsonl.rows(data / "stream/google_news_top_captures.jsonl.gz"):
        for title, publisher in capture["items"]:
            if publisher in about:
                found.setdefault(title, publisher)
    for publisher in sorted(set(found.values())):
        titles = _some([title for title, who in found.items() if who == publisher], _PUBLISHER_MOST)
        yield from (Row(title, "", codes(*about[publisher]), "google") for title in titles)


def _taxonomy(data: Path) -> Iterator[Row]:
    """Names and definitions of the IPTC Media Topics themselves, by the term at their top."""
    for term in jsonl.rows(data / "topic/iptc_mediatopics_2023-10-24.jsonl.gz"):
        if not term["retired"]:
            yield Row(term["name"], term["definition"] or "", frozenset(term["path"][:1]), "iptc")


def _some(titles: list[str], most: int) -> list[str]:
    return random.Random(SEED).sample(titles, min(most, len(titles)))  # noqa: S311
