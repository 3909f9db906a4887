"""The outlet inside its article: appeals, newsletters, "read also", captions, credits; cut with reason and place.

Seven signals, none of them about what the news is: what the page's markup says of a line (`labels`), how a line of its
own reads, where it stands (bylines at the head; agencies and authors at the foot), whose voice a sentence has
(`voice`), what stands beside it (`neighbours`), what the outlet repeats over its articles (`repeated`), and where all
these are silent, a learned witness (`learned`). Editor's notes, corrections and what is quoted or reported are never
cut: news about donations is news.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from newstide.records import Cut
from streams.enrich import learned, lines, neighbours, repeated
from streams.enrich.blocks import Block
from streams.enrich.sentences import sentences
from streams.enrich.voice import speakers

# A paragraph beyond this length is prose that may hold a sentence to cut, never one thing of the outlet as a whole.
_SHORT = 320
# Nor is one beyond this a caption, whatever its element is called.
_CAPTION = 300
# The candidates of one page share most of their lines: what was heard in a line of this length is remembered.
_REMEMBERED = 2_000
# Each opener with what closes it: „German“, »German«, «French», “English”, ‘English’, 'plain'; an apostrophe closes nothing.
# Where none closes, the quote goes on in the next paragraph.
_QUOTES = re.compile(
    r"„[^“”\n]{0,2000}[“”]|»[^«»\n]{2,2000}«|«[^»\n]{0,2000}»|“[^”\n]{0,2000}”|「[^」\n]{0,2000}」"
    r"|(?<!\w)\"[^\"\n]{2,2000}\"|(?<!\w)[‘‚](?:[^‘’\n]|’(?=\w)){2,2000}[‘’](?!\w)|(?<!\w)'(?:[^'\n]|'(?=\w)){2,2000}'(?!\w)"
    r"|(?<!\w)[“„«][^\n]*$|^[\"‘][^\n]*$",
    re.MULTILINE,
)
_BRACKETED = re.compile(r"\s*(?:\[[^\[\]]{1,240}\]|\([^()]{1,240}\))\.?\s*")
_NARROW = re.compile("[\xa0\u202f\u2009]")
# A quoted name inside a pitch ("our 'Morning' letter") makes it no quotation.
_QUOTED = 0.3


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text to cut; `whole` when it is a line of its own."""

    start: int
    end: int
    reason: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was said of a text: its lines, why each goes, and what goes of one that stays."""

    lines: list[str]
    reasons: neighbours.Reasons
    pieces: list[list[Span]]

    def heard(self, blocks: Mapping[str, Block], labels: Mapping[str, str]) -> "Verdict":
        """With what the learned witness adds: `blocks` are the page's own, by line, and `labels` what its markup says; of a text alone there are none."""
        reasons = list(self.reasons)
        learned.witness(self.lines, reasons, blocks, labels)
        return replace(self, reasons=reasons)

    def carried_out(self) -> tuple[str, tuple[Cut, ...]]:
        """The text that is left, and what was cut (`restore` undoes it).

        `Cut.at` is an offset in the text that is left; a line goes with one line break.
        """
        text, spans = "\n".join(self.lines), list(_spans(self.lines, self.reasons, self.pieces))
        kept, cuts, done, left = [], [], 0, 0
        for start, end, reason in _with_breaks(spans, text):
            kept.append(text[done:start])
            left += start - done
            cuts.append(Cut(reason, text[start:end], left))
            done = end
        kept.append(text[done:])
        return "".join(kept), tuple(cuts)


def cut(
    text: str,
    titles: Iterable[str] = (),
    author: str = "",
    labels: Mapping[str, str] | None = None,
    repeats: Container[int] = (),
) -> tuple[str, tuple[Cut, ...]]:
    """The text without what the outlet says to its reader, by the rules alone, and what was cut."""
    return judge(text, titles, author, labels, repeats).carried_out()


def restore(text: str, cuts: tuple[Cut, ...]) -> str:
    """The text as it was before `cut`: insert from the last to the first, so that offsets hold."""
    for each in reversed(cuts):
        text = text[: each.at] + each.text + text[each.at :]
    return text


