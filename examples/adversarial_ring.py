"""A generative adversarial network learns a ring of eight Gaussians: two models, trained in turns.

python examples/adversarial_ring.py [STEPS] [SEED]
"""

import sys
from time import perf_counter

import numpy as np

import irlib
from irlib import data, systems, training

STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 0
SPREAD = 0.05

# Both models hold the parameters of both networks; each step trains those of its own, and knows the others by name.
models = systems.generative_adversarial_network(features=2, latent=8, hidden=64, scale=12.0, seed=SEED)
steps = {
    who: irlib.training_step(
        model,
        optimizer=training.adam(1e-3, beta1=0.5),
        wrt=[n.name for n in model.parameters if n.name.startswith(f"{who}.")],
    )
    for who, model in (("discriminator", models.discriminator), ("generator", models.generator))
}
run = {who: irlib.compile(step) for who, step in steps.items()}
values = {who: {} for who in steps}


def seen(step, of_other):
    """What the other network gave, as far as this step has parameters and buffers of that name."""
    return {n: v for n, v in of_other.items() if n in step.by_name and not n.startswith("optimizer.")}


rng, started = np.random.default_rng(SEED), perf_counter()
for k in range(1, STEPS + 1):
    feeds = {"key": rng.integers(0, 2**32, 2, dtype=np.uint32)}
    losses = {}
    for who, other in (("discriminator", "generator"), ("generator", "discriminator")):
        if who == "discriminator":
            feeds["x"] = data.gaussian_ring(256, spread=SPREAD, seed=rng).points.astype("float32")
        inputs = {n.name: feeds[n.name] for n in steps[who].inputs}
        outputs = run[who]({**inputs, **seen(steps[who], values[other]), **values[who]})
        values[who], losses[who] = training.updates(steps[who], outputs), float(outputs["loss"])
    if k % 1000 == 0 or k == STEPS:
        print(f"step {k}: " + ", ".join(f"{who} {loss:.3f}" for who, loss in losses.items()))

# A mode is covered when of 2000 samples at least 20 lie within three standard deviations of its centre.
sampler = training.with_values(models.sampler, seen(models.sampler, values["generator"]))
sample = irlib.run(sampler, {"z": rng.standard_normal((2000, 8)).astype("float32")})["sample"]
apart = np.linalg.norm(sample[:, None] - data.ring_centres(), axis=2)
near = apart.min(axis=1) < 3 * SPREAD
counts = np.bincount(apart.argmin(axis=1)[near], minlength=8)
print(f"{np.sum(counts >= 20)} of 8 modes covered, {100 * near.mean():.0f} % of samples at one: {counts.tolist()}")
print(f"{perf_counter() - started:.0f} s")
irlib.save(sampler, "sampler.pb")
