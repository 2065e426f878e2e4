"""The four equations of backpropagation by hand, in numpy, to hold the gradient graph against.

For a network of layers z_l = a_(l-1) W_l + c_l, a_l = sigmoid(z_l), with the quadratic cost C = mean |a_L - t|^2 / 2:

- BP1: the error of the output layer, delta_L = dC/da_L * sigmoid'(z_L);
- BP2: the error of a hidden layer, delta_l = (delta_(l+1) W_(l+1)^T) * sigmoid'(z_l);
- BP3: the gradient of a bias is the error, dC/dc_l = delta_l, summed over the examples;
- BP4: the gradient of a weight is what comes in times the error, dC/dW_l = a_(l-1)^T delta_l.

Source: Nielsen, Neural Networks and Deep Learning (2015), chapter 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

import irlib

__all__ = ["Comparison", "by_hand", "compare"]


class Comparison(NamedTuple):
    """One equation: what it says, and the largest difference between it and irlib's gradient, relative to its size."""

    equation: str
    meaning: str
    difference: float


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def by_hand(weights: list[Any], biases: list[Any], x: Any, t: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """The errors, bias gradients and weight gradients of each layer, first layer first."""
    a, z = [x], []
    for w, c in zip(weights, biases, strict=True):
        z.append(a[-1] @ w + c)
        a.append(sigmoid(z[-1]))
    slope = [sigmoid(z_l) * (1 - sigmoid(z_l)) for z_l in z]
    delta = [(a[-1] - t) / len(x) * slope[-1]]  # BP1; the cost is the mean over the examples
    for w, s in zip(weights[:0:-1], slope[-2::-1], strict=True):
        delta.append(delta[-1] @ w.T * s)  # BP2
    delta.reverse()
    d_biases = [d.sum(0) for d in delta]  # BP3
    d_weights = [a_in.T @ d for a_in, d in zip(a, delta, strict=False)]  # BP4
    return delta, d_biases, d_weights


def compare(model: irlib.Graph, feeds: Mapping[str, Any]) -> list[Comparison]:
    """Each equation by hand against irlib's gradient of the loss with respect to the z, c and w of each layer."""
    layers = range(1, sum(str(p.name).startswith("w") for p in model.parameters) + 1)
    names = [f"{letter}{k}" for letter in "zcw" for k in layers]
    _, gradients = irlib.value_and_grad(model, feeds, of="loss", wrt=names)
    values = {p.name: p.variable.tensor.array for p in model.parameters if p.variable and p.variable.tensor}
    delta, d_biases, d_weights = by_hand(
        [values[f"w{k}"] for k in layers], [values[f"c{k}"] for k in layers], feeds["x"], feeds["t"]
    )

    def worst(letter: str, expected: list[Any], chosen: range) -> float:
        return max(_difference(gradients[f"{letter}{k}"], expected[k - 1]) for k in chosen)

    return [
        Comparison("BP1", "error of the output layer", worst("z", delta, layers[-1:])),
        Comparison("BP2", "error of the hidden layers", worst("z", delta, layers[:-1])),
        Comparison("BP3", "gradient of every bias", worst("c", d_biases, layers)),
        Comparison("BP4", "gradient of every weight", worst("w", d_weights, layers)),
    ]


def _difference(got: Any, expected: Any) -> float:
    return float(np.max(np.abs(got - expected)) / np.max(np.abs(expected)))
