"""How good the text of pages is, beside others in the same run: trafilatura, newspaper4k, readability-lxml.

Needs `../shared/data/extract`, and for the rivals `pip install '.[rivals]'`; a rival that is not installed is left out.
Soft hyphens and letters in pieces, which no reader sees, are evened in all texts and in what they are held against.
`tune` and `held` are halves by the CRC-32 of a page's id: only the first was looked at while rules were written.
"""

import base64
import html
import re
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from newstide.records import RawArticle, pack
from streams.enrich.text import Clean, clean
from streams.enrich.tidy import composed
from streams.models.training import boilerplate_lines, jsonl

DATA = Path(__file__).parents[2] / "shared" / "data" / "extract"
FETCHED = datetime(2026, 11, 1, tzinfo=UTC)
_TOKEN = re.compile(r"\w+")
# Titles are compared without what typesetting changes: kinds of quotation marks, of dashes, of spaces.
_ALIKE = str.maketrans(
    {**dict.fromkeys("’‘´`′", "'"), **dict.fromkeys("“”„«»″", '"'), **dict.fromkeys("–—―‒", "-")}
    | dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
)
Extractor = Callable[[bytes, str], str]
Source = Callable[[], Iterator["Page"]]
Score = Callable[[Iterable[tuple["Page", str]]], float]


@dataclass(frozen=True, slots=True)
class Page:
    """A page with what is known of it: `gold` text, or segments that must be `inside` and `outside`."""

    id: str
    url: str
    data: bytes
    gold: str = ""
    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    row: dict[str, Any] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        return zlib.crc32(self.id.encode()) % 2 == 1


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The rows of a data set. Raises FileNotFoundError where the data is not."""
    return jsonl.rows(DATA / f"{name}.open.jsonl.gz")


def zyte() -> Iterator[Page]:
    for row in rows("zyte_article_extraction"):
        yield Page(row["id"], row["url"], row["html"].encode(), row["articleBody"])


def fundus() -> Iterator[Page]:
    """The body is summary, headlines and paragraphs, as the publishers' own parsers give them."""
    for row in rows("fundus_publishers"):
        parts = list(row["summary"] or [])
        for section in row["sections"] or []:
            parts += [*section["headline"], *section["paragraphs"]]
        yield Page(row["id"], row["url"], row["html"].encode(), "\n".join(parts), row=row)


def segments() -> Iterator[Page]:
    """trafilatura's own pages; those without a usable label have their charset to be found out."""
    for row in rows("trafilatura_eval"):
        data = base64.b64decode(row["html_b64"]) if "html_b64" in row else row["html"].encode()
        yield Page(row["id"], row["url"], data, inside=tuple(row["with"]), outside=tuple(row["without"]), row=row)


def goose() -> Iterator[Page]:
    for row in rows("goose3_tests"):
        data = base64.b64decode(row["html_b64"]) if "html_b64" in row else row["html"].encode()
        yield Page(f"goose:{row['id']}", row["url"] or "https://outlet.example/", data)


def mozilla() -> Iterator[Page]:
    """Readability's test pages; their address is the first that they name themselves."""
    for row in rows("readability_testpages"):
        data = row["html"].encode()
        yield Page(f"readability:{row['id']}", boilerplate_lines.address(data) or "https://outlet.example/", data)


def claim(data: bytes) -> str:
    """The language that a page's markup names."""
    match = re.search(rb"<html[^>]*\blang=[\"']?([A-Za-z-]+)", data[:3000])
    return match[1].decode() if match else ""


def ours(data: bytes, url: str) -> str:
    found = cleaned(data, url, FETCHED)
    return found.text if found else ""


def cleaned(data: bytes, url: str, fetched: datetime) -> Clean | None:
    outlet = url.split("/")[2].removeprefix("www.") if url.count("/") > 1 else "outlet"
    raw = RawArticle(id="1", outlet=outlet, url=url, fetched=fetched, page=pack(data), page_type="text/html")
    found = clean(raw)
    return found if isinstance(found, Clean) else None


def trafilatura(data: bytes, url: str) -> str:
    from trafilatura import bare_extraction

    found = bare_extraction(data, url=url, include_comments=False, with_metadata=True)
    return (found.text or "") if found else ""


def newspaper(data: bytes, url: str) -> str:
    import newspaper as library

    article = library.Article(url, fetch_images=False)
    article.download(input_html=_decoded(data))
    article.parse()
    return str(article.text)


def readability(data: bytes, url: str) -> str:
    from lxml.html import fromstring
    from readability import Document

    return str(fromstring(Document(_decoded(data), url=url).summary()).text_content())


