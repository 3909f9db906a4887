"""The training loop: seeded, resumable after every epoch, with progress."""

import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from streams.enrich.ner.tags import TAGS
from streams.models.training.ner.model import Encoder
from streams.models.training.ner.windows import NONE, Batch, Line, epoch

WARMUP, CLIP, DECAY, BETAS = 0.05, 1.0, 0.01, (0.9, 0.98)
# The head and the shapes start from nothing and learn faster.
RATE, FRESH_RATE = 2e-4, 1e-3
# The weights that are kept are a running average over about this many of the last steps.
AVERAGE = 400
# What an O may be where the set does not mark MISC.
_NOTHING = [TAGS.index(t) for t in ("O", "B-MISC", "I-MISC")]


@dataclass(frozen=True, slots=True)
class Plan:
    epochs: int
    tokens: int
    seed: int
    device: str
    free_words: bool = False
    # Stop after so many steps: for a trial.
    most_steps: int = 0


def loss(logits: torch.Tensor, labels: torch.Tensor, misc: torch.Tensor) -> torch.Tensor:
    """Mean of -log P(label); in sets without MISC an O costs -log(P(O) + P(B-MISC) + P(I-MISC))."""
    judged = labels != NONE
    chances = logits[judged].float().log_softmax(-1)
    wanted = labels[judged]
    cost = -chances.gather(1, wanted[:, None])[:, 0]
    hidden = (~misc[:, None]).expand_as(labels)[judged] & (wanted == 0)
    return torch.where(hidden, -chances[:, _NOTHING].logsumexp(-1), cost).mean()


class Run:
    """One training run. `state` is everything that a resumed run needs."""

    def __init__(self, model: Encoder, plan: Plan, per_epoch: int) -> None:
        self.plan, self.model = plan, model.to(plan.device)
        self.model.words.weight.requires_grad_(plan.free_words)
        self.average = {k: v.detach().clone() for k, v in self.model.state_dict().items()}
        self.done, self.steps = 0, 0
        self.total = max(1, per_epoch * plan.epochs)
        fresh = [*model.head.parameters(), *model.shapes.parameters()]
        known = {id(p) for p in fresh}
        rest = [p for p in model.parameters() if p.requires_grad and id(p) not in known]
        groups = [{"params": rest, "lr": RATE}, {"params": fresh, "lr": FRESH_RATE}]
        self.optimizer = torch.optim.AdamW(groups, betas=BETAS, weight_decay=DECAY)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._share)

    def _share(self, step: int) -> float:
        """Of the learning rate: up over the first twentieth, then down to nothing."""
        warm = max(1, int(self.total * WARMUP))
        return min((step + 1) / warm, max(0.0, (self.total - step) / max(1, self.total - warm)))

    def step(self, batch: Batch) -> torch.Tensor:
        ids, shapes, labels, mask, misc = (
            torch.from_numpy(a).to(self.plan.device, non_blocking=True)
            for a in (batch.ids, batch.shapes, batch.labels, batch.mask, batch.misc)
        )
        with torch.autocast(torch.device(self.plan.device).type, torch.bfloat16):
            logits = self.model(ids, shapes, mask)
        cost = loss(logits, labels, misc)
        self.optimizer.zero_grad()
        cost.backward()
        torch.nn.utils.clip_grad_norm_([p for p in self.model.parameters() if p.requires_grad], CLIP)
        self.optimizer.step()
        self.schedule.step()
        self.steps += 1
        self._follow()
        return cost.detach()

    def _follow(self) -> None:
        """Moves the averaged weights towards the present ones."""
        share = max(1 / AVERAGE, 1 / (self.steps / 10 + 1))
        moving = [(k, v) for k, v in self.model.state_dict().items() if k != "words.weight" or self.plan.free_words]
        torch._foreach_lerp_([self.average[k] for k, _ in moving], [v for _, v in moving], share)

    def state(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "done": self.done,
            "steps": self.steps,
            "plan": self._named(),
        }

    def _named(self) -> dict[str, Any]:
        """What must be the same for a run to go on: not the device, nor where a trial stops."""
        return {**asdict(self.plan), "device": "", "most_steps": 0, "total": self.total}

    def load(self, state: dict[str, Any]) -> None:
        """Raises ValueError for the state of a run with another plan or other data."""
        if state["plan"] != self._named():
            raise ValueError(f"an unfinished run of another plan, {state['plan']}: finish it or say --fresh")
        self.model.load_state_dict(state["model"])
        self.average = state["average"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.done, self.steps = state["done"], state["steps"]


def train(model: Encoder, documents: list[list[Line]], start: int, plan: Plan, checkpoint: Path | None) -> Run:
    """Trains, or goes on where `checkpoint` stands; an epoch's draws depend on the seed and its number alone."""
    batches = _drawn(documents, start, plan, 0)
    run = Run(model, plan, len(batches))
    if checkpoint and checkpoint.exists():
        run.load(torch.load(checkpoint, map_location=plan.device, weights_only=True))
        print(f"goes on after epoch {run.done}", flush=True)
    while run.done < plan.epochs and not _enough(run):
        _epoch(run, batches if run.done == 0 else _drawn(documents, start, plan, run.done))
        run.done += 1
        if checkpoint:
            torch.save(run.state(), checkpoint.with_suffix(".part"))
            checkpoint.with_suffix(".part").replace(checkpoint)
    return run


def _drawn(documents: list[list[Line]], start: int, plan: Plan, number: int) -> list[Batch]:
    return epoch(documents, start, plan.tokens, np.random.default_rng([plan.seed, number]))


def _enough(run: Run) -> bool:
    return bool(run.plan.most_steps) and run.steps >= run.plan.most_steps


def _epoch(run: Run, batches: list[Batch]) -> None:
    torch.manual_seed(run.plan.seed * 1000 + run.done)
    run.model.train()
    began, costs = time.monotonic(), []
    for number, batch in enumerate(batches, 1):
        costs.append(run.step(batch))
        if number % 100 == 0 or number == len(batches) or _enough(run):
            _say(run, number / len(batches), time.monotonic() - began, costs[-100:])
        if _enough(run):
            break


def _say(run: Run, share: float, spent: float, costs: list[torch.Tensor]) -> None:
    left = spent / share * (run.plan.epochs - run.done) - spent
    mean = float(torch.stack(costs).mean())
    text = f"epoch {run.done + 1}/{run.plan.epochs} {share:4.0%} step {run.steps} loss {mean:.4f}"
    print(f"{text} {math.ceil(spent)} s, {math.ceil(left / 60)} min left", flush=True)
