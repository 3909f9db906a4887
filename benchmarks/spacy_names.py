"""python -m benchmarks.spacy_names [minutes]: spaCy's blank English pipeline, trained and judged on what our encoder is.

Its defaults (hashed embeddings and a CNN, no vectors, no pretrained weights), on one thread, for so many minutes of CPU; from the
gold documents of both kinds of licence, without our unlabelled news. It needs the extra `rivals`. Where a set does not mark MISC
the names are marked without it, which it cannot be told to leave open.
"""

import random
import sys
import time
import warnings
from collections.abc import Iterator
from itertools import chain

import spacy
from spacy.language import Language
from spacy.training import Example

from streams.enrich.words import Name
from streams.models.training.ner import scores, sets
from tests.quality.test_enrich import DATA

MINUTES, SEED = 12.0, 21
# spaCy's own recipe for news: words in a batch grow, a tenth of the features is dropped.
FIRST, LAST, GROWTH, DROPOUT = 100, 1000, 1.001, 0.1
_CUT = 40  # sentences of a document that are read at once


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    training, held = sets.read(DATA, "research")
    pipeline = spacy.blank("en")
    begun = time.process_time()
    pieces, epochs = _train(pipeline, list(chain(*training.values())), minutes * 60)
    spent = (time.process_time() - begun) / 60
    print(
        f"{pieces:,} documents, {epochs:.1f} epochs, {spent:.1f} minutes of CPU, {len(pipeline.to_bytes()) / 1e6:.1f} MB"
    )
    begun = time.process_time()
    found = scores.judge(lambda text: _names(pipeline, text), held)
    words = sum(len(s.tokens) for documents in held.values() for d in documents for s in d)
    print(f"{words / (time.process_time() - begun):,.0f} tokens/s", scores.table(found), sep="\n")


def _train(pipeline: Language, documents: list[sets.Document], seconds: float) -> tuple[int, float]:
    """Examples, and how many times over they were seen; the weights end as their running mean."""
    pipeline.add_pipe("ner")
    spacy.util.fix_random_seed(SEED)
    cut = [d[at : at + _CUT] for d in documents for at in range(0, len(d), _CUT)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where a token of the set is none of spaCy's, the name is left out
        examples = [_example(pipeline, document) for document in cut]
    optimizer = pipeline.initialize(lambda: examples)
    begun, seen, sizes = time.process_time(), 0, _sizes()
    for batch in _batches(examples, sizes):
        pipeline.update(batch, sgd=optimizer, drop=DROPOUT)
        seen += len(batch)
        if time.process_time() - begun > seconds:
            break
    with pipeline.use_params(optimizer.averages):
        kept = pipeline.to_bytes()
    pipeline.from_bytes(kept)
    return len(examples), seen / len(examples)


def _example(pipeline: Language, document: sets.Document) -> Example:
    text, _, gold = scores.joined(document)
    return Example.from_dict(pipeline.make_doc(text), {"entities": sorted(gold)})


def _batches(examples: list[Example], sizes: Iterator[int]) -> Iterator[list[Example]]:
    """Epoch after epoch, each in an order of its own, by words."""
    order = random.Random(SEED)
    while True:
        order.shuffle(examples)
        batch: list[Example] = []
        size, words = next(sizes), 0
        for example in examples:
            batch.append(example)
            words += len(example.reference)
            if words >= size:
                yield batch
                batch, size, words = [], next(sizes), 0


def _sizes() -> Iterator[int]:
    size = float(FIRST)
    while True:
        yield int(size)
        size = min(size * GROWTH, LAST)


def _names(pipeline: Language, text: str) -> list[Name]:
    return [Name(e.start_char, e.end_char, e.label_) for e in pipeline(text).ents]  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
