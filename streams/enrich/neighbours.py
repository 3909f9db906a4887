"""Lines that are the outlet's by their neighbours: each function goes over the lines' reasons and adds to them."""

import re
from collections.abc import Callable, Mapping, Sequence

from streams.enrich.lines import bare, is_note
from streams.enrich.signed import named

Reasons = list[str | None]

# A line beyond this length is prose, whatever stands beside it.
_SHORT = 320
# What the markup says of lines that go only where nothing else follows, and how many of them may.
TRAILING = frozenset({"heading", "pointer"})
_MOST_TRAILING = 2
# A tail is the outlet's from this share of its lines on; then no line in it is longer than so many characters.
_SHARE, _FEWEST, _TEASER = 0.45, 4, 250
_OF_TAILS = frozenset({"related", "comments", "share", "tags", "ad", "newsletter"})
# An offer, who wrote it, or where it is from, goes on to the end of the text for at most so many lines.
_TO_THE_END = {"subscription": 12, "author": 3, "agency": 8}
# Of what an offer tells so many lines are longer than this: not the rest of an article.
_WORDS, _WORDY = 200, 2

_PARAGRAPH = 80  # characters
_ENDED = re.compile(r"[.!?…][\"”»“)]*\s*$")


def spread(lines: Sequence[str], reasons: Reasons, weak: Sequence[bool]) -> None:
    """A weak short line between or beside lines that were cut as the outlet's voice goes with them."""
    for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
        before: str | None = None
        for i in order:
            if weak[i] and before and not reasons[i] and len(lines[i]) <= _SHORT:
                reasons[i] = before
            if lines[i].strip():
                before = reasons[i] if reasons[i] in {"appeal", "newsletter"} else None


def trail(lines: Sequence[str], reasons: Reasons, labels: Mapping[str, str]) -> None:
    """One or two headings and pointers at the end go; more of them are the article's way to tell."""
    last: list[int] = []
    for i in range(len(lines) - 1, 0, -1):
        if any(map(str.isalpha, lines[i])) and not reasons[i]:
            if is_note(lines[i]) or labels.get(bare(lines[i])) not in TRAILING:
                break
            last.append(i)
    if len(last) <= _MOST_TRAILING:
        _cut(reasons, last, "related")


def tail(lines: Sequence[str], reasons: Reasons) -> None:
    """What stands among references, prompts and comments at the end goes with them: the longest tail that is mostly these."""
    gone = left = 0
    inside: list[int] = []
    among: list[int] = []
    for i in range(len(lines) - 1, 0, -1):
        if not lines[i].strip():
            continue
        if reasons[i] in _OF_TAILS and not lines[i].startswith("("):  # one in brackets stands in the text
            gone += 1
            if gone >= _FEWEST and gone >= _SHARE * (gone + left):
                inside = list(among)
        elif reasons[i] or len(lines[i]) > _TEASER or is_note(lines[i]):
            break
        else:
            left += 1
            among.append(i)
    _cut(reasons, inside, "related")


def to_the_end(lines: Sequence[str], reasons: Reasons, is_label: Callable[[str], bool]) -> None:
    """After an offer to subscribe, or a line that only says "the author" or "sources used", the rest goes, if it is short."""
    rest: list[int] = []
    wordy = 0
    for i in range(len(lines) - 1, 0, -1):
        reason = reasons[i] or ""
        offers = reason == "subscription" and wordy <= _WORDY
        if len(rest) <= _TO_THE_END.get(reason, -1) and (offers or is_label(lines[i])):
            _cut(reasons, rest, reason)
            rest = []
        elif lines[i].strip() and not reason:
            rest.append(i)
            if len(lines[i]) > 2 * _SHORT or is_note(lines[i]):
                return
            wordy += len(lines[i]) > _WORDS


def introduced(lines: Sequence[str], reasons: Reasons, is_label: Callable[[str], bool]) -> None:
    """The paragraph after a line that only says "the author" tells who that is."""
    before = ""
    for i, line in enumerate(lines):
        if line.strip():
            if not reasons[i] and before and len(line) <= 2 * _SHORT and not is_note(line):
                reasons[i] = "author"
            before = line if reasons[i] == "author" and is_label(line) else ""


def signed(lines: Sequence[str], reasons: Reasons) -> None:
    """A name alone behind the last sentence is who wrote it."""
    left = [i for i, line in enumerate(lines) if line.strip() and not reasons[i]][-2:]
    if len(left) == 2 and len(lines[left[0]]) > _PARAGRAPH and _ENDED.search(lines[left[0]]):
        name = lines[left[1]].strip()
        if named(name) and not name.endswith(".") and not any(map(str.isupper, name.split())):
            _cut(reasons, left[1:], "author")


def _cut(reasons: Reasons, numbers: Sequence[int], reason: str) -> None:
    for i in numbers:
        reasons[i] = reason
