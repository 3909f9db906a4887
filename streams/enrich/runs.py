"""Runs of capitalised words, and what kind of thing each names: the rules behind the lexicon.

Only for languages in Latin script where a capital marks a name; in German every noun has one, so there a
run needs a cue of its own.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from newstide.records import EntityType
from streams.enrich.words import listed

_UPPER = "".join(c for c in map(chr, range(0x250)) if unicodedata.category(c) == "Lu") + "".join(
    c for c in map(chr, range(0x1E00, 0x1F00)) if unicodedata.category(c) == "Lu"
)
_WORD = rf"(?:[{_UPPER}]\.(?![^\W\d_]{{2}})|(?:(?:al|el|ad|an|as|ash|at|az|ar|eş|es)-)?[{_UPPER}](?:\w|'(?!s\b)(?=\w)|[.&-](?=\w))*)"
_LINK = r"(?:bin|ibn|bint|abu|al|el|von|van|der|den|de|da|dos|do|di|del|la|le|du|des|ter|zu|ya|a)"
CAPITAL = re.compile(_WORD)
RUN = re.compile(
    rf"(?<![\w@#/]){_WORD}(?:'s?(?= [{_UPPER}]))?(?: (?:(?:{_LINK} ){{1,2}}(?={_WORD}))?{_WORD}(?:(?<=s)'(?= [{_UPPER}]))?)*"
)
_STARTS = frozenset('.!?:;"“«(\n•*-–—[„»')
_OF = re.compile(rf" (?:of|for)(?: the)? (?=[{_UPPER}])| (?:and|&) (?=[{_UPPER}])")
_SAID = re.compile(
    r",? (?:said|says|told|added|warned|wrote|tweeted|noted|explained|insisted|argued|announced|denied|claimed)\b|, \d\d,"
)
_PLACED = re.compile(r"\b(?:in|near|from|at|outside|around|à|en|nahe)\s$")
_WORD_BEFORE = re.compile(r"([^\W\d_][\w.-]*)[,]? $")
_TWO_BEFORE = re.compile(r"([^\W\d_][\w.-]* [^\W\d_][\w.-]*) $")
# Languages that capitalise their nouns.
CAPITALISING = frozenset({"de", "lb"})
_LONGEST_NAME = 7


class Token(NamedTuple):
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Guess:
    """A name found by rule. `kind` None: a single word, a name only if the document says so elsewhere."""

    start: int
    end: int
    kind: EntityType | None


def is_initial(text: str, start: int) -> bool:
    """Does a sentence (or a line, or a quote) begin here?"""
    before = text[max(0, start - 3) : start].rstrip(" ")
    return start == 0 or before == "" or before[-1] in _STARTS


def tokens(text: str, start: int, end: int) -> list[Token]:
    """The blank-separated words of a span, possessive endings taken off."""
    found = []
    for match in re.finditer(r"\S+", text[start:end]):
        word = match[0]
        word = word.removesuffix("'s")
        found.append(Token(start + match.start(), start + match.start() + len(word), word))
    return found


def spans(text: str) -> Iterator[tuple[int, int]]:
    """The runs of a text, "Ministry" + "of" + "Foreign Affairs" joined."""
    open_start, open_end = -1, -1
    for match in RUN.finditer(text):
        start, end = match.span()
        if open_end >= 0 and _joins(text, open_start, open_end, start):
            open_end = end
            continue
        if open_end >= 0:
            yield open_start, open_end
        open_start, open_end = start, end
    if open_end >= 0:
        yield open_start, open_end


def _joins(text: str, start: int, end: int, following: int) -> bool:
    """Is what stands between two runs inside one organisation's name?"""
    match = _OF.match(text, end)
    if not match or match.end() != following:
        return False
    last = text[start:end].rsplit(" ", 1)[-1]
    # "and" joins only inside what "of" opened: Ministry of Justice and Interior.
    return " of " in text[start:end] if match[0].strip() in {"and", "&"} else last in listed("org")


