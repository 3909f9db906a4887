"""python -m benchmarks.quality: the table of docs/quality.md on the text of pages, made again from the data.

Exit code 1 where a number of ours is more than .003 below the one that stands in the docs, but for the rate, which
depends on the machine; 2 where the data is not there. Rivals that are not installed are left out.
"""

import logging
import re
import sys
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

from benchmarks import pages, truth

DOCS = Path(__file__).parents[1] / "docs" / "quality.md"
TOLERANCE = 0.003
RIVALS = ("newstide", "trafilatura", "newspaper4k", "readability-lxml")
_ROW = re.compile(r"^\| (?P<name>[^|]+?) \| (?P<ours>-?[\d.]+) \|", re.MULTILINE)
Cell = float | None


def rows() -> dict[str, Callable[[str], Cell]]:
    """Each measure, as a function of whose text it is; higher is better."""
    return {
        "Zyte, 4-gram F1": lambda who: _score(who, pages.zyte, pages.shingle_f1),
        "Zyte, held half": lambda who: _score(who, pages.zyte, pages.shingle_f1, held=True),
        "publishers' pages, 4-gram F1": lambda who: _score(who, pages.fundus, pages.shingle_f1),
        "publishers' pages, held half": lambda who: _score(who, pages.fundus, pages.shingle_f1, held=True),
        "trafilatura's pages, its own F": lambda who: _score(who, pages.segments, pages.segment_f1),
        "trafilatura's pages, held half": lambda who: _score(who, pages.segments, pages.segment_f1, held=True),
        "broken characters where the charset is unknown (negative)": _broken,
        "pages/s as a share of trafilatura's, Zyte": _rate,
        "title equal": lambda who: _meta(who, "title"),
        "title among those of the page, the truth too": lambda who: _meta(who, "known_title"),
        "date to the minute": lambda who: _meta(who, "date"),
        "authors F1": lambda who: _meta(who, "authors"),
        "in-text boilerplate, pages learned from, precision": lambda who: _cut(who, "truth", 0),
        "in-text boilerplate, pages learned from, recall": lambda who: _cut(who, "truth", 1),
        "in-text boilerplate, news of unseen hosts, precision": lambda who: _cut(who, "truth-fresh", 0),
        "in-text boilerplate, news of unseen hosts, recall": lambda who: _cut(who, "truth-fresh", 1),
        "in-text boilerplate, no news pages, precision": lambda who: _cut(who, "truth-web", 0),
        "in-text boilerplate, no news pages, recall": lambda who: _cut(who, "truth-web", 1),
    }


def _score(who: str, source: pages.Source, score: pages.Score, *, held: bool = False) -> Cell:
    if who not in pages.extractors():
        return None
    return score([pair for pair in pages.extracted(who, source) if pair[0].held or not held])


def _cut(who: str, name: str, which: int) -> Cell:
    return truth.scores(name)[which] if who == "newstide" else None


def _broken(who: str) -> Cell:
    """Of those that are given bytes."""
    if who not in {"newstide", "trafilatura"}:
        return None
    return 0.0 - pages.broken(pages.extracted(who, pages.segments))


def _rate(who: str) -> Cell:
    if who not in pages.extractors():
        return None
    return pages.seconds(pages.zyte)["trafilatura"] / pages.seconds(pages.zyte)[who]


@cache
def _metadata() -> pages.Metadata:
    return pages.metadata()


def _meta(who: str, field: str) -> Cell:
    if who != "newstide":
        return None
    found = _metadata()
    return found.authors if field == "authors" else getattr(found, field) / found.pages


def committed() -> dict[str, float]:
    """Our numbers as they stand in the docs."""
    return {match["name"]: float(match["ours"]) for match in _ROW.finditer(DOCS.read_text(encoding="utf-8"))}


def main() -> int:
    logging.disable(logging.CRITICAL)  # the rivals report each page that breaks them
    warnings.simplefilter("ignore")
    least_of = committed()
    print("| measure | " + " | ".join(RIVALS) + " |")
    print("|---" * (len(RIVALS) + 1) + "|")
    fallen = []
    for name, measure in rows().items():
        cells = [measure(who) for who in RIVALS]
        print(f"| {name} | " + " | ".join("–" if cell is None else f"{cell:.3f}" for cell in cells) + " |", flush=True)
        least = least_of.get(name, float("-inf")) - TOLERANCE
        if cells[0] is not None and cells[0] < least and measure is not _rate:
            fallen.append(f"{name}: {cells[0]:.3f}, committed {least_of[name]:.3f}")
    found = _metadata()
    alone = ", ".join(f"{who} {count / found.pages:.3f}" for who, count in found.alone.most_common())
    print(f"\ntitle equal, were one witness asked alone: {alone}")
    for line in fallen:
        print(f"fell: {line}", file=sys.stderr)
    return int(bool(fallen))


if __name__ == "__main__":
    if not pages.DATA.exists():
        print("needs ../shared/data/extract", file=sys.stderr)
        sys.exit(2)
    sys.exit(main())
