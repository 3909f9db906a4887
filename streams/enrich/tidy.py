"""Text without what no text carries: lone surrogates, controls, blank lines, letters in pieces."""

import re
import unicodedata

# Lone surrogates (no UTF-8 can carry them), and controls other than tab and line breaks.
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
# Where a line may break or must not. U+200C and U+200D stay: Persian, Indic scripts and emoji are written with them.
_UNSEEN = re.compile("[\u00ad\u200b\u2060]")
_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANK = re.compile(r"(?<![^\S\n])[^\S\n]*\n\s*")
# A title made of the text's first words is about as long as a headline.
_TITLE_WORDS = 12
_TITLE_LENGTH = 120


def unbroken(text: str) -> str:
    """Lone surrogates become U+FFFD; every character keeps its place."""
    return _SURROGATE.sub("\ufffd", text)


def scrub(text: str) -> str:
    """Lone surrogates become U+FFFD; controls go, save for tab and line breaks."""
    if text.isascii() and text.isprintable():
        return text
    return _CONTROL.sub("", unbroken(text))


def composed(text: str) -> str:
    """The same to a reader's eye: letters composed (NFC), without soft hyphens and their like."""
    return text if text.isascii() else unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def tidy(text: str) -> str:
    """Scrubbed text: paragraphs separated by one line break, no blank ends, `composed`."""
    return _BLANK.sub("\n", composed(scrub(_BREAK.sub("\n", text)))).strip()


def one_line(text: str) -> str:
    """Scrubbed text on one line, `composed`."""
    return " ".join(composed(scrub(text)).split())


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
