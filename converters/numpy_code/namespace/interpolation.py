"""Interpolation between given points."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__: list[str] = []


@function("interp")
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """Piecewise linear, constant beyond the ends; numpy's slopes, from the left of the two neighbours."""
    points, values = lift(xp), lift(fp)
    at = lift(x)
    b = Tape.current().b
    kind = np.complex128 if values.dtype.kind == "c" else np.float64
    grid, heights, where = cast(points.value, np.float64), cast(values.value, kind), cast(at.value, np.float64)
    if points.ndim != 1 or values.ndim != 1:
        raise ValueError(f"interp: points of rank {points.ndim}, values of rank {values.ndim}, expected 1")
    n, m = grid.shape[0], heights.shape[0]
    if isinstance(n, int) and isinstance(m, int) and n != m:
        raise ValueError(f"interp: got {n} points and {m} values")
    if n == 0:
        raise ValueError("interp between no points")
    if period is not None:
        if left is not None or right is not None:
            raise refused("interp: left= and right= beside period= have no meaning")
        grid, heights, where = _periodic(b, grid, heights, where, period)
    size = b.take(b.shape(grid), 0)
    j = b.subtract(b.searchsorted(grid, where, side="right"), 1)
    low = b.clip(j, 0, b.maximum(b.subtract(size, 2), 0))
    high = b.minimum(b.add(low, 1), b.subtract(size, 1))
    x0, x1, y0, y1 = (b.take(v, i) for v, i in ((grid, low), (grid, high), (heights, low), (heights, high)))
    step = b.subtract(x1, x0)
    flat = b.equal(step, b.constant(0.0))
    slope = b.divide(b.subtract(y1, y0), cast(b.where(flat, b.constant(1.0), step), kind))
    # beyond the ends and at NaN, where other numbers are taken, nothing infinite is computed
    last = b.subtract(size, 1)
    inside = b.logical_and(b.greater_equal(where, b.take(grid, 0)), b.less_equal(where, b.take(grid, last)))
    made = b.add(b.multiply(slope, cast(b.subtract(b.where(inside, where, x0), x0), kind)), y0)
    final = b.take(heights, last)
    made = b.where(b.greater_equal(j, last), final, made)
    under = b.take(heights, 0) if left is None else cast(lift(left).value, kind)
    over = final if right is None else cast(lift(right).value, kind)
    made = b.where(b.less(where, b.take(grid, 0)), under, made)
    made = b.where(b.greater(where, b.take(grid, last)), over, made)
    made = b.where(b.isnan(where), cast(where, kind), made)
    return wrap(made, made.rank == 0, layout="C")


def _periodic(b: Any, grid: Any, heights: Any, where: Any, period: Any) -> tuple[Any, Any, Any]:
    """The points of one period in order, with one more at either end."""
    if period == 0:
        raise ValueError("interp: a period of 0")
    span = b.constant(abs(float(period)))
    grid, where = b.remainder(grid, span), b.remainder(where, span)
    order = b.argsort(grid, axis=0)
    grid, heights = b.take(grid, order), b.take(heights, order)
    before, after = b.subtract(b.take(grid, [-1]), span), b.add(b.take(grid, [0]), span)
    return (
        b.concat(before, grid, after, axis=0),
        b.concat(b.take(heights, [-1]), heights, b.take(heights, [0]), axis=0),
        where,
    )
