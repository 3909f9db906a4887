"""The sets that the encoder is trained and judged on: which part is which, under which licence, and cleaned.

What is reported is never trained on: no row, and no sentence of six tokens or more that also stands in a
reported part.
"""

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from streams.enrich.words import listed
from streams.models.training import jsonl

Part = Literal["train", "test"]
# Each variant trains on its own sets and on those of the variants before it.
VARIANTS = ("open", "noncommercial", "research")
_LONG_ENOUGH_TO_TELL = 6
# Their names stand by themselves: the Qatari airline Qatar Airways, the Kurdish Hawar News.
_FIRMS = frozenset(
    "Airlines Airways Broadcasting Company Corporation Group Holding Industries Media Motors Network News Newspaper".split()
)


@dataclass(frozen=True, slots=True)
class Source:
    """One file. `trained`: which values of a row's `split` are trained on, `""`: one document in five is not.
    `misc`: whether it marks what we call MISC (re3d's are nationalities and vehicles alone).
    """

    file: str
    licence: str
    variant: str
    trained: tuple[str, ...]
    misc: bool = True


SOURCES = {
    "worldwide": Source("worldwide_newswire.open", "no licence file (unclear)", "open", ("",)),
    "wnut17": Source("wnut17.train_dev", "CC BY 4.0", "open", ("train",)),
    "crossner_politics": Source("crossner_politics.train_dev", "MIT, text CC BY-SA", "open", ("train",)),
    "btc": Source("btc.open", "CC BY 4.0", "open", ("open",), misc=False),
    "ewt": Source("uner_en_ewt.dev", "CC BY-SA 4.0", "open", ("dev",), misc=False),
    "wikineural": Source("wikineural_en.val", "CC BY-NC-SA 4.0", "noncommercial", ("val",)),
    "conllpp": Source("conllpp.train_dev", "labels Apache-2.0, text for research only", "research", ("train",)),
    "wikigold": Source("wikigold.open", "CC BY 4.0", "", ()),
    "re3d": Source("re3d.open", "open, BBC part non-commercial", "", (), misc=False),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """As the set has it; `misc` False: the set does not mark MISC, so O may hide one."""

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    misc: bool = True


Document = list[Sentence]


def read(data: Path, variant: str) -> tuple[dict[str, list[Document]], dict[str, list[Document]]]:
    """What the variant trains on and what everything is judged on, as documents by set."""
    training: dict[str, list[Document]] = {}
    held: dict[str, list[Document]] = {}
    allowed = VARIANTS[: VARIANTS.index(variant) + 1]
    for name, source in SOURCES.items():
        parts = _documents(name, source, data / "ner" / f"{source.file}.jsonl.gz")
        if parts["test"]:
            held[name] = parts["test"]
        if source.variant in allowed:
            training[name] = parts["train"]
    seen = {s.tokens for documents in held.values() for d in documents for s in d}
    return {name: _unseen(documents, seen) for name, documents in training.items()}, held


def _documents(name: str, source: Source, path: Path) -> dict[Part, list[Document]]:
    parts: dict[Part, dict[str, Document]] = {"train": {}, "test": {}}
    for number, row in enumerate(jsonl.rows(path)):
        part = part_of(source, row)
        tags = joined(row) if name == "worldwide" and part == "train" else tuple(row["tags"])
        sentence = Sentence(tuple(row["tokens"]), tags, source.misc)
        parts[part].setdefault(row.get("doc") or f"row {number}", []).append(sentence)
    return {part: list(documents.values()) for part, documents in parts.items()}


def part_of(source: Source, row: dict[str, Any]) -> Part:
    if source.trained == ("",):
        return "test" if zlib.crc32(row["doc"].encode()) % 5 == 0 else "train"
    return "train" if row["split"] in source.trained else "test"


def _unseen(documents: list[Document], seen: set[tuple[str, ...]]) -> list[Document]:
    kept = [[s for s in d if len(s.tokens) < _LONG_ENOUGH_TO_TELL or s.tokens not in seen] for d in documents]
    return [d for d in kept if d]


def joined(row: dict[str, Any]) -> tuple[str, ...]:
    """The tags, with "Turkish" + "Foreign Ministry" made one organisation, as most sets and our ids have it."""
    tokens, tags = row["tokens"], list(row["tags"])
    for at in range(len(tags) - 1):
        if tags[at] == "B-MISC" and tags[at + 1] == "B-ORG" and tokens[at][0].isupper():
            end = at + 2
            while end < len(tags) and tags[end] == "I-ORG":
                end += 1
            if {tokens[at + 1], tokens[end - 1]} & (listed("org") - _FIRMS):
                tags[at], tags[at + 1] = "B-ORG", "I-ORG"
    return tuple(tags)
