"""irlib behind the two calls that scoring scripts make: run a model, and its vector-Jacobian product."""

from __future__ import annotations

from typing import Any

import numpy as np

import irlib


def fed_names(model: Any) -> list[str]:
    """The inputs that are not initializers, in order."""
    held = {t.name for t in model.graph.initializer} | {t.values.name for t in model.graph.sparse_initializer}
    return [i.name for i in model.graph.input if i.name not in held]


def run(model: Any, inputs: list[Any]) -> list[Any]:
    """The outputs of a ModelProto for inputs in order."""
    names = fed_names(model)
    if len(inputs) > len(names):
        names = [i.name for i in model.graph.input]
    graph = irlib.from_onnx(model)
    outputs = irlib.run(graph, dict(zip(names, inputs, strict=False)))
    return [outputs[o.name] for o in model.graph.output]


def vjp(model: Any, inputs: list[Any], cotangents: list[Any], wrt: list[int]) -> list[Any]:
    """The cotangents of inputs `wrt` for those of the outputs, None where there is none."""
    names = fed_names(model)
    graph = irlib.from_onnx(model, strict=False)
    feeds = dict(zip(names, inputs, strict=False))
    tensors = {n.name for n in graph.inputs if isinstance(n.type, irlib.types.TensorType)}
    types = {n: str(irlib.types.type_of(x)) for n, x in feeds.items() if isinstance(x, np.ndarray) and n in tensors}
    graph = irlib.specialize(graph, types)
    given = {o.name: np.asarray(c) for o, c in zip(model.graph.output, cotangents, strict=True) if c is not None}
    _, found = irlib.value_and_grad(graph, feeds, list(given), [names[i] for i in wrt], given)
    return [found[names[i]] for i in wrt]
