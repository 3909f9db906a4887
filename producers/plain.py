"""Plain text out of what feeds call text."""

import html
import re
from typing import Any

SPACE = re.compile(r"[^\S\n]+")
TAG = re.compile(r"<(script|style)\b[^<>]*>.*?(?:</\1\s*>|\Z)|<[^<>]*>", re.IGNORECASE | re.DOTALL)
NO_XML = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\n]"
)  # what lxml parses but takes back from nobody, and line feeds
BLOCK_NAMES = """address article aside blockquote br dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header
hr li main nav ol p pre section table td th tr ul"""
BLOCKS = frozenset(BLOCK_NAMES.split())
SILENT = frozenset(("script", "style", "template", "noscript", "iframe", "object"))


def sound(text: str) -> str:
    """The text with lone surrogates made U+FFFD and NUL left out, so that it can be encoded."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def sound_json(value: Any) -> Any:
    """The same for every string inside a JSON value."""
    if isinstance(value, str):
        return sound(value)
    if isinstance(value, dict):
        return {sound(key): sound_json(inner) for key, inner in value.items()}
    return [sound_json(inner) for inner in value] if isinstance(value, list) else value


def line(text: str) -> str:
    """One line: all white space as single blanks."""
    return " ".join(sound(text).split())


def plain(markup: str) -> str:
    """The text of HTML, a line for each block, scripts left out. Text without any tag keeps its own lines."""
    text = html.unescape(markup) if "<" not in markup else _text(markup)
    lines = (SPACE.sub(" ", line).strip() for line in sound(text).splitlines())
    return "\n".join(line for line in lines if line)


def escaped(text: str) -> str:
    """Plain text as HTML, since items hold HTML; its lines survive, as it has no tag."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _text(markup: str) -> str:
    from lxml import etree  # 30 ms: not at import
    from lxml import html as lxml_html

    try:
        parser = lxml_html.HTMLParser()
        root = lxml_html.fragment_fromstring(sound(markup), create_parent="div", parser=parser)
        torn = bool(parser.error_log.filter_from_fatals())  # nested too deeply: the parser has let go of the rest
    except (etree.LxmlError, ValueError):  # nothing in it that HTML knows
        torn = True
    if torn:
        return html.unescape(TAG.sub(" ", markup))
    for element in list(root.iter()):
        if element.tag in SILENT or not isinstance(element.tag, str):
            element.text = None
            for inner in list(element):
                element.remove(inner)
        elif element.tag in BLOCKS:
            element.text = "\n" + _unbroken(element.text)
            element.tail = "\n" + _unbroken(element.tail)
        else:
            element.text, element.tail = _unbroken(element.text), _unbroken(element.tail)
    return "".join(root.itertext(etree.Element))


def _unbroken(text: str | None) -> str:
    return NO_XML.sub(" ", text or "")
