"""Where a reader's name begins and ends, put right by what no name begins or ends with."""

import re
from collections.abc import Iterable, Iterator, Sequence

from streams.enrich.document import One, meeting
from streams.enrich.words import Name

# SDF-led forces name the SDF.
TAIL = re.compile(
    "-(?:administered|affiliated|aligned|allied|backed|based|born|brokered|controlled|dominated|funded|held|led|linked|made|mediated|occupied|owned|"
    "run|sponsored|style|supported|trained)"
)
# What no name begins or ends with (the latter read backwards); words after which a name goes on; what is none.
_BEGINS = re.compile(r"(?:(?:and|the|in|of|for|at|on|by|'s)(?= |$)|[-–—:,; ])*")
_ENDS = re.compile(r"(?:(?:dna|rof|ni|no|eht|ta|yb|fo|morf|htiw|ot)(?= )|[-–—:,;(<\"# ])*")
_OPEN = re.compile(r" (?:and|for|in)(?: the)?$")
_NOTHING = frozenset(("", *"The A An Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()))
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+")


def whole(names: Iterable[Name], text: str) -> Iterator[Name]:
    """The names, each without what stands at its ends; "Human Rights in" and "China" are one."""
    joined: list[Name] = []
    for name in names:
        before = joined[-1] if joined else None
        if before and name.start == before.end + 1 and _OPEN.search(text, before.start, before.end):
            joined[-1] = Name(before.start, name.end, before.kind)
        else:
            joined.append(name)
    return filter(None, (_head(name, text) for name in joined))


def _head(name: Name, text: str) -> Name | None:
    """The name without small words and signs at its ends, and before "-led" and its like; None where nothing is left."""
    start = name.start + _length(_BEGINS, text[name.start : name.end])
    end = name.end - _length(_ENDS, text[start : name.end][::-1])
    hyphen = text.rfind("-", start + 1, end)
    tail = TAIL.match(text, hyphen, end) if hyphen > 0 else None
    end = hyphen if tail and tail.end() == end else end
    return Name(start, end, name.kind) if text[start:end] not in _NOTHING else None


def _length(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0


def outside(text: str, spans: Sequence[One]) -> list[One]:
    """Those that are in no address: /news/Iran-says names nobody."""
    addresses = [Name(*match.span(), "MISC") for match in _ADDRESS.finditer(text)] if "/" in text or "@" in text else []
    return [span for span, met in meeting(spans, addresses) if not met]
