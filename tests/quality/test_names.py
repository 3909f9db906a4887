"""Names, strict: exact span and type, on the parts that `make train-ner` does not train on. Prints the table of docs/quality.md.

`python -m pytest tests/quality/test_names.py -m slow -s`. They are scores on our part of each set, not
comparable with published ones.
"""

from collections.abc import Callable
from functools import cache

import pytest

from streams.enrich.entities import Witness, recognise
from streams.enrich.lexicon import lexicon
from streams.enrich.runs import names
from streams.models.training.ner import sets
from streams.models.training.ner.scores import Score, Span, capitalised, joined
from tests.quality.test_enrich import DATA

pytestmark = pytest.mark.slow

# Least F1 of the whole step, in percent: what it comes to, rounded down.
LEAST = {"worldwide": 62.9, "conllpp": 72.8, "crossner_politics": 42.6, "wikigold": 52.1, "wnut17": 15.7, "re3d": 40.1}


@cache
def _held() -> dict[str, list[sets.Document]]:
    if not (DATA / "ner").exists():
        pytest.skip("needs ../shared/data/ner")
    return sets.read(DATA, "open")[1]


def _whole(text: str, witness: Witness = names) -> set[Span]:
    """A demonym counts as MISC, as these sets have it."""
    demonyms = lexicon().demonyms
    entities = recognise([("", text, "en")], witness)[0]
    return {(m.start, m.end, "MISC" if m.text in demonyms else e.type) for e in entities for m in e.mentions}


SYSTEMS: dict[str, Callable[[str], set[Span]]] = {
    "lexicon": lambda text: _whole(text, lambda *_: []),
    "whole": _whole,
}


@pytest.mark.parametrize("name", LEAST)
def test_names_strict_f1(name: str) -> None:
    scores = {system: Score() for system in SYSTEMS}
    for document in _held()[name]:
        text, _, gold = joined(document)
        for system, score in scores.items():
            found = SYSTEMS[system](text)
            score.add(*((capitalised(text, found), capitalised(text, gold)) if name == "re3d" else (found, gold)))
    for system, score in scores.items():
        kinds = " ".join(f"{kind} {score.f1(kind):.1f}" for kind in ("PER", "ORG", "LOC", "MISC"))
        print(f"{name:18} {system:8} P {score.precision():.1f} R {score.recall():.1f} F {score.f1():.1f} {kinds}")
    assert scores["whole"].f1() >= LEAST[name]
