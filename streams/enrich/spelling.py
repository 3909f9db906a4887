"""How a name is written: its variants, and whether a match of one is a word of its own in its script."""

import re
import unicodedata
from collections.abc import Iterator

from streams.enrich.words import UNSEGMENTED, even, plain

# Arabic and Hebrew write "and", "in", "to", "from" and their like onto the next word.
_BEFORE = re.compile(r"(?<!\w)(?:[وبلفك]|[ובלמהשכ]{1,2})$")
# Korean writes its particles onto the word before, and what comes from a place or is of it.
_KOREAN = re.compile(
    "(?:은|는|이|가|을|를|의|에|에서|에게|에도|와|과|도|로|으로|부터|까지|만|측|산|군|인|발|행)(?![가-힣])"
)
_HANGUL = re.compile("[가-힣]")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]")
_OPENING, _ENDING = frozenset(("", *"\"“„«‘'([")), frozenset(("", *".!?…:\"”»’')]"))
_SHORTEST = 4  # letters of a name that is also found without diacritics, in capitals, or behind a prefix


def variants(name: str) -> Iterator[tuple[str, bool]]:
    """A name, its spelling without diacritics and, where it has lower case, in capitals (True)."""
    name = even(name)
    yield name, False
    if len(name) < _SHORTEST:
        return
    yield plain(name), False
    if name != name.upper():
        for shouted in (*capitals(name), plain(name.upper())):
            yield shouted, True


def capitals(name: str) -> tuple[str, ...]:
    """A name in capitals, and as Turkish and Azerbaijani write it where their small i keeps its dot: TÜRKİYE."""
    return (name.upper(), name.replace("i", "İ").upper()) if "i" in name else (name.upper(),)


def bounded(text: str, start: int, end: int) -> bool:
    """Does the match stand as a word of its own in its script?"""
    if UNSEGMENTED.match(text, start):
        kana = _KATAKANA.match(text, start)  # チリ is no part of チリソース
        return not kana or not (_KATAKANA.match(text, end) or (start and _KATAKANA.match(text, start - 1)))
    if end < len(text) and _goes_on(text[end - 1], text, end):
        return False
    if start == 0 or not text[start - 1].isalnum():
        return True
    prefixed = "\u0590" <= text[start] <= "\u06ff" and end - start >= _SHORTEST
    return prefixed and _BEFORE.search(text[max(0, start - 3) : start]) is not None


def loud(text: str, start: int, end: int) -> bool:
    """Is a name in capitals amid capitals (a dateline, a cried headline), so that it is that name?"""
    return end - start >= _SHORTEST and text[start:end].isupper()


def begins(text: str, start: int) -> bool:
    """Does a sentence begin there: behind a mark that ends one, or an opening quotation mark?"""
    before = text[max(0, start - 8) : start]
    return before[-1:] in _OPENING or before.rstrip()[-1:] in _ENDING


def _goes_on(last: str, text: str, end: int) -> bool:
    """Is the word longer than the match, whose last character is `last`?"""
    if last < "\u0900":
        return last.isalnum() and text[end].isalnum()
    if last <= "\u0dff":  # the vowels of Indian scripts are marks, not letters
        return text[end].isalnum() or unicodedata.category(text[end]).startswith("M")
    if _HANGUL.match(last) and _HANGUL.match(text, end):
        return not _KOREAN.match(text, end)
    return last.isalnum() and text[end].isalnum()
