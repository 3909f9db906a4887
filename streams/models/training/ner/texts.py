"""News without labels, for teachers to label and a student to read: which collection, under which licence."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from streams.models.training import jsonl
from streams.models.training.ner.sets import VARIANTS

Row = dict[str, Any]
# Characters that are read of one text, so that no long one outweighs the others.
_LONGEST = 6000
# Headlines are read twelve at a time, as one text; those of fewer words say too little.
_HEADLINES, _FEWEST_WORDS = 12, 5
_ENGLISH = frozenset(
    "a and at be by for from had has have he his in is it of on that the they to was were with".split()
)


@dataclass(frozen=True, slots=True)
class Collection:
    """One file. `texts` gives a row's texts; the first `most` of a random order are taken."""

    file: str
    licence: str
    variant: str
    texts: Callable[[Row], list[str]]
    most: int
    headlines: bool = False


def _whole(*keys: str) -> Callable[[Row], list[str]]:
    return lambda row: ["\n".join(row[key] for key in keys if row[key])]


def _sections(row: Row) -> list[str]:
    return ["\n".join([row["title"], *(p for section in row["sections"] for p in section["paragraphs"])])]


def _wire(row: Row) -> list[str]:
    """The newswire of 1987 breaks its lines; a paragraph begins with four blanks."""
    paragraphs = re.split(r"\n {4}", row["body"])
    return [f"{row['title']}\n{row['dateline'] or ''} " + "\n".join(p.replace("\n", " ") for p in paragraphs)]


def _tokens(row: Row) -> list[str]:
    return [re.sub(r" (?=[.,;:!?]|'s\b)", "", "\n".join(row["sentences"]))]


COLLECTIONS = {
    "ecb+": Collection("cluster/ecbplus.topics1-35", "CC BY 3.0, text publishers'", "open", _tokens, 1000),
    "google news headlines": Collection(
        "stream/google_news_top_captures", "MIT, headlines publishers'", "open", lambda r: [h for h, _ in r["items"]], 18_000, True
    ),
    "front pages": Collection(
        "stream/newsflow_bbc_nyt_captures", "MIT, headlines publishers'", "open", lambda r: [i[1] for i in r["items"]], 18_000, True
    ),
    "publishers' pages": Collection("extract/fundus_publishers.open", "MIT, text publishers'", "open", _sections, 200),
    "zyte": Collection("extract/zyte_article_extraction.open", "MIT, text publishers'", "open", _whole("articleBody"), 200),
    "huffpost": Collection(
        "topic/huffpost_subset.open", "open, unconfirmed; text publishers'", "open", _whole("headline", "short_description"), 7000
    ),
    "bbc": Collection("topic/bbc_news.open", "for research only", "research", _whole("title", "text"), 1600),
    "masakhanews": Collection(
        "topic/masakhanews_eng.train50_dev", "non-commercial, unconfirmed", "research", _whole("title", "text"), 800
    ),
    "reuters-21578": Collection("stream/reuters21578_stream", "for research only", "research", _wire, 4500),
}  # fmt: skip


def read(data: Path, variant: str, seed: int = 1) -> dict[str, list[str]]:
    """English texts by collection, as the variant's licences allow."""
    allowed = VARIANTS[: VARIANTS.index(variant) + 1]
    return {
        name: _taken(collection, data / f"{collection.file}.jsonl.gz", seed)
        for name, collection in COLLECTIONS.items()
        if collection.variant in allowed
    }


def _taken(collection: Collection, path: Path, seed: int) -> list[str]:
    found = sorted({text[:_LONGEST] for row in jsonl.rows(path) for text in collection.texts(row)})
    if collection.headlines:
        found = [text for text in found if len(text.split()) >= _FEWEST_WORDS]
    else:
        found = [text for text in found if _english(text)]
    order = np.random.default_rng(seed).permutation(len(found))
    found = [found[at] for at in order[: collection.most]]
    if collection.headlines:
        return ["\n".join(found[at : at + _HEADLINES]) for at in range(0, len(found), _HEADLINES)]
    return found


def _english(text: str) -> bool:
    """Is a fifth of its words small English ones? For a text of a few words this says little, and lets it pass."""
    words = re.findall(r"[a-z]+", text.lower())
    return len(words) < 40 or sum(word in _ENGLISH for word in words) * 5 > len(words)
