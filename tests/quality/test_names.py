"""Names, strict: exact span and type, on the parts that `make train-ner` does not train on. Prints the table of docs/quality.md.

`python -m pytest tests/quality/test_names.py -m slow -s`. They are scores on our part of each set, not
comparable with published ones.
"""

from collections.abc import Callable
from functools import cache

import pytest

from streams.enrich.entities import TAIL, Reader, recognise
from streams.enrich.lexicon import lexicon
from streams.enrich.ner.encoder import encoder
from streams.models.training.ner import scores, sets
from streams.models.training.ner.scores import Score, Span
from tests.quality.test_enrich import DATA

pytestmark = pytest.mark.slow

# Least F1 in percent, of the encoder alone and of the whole step: what they come to, rounded down.
LEAST = {
    "worldwide": (80.8, 81.4),
    "conllpp": (94.8, 93.0),
    "crossner_politics": (83.2, 82.4),
    "wikigold": (78.4, 79.5),
    "wnut17": (63.3, 62.9),
    "re3d": (71.7, 74.1),
}


@cache
def _held() -> dict[str, list[sets.Document]]:
    if not (DATA / "ner").exists():
        pytest.skip("needs ../shared/data/ner")
    return sets.read(DATA, "open")[1]


def _step(text: str, read: Reader | None = None) -> set[Span]:
    """A demonym counts as MISC, and so does SDF-led, as these sets have it."""
    demonyms = lexicon().demonyms
    entities = recognise([("", text, "en")], read)[0]
    return {
        (m.start, m.end, "MISC" if m.text in demonyms or TAIL.match(text, m.end) else e.type)
        for e in entities
        for m in e.mentions
    }


SYSTEMS: dict[str, Callable[[str], set[Span]]] = {
    "lexicon": lambda text: _step(text, lambda *_: []),
    "encoder": lambda text: {(name.start, name.end, name.kind) for name in encoder("").names(text)},
    "whole": _step,
}


@pytest.mark.parametrize("name", LEAST)
def test_names_strict_f1(name: str) -> None:
    found: dict[str, Score] = {}
    for system, answer in SYSTEMS.items():
        counted: dict[str, Score] = {}
        for document in _held()[name]:
            text, tokens, gold = scores.joined(document)
            scores.add(counted, name, text, {scores.whole(tokens, span) for span in answer(text)}, gold)
        score = found[system] = counted["re3d, names" if name == "re3d" else name]
        kinds = " ".join(f"{kind} {score.f1(kind):.1f}" for kind in ("PER", "ORG", "LOC", "MISC"))
        print(f"{name:18} {system:8} P {score.precision():.1f} R {score.recall():.1f} F {score.f1():.1f} {kinds}")
    alone, whole = LEAST[name]
    assert found["encoder"].f1() >= alone
    assert found["whole"].f1() >= whole
