"""Runs of capitalised words that a word makes certain names of a kind: the rules, for languages that no encoder reads.

For Latin script. A run is a name where a title stands before it, a given name begins it, or one of its words says
what it is; elsewhere a capital may mark a noun (German), a sentence or a headline, and nothing is invented.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from newstide.records import EntityType
from streams.enrich.document import meeting
from streams.enrich.lexicon import Hit
from streams.enrich.words import ENDING, Name, is_unsegmented, listed

_UPPER = "".join(c for c in map(chr, range(0x250)) if unicodedata.category(c) == "Lu") + "".join(
    c for c in map(chr, range(0x1E00, 0x1F00)) if unicodedata.category(c) == "Lu"
)
_WORD = rf"(?:(?:[{_UPPER}]\.){{2,}}|[{_UPPER}]\.(?![^\W\d_]{{2}})|(?:(?:al|el|ad|an|as|ash|at|az|ar|eş|es)-)?[{_UPPER}](?:\w|'(?!s\b)(?=\w)|[.&-](?=\w))*)"
_LINK = r"(?:bin|ibn|bint|abu|al|el|von|van|der|den|de|da|dos|do|di|del|la|le|du|des|ter|zu|ya|a)"
_RUN = re.compile(
    rf"(?<![\w@#/]){_WORD}(?:'s?(?= [{_UPPER}]))?(?: (?:(?:{_LINK} ){{1,2}}(?={_WORD}))?{_WORD}(?:(?<=s)'(?= [{_UPPER}]))?)*"
)
_OF = re.compile(rf" (?:of|for)(?: the)? (?=[{_UPPER}])| (?:and|&) (?=[{_UPPER}])")
_WORD_BEFORE = re.compile(r"([^\W\d_][\w.-]*)[,]? $")
_TWO_BEFORE = re.compile(r"([^\W\d_][\w.-]* [^\W\d_][\w.-]*) $")
_LONGEST_NAME = 7


class _Token(NamedTuple):
    start: int
    end: int
    text: str


def certain(text: str, hits: Sequence[Hit]) -> Iterator[Name]:
    """The names of a text around the lexicon's `hits`, and around some (Université de Bagdad); all in order."""
    if text.isupper() or is_unsegmented(text) or _is_headline(text):
        return
    for run, inside in meeting(_runs(text), hits):
        if run.text in listed("skip") or (inside and inside[0].start <= run.start and inside[0].end >= run.end):
            continue
        words = _tokens(text, run.start, run.end)
        if inside and (whole := _around(text, words, inside)):
            yield whole
            continue
        for part in _parts(words, inside):
            if name := _judge(text, _trimmed(part)):
                yield name


def _is_headline(text: str) -> bool:
    """Are so many words capitalised that a capital says nothing? By how the text begins."""
    long = re.findall(r"[^\W\d_]{4,}", text[:2000])
    return bool(long) and sum(w[0].isupper() for w in long) * 10 >= len(long) * 6


def _around(text: str, words: list[_Token], hits: Sequence[Hit]) -> Name | None:
    """The run as one name that merely has a country or a city in it, if it is one."""
    while words and words[0].text in listed("skip") and words[0].start < hits[0].start:
        words = words[1:]
    name = _judge(text, words) if _swallows(words, hits) else None
    return name if name and name.start <= hits[0].start and name.end >= hits[-1].end else None


def _swallows(whole: list[_Token], hits: Sequence[Hit]) -> bool:
    """University of Baghdad, Turkish Foreign Ministry; Michael Jordan, Jordan Henderson.

    Not: Iraqi Kurdistan minister Ali, Hamas Interior Ministry.
    """
    names = [token.text for token in whole]
    if any(hit.known.type != "LOC" for hit in hits) or not 1 < len(names) <= 6:
        return False
    org = listed("org")
    if names[-1] in org | listed("misc") or (len(names) > 2 and names[0] in org and names[1] in {"of", "for"}):
        return True
    single = len(hits) == 1 and not hits[0].demonym and len(names) == 2
    return single and names[0] in listed("given") and names[1] not in listed("title") | org | listed("loc")


def _parts(run: list[_Token], hits: Sequence[Hit]) -> Iterator[list[_Token]]:
    """What of the run stands between the hits."""
    for hit in hits:
        yield [token for token in run if token.end <= hit.start]
        run = [token for token in run if token.start >= hit.end]
    yield run


def _trimmed(part: list[_Token]) -> list[_Token]:
    """Without signs and without small words at either end; al-Sharaa is not small."""
    part = [token for token in part if any(c.isalpha() for c in token.text)]
    large = [at for at, token in enumerate(part) if not token.text[0].islower() or "-" in token.text]
    return part[large[0] : large[-1] + 1] if large else []


def _tokens(text: str, start: int, end: int) -> list[_Token]:
    """The blank-separated words of a span, endings behind an apostrophe taken off."""
    found = []
    for match in re.finditer(r"\S+", text[start:end]):
        word = ENDING.sub("", match[0])
        found.append(_Token(start + match.start(), start + match.start() + len(word), word))
    return found


def _runs(text: str) -> Iterator[_Token]:
    """The runs of a text, "Ministry" + "of" + "Foreign Affairs" joined."""
    open_start, open_end = -1, -1
    for match in _RUN.finditer(text):
        start, end = match.span()
        if open_end >= 0 and _joins(text, open_start, open_end, start):
            open_end = end
            continue
        if open_end >= 0:
            yield _Token(open_start, open_end, text[open_start:open_end])
        open_start, open_end = start, end
    if open_end >= 0:
        yield _Token(open_start, open_end, text[open_start:open_end])


def _joins(text: str, start: int, end: int, following: int) -> bool:
    """Is what stands between two runs inside one organisation's name?"""
    match = _OF.match(text, end)
    if not match or match.end() != following:
        return False
    last = text[start:end].rsplit(" ", 1)[-1]
    # "and" joins only inside what "of" opened: Ministry of Justice and Interior.
    return " of " in text[start:end] if match[0].strip() in {"and", "&"} else last in listed("org")


def _judge(text: str, parts: list[_Token]) -> Name | None:
    """The name in a stretch of capitalised words that the lexicon does not know, or None."""
    parts, titled = _stripped(parts)
    if not parts or len(parts) > _LONGEST_NAME:
        return None
    start, end = parts[0].start, parts[-1].end
    words = [p.text for p in parts]
    kind = _by_cue(words)
    if kind is None and len(parts) <= 4 and words[0][0].isupper() and (titled or _titled_before(text, start)):
        kind = "PER"
    return Name(start, end, kind) if kind else None


def _stripped(parts: list[_Token]) -> tuple[list[_Token], bool]:
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
