"""Writes `tests/training/optimizers.npz`: every optimizer, schedule and clipping of torch, from the same weights.

    PYTHONPATH=. PYTHON_WITH_TORCH -m tools.torch_optimizers

Run where torch is; the tests need the file alone. The model is two layers with tanh and the mean square error, in
float64, trained for 20 steps, each on another batch. The file has the data, the first weights, and per case the weights
after the steps in `KEPT` (and the rates of all steps, where a schedule makes them).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import lr_scheduler

STEPS = 20
KEPT = [0, 4, 9, 19]
TARGET = Path(__file__).parent.parent / "tests" / "training" / "optimizers.npz"
SHAPES = {"w1": (3, 4), "c1": (4,), "w2": (4, 2), "c2": (2,)}
Maker = Callable[[list[Any]], torch.optim.Optimizer]

optim = torch.optim
OPTIMIZERS: dict[str, Maker] = {
    "sgd": lambda p: optim.SGD(p, lr=0.1),
    "sgd_decay": lambda p: optim.SGD(p, lr=0.1, weight_decay=0.05),
    "momentum": lambda p: optim.SGD(p, lr=0.05, momentum=0.9),
    "nesterov": lambda p: optim.SGD(p, lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.01),
    "rmsprop": lambda p: optim.RMSprop(p, lr=0.01),
    "rmsprop_centered": lambda p: optim.RMSprop(p, lr=0.01, alpha=0.9, centered=True, momentum=0.5, weight_decay=0.01),
    "adagrad": lambda p: optim.Adagrad(p, lr=0.1),
    "adagrad_decay": lambda p: optim.Adagrad(
        p, lr=0.1, lr_decay=0.1, initial_accumulator_value=0.01, weight_decay=0.01
    ),
    "adam": lambda p: optim.Adam(p, lr=0.01),
    "adam_decay": lambda p: optim.Adam(p, lr=0.02, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.01),
    "adamw": lambda p: optim.AdamW(p, lr=0.01),
    "adamw_decay": lambda p: optim.AdamW(p, lr=0.02, weight_decay=0.1),
}


def _warm_cosine(o: Any) -> Any:
    line = lr_scheduler.LinearLR(o, start_factor=0.1, total_iters=5)
    return lr_scheduler.SequentialLR(o, [line, lr_scheduler.CosineAnnealingLR(o, 15, 0.001)], milestones=[5])


SCHEDULES: dict[str, Callable[[Any], Any]] = {
    "constant": lambda o: lr_scheduler.ConstantLR(o, factor=1.0, total_iters=0),
    "step_decay": lambda o: lr_scheduler.StepLR(o, 6, gamma=0.5),
    "exponential": lambda o: lr_scheduler.ExponentialLR(o, 0.9),
    "cosine": lambda o: lr_scheduler.CosineAnnealingLR(o, 15, eta_min=0.01),
    "warm_up": lambda o: lr_scheduler.LinearLR(o, start_factor=1 / 3, total_iters=7),
    "warm_up_cosine": _warm_cosine,
    "one_cycle": lambda o: lr_scheduler.OneCycleLR(o, 0.2, total_steps=21, cycle_momentum=False),
    "reduce_on_plateau": lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=1, cooldown=1),
    "reduce_on_plateau_of_means": lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=0, threshold=0.2),
}
MEANS = {"reduce_on_plateau": 1, "reduce_on_plateau_of_means": 3}

CLIPPING: dict[str, Callable[[list[Any]], Any]] = {
    "clip_value": lambda p: clip_grad_value_(p, 0.05),
    "clip_norm": lambda p: clip_grad_norm_(p, 0.3),
    "clip_norm_wide": lambda p: clip_grad_norm_(p, 1e3),
}


def weights(rng: np.random.Generator) -> dict[str, Any]:
    """The first weights."""
    return {name: rng.standard_normal(shape) for name, shape in SHAPES.items()}


def trained(start: dict[str, Any], x: Any, t: Any, maker: Maker, schedule: Any = None, clip: Any = None) -> Any:
    """The weights after the steps kept, flat, and the rates of all."""
    p = {name: torch.tensor(v, requires_grad=True) for name, v in start.items()}
    optimizer = maker(list(p.values()))
    scheduler: Any = None if schedule is None else SCHEDULES[schedule](optimizer)
    history, rates, losses = [], [], []
    for k in range(STEPS):
        optimizer.zero_grad()
        y = torch.tanh(torch.tensor(x[k]) @ p["w1"] + p["c1"]) @ p["w2"] + p["c2"]
        loss = torch.mean((y - torch.tensor(t[k])) ** 2)
        loss.backward()
        if clip is not None:
            CLIPPING[clip](list(p.values()))
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        losses.append(loss.item())
        if schedule in MEANS:
            if (k + 1) % MEANS[schedule] == 0:
                scheduler.step(float(np.mean(losses[-MEANS[schedule] :])))
        elif scheduler is not None:
            scheduler.step()
        history.append(np.concatenate([v.detach().numpy().ravel() for v in p.values()]))
    return np.array(history)[KEPT], np.array(rates)


def main() -> None:
    """Write the file."""
    rng = np.random.default_rng(20)
    start = weights(rng)
    x, t = rng.standard_normal((STEPS, 8, 3)), rng.standard_normal((STEPS, 8, 2))
    arrays: dict[str, Any] = {"x": x, "t": t, **start}
    for case, maker in OPTIMIZERS.items():
        arrays[f"optimizer.{case}"], _ = trained(start, x, t, maker)
    for case in SCHEDULES:
        made = trained(start, x, t, OPTIMIZERS["sgd"], schedule=case)
        arrays[f"schedule.{case}"], arrays[f"rates.{case}"] = made
    for case in CLIPPING:
        arrays[f"clip.{case}"], _ = trained(start, x, t, OPTIMIZERS["momentum"], clip=case)
    np.savez_compressed(TARGET, **arrays)


if __name__ == "__main__":
    main()
