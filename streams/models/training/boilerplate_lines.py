"""The lines that the boilerplate model learns from: places, labels made by hand, features.

A label is `page, offset, reason, line`: page and line by their hash (`mark`), the offset one in the page's text before
anything was cut, the reason `keep` for a line that stays and `none` for a page with nothing to cut. No text is in the
repository. Two kinds of file: pages labelled whole (`benchmarks/truth*.tsv`) and single lines of others (`boilerplate.tsv`
beside this file), chosen where an earlier fit was unsure or against the rules, and some by chance.
"""

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from lxml import html

from newstide.records import RawArticle, pack
from streams.enrich import blocks, boilerplate, candidates, learned, lines, text, witnesses
from streams.enrich.learned import Index
from streams.enrich.sentences import sentences
from streams.enrich.tidy import tidy
from streams.models.training import jsonl

WHOLE = Path(__file__).parents[3] / "benchmarks"
# The pages labelled whole that are learned from, and those that no fit reads.
LEARNED, HELD = ("truth", "truth-held"), ("truth-web", "truth-fresh")
SOME = Path(__file__).with_suffix(".tsv").with_name("boilerplate.tsv")
SETS = {"zyte_article_extraction": "", "fundus_publishers": "", "trafilatura_eval": "", "goose3_tests": "goose:",
        "readability_testpages": "readability:"}  # fmt: skip
# Texts without pages: file, what its ids begin with, and where id, host and text are.
TEXTS = (
    ("stream/fakenewscorpus_sample", "fk:", "id", "domain", "content"),
    ("stream/webhose_2015_pt_sample", "wh:", "uuid", "url", "text"),
    ("cluster/fnc1_bodies.open", "fnc:", "body_id", "", "text"),
    ("topic/masakhanews_eng.train50_dev", "mk:", "url", "url", "text"),
)
CLASSES = ("keep", "related", "caption", "newsletter", "appeal", "share", "comments", "author", "agency", "ad", "cookie",
           "subscription", "tags", "hidden")  # fmt: skip
FIELDS = frozenset({"title", "byline", "date", "section"})
# What a line weighs that nobody labelled: one that the rules cut, and one that they leave.
CUT, LEFT = 0.7, 0.2


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


@cache
def labels(path: Path) -> dict[str, dict[str, str]]:
    """Page → line → reason, of one file of labels; a page with nothing to cut has an empty dictionary."""
    found: dict[str, dict[str, str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        page, _, reason, piece = line.split("\t")
        found.setdefault(page, {}).update({piece: reason} if reason != "none" else {})
    return found


def rows(data: Path) -> list[Row]:
    """The rows of all pages and texts, in their order. No page of a host that is held or has no label is read: blind sets are drawn from these."""
    out: list[Row] = []
    for page, url, body in _pages(data):
        out += _of_page(page, url, body)
    for page, site, told in _texts(data):
        out += _of_text(page, site, told)
    return out


def host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _pages(data: Path) -> Iterator[tuple[str, str, bytes]]:
    """(hash of the id, url, bytes) of the pages whose hosts have labels and are not held."""
    held = {page for name in HELD for page in labels(WHOLE / f"{name}.tsv")}
    found = []
    for name, prefix in SETS.items():
        for row in jsonl.rows(data / "extract" / f"{name}.open.jsonl.gz"):
            body = base64.b64decode(row["html_b64"]) if "html_b64" in row else row["html"].encode()
            page = mark(f"{prefix}{row['id']}")
            found.append((page, row.get("url") or address(body) or f"https://{page}.example/", body))
    closed = {host(url) for page, url, _ in found if page in held}
    known = whole().keys() | labels(SOME).keys()
    open_ = {host(url) for page, url, _ in found if page in known} - closed
    return (each for each in found if host(each[1]) in open_)


@cache
def whole() -> dict[str, dict[str, str]]:
    """Page → line → reason, of the pages labelled whole that are learned from."""
    return {page: lines for name in LEARNED for page, lines in labels(WHOLE / f"{name}.tsv").items()}


def address(body: bytes) -> str:
    """What a page says its address is, where its set does not."""
    links = html.document_fromstring(body).xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
    return next((link for link in links if link.startswith("http")), "")


def _texts(data: Path) -> Iterator[tuple[str, str, str]]:
    """(hash of the id, host, text) of the texts with labels."""
    known = labels(SOME)
    for name, prefix, key, site, body in TEXTS:
        for row in jsonl.rows(data / f"{name}.jsonl.gz"):
            page = mark(f"{prefix}{row[key] or row['title']}")
            if page in known:
                yield page, _site(row.get(site) or "") or page, row[body]


def _site(place: str) -> str:
    return host(place) if "/" in place else place


def _of_page(page: str, url: str, body: bytes) -> Iterator[Row]:
    raw = RawArticle(
        id="1", outlet="", url=url, fetched=datetime(2026, 11, 1, tzinfo=UTC), page=pack(body), page_type="text/html"
    )
    opened = text.opened_page(raw)
    if opened.tree is None:
        return
    told = witnesses.hear(raw, opened.facts)
    chooser = candidates.Chooser(opened.tree, opened.facts, "", told)
    verdict = chooser.chosen().verdict
    if verdict is None:
        return
    all_lines, reasons = verdict.lines, verdict.reasons
    found = learned.Lines(all_lines, reasons, blocks.by_line(chooser.blocks), chooser.labels)
    all_of, some = whole().get(page), labels(SOME).get(page, {})
    asked = set(found.asked())
    for number, line in enumerate(all_lines):
        reason = reasons[number]
        if reason in FIELDS or (not reason and number not in asked) or not line.strip():
            continue
        known = all_of.get(mark(line), "keep") if all_of is not None else some.get(mark(line))
        weight = 1.0 if known else CUT if reason else LEFT
        label = _class(known or reason or "keep")
        yield Row(host(url), found.features(number), label, weight, bool(reason), all_of is not None)
    yield from _alone(host(url), found)


def _of_text(page: str, site: str, body: str) -> Iterator[Row]:
    """The labelled lines of a text, as if each were a paragraph of a page."""
    verdict = boilerplate.judge(tidy(body))
    all_lines, reasons = verdict.lines, verdict.reasons
    known, found = labels(SOME)[page], learned.Lines(all_lines, reasons, _paragraphs(all_lines), {})
    for number, line in enumerate(all_lines):
        if why := known.get(mark(line)):
            yield Row(site, found.features(number), _class(why), 1.0, bool(reasons[number]), gold=False)


def _paragraphs(all_lines: list[str]) -> dict[str, blocks.Block]:
    root: Any = html.document_fromstring("<html><body></body></html>")
    for line in all_lines:
        html.etree.SubElement(root.find("body"), "p").text = line
    return blocks.by_line(blocks.read(root))


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
