"""Which of several extractions is the article: two that agree, or the one that most agree with.

trafilatura's quick mode and our own densest part are made of every page. Where they agree, trafilatura's is taken;
where not, its other modes, the page's own `articleBody` and the feed's text are asked too, and the one that shares
most with the others wins. The score is that agreement. Texts are compared as they would be kept, boilerplate cut.
"""

import re
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import Any

from newstide.records import Cut
from streams.enrich import apart, blocks, boilerplate
from streams.enrich.facts import Facts
from streams.enrich.failure import THIN
from streams.enrich.html import from_fragment
from streams.enrich.lines import plain
from streams.enrich.tidy import tidy
from streams.enrich.witnesses import Told
from streams.enrich.words import WORD

# Two extractions agree from this share of common four-word shingles on.
_AGREE = 0.9
# A clean source that holds the winner and so many times its length has the article that the page cuts short.
_HOLDS, _FULLER = 0.8, 1.3
# A lead that an extractor left out is at most so many paragraphs of at least so many characters.
_LEAD, _PROSE = 2, 60
_ENDS = re.compile(r"[.!?…:\"”»)。؟]\s*$")
Shingles = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class Candidate:
    """`by`: trafilatura, trafilatura-full, trafilatura-precise, densest, json-ld, feed, text.

    `verdict` is why what is in `removed` went.
    """

    by: str
    text: str
    removed: tuple[Cut, ...] = ()
    score: float = 1.0
    verdict: boilerplate.Verdict | None = None

    @cached_property
    def shingles(self) -> Shingles:
        return shingles(self.text)

    def heard(self, known: Mapping[str, blocks.Block], labels: Mapping[str, str]) -> "Candidate":
        """Its last boilerplate cut by the learned witness; `known` are the page's blocks by line, none of a text alone."""
        if self.verdict is None:
            return self
        left, removed = self.verdict.heard(known, labels).carried_out()
        return replace(self, text=left, removed=removed)


class Chooser:
    """The candidates of one page, each made when it is asked for."""

    def __init__(self, tree: Any, facts: Facts, given: str, told: Told, repeats: Container[int] = ()) -> None:
        self.tree, self.facts, self.given = tree, facts, given
        self.told, self.repeats = told, repeats
        self.blocks = blocks.read(tree)
        article = bool(facts.articles) or facts.first("og:type").lower() == "article"
        self.labels = apart.reasons(self.blocks, article=article)

    def choose(self) -> Candidate:
        """The winner, its last boilerplate cut by the learned witness."""
        return self.chosen().heard(blocks.by_line(self.blocks), self.labels)

    def chosen(self) -> Candidate:
        """The winner, as the rules alone leave it."""
        quick = self._made("trafilatura", _extracted(self.tree, fast=True))
        densest = self._made("densest", blocks.text(blocks.densest(self.blocks)))
        agreement = similarity(quick.shingles, densest.shingles)
        best = scored(quick, agreement) if agreement >= _AGREE else self._central(quick, densest)
        return self._fuller(self._with_lead(best, densest))

    def _central(self, quick: Candidate, densest: Candidate) -> Candidate:
        """Of all that can be had, no thin one beside one that is not, the one that most agree with."""
        rivals = [
            quick,
            self._made("trafilatura-precise", _extracted(self.tree, favor_precision=True)),
            self._made("trafilatura-full", _extracted(self.tree)),
            densest,
            *self._own(len(quick.text) // 2),
        ]
        whole = [rival for rival in rivals if len(rival.text) >= THIN]
        return central(whole or [rival for rival in rivals if rival.text] or rivals[:1])

    def _with_lead(self, best: Candidate, densest: Candidate) -> Candidate:
        """With the paragraphs that the densest part has before the text's first: the standfirst."""
        kept = set(best.text.split("\n"))
        lead = list(takewhile(lambda line: line not in kept, densest.text.split("\n")))
        if not 0 < len(lead) <= _LEAD or best.by == "densest" or not all(map(_is_prose, lead)):
            return best
        text = boilerplate.restore(best.text, best.removed)
        if any(line in text for line in lead) or len(lead) == densest.text.count("\n") + 1:
            return best
        return scored(self._made(best.by, "\n".join([*lead, text])), best.score)

    def _fuller(self, best: Candidate) -> Candidate:
        """A source of plain text that goes on where the page stops."""
        for own in self._own(int(_FULLER * len(best.text))):
            shared = sum((own.shingles & best.shingles).values())
            if shared >= _HOLDS * sum(best.shingles.values()):
                return scored(own, best.score)
        return best

    def _own(self, least: int) -> list[Candidate]:
        """The page's `articleBody` and the feed's text, of those that are as long and no thin notice."""
        return [self._made(by, text) for by, text in self._plain if len(text) >= max(least, THIN)]

    @cached_property
    def _plain(self) -> list[tuple[str, str]]:
        bodies = [("json-ld", tidy(from_fragment(text))) for text in _bodies(self.facts)]
        return [*bodies, ("feed", self.given)]

    def _made(self, by: str, text: str) -> Candidate:
        text = tidy(text)
        # trafilatura falls back to a page's title where it finds nothing else.
        alone = plain(text) in set(map(plain, self.told.titles))
        return made(by, "" if alone else text, self.told, self.labels, self.repeats)


def _is_prose(line: str) -> bool:
    return len(line) >= _PROSE and _ENDS.search(line) is not None


def made(
    by: str, text: str, told: Told, labels: Mapping[str, str] | None = None, repeats: Container[int] = ()
) -> Candidate:
    """A candidate of a tidy text, its boilerplate cut."""
    verdict = boilerplate.judge(text, told.titles, told.author, labels, repeats)
    left, removed = verdict.carried_out()
    return Candidate(by, left, removed, verdict=verdict)


def scored(candidate: Candidate, score: float) -> Candidate:
    return replace(candidate, score=round(score, 4))


def central(rivals: list[Candidate]) -> Candidate:
    """The one with the most agreement with all others; of equals the first."""
    if len(rivals) == 1:
        return scored(rivals[0], 0.0)
    means = [
        sum(similarity(one.shingles, other.shingles) for other in rivals if other is not one) / (len(rivals) - 1)
        for one in rivals
    ]
    best = max(range(len(rivals)), key=lambda i: (means[i], -i))
    return scored(rivals[best], means[best])


def shingles(text: str) -> Shingles:
    words = WORD.findall(text)
    if 0 < len(words) < 4:
        return Counter([tuple(words)])
    return Counter(zip(words, words[1:], words[2:], words[3:], strict=False))


def similarity(one: Shingles, other: Shingles) -> float:
    """Dice's coefficient of two bags of shingles, 0..1."""
    total = sum(one.values()) + sum(other.values())
    return 2 * sum((one & other).values()) / total if total else 1.0


def _bodies(facts: Facts) -> list[str]:
    """The article bodies that the page's JSON-LD carries, longest first; only the first counts."""
    found = [body for node in facts.articles if isinstance(body := node.get("articleBody"), str)]
    return sorted(found, key=len, reverse=True)[:1]


def _extracted(tree: Any, **mode: Any) -> str:
    from trafilatura import bare_extraction

    try:
        found: Any = bare_extraction(tree, include_comments=False, include_tables=True, with_metadata=False, **mode)
    except Exception:  # noqa: BLE001 - a hostile page breaks parsers in ways nobody lists
        return ""
    return (found.text or "") if found is not None else ""
