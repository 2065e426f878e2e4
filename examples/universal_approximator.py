"""One hidden layer fits any continuous function, the better the wider it is: the error against the width.

python examples/universal_approximator.py [EPOCHS] [SEEDS]
"""

import sys
from pathlib import Path

import numpy as np

import irlib
from irlib import nn, systems, training
from irlib.render import plot

EPOCHS = int(sys.argv[1]) if len(sys.argv) > 1 else 600
SEEDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128)


def target(x):
    """A smooth function on [-1, 1] with five bends."""
    return np.sin(5 * x) * np.exp(-x) + 0.5 * np.cos(11 * x)


x = np.linspace(-1, 1, 400, dtype="float32")[:, None]
between = (x[:-1] + x[1:]) / 2
fits, errors = {"target": list(zip(between[:, 0], target(between)[:, 0], strict=True))}, {"mean": []}
for width in WIDTHS:
    found = []
    for seed in range(SEEDS):
        # steep units that bend everywhere on the interval, where the usual rules would draw them flat in the middle
        spread = nn.uniform(-8, 8)
        model = systems.mlp_regression(1, [width], activation="tanh", weight_init=spread, bias_init=spread, seed=seed)
        rule = training.adam(training.one_cycle(2e-2, EPOCHS * 13))
        made = irlib.train(model, {"x": x, "t": target(x)}, optimizer=rule, epochs=EPOCHS, seed=seed)
        outputs = irlib.run(made.model, {"x": between, "t": target(between)})
        found.append(float(np.sqrt(outputs["loss"])))
    errors["mean"].append((width, float(np.mean(found))))
    if width in (2, 8, 128):
        fits[f"{width} units"] = list(zip(between[:, 0], outputs["y"][:, 0], strict=True))
    print(f"{width} hidden units: root mean square error {np.mean(found):.4f} (best {min(found):.4f})")
irlib.save(made.model, "approximator.pb")
picture = plot(errors, title="error against width", x_name="hidden units", x_log=True, y_log=True)
Path("error_against_width.svg").write_text(picture, encoding="utf-8")
Path("fits.svg").write_text(plot(fits, title="fits", x_name="x"), encoding="utf-8")