def judge(
    text: str,
    titles: Iterable[str] = (),
    author: str = "",
    labels: Mapping[str, str] | None = None,
    repeats: Container[int] = (),
) -> Verdict:
    """What the rules say: each line by itself, then its place at the foot of what is left, then its neighbours.

    `labels` names the reason of lines that the page's markup sets apart; `titles` are all that the article goes by;
    `repeats` has the marks of the lines that its outlet's profile knows.
    """
    # Phrases have plain spaces; one that does not break is as long.
    all_lines, labels = _NARROW.sub(" ", text).split("\n"), labels or {}
    reasons = _reasons(all_lines, lines.Places(all_lines, titles, author), labels, repeats)
    pieces: list[list[Span]] = []
    weak = []
    for number, line in enumerate(all_lines):
        found, is_weak = ([], False) if reasons[number] else _of_line(line)
        if len(found) == 1 and found[0].whole:
            reasons[number] = found[0].reason
        pieces.append(found)
        weak.append(is_weak)
    neighbours.spread(all_lines, reasons, weak)
    neighbours.introduced(all_lines, reasons, lines.is_label)
    neighbours.to_the_end(all_lines, reasons, lines.is_label)
    neighbours.tail(all_lines, reasons)
    neighbours.trail(all_lines, reasons, labels)
    neighbours.signed(all_lines, reasons)
    return Verdict(text.split("\n"), reasons, pieces)


def _spans(all_lines: list[str], reasons: neighbours.Reasons, pieces: list[list[Span]]) -> Iterator[Span]:
    starts = accumulate((len(line) + 1 for line in all_lines), initial=0)
    for start, line, reason, found in zip(starts, all_lines, reasons, pieces, strict=False):
        if reason:
            yield Span(start, start + len(line), reason, whole=True)
        else:
            yield from (Span(start + s.start, start + s.end, s.reason, whole=False) for s in found)


def _reasons(
    all_lines: list[str], place: lines.Places, labels: Mapping[str, str], repeats: Container[int]
) -> neighbours.Reasons:
    reasons: neighbours.Reasons = []
    before = ""
    for number, line in enumerate(all_lines):
        reason = _whole(line, number, place, labels, before) or _repeated(line, repeats)
        before = reason or (before if not line.strip() else "")
        reasons.append(reason)
    for number in place.foot(reasons):
        if not reasons[number] and not lines.is_note(all_lines[number]):
            reasons[number] = place.at_foot(all_lines[number].strip())
    return reasons


def _whole(line: str, number: int, place: lines.Places, labels: Mapping[str, str], before: str) -> str | None:
    """Why the whole line goes: by its markup, its form or its place; a link also because it follows a reference."""
    if not line.strip() or lines.is_note(line):
        return None
    said = lines.bare(line)
    half = said[: len(said) // 2]  # a link's text is often there twice, once for those who cannot see
    marked = labels.get(said) or (labels.get(half) if said == f"{half} {half}" else None)
    if marked == "link":
        marked = "related" if before == "related" else None
    elif marked in neighbours.TRAILING or (marked == "caption" and len(line) > _CAPTION):
        marked = None
    return marked or place.reason(number, line)


def _repeated(line: str, repeats: Container[int]) -> str | None:
    known = repeats and line.strip() and not lines.is_note(line) and repeated.mark(line) in repeats
    return "repeated" if known else None


def _of_line(line: str) -> tuple[list[Span], bool]:
    """The pieces of a line that stays, or all of it; and whether it is weak as a whole."""
    if not line.strip() or lines.is_note(line):
        return [], False
    spoken, weak = _spoken(line) if len(line) <= _REMEMBERED else _spoken.__wrapped__(line)
    if _BRACKETED.fullmatch(line) and any(voice.pitches(line) for voice in speakers(line)):
        return [Span(0, len(line), "newsletter", whole=True)], False
    pieces = [Span(a, b, why, whole=False) for a, b, why in [*spoken, *lines.asides(line)]]
    if len(line) <= _SHORT and spoken and sum(b - a for a, b, _ in spoken) >= 0.9 * len(line.rstrip()):
        return [Span(0, len(line), spoken[0][2], whole=True)], False
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
