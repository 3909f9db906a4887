"""Markup to text: fragments as feeds carry them, and pages as outlets serve them."""

import codecs
import html
import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from newstide.clock import to_millis

# Larger pages are refused: trafilatura's own limit, and nobody's article.
PAGE_LIMIT = 20_000_000
_TAGS = (
    "a|abbr|article|b|blockquote|body|br|code|div|em|figcaption|figure|font|footer|h[1-6]|head|header|hr|html|i|iframe"
    "|img|li|ol|p|pre|s|script|section|small|span|strong|style|sub|sup|table|tbody|td|th|title|tr|u|ul|video"
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>|<!--", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_DOCUMENT = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset=[\"']?([A-Za-z0-9_\-:.]{2,40})|<\?xml[^>]{0,200}?encoding=[\"']([A-Za-z0-9_\-]{2,40})"
)
_PUBLISHED = re.compile(
    r"<meta[^>]{0,200}?(?:article:published_time|datePublished|date\.issued|parsely-pub-date)[\"'][^>]{0,100}?content=[\"']([^\"']{10,40})"
    r"|\"datePublished\"\s*:\s*\"([^\"]{10,40})\"",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset({"script", "style", "noscript", "template", "iframe", "head", "svg"})


@dataclass(frozen=True, slots=True)
class Page:
    """What a page gave: `reason` says in a fixed phrase why `text` is empty, "" when it is not."""

    text: str = ""
    reason: str = ""
    title: str = ""
    author: str = ""
    published: datetime | None = None


def is_document(text: str) -> bool:
    """Is the text a whole page rather than a fragment?"""
    return _DOCUMENT.match(text) is not None


def from_fragment(text: str) -> str:
    """A feed's text without its markup; blocks become lines. Plain text comes back as it is."""
    if "<" in text and _TAG.search(text):
        return _without_tags(text)
    if "&" in text and _ENTITY.search(text):
        return html.unescape(text)
    return text


def _without_tags(text: str) -> str:
    from lxml import etree
    from lxml.html import HTMLParser

    data = f"<div>{text}</div>".encode("utf-8", "replace")
    root = etree.fromstring(data, HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True))
    found = "" if root is None else _text_of(root)
    # libxml2 gives up on nesting beyond 256: then the tags are simply taken out.
    return found if found.strip() else html.unescape(_TAG.sub("\n", text))


def _text_of(root: Any) -> str:
    from lxml import etree

    parts: list[str] = []
    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            silent += element.tag in _SILENT
            parts.append("\n" if element.tag in _BLOCKS else "")
            parts.append("" if silent else _joined(element.text))
        else:
            silent -= element.tag in _SILENT
            parts.append("\n" if element.tag in _BLOCKS else "")
            parts.append("" if silent else _joined(element.tail))
    return "".join(parts)


def _joined(text: str | None) -> str:
    """A line break in markup is a space."""
    return " ".join(text.split("\n")) if text else ""


def from_page(data: bytes, page_type: str | None, url: str, fetched: datetime, *, metadata: bool) -> Page:
    """The article of a page, extracted by trafilatura; with `metadata` also its title, author and date.

    Never raises for what the page is; `reason` is one of: too large, empty page, not html, no article,
    extraction failed.
    """
    if len(data) > PAGE_LIMIT:
        return Page(reason="too large")
    if not data.strip():
        return Page(reason="empty page")
    kind, header_charset = _content_type(page_type)
    if kind == "text/plain":
        return Page(text=_decoded(data, header_charset) or data.decode("utf-8", "replace"))
    if (kind and "html" not in kind and "xml" not in kind) or data.startswith(b"%PDF") or b"<" not in data:
        return Page(reason="not html")
    markup = _decoded(data, header_charset)
    return from_markup(data if markup is None else markup, url, fetched, metadata=metadata)


def from_markup(markup: str | bytes, url: str, fetched: datetime, *, metadata: bool) -> Page:
    """As `from_page`, from a page's markup; bytes where its charset could not be told."""
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs each page it discards
    try:
        found: Any = bare_extraction(
            markup,
            url=url or None,
            include_comments=False,
            include_tables=True,
            with_metadata=metadata,
            # Without a bound of ours htmldate asks the machine's clock, and the answer would change with it.
            date_extraction_params={
                "original_date": True,
                "extensive_search": False,
                "max_date": fetched.date().isoformat(),
            },
        )
    except Exception:  # noqa: BLE001 - a hostile page breaks parsers in ways nobody lists
        return Page(reason="extraction failed")
    if found is None:
        return Page(reason="no article")
    head = markup if isinstance(markup, str) else markup.decode("utf-8", "replace")
    published = _published(head[:200_000], found.date) if metadata else None
    text = found.text or ""
    return Page(text, "" if text.strip() else "no article", found.title or "", found.author or "", published)


def _content_type(page_type: str | None) -> tuple[str, str]:
    kind, _, rest = (page_type or "").partition(";")
    match = re.search(r"charset=[\"']?([\w\-:.]+)", rest, re.IGNORECASE)
    return kind.strip().lower(), match[1] if match else ""


def _decoded(data: bytes, header_charset: str) -> str | None:
    """By byte order mark, as UTF-8 if it is, by the header's charset, by the page's own; None: by guess."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(name, "replace")
    match = _CHARSET.search(data[:4096])
    own = (match[1] or match[2]).decode("ascii") if match else ""
    for charset in filter(None, ("utf-8", header_charset, own)):
        # The web's "latin-1" means windows-1252 (WHATWG Encoding standard).
        name = "cp1252" if charset.lower() in {"iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"} else charset
        try:
            return data.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return None


def _published(head: str, day: str | None) -> datetime | None:
    """The page's own moment of publication, else midnight UTC of the day that htmldate found."""
    match = _PUBLISHED.search(head)
    for value in (match[1] or match[2] if match else None, day):
        try:
            moment = datetime.fromisoformat(value) if value else None
        except ValueError:
            continue
        if moment:
            return to_millis(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return None
