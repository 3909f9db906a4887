"""The outlet inside its article: appeals, newsletters, "read also", captions, credits; cut with reason and place.

Five signals, none of them about what the news is: what the page's markup says of a line (`labels`), how a line of its
own reads, where it stands (bylines at the head; agencies and authors at the foot), whose voice a sentence has
(`voice`), and what the outlet repeats over its articles (`repeated`). Editor's notes, corrections and what is quoted or reported are never cut: news about donations is news.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from newstide.records import Cut
from streams.enrich import lines, repeated
from streams.enrich.sentences import sentences
from streams.enrich.voice import speakers

# A paragraph beyond this length is prose that may hold a sentence to cut, never one thing of the outlet as a whole.
_SHORT = 320
# The candidates of one page share most of their lines: what was heard in a line of this length is remembered.
_REMEMBERED = 2_000
_QUOTES = re.compile(r"[“„«「][^”»」\n]{0,2000}[”»」]|(?<!\w)\"[^\"\n]{2,2000}\"|(?<!\w)“[^\n]*$", re.MULTILINE)
# What the markup says of lines that go only where nothing else follows.
_TRAILING = frozenset({"heading", "pointer"})
_MOST_TRAILING = 2
# A quoted name inside a pitch ("our 'Morning' letter") makes it no quotation.
_QUOTED = 0.3


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text to cut; `whole` when it is a line of its own."""

    start: int
    end: int
    reason: str
    whole: bool


def cut(
    text: str,
    titles: Iterable[str] = (),
    author: str = "",
    labels: Mapping[str, str] | None = None,
    repeats: Container[int] = (),
) -> tuple[str, tuple[Cut, ...]]:
    """The text without what the outlet says to its reader, and what was cut (`restore` undoes it).

    `Cut.at` is an offset in the text that is left; a line goes with one line break. `labels` names the reason of
    lines that the page's markup sets apart; `titles` are all that the article goes by; `repeats` has the marks of the
    lines that its outlet's profile knows.
    """
    all_lines = text.split("\n")
    place = lines.Places(all_lines, titles, author)
    spans = list(_spans(text, all_lines, place, labels or {}, repeats))
    if not spans:
        return text, ()
    kept, cuts, done, left = [], [], 0, 0
    for start, end, reason in _with_breaks(spans, text):
        kept.append(text[done:start])
        left += start - done
        cuts.append(Cut(reason, text[start:end], left))
        done = end
    kept.append(text[done:])
    return "".join(kept), tuple(cuts)


def restore(text: str, cuts: tuple[Cut, ...]) -> str:
    """The text as it was before `cut`: insert from the last to the first, so that offsets hold."""
    for each in reversed(cuts):
        text = text[: each.at] + each.text + text[each.at :]
    return text


def _spans(
    text: str, all_lines: list[str], place: lines.Places, labels: Mapping[str, str], repeats: Container[int]
) -> Iterator[Span]:
    before = ""
    starts = list(accumulate((len(line) + 1 for line in all_lines), initial=0))
    found: list[list[Span]] = []
    weak: list[bool] = []
    for number, (at, line) in enumerate(zip(starts, all_lines, strict=False)):
        end = at + len(line)
        reason = _whole(line, number, place, labels, before) or _repeated(line, repeats)
        spans, is_weak = ([Span(at, end, reason, whole=True)], False) if reason else _of_line(text, at, end)
        before = reason or (before if not line.strip() else "")
        found.append(spans)
        weak.append(is_weak)
    _spread(all_lines, starts, found, weak)
    _trail(all_lines, starts, found, labels)
    for spans in found:
        yield from spans


