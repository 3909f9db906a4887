"""What reads topics off an article's point: a network with one hidden layer, and the softmax that makes chances of its answer."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class Network(NamedTuple):
    """Weights (numbers of a point x hidden, hidden x classes) and biases; the hidden layer is rectified."""

    hidden: Floats
    hidden_bias: Floats
    out: Floats
    out_bias: Floats

    def logits(self, point: Floats) -> Floats:
        raised = np.maximum(point @ self.hidden + self.hidden_bias, 0)
        return np.asarray(raised @ self.out + self.out_bias)


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True), np.float32)
