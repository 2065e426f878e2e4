"""The story of each system, told as it is done."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

import click

import irlib
from irlib.cli.arrays import write_npz
from irlib.cli.demonstration.backpropagation import compare
from irlib.cli.demonstration.systems import SYSTEMS, System
from irlib.cli.files import written
from irlib.cli.info import size
from irlib.cli.progress import progress
from irlib.errors import ExecutionError
from irlib.training import sgd_step, updates, with_values

__all__ = ["demonstrate"]

MOST_OFF = 1e-12
"""How far the equations written by hand may be from the gradient graph, relative to the largest element."""


def demonstrate(out: Path, *, quick: bool = False) -> None:
    """Build, save, load, check, run, differentiate, gradient-check and train the three systems; files go to `out`.

    Raises: ExecutionError when a gradient is not what finite differences or the equations written by hand say.
    """
    out.mkdir(parents=True, exist_ok=True)
    started = perf_counter()
    for number, make in enumerate(SYSTEMS.values(), start=1):
        system = make()
        click.echo(f"{number}. {system.title}")
        _told(system, out, epochs=system.quick_epochs if quick else system.epochs)
        click.echo()
    click.echo(f"done in {perf_counter() - started:.1f} s; what you can do with the files:\n")
    for line in _next_steps(out):
        click.echo(f"  {line}")


def _say(what: str, text: str) -> None:
    click.echo(f"   {what:<10} {text}")


def _told(system: System, out: Path, *, epochs: int) -> None:
    model = _built(system, out)
    feeds = {name: values[:10] for name, values in system.test.items()}
    with written(out / f"{system.name}.npz", binary=True) as file:
        write_npz(file, feeds)
    loss = irlib.run(model, feeds)["loss"]
    _say("forward", f"loss {float(loss):.6f} on {len(feeds['x'])} examples, in {out / system.name}.npz")
    gradient = irlib.gradient(model, of="loss")
    irlib.save(gradient, out / f"{system.name}.gradient.pb")
    _say("backward", f"a graph of {len(gradient)} nodes, {out / system.name}.gradient.pb")
    _check_gradients(system, model, feeds)
    trained = _trained(system, model, out, epochs)
    irlib.save(trained, out / f"{system.name}.trained.pb")
    _say("result", system.judge(system, trained))
    _say("saved", str(out / f"{system.name}.trained.pb"))


def _built(system: System, out: Path) -> irlib.Graph:
    """The model as it comes back from its file."""
    model, path = system.model, out / f"{system.name}.pb"
    numbers = sum(p.variable.tensor.array.size for p in model.parameters if p.variable and p.variable.tensor)
    _say("built", f"{len(model)} nodes, {len(model.parameters)} parameters ({numbers} numbers)")
    irlib.save(model, path)
    loaded: irlib.Graph = irlib.load(path)
    same = "the same graph" if loaded == model else "another graph"
    _say("saved", f"{path}, {size(path.stat().st_size)}; loaded: {same}, digest {irlib.digest(loaded)[:12]}..")
    _say("checked", str(irlib.check(path)) or "valid")
    return loaded


def _check_gradients(system: System, model: irlib.Graph, feeds: dict[str, Any]) -> None:
    checks = irlib.check_gradients(model, feeds, of="loss")
    bad = [c for c in checks if not c.ok]
    if bad:
        raise ExecutionError(f"the gradient is not what finite differences say: {bad[0]}", where=model.name)
    worst = max(c.error for c in checks)
    _say("gradients", f"of {len(checks)} parameters agree with finite differences to {worst:.0e}")
    if system.name != "network":
        return
    for found in compare(model, feeds):
        if found.difference > MOST_OFF:
            raise ExecutionError(f"{found.equation} differs by {found.difference:.1e}", where=model.name)
        _say(found.equation, f"by hand in numpy: {found.meaning}, relative difference {found.difference:.0e}")


def _trained(system: System, model: irlib.Graph, out: Path, epochs: int) -> irlib.Graph:
    step = sgd_step(model, "loss", system.learning_rate)
    path = out / f"{system.name}.step.pb"
    irlib.save(step, path)
    _say("step", f"loss, gradient and update in one graph of {len(step)} nodes, {path}")
    run = irlib.compile(step)
    values: dict[str, Any] = {}
    total, started = system.steps(epochs), perf_counter()
    before = float(irlib.run(model, system.training)["loss"])
    with progress("training", total) as advance:
        for done, batch in enumerate(system.batches(epochs), start=1):
            outputs = run({**batch, **values})
            values = updates(step, outputs)
            if done % 100 == 0:
                advance(done, f"loss {float(outputs['loss']):.4f}")
    took = perf_counter() - started
    trained = with_values(model, values)
    after = float(irlib.run(trained, system.training)["loss"])
    _say("trained", f"{total} steps of gradient descent in {took:.2f} s: training loss {before:.4g} -> {after:.4g}")
    return trained


def _next_steps(out: Path) -> list[str]:
    at = f"{out}/network"
    return [
        f"irlib run {at}.trained.pb --inputs {at}.npz",
        f"irlib run {at}.trained.pb --inputs {at}.npz --trace",
        f"irlib show {out}/polynomial.gradient.pb",
        f"irlib diff {at}.pb {at}.trained.pb",
        f"irlib info {at}.step.pb",
        f"irlib grad {at}.trained.pb --of loss --wrt x -o {at}.saliency.pb",
        f"irlib check {out}/*.pb",
    ]
