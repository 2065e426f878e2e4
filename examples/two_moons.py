"""Two moons that no line parts: a linear map, and a network of two hidden layers, with the border each draws.

python examples/two_moons.py [EPOCHS]
"""

import sys
from pathlib import Path

import numpy as np

import irlib
from irlib import data, systems, training
from irlib.render import plot

EPOCHS = int(sys.argv[1]) if len(sys.argv) > 1 else 60

points, labels = data.two_moons(600, noise=0.12, seed=1)
unseen, answers = data.two_moons(2000, noise=0.12, seed=2)
grid = np.stack(np.meshgrid(np.linspace(-1.5, 2.5, 161), np.linspace(-1, 1.5, 401), indexing="ij"), axis=-1)

borders = {}
for name, model in (
    ("line", systems.logistic_regression((2,), 2)),
    ("network", systems.mlp((2,), 2, hidden=(16, 16))),
):
    feeds = {"x": points.astype("float32"), "t": labels}
    made = irlib.train(model, feeds, optimizer=training.adam(2e-2), epochs=EPOCHS)
    right = irlib.run(made.model, {"x": unseen.astype("float32"), "t": answers})["scores"].argmax(1) == answers
    print(f"{name}: {100 * right.mean():.1f} % of points not seen are right")
    irlib.save(made.model, f"{name}.pb")

    # Where the two scores change places, column by column.
    places = grid.reshape(-1, 2).astype("float32")
    scores = irlib.run(made.model, {"x": places, "t": np.zeros(len(places), "int64")})["scores"]
    sign = (scores[:, 1] > scores[:, 0]).reshape(grid.shape[:2])
    column, row = np.nonzero(sign[:, 1:] != sign[:, :-1])
    borders[f"border of the {name}"] = list(map(tuple, grid[column, row].tolist()))

moons = {f"moon {k}": list(map(tuple, points[labels == k].tolist())) for k in (0, 1)}
Path("moons.svg").write_text(plot({}, dots={**moons, **borders}, size=(640, 400)), encoding="utf-8")
