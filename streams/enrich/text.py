"""From what a producer met to clean text: page, feed text or plain text in; title and paragraphs out."""

import re
from dataclasses import dataclass
from datetime import datetime

from newstide.records import Cut, RawArticle, unpack
from streams.enrich import boilerplate
from streams.enrich.html import Page, from_fragment, from_page, is_document
from streams.step import Dropped

# Lone surrogates (no UTF-8 can carry them), and controls other than tab and line breaks.
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANK = re.compile(r"[^\S\n]*\n\s*")
# A title made of the text's first words is about as long as a headline.
_TITLE_WORDS = 12
_TITLE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Clean:
    """`extraction`: why the page gave nothing though there was one, in a fixed phrase; "" otherwise."""

    title: str
    text: str
    removed: tuple[Cut, ...]
    author: str
    published: datetime | None
    extraction: str = ""


def clean(raw: RawArticle) -> Clean | Dropped:
    """The article's clean text. `Dropped` when there is neither text nor title, with the reason."""
    page = _page(raw)
    given = "" if raw.text is None or is_document(raw.text) else tidy(from_fragment(raw.text))
    text = tidy(page.text)
    if len(text) < len(given):
        text = given
    title = one_line(from_fragment(raw.title)) or one_line(page.title)
    if not text and not title:
        return Dropped(page.reason or "no text")
    text, removed = boilerplate.cut(text)
    return Clean(
        title=title or first_words(text or removed[0].text),
        text=text,
        removed=removed,
        author=one_line(raw.author) or one_line(page.author),
        published=raw.published or page.published,
        extraction=page.reason,
    )


def scrub(text: str) -> str:
    """Lone surrogates become U+FFFD; controls go, save for tab and line breaks."""
    if text.isascii() and text.isprintable():
        return text
    return _CONTROL.sub("", _SURROGATE.sub("\ufffd", text))


def tidy(text: str) -> str:
    """Scrubbed text: paragraphs separated by one line break, no blank ends. Letters are not normalised."""
    return _BLANK.sub("\n", scrub(_BREAK.sub("\n", text))).strip()


def one_line(text: str) -> str:
    """Scrubbed text on one line."""
    return " ".join(scrub(text).split())


def first_words(text: str) -> str:
    """A title for what has none: the first line's first words."""
    words = text.lstrip()[: 2 * _TITLE_LENGTH].split("\n", 1)[0].split()
    return " ".join(words[:_TITLE_WORDS])[:_TITLE_LENGTH]


def scrubbed(value: object) -> object:
    """Any JSON value with its strings scrubbed."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {scrub(str(key)): scrubbed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [scrubbed(item) for item in value]
    return value


def _page(raw: RawArticle) -> Page:
    """What the page, or a text that is a page, gives."""
    metadata = not (raw.title and raw.author and raw.published)
    if raw.page is not None:
        try:
            data = unpack(raw.page)
        except ValueError:
            return Page(reason="damaged page")
        return from_page(data, raw.page_type, raw.url, raw.fetched, metadata=metadata)
    if raw.text is not None and is_document(raw.text):
        return from_page(raw.text.encode("utf-8", "replace"), "text/html", raw.url, raw.fetched, metadata=metadata)
    return Page()
