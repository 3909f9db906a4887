"""The lines that the boilerplate model learns from: places, labels made by hand, features.

A label is `page, offset, reason, line`: page and line by their hash (`mark`), the offset one in the page's text before
anything was cut, the reason `keep` for a line that stays and `none` for a page with nothing to cut. No text of theirs is
in the repository. Two kinds of file: pages labelled whole (`benchmarks/truth*.tsv`) and single lines of others
(`boilerplate.tsv` beside this file), chosen where an earlier fit was unsure or against the rules, and some by chance.

A third file holds lines written for the purpose (`boilerplate_written.tsv`: reason, language, line), from knowledge of the world's news sites;
they have a wording and no place. Clean texts, whose lines nobody labelled, are news that stays.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np
from lxml import html

from newstide.records import RawArticle, pack
from streams.enrich import blocks, boilerplate, candidates, learned, lines, text, witnesses
from streams.enrich.sentences import sentences
from streams.enrich.tidy import tidy
from streams.enrich.wording import Group, Index
from streams.models.training import jsonl

WHOLE = Path(__file__).parents[3] / "benchmarks"
# The pages labelled whole that are learned from, and those that no fit reads.
LEARNED, HELD = ("truth", "truth-held"), ("truth-web", "truth-fresh")
SOME = Path(__file__).with_suffix(".tsv").with_name("boilerplate.tsv")
SETS = {"zyte_article_extraction": "", "fundus_publishers": "", "trafilatura_eval": "", "goose3_tests": "goose:",
        "readability_testpages": "readability:"}  # fmt: skip
WRITTEN = SOME.with_name("boilerplate_written.tsv")
# Texts without pages: file, what its ids begin with, where id, host and text are, and of how many texts one is read; `None`: those with labels.
TEXTS = (
    ("stream/fakenewscorpus_sample", "fk:", "id", "domain", "content", None),
    ("stream/webhose_2015_pt_sample", "wh:", "uuid", "url", "text", None),
    ("cluster/fnc1_bodies.open", "fnc:", "body_id", "", "text", 1),
    ("topic/masakhanews_eng.train50_dev", "mk:", "url", "url", "text", 1),
    ("topic/bbc_news.open", "bbc:", "id", "", "text", 1),
    ("stream/reuters21578_stream", "re:", "id", "", "body", 4),
)
CLASSES = ("keep", "related", "caption", "newsletter", "appeal", "share", "comments", "author", "agency", "ad", "cookie",
           "subscription", "tags", "hidden")  # fmt: skip
FIELDS = frozenset({"title", "byline", "date", "section"})
# What a line weighs that nobody labelled: one that the rules cut, one that they leave, one of a clean text; and each line
# of a page once more, read as if there were no page. A written line counts twice: by itself, and in the place of a line that stays.
CUT, LEFT, CLEAN, BARE = 0.7, 0.2, 0.15, 0.4
BY_ITSELF, PLACED, SEED = 0.3, 0.5, 0
# Between such paragraphs a written line is judged.
_PROSE = ["The council decided on its agenda after a long debate about the harbour, the mayor told reporters."] * 8
Features = tuple[Index, ...]


class Row(NamedTuple):
    """A line: its class, what it weighs, and whether a rule cut it.

    `seen`: how it may be counted: "page" and "text" (of a page labelled whole, with its markup and without),
    "written", "clean" (of weight 0), "" not.
    """

    host: str
    features: Features
    label: int
    weight: float
    cut: bool
    seen: str = ""


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
    """The rows of all pages, texts and written lines, in their order. No page of a host that is held or has no label is read: blind sets are drawn from these."""
    out: list[Row] = []
    for page, url, body in _pages(data):
        out += _of_page(page, url, body)
    for page, site, told, known in _texts(data):
        out += _of_text(page, site, told, known)
    return [*out, *written([row.features[_PLACE] for row in out if row.seen == "text" and not (row.label or row.cut)])]


def written(places: Sequence[Index], path: Path = WRITTEN) -> list[Row]:
    """Lines written for the purpose, each a host of its own, by themselves and in places drawn from these of a text alone.

    What they say is to be told in the middle of news as well; a page's markup, in which they never stood, learns nothing from them.
    """
    found = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    spoken = list(_each([*learned.spoken([line for *_, line in found]), _NOTHING, _NOTHING], len(found)))
    drawn = np.random.default_rng(SEED).integers(len(places), size=len(found))
    out: list[Row] = []
    for (reason, _, line), features, at in zip(found, spoken, drawn, strict=True):
        placed = (*features[:_PLACE], places[at], features[-1])
        by_itself = Row(mark(line), features, _class(reason), BY_ITSELF, _by_rules(line))
        out += [by_itself, by_itself._replace(features=placed, weight=PLACED, seen="written")]
    return out


def _by_rules(line: str) -> bool:
    """Do the rules cut it in the middle of a text?"""
    verdict = boilerplate.judge("\n".join([*_PROSE, line, *_PROSE]))
    return bool(verdict.reasons[len(_PROSE)] or verdict.pieces[len(_PROSE)])


_PLACE = 3  # the group of features that tells where a line stands
_NOTHING: Group = (np.zeros(0, np.int64), np.zeros(0, np.int64))


def _each(found: Sequence[Group], count: int) -> Iterator[Features]:
    """The features of each of so many lines."""
    if not count:
        return
    parts = []
    for index, line in found:
        order = np.argsort(line, kind="stable")
        parts.append(np.split(index[order], np.cumsum(np.bincount(line, minlength=count))[:-1]))
    yield from zip(*parts, strict=True)


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


def _texts(data: Path) -> Iterator[tuple[str, str, str, dict[str, str] | None]]:
    """(hash of the id, host, text, labels of its lines); None for a clean text, whose lines have none."""
    known = labels(SOME)
    for name, prefix, key, site, body, every in TEXTS:
        for number, row in enumerate(jsonl.rows(data / f"{name}.jsonl.gz")):
            page = mark(f"{prefix}{row.get(key) or row['title']}")
            if page in known or (every and number % every == 0):
                # Reuters' lines are broken; its paragraphs begin with spaces.
                told = re.sub(r"\r?\n(?! )", " ", row[body]) if prefix == "re:" else row[body]
                yield page, _site(row.get(site) or "") or page, told, known.get(page)


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
    numbers = [
        number
        for number, line in enumerate(all_lines)
        if line.strip() and reasons[number] not in FIELDS and (reasons[number] or number in asked)
    ]
    bare = learned.Lines(all_lines, reasons, {}, {})
    for seen, read, share in (("page", found, 1.0), ("text", bare, BARE)):
        for number, features in zip(numbers, _each(read.features(numbers), len(numbers)), strict=True):
            line, reason = all_lines[number], reasons[number]
            known = all_of.get(mark(line), "keep") if all_of is not None else some.get(mark(line))
            weight = share * (1.0 if known else CUT if reason else LEFT)
            label = _class(known or reason or "keep")
            yield Row(host(url), features, label, weight, bool(reason), seen if all_of is not None else "")
    yield from _alone(host(url), found)


def _of_text(page: str, site: str, body: str, known: dict[str, str] | None) -> Iterator[Row]:
    """The labelled lines of a text, or those of a clean one: half of these texts are only counted."""
    verdict = boilerplate.judge(tidy(body))
    all_lines, reasons = verdict.lines, verdict.reasons
    found = learned.Lines(all_lines, reasons, {}, {})
    asked, only_counted = set(found.asked()), known is None and int(page, 16) % 2 == 1
    numbers = [n for n, line in enumerate(all_lines) if (n in asked if known is None else mark(line) in known)]
    for number, features in zip(numbers, _each(found.features(numbers), len(numbers)), strict=True):
        if known is not None:
            yield Row(site, features, _class(known[mark(all_lines[number])]), 1.0, bool(reasons[number]))
        else:
            yield Row(page, features, 0, 0.0 if only_counted else CLEAN, cut=False, seen="clean" * only_counted)


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
            (features,) = _each(then.features([number + 2]), 1)
            yield Row(site, features, 0, LEFT, cut=False)


def _class(reason: str) -> int:
    if reason in FIELDS:
        return 0
    return CLASSES.index(reason) if reason in CLASSES else CLASSES.index("related")
