"""Reductions."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.onnx_model.export.row import emits, lowers
from irlib.types import DTYPES

_NAMES = {"sum": "ReduceSum", "prod": "ReduceProd", "max": "ReduceMax", "min": "ReduceMin", "mean": "ReduceMean"}
_AXES_AS_OPERAND = 18  # that of ReduceSum is one from opset 13 on


def reduced(e: Any, site: Any, name: str, x: Any, axes: Any, *, keepdims: bool) -> Any:
    """A reduction; axes that are empty reduce nothing."""
    if axes is not None and (axes.ints == () or axes.shape == (0,)) and axes.rank == 1:
        return e.op("Identity", x)
    if axes is not None and axes.rank == 0:
        axes = e.const(list(axes.ints)) if axes.ints is not None else e.op("Reshape", axes, e.const([1]))
    unknown = axes is not None and axes.ints is None
    if e.opset >= _AXES_AS_OPERAND or name == "ReduceSum":
        return e.op(name, x, axes, keepdims=int(keepdims), noop_with_empty_axes=1 if unknown else None)
    if unknown:
        raise site.unsupported(f"{name} with axes that are computed is not in opset {e.opset}", "use opset=18")
    return e.op(name, x, axes=None if axes is None else axes.ints, keepdims=int(keepdims))


@emits("sum", "prod", "max", "min", "mean")
def reduction(e: Any, site: Any, x: Any, axes: Any) -> Any:
    if x.dtype.kind == "bool":
        wide = e.op("Cast", x, to=6)
        return e.op("Cast", reduced(e, site, _NAMES[site.op.name], wide, axes, keepdims=site.op.keepdims), to=9)
    return reduced(e, site, _NAMES[site.op.name], x, axes, keepdims=site.op.keepdims)


@emits("any", "all")
def truth(e: Any, site: Any, x: Any, axes: Any) -> Any:
    every = site.op.name == "all"
    numbers = e.op("Cast", e.op("Not", x) if every else x, to=6, type=x.type.with_dtype(DTYPES["int32"]))
    count = reduced(e, site, "ReduceSum", numbers, axes, keepdims=site.op.keepdims)
    return e.op("Equal" if every else "Greater", count, e.const(0, "int32"))


@emits("argmax", "argmin")
def place(e: Any, site: Any, x: Any) -> Any:
    op = site.op
    if x.dtype.kind == "bool":
        x = e.op("Cast", x, to=6, type=x.type.with_dtype(DTYPES["int32"]))
    axis = op.axis
    if axis is None:
        x, axis = e.op("Reshape", x, e.const([-1])), 0
    name = "ArgMax" if op.name == "argmax" else "ArgMin"
    kept = op.keepdims and op.axis is not None
    made = e.op(
        name, x, axis=axis, keepdims=int(kept), select_last_index=1 if op.select_last else None,
        type=site.type,
    )  # fmt: skip
    if op.axis is None and op.keepdims:
        if site.type.rank is None:
            raise site.unsupported("the rank of x is not known", "use irlib.specialize before")
        made = e.op("Reshape", made, e.const([1] * site.type.rank))
    return made


@lowers("sum_to")
def sum_to(b: Any, site: Any, x: Any, shape: Any) -> Any:
    """The axes that the shape does not have, and those where it has 1, summed; then the shape."""
    to = site.type.shape
    if x.rank is None or to is None:
        raise site.unsupported("the rank of x or of the shape is not known", "use irlib.specialize before")
    lead = x.rank - len(to)
    axes, open_axes = list(range(lead)), []
    for k, (d, wanted) in enumerate(zip(x.shape[lead:], to, strict=True)):
        if isinstance(wanted, int) and wanted == 1:
            if not (isinstance(d, int) and d == 1):
                axes.append(lead + k)
        elif wanted is None or d is None or wanted != d:
            open_axes.append(k)
    if not open_axes:
        made = b.sum(x, axes, keepdims=True) if axes else x
        if lead == 0:
            return made
        kept = len(axes) == lead
        return b.sum(x, axes) if kept else b.reshape(made, shape)
    # which of the open dims are 1 is known when it runs
    found = b.nonzero(b.equal(b.take(shape, open_axes, axis=0), 1))
    open_found = b.take(b.constant(np.array(open_axes, np.int64) + lead), b.reshape(found, [-1]), axis=0)
    every = b.concat(b.constant(np.array(axes, np.int64)), open_found, axis=0) if axes else open_found
    return b.reshape(b.sum(x, every, keepdims=True), shape)
