"""Seven layers against three, with equally many parameters, on a function that needs depth.

python examples/deep_and_shallow.py [EPOCHS] [SEEDS]

The tent map t(x) = 1 - |1 - 2x|, four times over, has sixteen straight pieces. A layer of rectifiers can fold the line
once more, so that pieces double with each layer; side by side, units add pieces one at a time (Telgarsky 2016).
"""

import sys

import numpy as np

import irlib
from irlib import systems, training

EPOCHS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
SEEDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
NETWORKS = {"3 layers": [45, 45], "7 layers": [20] * 6}


def target(x):
    """The tent map on [-1, 1], four times over."""
    y = (x + 1) / 2
    for _ in range(4):
        y = 1 - np.abs(1 - 2 * y)
    return 2 * y - 1


errors = {name: [] for name in NETWORKS}
for seed in range(SEEDS):
    rng = np.random.default_rng(seed)
    x, unseen = (rng.uniform(-1, 1, (n, 1)).astype("float32") for n in (2000, 4000))
    for name, hidden in NETWORKS.items():
        model = systems.mlp_regression(1, hidden, activation="relu", seed=seed)
        size = sum(a.size for a in training.values_of(model).values())
        rule = training.adam(training.one_cycle(5e-3, EPOCHS * 32))
        made = irlib.train(
            model, {"x": x, "t": target(x)}, optimizer=rule, epochs=EPOCHS, batch_size=64, seed=seed, clip_norm=1.0
        )
        errors[name].append(float(irlib.run(made.model, {"x": unseen, "t": target(unseen)})["loss"]))
        print(f"seed {seed}, {name}, {size} parameters: mean square error {errors[name][-1]:.4f}")
        irlib.save(made.model, f"{name.replace(' ', '_')}.pb")
for name, found in errors.items():
    print(f"{name}: {np.mean(found):.4f} in the mean of {SEEDS} seeds")
