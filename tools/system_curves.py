"""Trains the systems of `docs/systems` and writes their curves there, and what was measured to `figures.json`.

python -m tools.system_curves [SYSTEM..]

Minutes each at most, alone on two cores; digits with three seeds, each of which parts and shuffles the data anew.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

import irlib
from irlib import data, nn, systems, training
from irlib.graph import Graph
from irlib.render import plot
from irlib.trainer.curve import curve
from tools.system_pages import FOLDER

SEEDS = range(3)


class Measured(NamedTuple):
    """What is said of a system, and its pictures by name."""

    figures: list[str]
    pictures: dict[str, str]


def digits(build: Callable[..., Graph], title: str, epochs: int = 25, rate: float = 4e-3) -> Measured:
    """Test accuracy on digits, mean of the seeds."""
    images, labels = data.digits()
    x, t = (images / np.float32(16)).astype("float32"), labels.astype("int64")
    found, histories, started = [], [], perf_counter()
    for seed in SEEDS:
        train, test = np.split(np.random.default_rng(seed).permutation(len(x)), [len(x) * 4 // 5])
        rule = training.adamw(training.one_cycle(rate, epochs * 45))
        held = {"x": x[test], "t": t[test]}
        made = irlib.train(
            build(seed=seed), {"x": x[train], "t": t[train]}, optimizer=rule, epochs=epochs, seed=seed, validation=held
        )
        model = made.model
        if model.buffers:
            model = training.with_values(build(training=False), training.values_of(model))
        scores = irlib.run(model, held)["scores"]
        found.append(100 * float(np.mean(scores.argmax(1) == held["t"])))
        histories.append(made.history)
    seconds = (perf_counter() - started) / len(SEEDS)
    each = ", ".join(f"{a:.1f}" for a in found)
    told = f"digits not seen: {np.mean(found):.1f} % right, mean of {len(SEEDS)} seeds ({each})"
    return Measured([told, f"{epochs} epochs, {seconds:.0f} s"], {"curve": curve(histories[0], f"{title} on digits")})


def polynomial() -> Measured:
    """The area of nuclei by their radius, against the closed solution."""
    radius, area = data.nuclei()
    x, y = ((v - v.mean()) / v.std() for v in (radius, area))
    rule = training.adam(training.one_cycle(0.05, 60 * 18))
    made = irlib.train(systems.polynomial(3), {"x": x, "t": y}, optimizer=rule, epochs=60)
    fitted = training.values_of(made.model)["c"]
    closed = np.polynomial.polynomial.polyfit(x, y, 3)
    apart = float(np.abs(fitted - closed).max())
    explained = 100 * (1 - float(np.mean((np.polynomial.polynomial.polyval(x, fitted) - y) ** 2)))
    order = np.argsort(x)[:: len(x) // 80]
    heights = np.polynomial.polynomial.polyval(x[order], fitted) * area.std() + area.mean()
    line = _points(radius[order][:, None], heights[:, None])
    points = [(float(a), float(b)) for a, b in zip(radius, area, strict=True)]
    return Measured(
        [f"{explained:.2f} % of the variance explained; coefficients within {apart:.1g} of least squares"],
        {
            "curve": curve(made.history, "polynomial on nuclei"),
            "fit": plot(
                {"fitted": line}, dots={"nuclei": points}, title="area by radius", x_name="radius", y_log=False
            ),
        },
    )  # fmt: skip


def tent(x: Any) -> Any:
    """The tent map on [-1, 1], four times over."""
    y = (x + 1) / 2
    for _ in range(4):
        y = 1 - np.abs(1 - 2 * y)
    return 2 * y - 1


def depth() -> Measured:
    """Seven layers against three."""
    networks = {"three layers": [45, 45], "seven layers": [20] * 6}
    errors: dict[str, list[float]] = {name: [] for name in networks}
    lines, fits = {}, {}
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        x, unseen = (rng.uniform(-1, 1, (n, 1)).astype("float32") for n in (2000, 4000))
        for name, hidden in networks.items():
            model = systems.mlp_regression(1, hidden, activation="relu", seed=seed)
            rule = training.adam(training.one_cycle(5e-3, 100 * 32))
            made = irlib.train(
                model, {"x": x, "t": tent(x)}, optimizer=rule, epochs=100, batch_size=64, seed=seed, clip_norm=1.0
            )
            errors[name].append(float(irlib.run(made.model, {"x": unseen, "t": tent(unseen)})["loss"]))
            if seed == 1:
                grid = np.linspace(-1, 1, 400, dtype="float32")[:, None]
                lines[name] = [(line["epoch"], line["loss"]) for line in made.history]
                fits[name] = _points(grid, irlib.run(made.model, {"x": grid, "t": tent(grid)})["y"])
    means = {name: float(np.mean(found)) for name, found in errors.items()}
    told = ", ".join(f"{name} {mean:.4f}" for name, mean in means.items())
    worst = f"in each seed: {', '.join(f'{a:.3f} and {b:.3f}' for a, b in zip(*errors.values(), strict=True))}"
    return Measured(
        [f"mean square error on points not seen, mean of {len(SEEDS)} seeds: {told}", worst],
        {
            "curve": plot(lines, title="loss", x_name="epoch", y_log=True, last=True),
            "fit": plot(fits, title="the tent map, four times over", x_name="x"),
        },
    )


def approximator() -> Measured:
    """The error of one hidden layer against its width."""
    x = np.linspace(-1, 1, 400, dtype="float32")[:, None]
    between = (x[:-1] + x[1:]) / 2

    def target(x: Any) -> Any:
        return np.sin(5 * x) * np.exp(-x) + 0.5 * np.cos(11 * x)

    mean, best = [], []
    fits = {"target": _points(between, target(between))}
    spread = nn.uniform(-8, 8)
    for width in (1, 2, 4, 8, 16, 32, 64, 128):
        found = []
        for seed in SEEDS:
            model = systems.mlp_regression(1, [width], weight_init=spread, bias_init=spread, seed=seed)
            rule = training.adam(training.one_cycle(2e-2, 600 * 13))
            made = irlib.train(model, {"x": x, "t": target(x)}, optimizer=rule, epochs=600, seed=seed)
            outputs = irlib.run(made.model, {"x": between, "t": target(between)})
            found.append(float(np.sqrt(outputs["loss"])))
        mean.append((float(width), float(np.mean(found))))
        best.append((float(width), min(found)))
        if width in (2, 8, 128):
            fits[f"{width} units"] = _points(between, outputs["y"])
    told = ", ".join(f"{error:.2g} with {width:.0f}" for width, error in mean)
    return Measured(
        [f"root mean square error, mean of {len(SEEDS)} seeds: {told} hidden units"],
        {
            "curve": plot(
                {"mean of 3 seeds": mean, "best of 3": best}, title="error against width", x_name="hidden units",
                x_log=True, y_log=True,
            ),
            "fit": plot(fits, title="fits by width", x_name="x", y_log=False),
        },
    )  # fmt: skip


def autoencoder(flows: int, title: str) -> Measured:
    """The bound on digits not seen."""
    images, _ = data.digits()
    x = (images.reshape(-1, 64) > 7).astype("float32")
    bounds, histories, started = [], [], perf_counter()
    for seed in SEEDS:
        train, test = np.split(np.random.default_rng(seed).permutation(len(x)), [len(x) * 4 // 5])
        model = systems.variational_autoencoder(flows=flows, seed=seed)
        rule = training.adamw(training.one_cycle(4e-3, 200 * 23), weight_decay=0.03)
        made = irlib.train(
            model, {"x": x[train]}, optimizer=rule, epochs=200, batch_size=64, seed=seed, validation={"x": x[test]}
        )
        run = irlib.compile(made.model)
        keys = [np.array([2026, k], "uint32") for k in range(20)]
        bounds.append(float(np.mean([run({"x": x[test], "key": key})["bound"].mean() for key in keys])))
        histories.append(made.history)
    seconds = (perf_counter() - started) / len(SEEDS)
    each = ", ".join(f"{bound:.2f}" for bound in bounds)
    told = f"bound per image not seen: {np.mean(bounds):.2f} nats, mean of {len(SEEDS)} seeds ({each})"
    return Measured([told, f"200 epochs, {seconds:.0f} s"], {"curve": curve(histories[0], title)})


def adversaries() -> Measured:
    """Modes of the ring that are covered."""
    covered, near, losses, sample, seconds = zip(*[_ring(seed) for seed in SEEDS], strict=True)
    lines = {
        name: [(float(k), float(np.mean(values[k - 100 : k]))) for k in range(100, 4001, 100)]
        for name, values in losses[0].items()
    }
    true = data.gaussian_ring(800, seed=9).points
    dots = {"true": _points(true[:, :1], true[:, 1:]), "made": _points(sample[0][:800, :1], sample[0][:800, 1:])}
    return Measured(
        [
            f"modes of eight covered in seeds 0, 1, 2: {', '.join(map(str, covered))}",
            f"samples within three deviations of a mode: {', '.join(f'{n:.0f} %' for n in near)}",
            f"4000 steps of both, {np.mean(seconds):.0f} s",
        ],
        {
            "curve": plot(lines, title="losses, means of 100 steps", x_name="step", y_log=False, last=True),
            "sample": plot({}, dots=dots, title="a ring of eight Gaussians", size=(420, 420)),
        },
    )


def _ring(seed: int, steps: int = 4000, spread: float = 0.05) -> tuple[int, float, dict[str, list[float]], Any, float]:
    """Modes covered, percent of samples near one, the losses, samples, seconds."""
    models = systems.generative_adversarial_network(features=2, latent=8, hidden=64, scale=12.0, seed=seed)
    pairs = {"discriminator": models.discriminator, "generator": models.generator}
    made = {
        who: irlib.training_step(
            model, optimizer=training.adam(1e-3, beta1=0.5),
            wrt=[str(n.name) for n in model.parameters if str(n.name).startswith(who)],
        )
        for who, model in pairs.items()
    }  # fmt: skip
    run = {who: irlib.compile(step) for who, step in made.items()}
    values: dict[str, dict[str, Any]] = {who: {} for who in made}
    losses: dict[str, list[float]] = {who: [] for who in made}

    def seen(step: Graph, other: Mapping[str, Any]) -> dict[str, Any]:
        return {n: v for n, v in other.items() if n in step.by_name and not n.startswith("optimizer.")}

    rng, started = np.random.default_rng(seed), perf_counter()
    for _ in range(steps):
        feeds: dict[str, Any] = {"key": rng.integers(0, 2**32, 2, dtype=np.uint32)}
        feeds["x"] = data.gaussian_ring(256, spread=spread, seed=rng).points.astype("float32")
        for who, other in (("discriminator", "generator"), ("generator", "discriminator")):
            inputs = {str(n.name): feeds[str(n.name)] for n in made[who].inputs}
            outputs = run[who]({**inputs, **seen(made[who], values[other]), **values[who]})
            values[who] = training.updates(made[who], outputs)
            losses[who].append(float(outputs["loss"]))
    sampler = training.with_values(models.sampler, seen(models.sampler, values["generator"]))
    sample = irlib.run(sampler, {"z": rng.standard_normal((2000, 8)).astype("float32")})["sample"]
    apart = np.linalg.norm(sample[:, None] - data.ring_centres(), axis=2)
    near = apart.min(axis=1) < 3 * spread
    counts = np.bincount(apart.argmin(axis=1)[near], minlength=8)
    return int(np.sum(counts >= 20)), 100 * float(near.mean()), losses, sample, perf_counter() - started


def _points(x: Any, y: Any) -> list[tuple[float, float]]:
    return list(zip(x[:, 0].tolist(), y[:, 0].tolist(), strict=True))


EXPERIMENTS: dict[str, Callable[[], Measured]] = {
    "logistic_regression": partial(digits, systems.logistic_regression, "logistic regression", 60, 1e-2),
    "polynomial": polynomial,
    "mlp": partial(digits, systems.mlp, "network of three layers", 40),
    "deep_network": depth,
    "universal_approximator": approximator,
    "cnn": partial(digits, systems.cnn, "convolutional network"),
    "residual_network": partial(digits, systems.residual_network, "residual network"),
    "gru": partial(digits, partial(systems.recurrent_classifier, "gru"), "gated recurrent network"),
    "lstm": partial(digits, partial(systems.recurrent_classifier, "lstm"), "long short-term memory"),
    "attention": partial(digits, systems.attention_classifier, "attention"),
    "variational_autoencoder": partial(autoencoder, 0, "negative of the bound, nats per image"),
    "inverse_autoregressive_flow": partial(autoencoder, 2, "negative of the bound, nats per image"),
    "generative_adversarial_network": adversaries,
}


def main(names: list[str]) -> None:
    """Run the experiments named, or all."""
    path = FOLDER / "figures.json"
    FOLDER.mkdir(exist_ok=True)
    for name in names or EXPERIMENTS:
        measured = EXPERIMENTS[name]()
        for what, picture in measured.pictures.items():
            (FOLDER / f"{name}_{what}.svg").write_text(picture, encoding="utf-8", newline="\n")
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        known[name] = {"figures": measured.figures, "pictures": [f"{name}_{what}" for what in measured.pictures]}
        ordered = {key: known[key] for key in EXPERIMENTS if key in known}
        path.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8", newline="\n")
        sys.stdout.write(f"{name}: {'; '.join(measured.figures)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
