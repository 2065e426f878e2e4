"""A third-order polynomial: the area of a cell nucleus from its radius, fitted by gradient descent.

python examples/polynomial_fit.py [STEPS]
"""

import sys

import numpy as np

import irlib
from irlib import data
from irlib.training import sgd_step, updates

STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else 4000

# Scaled to lie between -1 and 1, or gradient descent would take for ever.
radius, area = data.nuclei()
low, high = radius.min(), radius.max()
feeds = {"x": (2 * radius - low - high) / (high - low), "t": area / area.max()}

b = irlib.Builder("polynomial")
x, t = b.input("x", "float64[n]"), b.input("t", "float64[n]")
p = [b.parameter(f"p{k}", np.array(0.0)) for k in range(4)]
y = ((p[3] * x + p[2]) * x + p[1]) * x + p[0]
b.output("y", y)
b.output("loss", b.mean(b.square(y - t)), role="loss")
model = b.build()

step = sgd_step(model, "loss", learning_rate=0.5)
run, values = irlib.compile(step), {}
for k in range(STEPS):
    outputs = run({**feeds, **values})
    values = updates(step, outputs)
    if k in (0, 9, 99, 999) or k == STEPS - 1:
        print(f"step {k + 1}: loss {outputs['loss']:.3e}")

# The judge: least squares has a closed solution.
best = np.polynomial.polynomial.polyfit(feeds["x"], feeds["t"], 3)
print("fitted       ", np.array([values[f"p{k}"] for k in range(4)]))
print("least squares", best)
