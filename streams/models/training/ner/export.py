"""The trained encoder as an int8 ONNX graph, written out by hand.

An exporter's graph changes with its version, and the fusions that make it fast then no longer match. Weights
are int8 with one scale per column, activations are rounded per call; so a window is one call.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from streams.enrich.ner.tags import TAGS, Floats
from streams.models.training.ner.model import EPSILON, HEADS, WIDTH

Weights = dict[str, npt.NDArray[np.float32]]
FUSED = "com.microsoft"


class Graph:
    """Nodes and constants under construction."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, values: npt.NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], output, domain=domain, **attributes))
        return output

    def linear(self, x: str, weight: Floats, bias: Floats, name: str) -> str:
        """X · weightᵀ + bias, the weight in int8 with a scale per column."""
        small, scale = rounded(weight)
        given = [
            x,
            self.constant(f"{name}.weight", small.T),
            self.constant(f"{name}.scale", scale),
            self.constant(f"{name}.zero", np.zeros(len(scale), np.int8)),
            self.constant(f"{name}.bias", bias.astype(np.float32)),
        ]
        return self.node("DynamicQuantizeMatMul", given, name, FUSED)

    def norm(self, x: str, rest: str, weights: Weights, key: str) -> str:
        """LayerNorm(x + rest): two nodes, for onnxruntime 1.32's fused one takes eight times as long."""
        scale, shift = (self.constant(f"{key}.{end}", weights[f"{key}.{end}"]) for end in ("weight", "bias"))
        total = self.node("Add", [x, rest], f"{key}.sum")
        return self.node("LayerNormalization", [total, scale, shift], key, axis=-1, epsilon=EPSILON)

    def save(self, name: str, inputs: Sequence[Any], output: Any, path: Path) -> None:
        """As a model's file; inputs and output are onnx's descriptions of values."""
        made = helper.make_graph(self.nodes, name, inputs, [output], self.constants)
        domains = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
        onnx.save(helper.make_model(made, opset_imports=domains, ir_version=9, producer_name="newstide"), str(path))


def rounded(weight: Floats) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Each row in int8, and its scale."""
    scale = np.maximum(np.abs(weight).max(1), 1e-8) / 127
    return np.round(weight / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def write(weights: Weights, path: Path) -> None:
    """Inputs ids and shapes (int32, windows x pieces, none padded); output logits."""
    graph = Graph()
    layers = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("layers."))
    x = embedded(graph, weights)
    for number in range(layers):
        x = layer(graph, weights, x, f"layers.{number}")
    head = graph.constant("head.weight", weights["head.weight"].T)
    scores = graph.node("MatMul", [x, head], "scores")
    graph.node("Add", [scores, graph.constant("head.bias", weights["head.bias"])], "logits")
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT32, ["windows", "pieces"]) for name in ("ids", "shapes")
    ]
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["windows", "pieces", len(TAGS)])
    graph.save("ner", inputs, output, path)


def embedded(graph: Graph, weights: Weights) -> str:
    """Words (int8 by row), places and shapes, summed and normed."""
    small, scale = rounded(weights["words.weight"])
    table, scales = graph.constant("words", small), graph.constant("words.scale", scale[:, None])
    coarse = graph.node("Cast", [graph.node("Gather", [table, "ids"], "words.int8")], "words.float", to=1)
    words = graph.node("Mul", [coarse, graph.node("Gather", [scales, "ids"], "words.by")], "words.sum")
    size = graph.node("Shape", ["ids"], "size", start=1, end=2)
    zero = graph.constant("zero", np.zeros(1, np.int64))
    every = graph.constant("every", weights["places.weight"])
    places = graph.node("Slice", [every, zero, size, zero], "places")
    shapes = graph.node("Gather", [graph.constant("shape", weights["shapes.weight"]), "shapes"], "shapes.sum")
    both = graph.node("Add", [shapes, places], "shapes.placed")
    return graph.norm(words, both, weights, "norm")


def layer(graph: Graph, weights: Weights, x: str, key: str) -> str:
    """One of the encoder's layers, after `x`."""
    mixed = graph.linear(x, weights[f"{key}.mix.weight"], weights[f"{key}.mix.bias"], f"{key}.mix")
    parts = [f"{key}.{part}" for part in ("query", "key", "value")]
    thirds = graph.constant(f"{key}.thirds", np.full(3, WIDTH, np.int64))
    graph.nodes.append(helper.make_node("Split", [mixed, thirds], parts, f"{key}.split", axis=-1))
    seen = graph.node("MultiHeadAttention", parts, f"{key}.seen", FUSED, num_heads=HEADS)
    out = graph.linear(seen, weights[f"{key}.out.weight"], weights[f"{key}.out.bias"], f"{key}.out")
    x = graph.norm(x, out, weights, f"{key}.first")
    up = graph.linear(x, weights[f"{key}.up.weight"], weights[f"{key}.up.bias"], f"{key}.up")
    lifted = graph.node("Gelu", [up], f"{key}.gelu", FUSED)
    down = graph.linear(lifted, weights[f"{key}.down.weight"], weights[f"{key}.down.bias"], f"{key}.down")
    return graph.norm(x, down, weights, f"{key}.second")
