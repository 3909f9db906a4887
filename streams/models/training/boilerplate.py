"""Trains streams/models/boilerplate.npz: `python -m streams.models.training.boilerplate --data ../shared/data`.

A softmax regression (`streams/enrich/learned.py`) on the lines that the rules leave and those that they cut: labels by
hand where a page has them (`benchmarks/truth.tsv`, `boilerplate.tsv` beside this file), elsewhere what the rules say.
No page of a host of the held sets (`truth-held.tsv`, `truth-web.tsv`) is read. Prints what cross-validation by host
finds on the pages labelled whole. Deterministic: one seed.
"""

import argparse
import base64
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np

from newstide.records import RawArticle, pack
from streams.enrich import boilerplate, candidates, learned, lines, text, witnesses
from streams.enrich.blocks import by_line
from streams.enrich.learned import BUCKETS, Index, Model
from streams.enrich.sentences import sentences
from streams.models.training import jsonl

OUT = Path(__file__).parents[1] / "boilerplate.npz"
LABELS = Path(__file__).parents[3] / "benchmarks"
SETS = ("zyte_article_extraction", "fundus_publishers", "trafilatura_eval", "goose3_tests")
CLASSES = ("keep", "related", "caption", "newsletter", "appeal", "share", "comments", "author", "agency", "ad", "cookie",
           "subscription", "tags", "hidden")  # fmt: skip
FIELDS = frozenset({"title", "byline", "date", "section"})
# What a line weighs that nobody labelled: one that the rules cut, and one that they leave.
CUT, LEFT = 0.7, 0.2
EPOCHS, BATCH, RATE, START, DECAY, SEED, FOLDS = 8, 32, 0.3, 1e-2, 1e-5, 0, 5


class Row(NamedTuple):
    """A line: its class, what it weighs, and whether a rule cut it; `gold` where its page is labelled whole."""

    host: str
    features: Index
    label: int
    weight: float
    cut: bool
    gold: bool


def mark(piece: str) -> str:
    """The hash by which labels know a line or a page."""
    return hashlib.sha256(lines.bare(piece).encode()).hexdigest()[:10]