def judge(text: str, parts: list[Token], language: str) -> Guess | None:
    """The name in a stretch of capitalised words that the lexicon does not know, or None."""
    parts, titled = _stripped(parts)
    if not parts or len(parts) > _LONGEST_NAME:
        return None
    start, end = parts[0].start, parts[-1].end
    names = [p.text for p in parts]
    titled = titled or _titled_before(text, start)
    kind = _by_cue(names)
    if kind is None and titled and len(parts) <= 4 and names[0][0].isupper():
        kind = "PER"
    if len(parts) == 1:
        return _single(text, parts[0], kind if titled else None, language)
    if kind is None:
        kind = _by_context(text, start, end, names, language)
    return Guess(start, end, kind) if kind else None


def _stripped(parts: list[Token]) -> tuple[list[Token], bool]:
    """Without function words at either end and without the titles before a name."""
    skip, titles = listed("skip"), listed("title")
    while parts and parts[0].text in skip:
        parts = parts[1:]
    while parts and parts[-1].text in skip:
        parts = parts[:-1]
    titled = False
    while parts:
        size = next((n for n in (3, 2, 1) if len(parts) >= n and " ".join(p.text for p in parts[:n]) in titles), 0)
        if not size or (len(parts) > size and parts[size].text in listed("org")):
            break
        parts, titled = parts[size:], True
    return parts, titled


def _titled_before(text: str, start: int) -> bool:
    """Does a title in lower case stand right before: president Barrow, ministre français Barrot?"""
    before = text[max(0, start - 40) : start]
    # The searches begin at the last word and at the one before it: they are anchored at the end only.
    last = before.rfind(" ", 0, len(before.rstrip("\n")) - 1)
    one = _WORD_BEFORE.search(before, last + 1)
    two = _TWO_BEFORE.search(before, before.rfind(" ", 0, max(last, 0)) + 1)
    titles = listed("title")
    return bool((one and one[1] in titles and not one[0].endswith(", ")) or (two and two[1] in titles))


def _by_cue(names: list[str]) -> EntityType | None:
    """By the words of the name itself."""
    if len(names) == 1:
        return None
    if names[0] in listed("given") and not (names[-1] in listed("org") and names[-1] not in {"House", "Guard"}):
        return "PER"
    if names[-1] in listed("misc") or names[0] in {"Operation", "Project", "Hurricane", "Cyclone", "Typhoon"}:
        return "MISC"
    if any(name in listed("org") for name in names):
        return "ORG"
    if names[-1] in listed("loc") or names[0] in {
        "Mount",
        "Lake",
        "Port",
        "Fort",
        "Cape",
        "Camp",
        "Gulf",
        "Rue",
        "Calle",
        "Plaza",
    }:
        return "LOC"
    return None


def _by_context(text: str, start: int, end: int, names: list[str], language: str) -> EntityType | None:
    """By what stands around it; two or three plain words are most often a person."""
    if _SAID.match(text, end):
        return "PER"
    if _PLACED.search(text, max(0, start - 9), start):
        return "LOC"
    if language.split("-", maxsplit=1)[0] in CAPITALISING or any(name.isupper() and len(name) > 1 for name in names):
        return None
    return "PER" if 2 <= len(names) <= 3 and all(n[0].isupper() and "&" not in n for n in names) else None


def _single(text: str, token: Token, kind: EntityType | None, language: str) -> Guess:
    start, end, word = token
    if kind or language.split("-", maxsplit=1)[0] in CAPITALISING or is_initial(text, start):
        return Guess(start, end, kind)
    if word.isupper() and word.isalpha() and 3 <= len(word) <= 6:
        return Guess(start, end, "ORG")
    if len(word) >= 4 and _PLACED.search(text, max(0, start - 9), start):
        return Guess(start, end, "LOC")
    if len(word) >= 4 and _SAID.match(text, end):
        return Guess(start, end, "PER")
    return Guess(start, end, None)


def is_headline_case(text: str) -> bool:
    """Are so many words capitalised that a capital says nothing?"""
    long = list(re.findall(r"[^\W\d_]{4,}", text))
    return bool(long) and sum(w[0].isupper() for w in long) * 10 >= len(long) * 6
