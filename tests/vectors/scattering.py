"""Vectors of scattering: every place and reduction, with indices that are there twice, and zeros among the factors."""

from typing import Any

import numpy as np

from irlib.ops import scattering as ops
from tests.vectors.indexing import ALONG, ND, TAKES, along, nd
from tests.vectors.vector import v

RNG = np.random.default_rng(11)
COMBINE = {"add": np.add, "multiply": np.multiply, "max": np.maximum, "min": np.minimum}


def scattered(places: Any, x: Any, updates: Any, reduction: Any) -> Any:
    """One update after the other, by the definition; half floats in float64 and then rounded once."""
    half = x.dtype.name in ("float16", "bfloat16")
    y = (x.astype(np.float64) if half else x).reshape(-1).copy()
    for place, u in zip(places.reshape(-1), updates.reshape(-1), strict=True):
        y[place] = u if reduction == "set" else COMBINE[reduction](y[place], y.dtype.type(u))
    return y.reshape(x.shape).astype(x.dtype)


def updates_for(x: Any, shape: Any, zeros: Any) -> Any:
    if x.dtype == object:
        return np.full(shape, "new", object)
    if x.dtype.kind == "b":
        return np.ones(shape, bool)
    made = RNG.standard_normal(shape)
    if x.dtype.kind == "c":
        made = made + 1j * RNG.standard_normal(shape)
    made = np.asarray(made)
    if zeros:
        made.reshape(-1)[::2] = 0
    return made.astype(x.dtype)


def cases() -> Any:
    for i, (x, at, axis) in enumerate(TAKES):
        yield f"scatter:{i}", ops.Scatter, axis, x, at, lambda n, at, axis=axis: np.take(n, at, axis)
    for i, (x, at, axis) in enumerate(ALONG):
        yield f"scatter_along_axis:{i}", ops.ScatterAlongAxis, axis, x, at, lambda n, at, axis=axis: along(n, at, axis)
    for i, (x, at, batch) in enumerate(ND):
        yield f"scatter_nd:{i}", ops.ScatterNd, batch, x, at, lambda n, at, batch=batch: nd(n, at, batch)


def vectors() -> Any:
    for name, op, where, x, at, pick in cases():
        numbers = np.arange(x.size).reshape(x.shape)
        places = pick(numbers, at)
        doubled = len(np.unique(places)) < places.size
        for reduction in ops.REDUCTIONS:
            number = x.dtype.kind in "fiuc" or x.dtype.name == "bfloat16"
            if (reduction != "set" and not number) or (reduction in ("max", "min") and x.dtype.kind == "c"):
                continue
            updates = updates_for(x, places.shape, zeros=reduction == "multiply")
            base = x
            if reduction in ("max", "min"):
                # away from ties, which differences cannot judge
                mixed = RNG.permutation(x.size + updates.size) / 2.0
                base = mixed[: x.size].reshape(x.shape).astype(x.dtype)
                updates = mixed[x.size :].reshape(updates.shape).astype(x.dtype)
            yield from [
                v(
                    op(where, reduction),
                    base,
                    at,
                    updates,
                    expected=scattered(places, base, updates, reduction),
                    static=static,
                    name=f"{name}:{reduction}:{static}",
                    judge="linear" if reduction in ("set", "add") else None,
                    rtol=2e-2 if x.dtype.name == "bfloat16" else 1e-12,
                )
                # constant indices that set one place twice are refused: tests/validate/test_scattering.py
                for static in ([()] if reduction == "set" and doubled else [(), (1,)])
            ]


VECTORS = list(vectors())
