"""`python -m streams.models.training.ner --data ../shared/data`: trains, writes the model, prints its scores.

With `--teachers`, so many encoders are trained first, label news that nobody labelled, and the result learns
from that too. A run that was stopped goes on after its last whole epoch; `--fresh` begins again. Work in
progress lies in `--work`, the result in `--out`: ner.onnx, tokenizer.json, report.json and NER.md.
"""

import argparse
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from streams.enrich.ner.encoder import load
from streams.models.training.ner import card, export, fit, model, scores, sets, teach, texts, windows
from streams.models.training.ner.fit import Plan

_OUT = Path(__file__).parents[2] / "ner"
# Pieces in a batch.
_TOKENS = 3000


def main() -> None:
    args = _arguments()
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    args.work.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer(args.base)
    separator = tokenizer.token_to_id("[SEP]")
    training, held = sets.read(args.data, args.variant)
    gold = [d for some in training.values() for d in windows.lines(some, tokenizer, separator)][:: args.every]
    held = {name: some[:: args.every] for name, some in held.items()}
    device = "cuda" if torch.cuda.is_available() else "cpu"
    plan = Plan(args.epochs, args.tokens, args.seed, device, args.free_words, args.steps)
    _introduce(training, gold, args.variant, plan)
    if args.fresh:
        _forget(args)
    began = time.monotonic()
    read = texts.read(args.data, args.variant) if args.teachers else {}
    unlabelled = [text for some in read.values() for text in some][:: args.every]
    documents = gold + (_taught(args, plan, gold, unlabelled, tokenizer) if args.teachers else [])
    weights = _trained(args, plan, documents, tokenizer, "student")
    export.write({name: v.float().cpu().numpy() for name, v in weights.items()}, args.out / "ner.onnx")
    tokenizer.save(str(args.out / "tokenizer.json"), pretty=False)
    found = scores.judge(load(args.out).names, held)
    print(scores.table(found), flush=True)
    if args.every == 1 and not args.steps:  # a trial says nothing that a card may say
        made = card.Made(args.variant, args.layers, args.teachers, plan, time.monotonic() - began)
        card.write(args.out, made, training, {name: len(some) for name, some in read.items()}, found)


def _trained(
    args: argparse.Namespace, plan: Plan, documents: list[list[windows.Line]], tokenizer: Tokenizer, name: str
) -> dict[str, torch.Tensor]:
    """The averaged weights of one run, begun or gone on with."""
    torch.manual_seed(plan.seed)
    start = tokenizer.token_to_id("[CLS]")
    return fit.train(model.build(args.base, args.layers), documents, start, plan, _kept(args, f"{name}.pt")).average


def _taught(
    args: argparse.Namespace, plan: Plan, gold: list[list[windows.Line]], some: list[str], tokenizer: Tokenizer
) -> list[list[windows.Line]]:
    """The texts with what the teachers say of them; that is kept, for without a GPU it takes an hour."""
    documents = teach.documents(some, tokenizer, tokenizer.token_to_id("[SEP]"))
    answers = _kept(args, "answers.npy")
    if not answers.exists():
        teachers = []
        for number in range(1, args.teachers + 1):
            print(f"teacher {number} of {args.teachers}", flush=True)
            weights = _trained(args, replace(plan, seed=plan.seed + number), gold, tokenizer, f"teacher-{number}")
            teachers.append(model.loaded(weights, args.layers, plan.device))
        np.save(
            answers, teach.answers(documents, teachers, tokenizer.token_to_id("[CLS]"), plan.device).astype(np.int8)
        )
    return teach.taught(documents, np.load(answers).astype(np.int64))


def _kept(args: argparse.Namespace, name: str) -> Path:
    """Where work in progress of this variant, depth and seed lies."""
    path: Path = args.work / f"{args.variant}-{args.layers}-{args.seed}-{name}"
    return path


def _forget(args: argparse.Namespace) -> None:
    for path in args.work.glob(_kept(args, "*").name):
        path.unlink()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with ner/ and, for teachers, the news")
    parser.add_argument("--base", type=Path, default=None, help="folder of the base model (default: from its package)")
    parser.add_argument("--out", type=Path, default=None, help="default: where the one that Newstide brings lies")
    parser.add_argument("--work", type=Path, default=Path("var/train-ner"))
    parser.add_argument("--variant", choices=sets.VARIANTS, default="research", help="whose licences are accepted")
    parser.add_argument("--layers", type=int, choices=sorted(model.KEPT), default=6)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument(
        "--teachers", type=int, default=5, help="encoders that label news first; 0: labelled sets alone"
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--tokens", type=int, default=_TOKENS, help="word pieces in a batch")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--free-words", action="store_true", help="train the word embeddings too")
    parser.add_argument("--fresh", action="store_true", help="forget an unfinished run")
    parser.add_argument("--every", type=int, default=1, help="a trial: only every n-th document")
    parser.add_argument("--steps", type=int, default=0, help="a trial: stop after so many steps")
    args = parser.parse_args()
    args.base = args.base or model.base()
    args.out = args.out or (_OUT if args.variant == sets.VARIANTS[-1] else _OUT / args.variant)
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
