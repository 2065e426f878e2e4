"""The three systems: their data, their graphs, and how they are trained and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

import irlib
from irlib import data
from irlib.methods import Value

__all__ = ["SYSTEMS", "System"]

Feeds = dict[str, Any]

LAYERS = (64, 64, 32, 10)
"""The widths of the network: pixels, two hidden layers, digits."""


@dataclass(frozen=True)
class System:
    """A model, the data it is trained and judged on, and how."""

    name: str
    title: str
    model: irlib.Graph
    training: Feeds
    test: Feeds
    learning_rate: float
    batch: int
    epochs: int
    quick_epochs: int
    judge: Callable[[System, irlib.Graph], str]
    """What the trained model is worth, in words."""

    def batches(self, epochs: int) -> Iterator[Feeds]:
        """The training data in batches, in another order in each epoch."""
        rng = np.random.default_rng(1)
        count = len(next(iter(self.training.values())))
        for _ in range(epochs):
            order = rng.permutation(count)
            for start in range(0, count - self.batch + 1, self.batch):
                chosen = order[start : start + self.batch]
                yield {name: np.ascontiguousarray(values[chosen]) for name, values in self.training.items()}

    def steps(self, epochs: int) -> int:
        return epochs * (len(next(iter(self.training.values()))) // self.batch)


def logistic_regression() -> System:
    """Handwritten digits by a softmax of a linear map, trained on the cross entropy."""
    b = irlib.Builder("logistic")
    x, t = b.input("x", "float64[batch, 64]"), b.input("t", "float64[batch, 10]")
    w, c = b.parameter("w", np.zeros((64, 10))), b.parameter("c", np.zeros(10))
    z = b.add(x @ w, c, name="z")
    b.output("y", b.softmax(z, axis=-1))
    b.output("loss", -b.mean(b.sum(t * b.log_softmax(z, axis=-1), [1])), role="loss")
    training, test = _digits()
    return System(
        "logistic", "logistic regression: handwritten digits", b.build(),
        training, test, 0.5, 32, 30, 5, _accuracy,
    )  # fmt: skip


def network() -> System:
    """Handwritten digits by three layers of sigmoids, trained on the quadratic cost, as in textbooks."""
    rng = np.random.default_rng(0)
    b = irlib.Builder("network")
    a: Value = b.input("x", "float64[batch, 64]")
    t = b.input("t", "float64[batch, 10]")
    for k, (m, n) in enumerate(pairwise(LAYERS), start=1):
        w = b.parameter(f"w{k}", rng.standard_normal((m, n)) / np.sqrt(m))
        c = b.parameter(f"c{k}", np.zeros(n))
        z = b.add(a @ w, c, name=f"z{k}")
        a = b.sigmoid(z, name=f"a{k}")
    b.output("y", a)
    b.output("loss", 0.5 * b.mean(b.sum(b.square(a - t), [1])), role="loss")
    training, test = _digits()
    return System(
        "network", "a three-layer sigmoid network: handwritten digits", b.build(),
        training, test, 4.0, 16, 60, 10, _accuracy,
    )  # fmt: skip


def polynomial() -> System:
    """The area of a cell nucleus from its radius, by a third-order polynomial; both scaled to about 1."""
    radius, area = data.nuclei()
    low, high = radius.min(), radius.max()
    b = irlib.Builder("polynomial")
    x, t = b.input("x", "float64[batch]"), b.input("t", "float64[batch]")
    p = {k: b.parameter(f"p{k}", np.zeros(())) for k in range(4)}
    y = ((p[3] * x + p[2]) * x + p[1]) * x + p[0]
    b.output("y", y)
    b.output("loss", b.mean(b.square(y - t)), role="loss")
    every = {"x": (2 * radius - low - high) / (high - low), "t": area / area.max()}
    return System(
        "polynomial", "a third-order polynomial: area of a cell nucleus from its radius", b.build(),
        every, every, 0.5, len(radius), 4000, 400, _against_least_squares,
    )  # fmt: skip


SYSTEMS: dict[str, Callable[[], System]] = {
    "logistic": logistic_regression,
    "polynomial": polynomial,
    "network": network,
}
"""What makes each system, in the order of the demonstration."""


def _digits() -> tuple[Feeds, Feeds]:
    """Four digits in five to train on, the others to test, each a row of 64 pixels from 0 to 1 and a one-hot label."""
    images, labels = data.digits()
    x, t = images.reshape(-1, 64) / 16.0, np.eye(10)[labels]
    order = np.random.default_rng(0).permutation(len(x))
    cut = len(x) * 4 // 5
    train, test = order[:cut], order[cut:]
    return {"x": x[train], "t": t[train]}, {"x": x[test], "t": t[test]}


def accuracy(model: irlib.Graph, feeds: Feeds) -> float:
    """How many of the digits are recognized, from 0 to 1."""
    y = irlib.run(model, feeds)["y"]
    return float((y.argmax(1) == feeds["t"].argmax(1)).mean())


def _accuracy(system: System, model: irlib.Graph) -> str:
    share, count = accuracy(model, system.test), len(system.test["t"])
    return f"test accuracy {100 * share:.1f} % ({count} digits that training has not seen)"


def _against_least_squares(system: System, model: irlib.Graph) -> str:
    x, t = system.test["x"], system.test["t"]
    best = np.polynomial.polynomial.polyfit(x, t, 3)
    found = [model.nodes[f"p{k}"].variable.tensor.array for k in range(4)]
    y = irlib.run(model, system.test)["y"]
    explained = 1 - float(np.mean((y - t) ** 2) / np.var(t))
    off = float(np.max(np.abs(np.array(found) - best)))
    return f"explains {100 * explained:.2f} % of the variance; coefficients within {off:.0e} of least squares"
