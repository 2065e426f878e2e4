"""What numpy makes by indexing objects of its own: `c_`, `r_`, `s_`, `mgrid`, `ogrid`."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.table import CONSTANTS

__all__ = ["Grid", "Joiner", "Slicer"]


def _run(part: slice) -> Any:
    """The numbers of a slice: a complex step counts them, both ends included."""
    start, stop, step = 0 if part.start is None else part.start, part.stop, 1 if part.step is None else part.step
    if isinstance(step, complex):
        return xp.linspace(start, stop, int(abs(step)))
    return xp.arange(start, stop, step)


class Joiner:
    """`r_` and `c_`: the parts in brackets joined along an axis."""

    def __init__(self, axis: int, least: int, trans: int) -> None:
        self.axis, self.least, self.trans = axis, least, trans

    def __getitem__(self, key: Any) -> Any:
        parts = list(key) if isinstance(key, tuple) else [key]
        axis, least, trans = self.axis, self.least, self.trans
        if parts and isinstance(parts[0], str):
            numbers = parts.pop(0).split(",")
            if not all(n.strip().lstrip("-").isdigit() for n in numbers):
                raise refused("r_ with 'r' or 'c' makes a matrix object, which is not traced")
            given = [int(n) for n in numbers]
            axis, least, trans = (*given, *(axis, least, trans)[len(given) :])
        arrays, scalars = [], []
        for part in parts:
            is_scalar = not isinstance(part, slice) and lift(part).ndim == 0
            made = _run(part) if isinstance(part, slice) else lift(part)
            scalars.append(is_scalar and not isinstance(part, Handle | np.generic))
            arrays.append(
                (part if scalars[-1] else made, self._raised(made, least, trans, from_slice=isinstance(part, slice)))
            )
        to = xp.result_type(*[a for a, _ in arrays]) if not all(scalars) else xp.result_type(*[r for _, r in arrays])
        return xp.concatenate([xp.astype(r, to) for _, r in arrays], axis)

    def _raised(self, x: Any, least: int, trans: int, *, from_slice: bool) -> Any:
        """`x` with at least `least` axes, its own from place `trans` on."""
        x = xp.atleast_1d(x) if least == 1 or x.ndim == 0 else x
        missing = least - x.ndim
        if missing <= 0:
            return x
        if trans == -1 or (from_slice and trans == -1):
            return xp.expand_dims(x, tuple(range(missing)))
        start = trans if trans >= 0 else trans + missing + 1
        start = min(start, missing)
        return xp.expand_dims(x, (*range(start), *range(start + x.ndim, least)))


class Slicer:
    """`s_` and `index_exp`: the key itself."""

    def __init__(self, *, tuples: bool) -> None:
        self.tuples = tuples

    def __getitem__(self, key: Any) -> Any:
        return (key,) if self.tuples and not isinstance(key, tuple) else key


class Grid:
    """`mgrid` and `ogrid`: grids of the numbers of slices."""

    def __init__(self, *, sparse: bool) -> None:
        self.sparse = sparse

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, tuple):
            return _run(key)
        runs = [_run(part) for part in key]
        to = xp.result_type(*runs)
        grids = xp.meshgrid(*[xp.astype(r, to) for r in runs], indexing="ij", sparse=self.sparse)
        return tuple(grids) if self.sparse else xp.stack(grids)


CONSTANTS.update(
    {
        "c_": Joiner(-1, 2, 0),
        "r_": Joiner(0, 1, -1),
        "s_": Slicer(tuples=False),
        "index_exp": Slicer(tuples=True),
        "mgrid": Grid(sparse=False),
        "ogrid": Grid(sparse=True),
    }
)
