"""Who wrote it: names out of what sites put into author fields; people, not "Staff"."""

import re
from collections.abc import Iterable

from streams.enrich.lexicon import lexicon
from streams.enrich.lines import plain

_BY = re.compile(
    r"^\W*(?:(?:zeige |alle |alles |mehr |beiträge |artikel |view |all |posts |articles |more |voir |tous |les |ver |todos )*(?:(?:written |reported |posted |story |words |text |interview |reporting |photographs )?by|vom|von|par|por|de la redacción de|av|door|di|tekst|text|texto|autor(?:a|in|e)?|auteur|author|reporter|penulis|oleh|fra|af|przez|автор|بقلم|كتب))\b[:\s]+",
    re.IGNORECASE,
)
# Who is named so has worked on it, and is the author only where nobody else is named.
_EDITOR = re.compile(
    r"^\W*(?:editors?|edited by|redaktur|penyunting|redaktør|redaktör|éditeur|editado por|editör|a cura di|bearbeitet von|redigert av|责编|責任編集|редактор)\s*[:：]?\s+(?=\w)",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:[,;|/•·\n]|\s(?:and|und|et|y|e|og|och|en|ve|dan|i|with|mit|avec|con)\s|&|\bund\b|、|，)\s*", re.IGNORECASE
)
_ADDRESS = re.compile(r"\([^)]*\)|\[[^\]]*\]|https?://\S+|www\.\S+|\S+@\S+|@\w+")
_NOISE = re.compile(r"(?<!\w)\d.*$|^\W+|[^\w.)]+$")
_NOBODY = frozenset(
    "staff|staff writer|staff reporter|staff writers|admin|administrator|editor|editors|editorial|editorial board|editorial team|newsroom|news desk|web desk"
    "|webdesk|online desk|reporter|correspondent|our correspondent|special correspondent|guest author|guest contributor|contributors|contributor|agencies"
    "|news agencies|press release|redaktion|die redaktion|online redaktion|redaktionsteam|la rédaction|rédaction|redacción|la redacción|redazione"
    "|haber merkezi|editör|redactie|redakcja|toimitus|redaksi|unknown|anonymous|none|null|author|user|root|wordpress|web editor|digital desk|team"
    "|red|agenturen|tnn|pti web|videos|video|online|news|admin admin|superadmin|super user".split("|")
)
# Accounts, who comments, labels of forms.
_NO_NAME = re.compile(
    r"^\w*(?:admin|contribut[eo]r)\w*$|(?-i:^[a-z]+(?:_\w+|\d+)$)|[:=<>{}]|\b(?:says|said|sagt|name|erforderlich|required)$|^creative commons|^cc by|^(?:in|im|aus|from|at|for|für|à|dans|desde|den|i)\s",
    re.IGNORECASE,
)
_LONGEST = 60
# Characters of one field that are read.
_READ = 2_000
# More than so many "authors" are a page's list of everybody.
_MOST = 12


def names(values: Iterable[str], outlets: Iterable[str] = ()) -> tuple[str, ...]:
    """The names in author fields, in order, each once; an outlet's own name only where nobody else is named."""
    own = {plain(outlet) for outlet in outlets if outlet}
    people: dict[str, str] = {}
    houses: dict[str, str] = {}
    for value in values:
        for name in _split(value):
            key = plain(name)
            (houses if key in own else people).setdefault(key, name)
    found = people or houses
    return tuple(list(found.values())[:_MOST])


def editors(values: Iterable[str]) -> tuple[str, ...]:
    """The names behind "Editor:" and its like."""
    return names(_EDITOR.sub("", value) for value in values if _EDITOR.match(value))


def byline(lines: Iterable[str]) -> list[str]:
    """Of lines that the markup calls bylines the one to read: the first that says "by", else the first, unless it is one word."""
    lines = list(lines)
    said = [line for line in lines if _BY.match(line) and len(line.split()) > 1]
    return said[:1] or [line for line in lines[:1] if len(line.split()) > 1]


def _split(value: str) -> list[str]:
    """The names of one field; what follows a name and is none (a title, a place) goes."""
    text = _BY.sub("", _ADDRESS.sub(" ", value[:_READ]).strip())
    parts = [_NOISE.sub("", _NOISE.sub("", part)).strip() for part in _SPLIT.split(text)]
    found = [part for part in parts if _is_name(part)]
    placed = len(found) > 1 and len(found[-1]) > 3 and lexicon().place(found[-1])
    return found[:-1] if placed else found


def _is_name(part: str) -> bool:
    key = plain(part)
    if not key or len(part) > _LONGEST or key in _NOBODY or len(part) < 2:
        return False
    words = part.split()
    if len(words) > 6 or _NO_NAME.search(part):
        return False
    lower = sum(word[0].islower() for word in words)
    return len(words) == 1 or (lower <= len(words) / 2 and not (words[0][0].islower() and lower > 1))