def labels(path: Path) -> dict[str, dict[str, str]]:
    """Page (its id and its hash) → mark of the line → reason, of a file of `page, offset, reason, mark`."""
    found: dict[str, dict[str, str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        page, _, reason, piece = line.split("\t")
        for name in (page, mark(page)):  # some are named by their hash
            found.setdefault(name, {}).update({piece: reason} if reason != "none" else {})
    return found


def host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def pages(data: Path) -> Iterator[tuple[str, str, bytes]]:
    """(hash of the id, url, bytes) of the pages whose hosts are not held."""
    held = labels(LABELS / "truth-held.tsv").keys() | labels(LABELS / "truth-web.tsv").keys()
    found = []
    for name in SETS:
        for row in jsonl.rows(data / "extract" / f"{name}.open.jsonl.gz"):
            body = base64.b64decode(row["html_b64"]) if "html_b64" in row else row["html"].encode()
            page = f"goose:{row['id']}" if name.startswith("goose") else row["id"]
            found.append((mark(page), row["url"] or "https://outlet.example/", body))
    closed = {host(url) for page, url, _ in found if page in held}
    return (each for each in found if host(each[1]) not in closed)


def read(data: Path) -> list[Row]:
    """The rows of all pages, in their order."""
    whole = labels(LABELS / "truth.tsv")
    some = labels(Path(__file__).with_suffix(".tsv"))
    out: list[Row] = []
    for page, url, body in pages(data):
        out += _rows(url, body, whole.get(page), some.get(page, {}))
    return out


def _rows(url: str, body: bytes, whole: dict[str, str] | None, some: dict[str, str]) -> Iterator[Row]:
    raw = RawArticle(
        id="1", outlet="", url=url, fetched=datetime(2026, 11, 1, tzinfo=UTC), page=pack(body), page_type="text/html"
    )
    page = text.opened_page(raw)
    if page.tree is None:
        return
    told = witnesses.hear(raw, page.facts)
    chooser = candidates.Chooser(page.tree, page.facts, "", told)
    best = chooser.chosen()
    all_lines = boilerplate.restore(best.text, best.removed).split("\n")
    reasons, _ = boilerplate.judged(all_lines, lines.Places(all_lines, told.titles, told.author), chooser.labels, ())
    found = learned.Lines(all_lines, reasons, by_line(chooser.blocks), chooser.labels)
    asked = set(found.asked())
    for number, line in enumerate(all_lines):
        reason = reasons[number]
        if reason in FIELDS or (not reason and number not in asked) or not line.strip():
            continue
        known = whole.get(mark(line), "keep") if whole is not None else some.get(mark(line))
        weight = 1.0 if known else CUT if reason else LEFT
        label = _class(known or reason or "keep")
        yield Row(host(url), found.features(number), label, weight, bool(reason), whole is not None)
    yield from _alone(host(url), found)


def _alone(site: str, page: learned.Lines) -> Iterator[Row]:
    """The last sentence of each paragraph, as if it stood alone at the end behind a reference: place alone cuts nothing."""
    gone = next((line for line, why in zip(page.lines, page.reasons, strict=True) if why == "related"), "")
    for number in page.asked():
        spans = sentences(page.lines[number])
        if len(spans) > 1:
            start, end = spans[-1]
            lines_then = [*page.lines[: number + 1], gone, page.lines[number][start:end]]
            reasons = [*page.reasons[: number + 1], "related", None]
            then = learned.Lines(lines_then, reasons, page.known, page.labels)
            then.blocks[-1] = page.blocks[number]
            yield Row(site, then.features(number + 2), 0, LEFT, cut=False, gold=False)


def _class(reason: str) -> int:
    if reason in FIELDS:
        return 0
    return CLASSES.index(reason) if reason in CLASSES else CLASSES.index("related")


def fit(rows: Sequence[Row]) -> Model:
    """By Adagrad; weights rounded to int8, a class with a scale of its own."""
    draw = np.random.default_rng(SEED)
    label, weight = np.array([row.label for row in rows]), np.array([row.weight for row in rows])
    weights, bias = np.zeros((BUCKETS, len(CLASSES)), np.float32), np.zeros(len(CLASSES), np.float32)
    squares, bias_squares = np.full_like(weights, START), np.full_like(bias, START)
    for _ in range(EPOCHS):
        for chunk in np.array_split(draw.permutation(len(rows)), len(rows) // BATCH + 1):
            index = np.concatenate([rows[row].features for row in chunk])
            sizes = np.array([len(rows[row].features) for row in chunk])
            share = (1 / np.sqrt(np.repeat(sizes, sizes)))[:, None]
            logits = np.add.reduceat(weights[index] * share, np.cumsum(sizes) - sizes) + bias
            wrong = np.exp(logits - logits.max(1, keepdims=True))
            wrong /= wrong.sum(1, keepdims=True)
            wrong[np.arange(len(chunk)), label[chunk]] -= 1
            wrong *= weight[chunk][:, None]
            order = np.argsort(index, kind="stable")
            touched, firsts = np.unique(index[order], return_index=True)
            slope = np.add.reduceat((np.repeat(wrong, sizes, axis=0) * share)[order], firsts)
            slope += DECAY * len(chunk) * weights[touched]
            squares[touched] += slope * slope
            weights[touched] -= RATE * slope / np.sqrt(squares[touched])
            bias_squares += wrong.sum(0) ** 2
            bias -= RATE * wrong.sum(0) / np.sqrt(bias_squares)
    scale = np.abs(weights).max(0) / 127
    return Model(CLASSES, np.round(weights / scale).astype(np.int8), scale, bias.astype(np.float32))


def report(rows: Sequence[Row]) -> None:
    """Lines right and wrong by the rules, and what a witness that never saw the host adds to them, by its threshold."""
    fold = np.array([zlib.crc32(row.host.encode()) % FOLDS for row in rows])
    sure, chosen = np.zeros(len(rows)), np.zeros(len(rows), int)
    for number in range(FOLDS):
        tested = [at for at, row in enumerate(rows) if row.gold and fold[at] == number]
        known = fit([row for row, each in zip(rows, fold, strict=True) if each != number])
        chances = known.chances([rows[at].features for at in tested])
        sure[tested], chosen[tested] = 1 - chances[:, 0], 1 + chances[:, 1:].argmax(1)
    right = sum(row.gold and row.cut and row.label > 0 for row in rows)
    wrong = sum(row.gold and row.cut and row.label == 0 for row in rows)
    left = [at for at, row in enumerate(rows) if row.gold and not row.cut]
    missed = sum(rows[at].label > 0 for at in left)
    print(f"rules: right {right}, wrong {wrong}, missed {missed}")
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        cut = [at for at in left if sure[at] >= threshold]
        more = sum(rows[at].label > 0 for at in cut)
        named = sum(rows[at].label == chosen[at] for at in cut)
        precision, recall = (right + more) / (right + wrong + len(cut)), (right + more) / (right + missed)
        print(
            f"from {threshold}: {more} of {len(cut)} more are right, {named} by their reason too, P {precision:.3f} R {recall:.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    args = parser.parse_args()
    rows = read(args.data)
    print(f"{len(rows)} lines, {sum(row.weight == 1 for row in rows)} of them labelled by hand")
    report(rows)
    made = fit(rows)
    np.savez_compressed(OUT, classes=np.array(CLASSES), weights=made.weights, scale=made.scale, bias=made.bias)
    print(f"{OUT.name}: {OUT.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
