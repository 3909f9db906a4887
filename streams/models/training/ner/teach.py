"""What teachers agree on: encoders that differ in their seeds label unlabelled news, and a student learns from it too.

Self-training with an ensemble: the student reads several times more news than anybody labelled, and comes close to
what its teachers know together, at the cost of one.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from streams.enrich.ner import tags, units
from streams.enrich.ner.encoder import lines
from streams.enrich.ner.tags import Floats
from streams.models.training.ner.windows import NONE, Batch, Ints, Line, batch, cut, grouped

# The teachers' mean probability from which a unit's tag is taught; of the others the student is told nothing.
SURE = 0.7
# Pieces in a batch that is only read.
_TOKENS = 20_000


def documents(texts: list[str], tokenizer: units.Tokenizer, separator: int) -> list[list[Line]]:
    """Each text in lines; their labels number the units through all texts."""
    found, count = [], 0
    for text in texts:
        document = []
        for first, end in lines(text):
            words = [text[a:b] for a, b in units.spans(text, first, end)]
            some = units.pieces(tokenizer, words, separator)
            if some.ids:
                ids, shapes = np.array([some.ids, some.shapes], np.int64)
                numbers = np.array([u + count if u >= 0 else NONE for u in some.unit], np.int64)
                document.append(Line(ids, shapes, numbers, misc=True))
            count += len(words)
        found.append(document)
    return found


def taught(documents: list[list[Line]], answers: Ints) -> list[list[Line]]:
    """The documents with the answer to each unit as its label."""
    return [
        [Line(at.ids, at.shapes, np.where(at.labels == NONE, NONE, answers[at.labels]), at.misc) for at in document]
        for document in documents
    ]


def answers(documents: list[list[Line]], teachers: list[nn.Module], start: int, device: str) -> Ints:
    """A tag per unit, NONE where the teachers are not sure; the likeliest lawful tags of each line."""
    count = 1 + max((int(line.labels.max(initial=NONE)) for d in documents for line in d), default=NONE)
    chances = np.zeros((count, len(tags.TAGS)), np.float32)
    for some in _batches(documents, start):
        own = some.labels != NONE
        chances[some.labels[own]] = _mean(some, teachers, device)[own]
    found = np.full(count, NONE, np.int64)
    for document in documents:
        for line in document:
            own = line.labels[line.labels != NONE]
            best = np.array(tags.best(np.log(chances[own] + 1e-6)), np.int64)
            found[own] = np.where(chances[own, best] >= SURE, best, NONE)
    return found


def _batches(documents: list[list[Line]], start: int) -> Iterator[Batch]:
    windows = [window for d in documents for window in cut(d, units.LONGEST)]
    windows.sort(key=lambda window: sum(len(line.ids) for line in window))
    done = 0
    for some in grouped(windows, _TOKENS):
        yield batch(some, start)
        done += len(some)
        print(f"\rtexts read by the teachers: {done / len(windows):4.0%}", end="", flush=True)
    print(flush=True)


def _mean(some: Batch, teachers: list[nn.Module], device: str) -> Floats:
    """Windows x pieces x tags: the teachers' probabilities, averaged."""
    given = [torch.from_numpy(values).to(device) for values in (some.ids, some.shapes, some.mask)]
    with torch.inference_mode(), torch.autocast(torch.device(device).type, torch.bfloat16):
        total = torch.stack([teacher(*given).float().softmax(-1) for teacher in teachers]).mean(0)
    return np.asarray(total.cpu().numpy())
