"""A loss as it stands in somebody's numpy code becomes a graph: its gradient, a training step, and numpy again."""

import sys
from itertools import pairwise

import numpy as np

import irlib
from irlib import data

# First, numpy code that knows nothing of irlib.


class Normalizer:
    """Keeps what it saw, as such classes do."""

    def __init__(self, width):
        self.scale = np.ones(width)
        self.shift = np.zeros(width)

    def __call__(self, x, epsilon=1e-5):
        self.mean = x.mean(axis=0)
        centred = x - self.mean
        return self.scale * centred / np.sqrt((centred**2).mean(axis=0) + epsilon) + self.shift


def softmax(z):
    """Probabilities by row."""
    z = z - z.max(axis=1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


class Network:
    """A few layers; the first is normalized over the batch."""

    def __init__(self, sizes, rng):
        self.weights = [rng.normal(size=(n, m)) / np.sqrt(n) for n, m in pairwise(sizes)]
        self.biases = [np.zeros(m) for m in sizes[1:]]
        self.norm = Normalizer(sizes[1])

    def loss(self, x, labels, decay=1e-4):
        a = x
        for k, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = a @ w if k else self.norm(a @ w)
            a = softmax(z + b) if k else np.tanh(z + b)
        n = len(x)
        losses = np.zeros(n)
        losses[:] = -np.log(a[np.arange(n), labels])  # stores, views and arrays of indices are taken as they are
        return losses.mean() + decay * sum(np.sum(w**2) for w in self.weights)


# And now the same as a graph.

images, labels = data.digits()
feeds = {"x": images.reshape(-1, 64) / 16.0, "labels": labels.astype(np.int64)}
network = Network([64, 32, 10], np.random.default_rng(0))

batch = irlib.spec("float64[batch, 64]"), irlib.spec("int64[batch]")  # for batches of every size
model = irlib.trace(network.loss, *batch, parameters=["self"])
print(f"{len(model)} nodes; parameters: {', '.join(n.name for n in model.parameters)}")
assert np.isclose(irlib.run(model, feeds)["out"], network.loss(*feeds.values()), rtol=1e-12)
assert all(check.ok for check in irlib.check_gradients(model, feeds, "out"))

step = irlib.gradient(model, of="out", outputs=["out"])
irlib.save(step, "numpy_loss.pb")
f = irlib.compile(step, target="numpy")
weights = {n.name: n.variable.tensor.array for n in model.parameters}
for k in range(int(sys.argv[1]) if len(sys.argv) > 1 else 60):
    found = f({**feeds, **weights})
    if k % 10 == 0:
        print(f"step {k}: loss {found['out']:.4f}")
    weights = {name: w - 0.5 * found[f"d_{name}"] for name, w in weights.items()}
print(irlib.to_numpy(model)[:500], "..")
