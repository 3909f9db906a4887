"""Who wrote it: names out of what sites put into author fields; people, not "Staff"."""

import re
from collections.abc import Iterable

from streams.enrich.lines import plain

_BY = re.compile(
    r"^\W*(?:(?:written |reported |posted |story |words |text |interview |reporting |photographs )?by|von|par|por|de la redacción de|av|door|di|tekst|text|texto|autor(?:a|in)?|author|reporter|penulis|oleh|fra|af|przez|автор|بقلم|كتب)\b[:\s]+",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:[,;|/•·\n]|\s(?:and|und|et|y|e|og|och|en|ve|dan|i|with|mit|avec|con)\s|&|\bund\b|、|，)\s*", re.IGNORECASE
)
_ADDRESS = re.compile(r"\([^)]*\)|\[[^\]]*\]|https?://\S+|www\.\S+|\S+@\S+|@\w+")
_NOISE = re.compile(r"\d{2,}.*$|^\W+|[^\w.)]+$")
_NOBODY = frozenset(
    "staff|staff writer|staff reporter|staff writers|admin|administrator|editor|editors|editorial|editorial board|editorial team|newsroom|news desk|web desk"
    "|webdesk|online desk|reporter|correspondent|our correspondent|special correspondent|guest author|guest contributor|contributors|contributor|agencies"
    "|news agencies|press release|redaktion|die redaktion|online redaktion|redaktionsteam|la rédaction|rédaction|redacción|la redacción|redazione"
    "|haber merkezi|editör|redactie|redakcja|toimitus|redaksi|unknown|anonymous|none|null|author|user|root|wordpress|web editor|digital desk|team"
    "|red|agenturen|tnn|pti web|videos|video|online|news|admin admin|superadmin|super user".split("|")
)
_LONGEST = 60
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


def _split(value: str) -> list[str]:
    """The names of one field; what follows a name and is none (a title, a place) goes."""
    text = _BY.sub("", _ADDRESS.sub(" ", value).strip())
    parts = [_NOISE.sub("", _NOISE.sub("", part)).strip() for part in _SPLIT.split(text)]
    return [part for part in parts if _is_name(part)]


def _is_name(part: str) -> bool:
    key = plain(part)
    if not key or len(part) > _LONGEST or key in _NOBODY or len(part) < 2:
        return False
    words = part.split()
    if len(words) > 6:
        return False
    lower = sum(word[0].islower() for word in words)
    return len(words) == 1 or (lower <= len(words) / 2 and not (words[0][0].islower() and lower > 1))
