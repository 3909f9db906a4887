"""`python -m streams.models.training.ner --data ../shared/data`: trains, writes the model, prints its scores.

A run that was stopped goes on after its last whole epoch; `--fresh` begins again. Work in progress lies in
`--work`, the result in `--out`: ner.onnx, tokenizer.json, report.json and NER.md.
"""

import argparse
import os
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer

from streams.enrich.ner.encoder import load
from streams.models.training.ner import card, export, fit, model, scores, sets, windows
from streams.models.training.ner.fit import Plan

_OUT = Path(__file__).parents[2] / "ner"
# Pieces in a batch.
_TOKENS = 3000


def main() -> None:
    args = _arguments()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    args.work.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer(args.base)
    start, separator = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    training, held = sets.read(args.data, args.variant)
    documents = [d for some in training.values() for d in windows.lines(some, tokenizer, separator)]
    documents = documents[:: args.every]
    plan = Plan(args.epochs, args.tokens, args.seed, device, args.free_words, args.steps)
    _introduce(training, documents, args.variant, plan)
    torch.manual_seed(args.seed)
    checkpoint = args.work / f"{args.variant}-{args.layers}-{args.seed}.pt"
    if args.fresh:
        checkpoint.unlink(missing_ok=True)
    began = time.monotonic()
    run = fit.train(model.build(args.base, args.layers), documents, start, plan, checkpoint)
    spent = time.monotonic() - began
    weights = {name: values.float().cpu().numpy() for name, values in run.average.items()}
    export.write(weights, args.out / "ner.onnx")
    tokenizer.save(str(args.out / "tokenizer.json"), pretty=False)
    held = {name: some[:: args.every] for name, some in held.items()}
    found = scores.judge(load(args.out).names, held)
    print(scores.table(found), flush=True)
    if args.every == 1 and not args.steps:  # a trial says nothing that a card may say
        card.write(args.out, args.variant, args.layers, plan, training, found, spent)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with ner/")
    parser.add_argument("--base", type=Path, default=None, help="folder of the base model (default: from its package)")
    parser.add_argument("--out", type=Path, default=_OUT)
    parser.add_argument("--work", type=Path, default=Path("var/train-ner"))
    parser.add_argument("--variant", choices=sets.VARIANTS, default="open", help="whose licences are accepted")
    parser.add_argument("--layers", type=int, choices=sorted(model.KEPT), default=6)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--tokens", type=int, default=_TOKENS, help="word pieces in a batch")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--free-words", action="store_true", help="train the word embeddings too")
    parser.add_argument("--fresh", action="store_true", help="forget an unfinished run")
    parser.add_argument("--every", type=int, default=1, help="a trial: only every n-th document")
    parser.add_argument("--steps", type=int, default=0, help="a trial: stop after so many steps")
    args = parser.parse_args()
    args.base = args.base or model.base()
    return args


def _tokenizer(folder: Path) -> Tokenizer:
    """The base model's, without its padding and its cut at 128 pieces."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _introduce(
    training: dict[str, list[sets.Document]], documents: list[list[windows.Line]], variant: str, plan: Plan
) -> None:
    counted = sum((line.labels != windows.NONE).sum() for d in documents for line in d)
    print(f"variant {variant} on {plan.device}: {len(documents)} documents, {counted} units, {', '.join(training)}")


if __name__ == "__main__":
    main()
