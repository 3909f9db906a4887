"""Markup to text: fragments as feeds carry them."""

import html
import re
from typing import Any

_TAGS = (
    "a|abbr|article|b|blockquote|body|br|code|div|em|figcaption|figure|font|footer|h[1-6]|head|header|hr|html|i|iframe"
    "|img|li|ol|p|pre|s|script|section|small|span|strong|style|sub|sup|table|tbody|td|th|title|tr|u|ul|video"
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>|<!--", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_DOCUMENT = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main ol p pre "
    "section table td th tr ul".split()
)
_SILENT = frozenset({"script", "style", "noscript", "template", "iframe", "head", "svg"})


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
