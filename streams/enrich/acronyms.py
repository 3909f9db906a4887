"""Acronyms spelled out once: "Partiya Karkerên Kurdistanê (PKK)", "PKK (Kurdistan Workers' Party)"."""

import re
from dataclasses import dataclass

from streams.enrich.words import ENDING, plain

_ACRONYM = r"[^\W\d_](?:[\w&-]|\.(?=\w)){1,9}\.?"
_AFTER = re.compile(rf"(?: \(| \[|, or (?:the )?|, known as (?:the )?)(?P<acronym>{_ACRONYM})(?=[\)\],.;:]| or | in )")
_BEFORE = re.compile(rf"(?<!\w)(?P<acronym>{_ACRONYM}) \((?P<full>[^()\n]{{6,90}})\)")
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_REACH = 120
# Words that an acronym may pass over.
_SMALL = frozenset(
    [
        "of",
        "the",
        "for",
        "and",
        "de",
        "la",
        "le",
        "les",
        "du",
        "des",
        "d",
        "l",
        "et",
        "der",
        "die",
        "das",
        "für",
        "und",
        "el",
        "los",
        "las",
        "del",
        "y",
        "ve",
        "ya",
        "a",
        "û",
        "ji",
        "di",
        "in",
        "on",
    ]
)


@dataclass(frozen=True, slots=True)
class SpelledOut:
    """An acronym and the span of its full name in the text. `sure`: the initials are the acronym's."""

    acronym: str
    start: int
    end: int
    sure: bool


def is_acronym(word: str) -> bool:
    """PKK, SDF, AfD, DEM, U.N., RSF: two capitals at least, most letters capital."""
    capitals = sum(c.isupper() for c in word)
    return capitals >= 2 and capitals * 2 >= sum(c.isalpha() for c in word)


def spelled_out(text: str) -> list[SpelledOut]:
    """The pairs of a text, in order, in either direction."""
    if "(" not in text and ", or " not in text and "known as" not in text and "[" not in text:
        return []
    pairs = [_named_before(text, m) for m in _AFTER.finditer(text) if is_acronym(m["acronym"])]
    pairs += [_named_after(m) for m in _BEFORE.finditer(text) if is_acronym(m["acronym"])]
    return [pair for pair in pairs if pair]


def initials(name: str, letters: int = 1) -> str:
    """The first letters of a name's words, so many of each, small words left out, plain and folded."""
    return "".join(w[:letters] for w in _WORD.findall(plain(name)) if w.lower() not in _SMALL).casefold()


def is_alike(one: str, other: str) -> bool:
    """Are two names of the same initials one name in two languages or cases: Christlich Demokratische Union?"""
    return initials(one, 3) == initials(other, 3)


def _letters(acronym: str) -> str:
    return "".join(c for c in plain(acronym).casefold() if c.isalpha())


def _named_before(text: str, match: re.Match[str]) -> SpelledOut | None:
    """The full name that ends where the acronym's bracket opens."""
    floor = max(0, match.start() - _REACH, text.rfind("\n", 0, match.start()) + 1)
    words = list(_WORD.finditer(text, floor, match.start()))
    if not words or words[-1].end() < match.start() - 2:
        return None
    letters = _letters(match["acronym"])
    end = words[-1].start() + len(ENDING.sub("", words[-1][0]))
    for word in reversed(words):
        if word[0][0].isupper() and initials(text[word.start() : match.start()]) == letters:
            return SpelledOut(match["acronym"], word.start(), end, sure=True)
    return SpelledOut(match["acronym"], words[-1].start(), end, sure=False)


def _named_after(match: re.Match[str]) -> SpelledOut | None:
    """The full name in the bracket after its acronym."""
    full = match["full"]
    if not full[0].isupper() or " " not in full:
        return None
    return SpelledOut(
        match["acronym"], match.start("full"), match.end("full"), initials(full) == _letters(match["acronym"])
    )