def _whole(line: str, number: int, place: lines.Places, labels: Mapping[str, str], before: str) -> str | None:
    """Why the whole line goes: by its markup, its form or its place; a link also because it follows a reference."""
    if not line.strip() or lines.is_note(line):
        return None
    said = lines.bare(line)
    half = said[: len(said) // 2]  # a link's text is often there twice, once for those who cannot see
    marked = labels.get(said) or (labels.get(half) if said == f"{half} {half}" else None)
    if marked == "link":
        marked = "related" if before == "related" else None
    elif marked in _TRAILING:
        marked = None
    return marked or place.reason(number, line)


def _repeated(line: str, repeats: Container[int]) -> str | None:
    known = repeats and line.strip() and not lines.is_note(line) and repeated.mark(line) in repeats
    return "repeated" if known else None


def _of_line(text: str, start: int, end: int) -> tuple[list[Span], bool]:
    """The pieces of a line that stays, and whether it is weak as a whole."""
    line = text[start:end]
    if not line.strip() or lines.is_note(line):
        return [], False
    spoken, weak = _spoken(line) if len(line) <= _REMEMBERED else _spoken.__wrapped__(line)
    pieces = [Span(start + a, start + b, why, whole=False) for a, b, why in [*spoken, *lines.asides(line)]]
    if len(line) <= _SHORT and spoken and sum(b - a for a, b, _ in spoken) >= 0.9 * len(line.rstrip()):
        return [Span(start, end, spoken[0][2], whole=True)], False
    return _apart(pieces), weak


@lru_cache(maxsize=4096)
def _spoken(line: str) -> tuple[tuple[tuple[int, int, str], ...], bool]:
    """The sentences in the outlet's voice; and whether the whole line, though none of it is to go alone, is weak."""
    voices = speakers(line)
    if not voices:
        return (), False
    quotes = [m.span() for m in _QUOTES.finditer(line)]
    verdicts = []
    for a, b in sentences(line):
        inside = sum(max(0, min(b, y) - max(a, x)) for x, y in quotes)
        said = [v.judge(line[a:b]) for v in voices] if inside <= _QUOTED * (b - a) else []
        verdicts.append((a, b, next((x for x in said if x and x != "weak"), "weak" if "weak" in said else None)))
    strong = any(v not in {None, "weak"} for _, _, v in verdicts)
    if not strong:
        return (), bool(verdicts) and all(v == "weak" for _, _, v in verdicts)
    return tuple(_grown(verdicts)), False


def _grown(verdicts: list[tuple[int, int, str | None]]) -> list[tuple[int, int, str]]:
    """The sentences that go: the strong, and the weak that touch them."""
    reasons = [v for _, _, v in verdicts]
    for order in (range(1, len(reasons)), range(len(reasons) - 2, -1, -1)):
        step = 1 if order.step < 0 else -1
        for i in order:
            if reasons[i] == "weak" and reasons[i + step] not in {None, "weak"}:
                reasons[i] = reasons[i + step]
    return [(a, b, r) for (a, b, _), r in zip(verdicts, reasons, strict=True) if r and r != "weak"]


def _spread(all_lines: list[str], starts: list[int], found: list[list[Span]], weak: list[bool]) -> None:
    """A weak short line between or beside lines that were cut as the outlet's voice goes with them."""
    for order in (range(len(weak)), range(len(weak) - 1, -1, -1)):
        before: Span | None = None
        for i in order:
            line = all_lines[i]
            if weak[i] and before and len(line) <= _SHORT:
                found[i] = [Span(starts[i], starts[i] + len(line), before.reason, whole=True)]
                weak[i] = False
            if line.strip():
                span = found[i][0] if len(found[i]) == 1 and found[i][0].whole else None
                before = span if span and span.reason in {"appeal", "newsletter"} else None


def _trail(all_lines: list[str], starts: list[int], found: list[list[Span]], labels: Mapping[str, str]) -> None:
    """One or two headings and pointers at the end go; more of them are the article's way to tell."""
    last: list[int] = []
    for i in range(len(found) - 1, 0, -1):
        line = all_lines[i]
        if any(map(str.isalpha, line)) and not (len(found[i]) == 1 and found[i][0].whole):
            if lines.is_note(line) or labels.get(lines.bare(line)) not in _TRAILING:
                break
            last.append(i)
    if len(last) <= _MOST_TRAILING:
        for i in last:
            found[i] = [Span(starts[i], starts[i] + len(all_lines[i]), "related", whole=True)]


def _apart(pieces: list[Span]) -> list[Span]:
    """In order, without those that begin inside another."""
    out: list[Span] = []
    for piece in sorted(pieces, key=lambda s: (s.start, -s.end)):
        if not out or piece.start >= out[-1].end:
            out.append(piece)
    return out


def _with_breaks(spans: list[Span], text: str) -> Iterator[tuple[int, int, str]]:
    """Whole lines take one line break with them, the one before or, at the beginning, the one after."""
    done = 0
    for span in spans:
        start, end = span.start, span.end
        if span.whole and start > done and text[start - 1] == "\n":
            start -= 1
        elif span.whole and end < len(text) and text[end] == "\n":
            end += 1
        elif not span.whole and (end == len(text) or text[end] == "\n") and start > done and text[start - 1] == " ":
            start -= 1
        start = max(start, done)
        yield start, end, span.reason
        done = end
