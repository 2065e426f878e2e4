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
        kinds, arrays = [], []
        for part in parts:
            made = _run(part) if isinstance(part, slice) else lift(part)
            is_python = not isinstance(part, slice | Handle | np.generic) and made.ndim == 0
            kinds.append(part if is_python else made)
            arrays.append(_raised(made, least, trans, is_run=isinstance(part, slice)))
        only_python = all(isinstance(k, int | float | complex) for k in kinds)
        to = xp.result_type(*(arrays if only_python else kinds))
        return xp.concatenate([xp.astype(x, to) for x in arrays], axis)


def _raised(x: Any, least: int, trans: int, *, is_run: bool) -> Any:
    """`x` with at least `least` axes: new ones in front, then its own moved to begin at place `trans`."""
    missing = least - x.ndim
    made = xp.expand_dims(x, tuple(range(missing))) if missing > 0 else x
    if trans == -1 or x.ndim == 0:
        return made
    if is_run:
        return xp.swapaxes(made, -1, trans) if least > 1 else made
    if missing <= 0:
        return made
    first = trans if trans >= 0 else trans + missing + 1
    order = list(range(least))
    return xp.transpose(made, order[:first] + order[missing:] + order[first:missing])


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
