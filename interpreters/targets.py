"""What a graph can be compiled for, and the one call that runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from inspect import signature
from typing import Any

from irlib.errors import UnsupportedError
from irlib.graph import Graph

__all__ = ["TARGETS", "compile", "run"]

Program = Callable[[Mapping[str, Any] | None], dict[str, Any]]

TARGETS = {
    "reference": ("irlib.interpreters.numpy_ref.program", "Program"),
    "numpy": ("irlib.converters.numpy_code.compiled", "Program"),
}
"""Where the program class of each target is; imported when asked for."""


def compile(model: Graph, target: str = "reference", **options: Any) -> Any:
    """The graph as a function: ``f(feeds)``, a dict from input name to array, gives a dict from output name to array.

    It is planned once for each combination of feed types it meets. `options` are those of the target; ``budget`` of
    "reference" limits bytes, element operations and node executions.

    Raises: UnsupportedError for an unknown target or option.
    """
    if target not in TARGETS:
        raise UnsupportedError(
            f"there is no target {target!r}", code="IR323", remedy=f"use one of: {', '.join(TARGETS)}"
        )
    import irlib.interpreters.numpy_ref.kernels  # noqa: F401  a target runs on registered kernels

    module, name = TARGETS[target]
    program = getattr(import_module(module), name)
    known = [p for p in signature(program).parameters if p != next(iter(signature(program).parameters))]
    for option in options:
        if option not in known:
            raise UnsupportedError(
                f"target {target!r} has no option {option!r}", code="IR326",
                remedy=f"use {', '.join(known)}" if known else "it has none",
            )  # fmt: skip
    return program(model, **options)


def run(model: Graph, feeds: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The outputs of `model`, by name, for feeds by name: the reference forward.

    Every input is fed; parameters and buffers may be, in place of their own values; None is an absent optional. The
    plan is kept with the model.

    Raises: FeedError, ExecutionError naming the node, BudgetError.
    """
    program = model.kept.get("program")
    if program is None:
        program = model.kept["program"] = compile(model)
    outputs: dict[str, Any] = program(feeds)
    return outputs
