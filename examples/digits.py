"""Handwritten digits by eight systems of `irlib.systems`, trained with `irlib.train`.

python examples/digits.py [logistic|mlp|cnn|residual|rnn|gru|lstm|attention] [EPOCHS] [SEED]
"""

import sys
from functools import partial
from time import perf_counter

import numpy as np

import irlib
from irlib import data, systems, training

BUILD = {
    "logistic": systems.logistic_regression,
    "mlp": systems.mlp,
    "cnn": systems.cnn,
    "residual": systems.residual_network,
    "attention": systems.attention_classifier,
    **{kind: partial(systems.recurrent_classifier, kind) for kind in ("rnn", "gru", "lstm")},
}
SYSTEM = sys.argv[1] if len(sys.argv) > 1 else "mlp"
EPOCHS = int(sys.argv[2]) if len(sys.argv) > 2 else {"logistic": 60, "mlp": 40}.get(SYSTEM, 25)
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 0
RATE = 1e-2 if SYSTEM == "logistic" else 4e-3

# 1797 images of 8 x 8 pixels, brightness 0 to 16; four in five to train on.
images, labels = data.digits()
images, labels = (images / np.float32(16)).astype("float32"), labels.astype("int64")
train, test = np.split(np.random.default_rng(SEED).permutation(len(images)), [len(images) * 4 // 5])

started = perf_counter()
rule = training.adamw(training.one_cycle(RATE, EPOCHS * 45))
batches = {"x": images[train], "t": labels[train]}
made = irlib.train(BUILD[SYSTEM](seed=SEED), batches, optimizer=rule, epochs=EPOCHS, seed=SEED)
seconds = perf_counter() - started

model = made.model
if SYSTEM == "residual":  # from now on its batch norms go by the statistics of all training
    model = training.with_values(systems.residual_network(training=False), training.values_of(model))
found = irlib.run(model, {"x": images[test], "t": labels[test]})["scores"]
accuracy = 100 * np.mean(found.argmax(1) == labels[test])
print(f"{SYSTEM}: test accuracy {accuracy:.2f} % after {EPOCHS} epochs, {seconds:.1f} s")
irlib.save(model, f"{SYSTEM}.pb")
