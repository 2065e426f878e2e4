"""A variational autoencoder of handwritten digits, plain and with steps of an inverse autoregressive flow.

python examples/autoencoder.py [EPOCHS] [SEED]
"""

import sys
from time import perf_counter

import numpy as np

import irlib
from irlib import data, systems, training

EPOCHS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 0

# A pixel is black or white, so a model gives an image a probability; four in five of 1797 images to train on.
images, _ = data.digits()
x = (images.reshape(-1, 64) > 7).astype("float32")
train, test = np.split(np.random.default_rng(SEED).permutation(len(x)), [len(x) * 4 // 5])


def mean_bound(model, rows, draws=20):
    """Nats: the logarithm of an image's probability is at least that much, in the mean over images and noise."""
    run = irlib.compile(model)
    return np.mean([run({"x": rows, "key": np.array([2026, k], "uint32")})["bound"].mean() for k in range(draws)])


bounds = {}
for name, flows in (("plain", 0), ("flow", 2)):
    model = systems.variational_autoencoder(latent=8, hidden=128, flows=flows, seed=SEED)
    rule = training.adamw(training.one_cycle(4e-3, EPOCHS * 23), weight_decay=0.03)
    started = perf_counter()
    # the input `key`, which the data lacks, is drawn anew for each step
    made = irlib.train(model, {"x": x[train]}, optimizer=rule, epochs=EPOCHS, batch_size=64, seed=SEED)
    bounds[name] = mean_bound(made.model, x[test])
    print(f"{name}: bound of {bounds[name]:.2f} nats per image not seen, {perf_counter() - started:.0f} s")
    irlib.save(made.model, f"autoencoder_{name}.pb")
print(f"the flow is better by {bounds['flow'] - bounds['plain']:.2f} nats")

# New digits: the decoder is that part of the graph which makes `logits` of `z`.
z = np.random.default_rng(SEED).standard_normal((4, 8)).astype("float32")
values = {name: v for name, v in training.values_of(made.model).items() if name.startswith(("decoder", "logits"))}
decoder = training.with_values(systems.decoder(latent=8, hidden=128), values)
for rows in zip(*(p.reshape(8, 8) > 0.5 for p in irlib.run(decoder, {"z": z})["p"]), strict=True):
    print("   ".join("".join("#" if pixel else "." for pixel in row) for row in rows))
