"""A text as comparable words, in every script."""

import hashlib
import re
import unicodedata
from functools import cached_property
from itertools import islice

# Scripts that write no blanks between words: each character counts as a token of its own.
_UNSEGMENTED = "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_UNSEGMENTED}]|[^\W_{_UNSEGMENTED}]+")
_ASCII_TOKEN = re.compile(r"[a-z0-9]+")
_UNSEGMENTED_TOKEN = re.compile(rf"[{_UNSEGMENTED}]")
_NUMBER = re.compile(r"\d+")
# The look behind comes second: the rare separators are tried, not every digit.
_SEPARATOR = re.compile(r"[.,'\u2019\u00a0\u202f](?<=\d.)(?=\d)")
_MARKS = re.compile("[" + "".join(c for c in map(chr, range(0x300, 0x10000)) if unicodedata.category(c) == "Mn") + "]+")

# Longer texts are compared by their first tokens, so that one article's cost is bounded.
LONGEST = 20_000
# Two characters of an unsegmented script weigh about as much as one word.
CHARACTERS_PER_WORD = 2

Shingle = tuple[str, ...]


def tokens(text: str) -> list[str]:
    """The text's words: case folded, without marks, accents composed, numbers without their separators.

    Punctuation and line breaks leave no trace, so that house style does not either.
    """
    folded = _SEPARATOR.sub("", text.casefold())
    if folded.isascii():
        return _ASCII_TOKEN.findall(folded)[:LONGEST]
    folded = unicodedata.normalize("NFKC", folded)
    return _TOKEN.findall(_MARKS.sub("", folded))[:LONGEST]


def number(token: str) -> str:
    """The digits that a token begins with, "" where it does with none: 14c and 2nd are numbers, whatever is written onto them."""
    match = _NUMBER.match(token)
    return match[0] if match else ""


class Words:
    """A text's tokens, with what comparisons need of them, computed once."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)

    @cached_property
    def count(self) -> int:
        """How many words this is worth, whatever the script."""
        return len(self.tokens) - self._characters + self._characters // CHARACTERS_PER_WORD

    @cached_property
    def _characters(self) -> int:
        if "".join(self.tokens).isascii():
            return 0
        return sum(len(t) == 1 and _UNSEGMENTED_TOKEN.match(t) is not None for t in self.tokens)

    @property
    def width(self) -> int:
        """Tokens of one shingle: four words, or eight characters where most tokens are characters."""
        return 8 if 2 * self._characters > len(self.tokens) else 4

    def shingles(self, width: int) -> list[Shingle]:
        """Every run of `width` tokens, in order."""
        return list(zip(*(islice(self.tokens, start, None) for start in range(width)), strict=False))

    def hash(self) -> str:
        """16 hex digits that are the same for the same words."""
        return hashlib.sha256(" ".join(self.tokens).encode("utf-8", "replace")).hexdigest()[:16]