def _decoded(data: bytes) -> str:
    """For rivals that want characters: UTF-8, else the commonest other charset."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


@cache
def extractors() -> dict[str, Extractor]:
    """Us, and the rivals that are installed. Raises ImportError of one that is, and cannot be loaded."""
    found: dict[str, Extractor] = {"newstide": ours, "trafilatura": trafilatura}
    for name, module, extractor in (
        ("newspaper4k", "newspaper", newspaper),
        ("readability-lxml", "readability", readability),
    ):
        if find_spec(module):
            import_module(module)
            found[name] = extractor
    return found


@cache
def extracted(name: str, source: Source) -> list[tuple[Page, str]]:
    """An extractor's text of every page, "" of one that breaks it."""
    return [(page, _text(extractors()[name], page)) for page in source()]


@cache
def seconds(source: Source) -> dict[str, float]:
    """Processor seconds for the pages by extractor, when all have read them before.

    They take turns page by page, so that what else the machine does meets all alike.
    """
    found = {name: 0.0 for name in extractors() if extracted(name, source)}
    for page in source():
        for name, extractor in extractors().items():
            start = time.process_time()
            _text(extractor, page)
            found[name] += time.process_time() - start
    return found


def _text(extractor: Extractor, page: Page) -> str:
    try:
        return extractor(page.data, page.url)
    except Exception:  # noqa: BLE001 - a rival's failure is its score
        return ""


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _TOKEN.findall(composed(text))
    return Counter(
        [tuple(words)] if 0 < len(words) < 4 else list(zip(words, words[1:], words[2:], words[3:], strict=False))
    )


def shingle_f1(pairs: Iterable[tuple[Page, str]]) -> float:
    """Bags of four-token shingles: precision and recall of each page, their means, F1 of the means."""
    precisions, recalls = [], []
    for page, text in pairs:
        found, gold = shingles(text), shingles(page.gold)
        both = (found & gold).total()
        precisions.append(both / found.total() if found else float(not gold))
        recalls.append(both / gold.total() if gold else float(not found))
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 2 * precision * recall / (precision + recall)


def segment_f1(pairs: Iterable[tuple[Page, str]]) -> float:
    """trafilatura's own measure: segments that must be in the text and segments that must not."""
    right = wrong = missed = 0
    for page, given in pairs:
        text = composed(given)
        there = sum(composed(segment) in text for segment in page.inside)
        right, missed = right + there, missed + len(page.inside) - there
        wrong += sum(composed(segment) in text for segment in page.outside)
    return 2 * right / (2 * right + wrong + missed)


def broken(pairs: Iterable[tuple[Page, str]]) -> int:
    """Replacement characters and C1 controls in the texts of pages whose charset was unknown."""
    return sum(len(re.findall("[\ufffd\x80-\x9f]", text)) for page, text in pairs if "html_b64" in page.row)


@dataclass(slots=True)
class Metadata:
    """Right answers on the publishers' pages, of `pages`; `alone`: titles by one witness, had it been asked alone."""

    pages: int = 0
    alone: Counter[str] = field(default_factory=Counter)
    title: int = 0
    known_title: int = 0
    date: int = 0
    right: int = 0
    given: int = 0
    wanted: int = 0

    @property
    def authors(self) -> float:
        return 2 * self.right / (self.given + self.wanted)


def metadata(*, held: bool | None = None) -> Metadata:
    """`title` is equal but for spaces, invisible characters, and the kind of quotation marks and dashes; `known_title`:
    the truth is another title of the same page.
    """
    score = Metadata()
    for page in fundus():
        if held is None or page.held == held:
            _judge(score, page)
    return score


def _judge(score: Metadata, page: Page) -> None:
    crawled = datetime.fromisoformat(page.row["crawled"]).replace(tzinfo=UTC) + timedelta(hours=14)
    found = cleaned(page.data, page.url, crawled)
    score.pages += 1
    wanted = set(page.row["authors"] or [])
    score.wanted += len(wanted)
    if not found:
        return
    title = _even(page.row["title"])
    score.title += _even(found.title) == title
    said: dict[str, set[str]] = {}
    for w in found.extraction.witnesses:
        if w.field == "title":
            said.setdefault(w.source, set()).add(_even(w.value))
    score.alone.update(source for source, titles in said.items() if title in titles)
    score.known_title += _even(found.title) == title or any(title in titles for titles in said.values())
    given = {name for name in found.author.split(", ") if name}
    score.given += len(given)
    score.right += len(given & wanted)
    score.date += _same_minute(found.published, datetime.fromisoformat(page.row["publishing_date"]))


def _same_minute(found: datetime | None, truth: datetime) -> bool:
    """A truth without a zone is compared as a clock in any zone; at midnight without one, as a day."""
    if found is None:
        return False
    if truth.tzinfo:
        return abs((found - truth).total_seconds()) < 60
    apart = abs((found.replace(tzinfo=None) - truth).total_seconds())
    day = truth.hour == truth.minute == 0 and found.date() == truth.date()
    return day or (apart <= 14 * 3600 and apart % 900 < 60)


def _even(text: str) -> str:
    return " ".join(html.unescape(text).translate(_ALIKE).split())
