"""In-text boilerplate against labels made by hand (`truth*.tsv`; their form is told in `boilerplate_lines`).

`truth` are pages that were looked at while rules were written, `truth-held` news pages that were labelled when the rules
stood and were opened later, `truth-web` blogs, shops and landing pages; the learned witness is trained on the first two and
knows no host of the others. `truth-fresh` are all news and magazine pages left in the data whose hosts no label knew, labelled
without a look at any rule or cut.
A piece is a line or a sentence of a page's text before anything was cut.
Title, byline, date and section at the head are fields of the record and no boilerplate: they are left out on both sides.
"""

from collections.abc import Iterator
from functools import cache

from benchmarks import pages
from streams.enrich import boilerplate
from streams.enrich.sentences import sentences
from streams.enrich.text import Clean
from streams.models.training import boilerplate_lines as kept
from streams.models.training.boilerplate_lines import FIELDS, mark

KNOWN: dict[str, tuple[pages.Source, ...]] = {
    "truth": (pages.zyte, pages.fundus, pages.segments, pages.goose),
    "truth-held": (pages.segments,),
    "truth-web": (pages.segments,),
    "truth-fresh": (pages.segments, pages.goose, pages.mozilla),
}


def labels(name: str = "truth") -> dict[str, dict[str, str]]:
    """Page → mark of a piece → its reason, of what must go and of the fields; pages with neither have none."""
    return kept.labels(kept.WHOLE / f"{name}.tsv")


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """(offset, piece): the lines of a text, and the sentences of lines that have several."""
    at = 0
    for line in text.split("\n"):
        yield at, line
        spans = sentences(line)
        if len(spans) > 1:
            yield from ((at + a, line[a:b].strip()) for a, b in spans)
        at += len(line) + 1


def judged(found: Clean, truth: dict[str, str]) -> tuple[int, int, int]:
    """Right, wrong and missed pieces of one page: half of a piece is the piece."""
    before = boilerplate.restore(found.text, found.removed)
    known = [((at, at + len(piece)), truth.get(mark(piece))) for at, piece in pieces(before) if piece.strip()]
    wanted = [span for span, why in known if why and why not in FIELDS]
    fields = [span for span, why in known if why in FIELDS]
    cut = [span for span in _spans(found) if _covered(span, fields) < 0.5]
    right = sum(_covered(span, wanted) >= 0.5 for span in cut)
    missed = sum(_covered(span, cut) < 0.5 for span in wanted)
    return right, len(cut) - right, missed


def _spans(found: Clean) -> Iterator[tuple[int, int]]:
    """Where the cuts stood in the text before any was made, without the line breaks that went with them."""
    shift = 0
    for cut in found.removed:
        begin = cut.at + shift + len(cut.text) - len(cut.text.lstrip())
        shift += len(cut.text)
        if cut.reason not in FIELDS:
            yield begin, begin + len(cut.text.strip())


def _covered(span: tuple[int, int], others: list[tuple[int, int]]) -> float:
    """The share of a span that lies in the others."""
    shared = sum(max(0, min(span[1], b) - max(span[0], a)) for a, b in others)
    return shared / max(1, span[1] - span[0])


@cache
def scores(name: str = "truth") -> tuple[float | None, float | None]:
    """Precision and recall over the labelled pages; None where there is none."""
    right, wrong, missed, wanted = 0, 0, 0, labels(name)
    for page in (page for source in KNOWN[name] for page in source()):
        truth = wanted.get(mark(page.id))
        found = pages.cleaned(page.data, page.url, pages.FETCHED) if truth is not None else None
        if found and truth is not None:
            counts = judged(found, truth)
            right, wrong, missed = right + counts[0], wrong + counts[1], missed + counts[2]
    if not right:
        return None, None
    return right / (right + wrong), right / (right + missed)
