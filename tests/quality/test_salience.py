"""Salience against what a publisher's own summary names, after Dunietz and Gillick (2014); three baselines beside it.

`python -m pytest tests/quality/test_salience.py -m slow -s`. English pages with a description of their own in the meta tags
or JSON-LD: one that stands in the text as it is would only say where the text begins. An entity of the text is salient
where one of its wordings stands in the description. `tune` was looked at when the weights were chosen, `held` was not.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
import pytest

from benchmarks import pages
from newstide.records import Entity
from streams.enrich import language
from streams.enrich.entities import recognise
from streams.enrich.page import opened
from streams.enrich.words import words

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not pages.DATA.exists(), reason="needs ../shared/data/extract"),
]
# A description has so many words, and shares some long ones with its text; others speak of the outlet.
_FEWEST, _MOST, _SHARED, _LONG = 8, 80, 3, 5


@dataclass(frozen=True, slots=True)
class Case:
    """The entities of a text, and which of them its description names: some, never all."""

    held: bool
    entities: tuple[Entity, ...]
    named: tuple[bool, ...]


def _described(data: bytes, text: list[str]) -> str | None:
    """The longest description that says it in its own words."""
    facts = opened(data, "text/html").facts
    meta = (facts.meta.get(name, ()) for name in ("og:description", "description", "twitter:description"))
    for found in sorted({*chain(*meta), *facts.said_of("description")}, key=lambda d: (-len(d), d)):
        said, body = words(found), " ".join(text)
        copied = " ".join(said[:_FEWEST]) in body or " ".join(said[-_FEWEST:]) in body
        shared = {word for word in said if len(word) >= _LONG} & set(text)
        if _FEWEST <= len(said) <= _MOST and len(shared) >= _SHARED and not copied:
            return f" {' '.join(said)} "
    return None


def _named(entity: Entity, description: str) -> bool:
    return any(spoken and f" {' '.join(spoken)} " in description for spoken in (words(m.text) for m in entity.mentions))


def _cases_of(page: pages.Page) -> Iterator[Case]:
    if pages.claim(page.data)[:2].lower() not in {"", "en"}:
        return
    clean = pages.cleaned(page.data, page.url, pages.FETCHED)
    if clean is None or not language.identify(clean.title, clean.text, "", clean.claim).startswith("en"):
        return
    description = _described(page.data, words(clean.text))
    if description:
        [found] = recognise([(clean.title, clean.text, "en")])
        entities = tuple(e for e in found if any(m.field == "text" for m in e.mentions))
        named = tuple(_named(e, description) for e in entities)
        if any(named) and not all(named):
            yield Case(page.held, entities, named)


@cache
def cases() -> list[Case]:
    sources = (pages.zyte, pages.fundus, pages.goose, pages.segments)
    return [case for source in sources for page in source() for case in _cases_of(page)]


def _area(scores: list[float], named: list[bool]) -> float:
    """How often one that is named stands above one that is not; ties count half (area under the ROC curve)."""
    above, below = np.array(scores)[np.array(named)], np.array(scores)[~np.array(named)]
    higher = (above[:, None] > below).mean() + (above[:, None] == below).mean() / 2
    return float(higher)


def _f1(scores: list[float], named: list[bool], least: float) -> float:
    given = [score >= least for score in scores]
    both = sum(g and n for g, n in zip(given, named, strict=True))
    return 2 * both / (sum(given) + sum(named))


def _measured(name: str, score: Callable[[Entity], float]) -> dict[str, float]:
    """Scores on the half that was not looked at; the threshold of F1 is the best of the other half."""
    halves = {held: [case for case in cases() if case.held is held] for held in (False, True)}
    flat = {
        held: ([score(e) for c in some for e in c.entities], [n for c in some for n in c.named])
        for held, some in halves.items()
    }
    least = max(sorted(set(flat[False][0])), key=lambda value: _f1(*flat[False], value))
    found = {}
    for held, some in halves.items():
        scored = [([score(e) for e in c.entities], list(c.named)) for c in some]
        found = {
            "AUC": _area(*flat[held]),
            "within the article": float(np.mean([_area(*one) for one in scored])),
            "F1": _f1(*flat[held], least),
            "first is right": float(np.mean([named[scores.index(max(scores))] for scores, named in scored])),
        }
        print(
            f"{name:24} {'held' if held else 'tune'} {len(some)} articles", *(f"{k} {v:.3f}" for k, v in found.items())
        )
    return found


def _starts(entity: Entity) -> list[int]:
    return [m.start for m in entity.mentions if m.field == "text"]


def _headline_first(entity: Entity) -> float:
    """Those of the headline, then the others; each by their first mention in the text."""
    return -min(_starts(entity)) / 1e9 + any(m.field == "title" for m in entity.mentions)


def test_salience_beside_first_mention_and_frequency() -> None:
    ours = _measured("salience", lambda e: e.salience)
    first = _measured("first mention", lambda e: -min(_starts(e)))
    headline = _measured("headline, then first", _headline_first)
    often = _measured("mentions", lambda e: len(e.mentions))
    others = (first, headline, often)
    named = sum(sum(case.named) for case in cases())
    print(f"{sum(len(case.entities) for case in cases())} entities, {named} named")
    assert ours["AUC"] >= max(one["AUC"] for one in others)
    assert ours["first is right"] >= max(one["first is right"] for one in others)
    assert ours["AUC"] >= 0.87
