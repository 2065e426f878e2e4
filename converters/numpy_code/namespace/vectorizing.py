"""Python functions over elements, rows and axes: called once for each while the code is traced."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import axis_of
from irlib.converters.numpy_code.namespace.table import function

__all__: list[str] = []

MAX_CALLS = 10_000
"""Elements and rows for which a Python function is called; beyond it the graph would be large beyond use."""


def _limited(calls: int, what: str) -> None:
    if calls > MAX_CALLS:
        raise refused(f"{what} would call the function {calls} times", remedy="write it for whole arrays")


@function("apply_along_axis")
def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    x = lift(arr)
    place = axis_of(axis, x.ndim)
    turned = xp.moveaxis(x, place, -1)
    outer = tuple(operator.index(d) for d in turned.shape[:-1])
    _limited(int(np.prod(outer)), "apply_along_axis")
    if 0 in outer:
        raise ValueError("apply_along_axis over no rows")
    results = [lift(func1d(turned[i], *args, **kwargs)) for i in np.ndindex(*outer)]
    rank = results[0].ndim
    made = xp.reshape(xp.stack([xp.asarray(r) for r in results]), (*outer, *results[0].shape))
    return xp.moveaxis(made, tuple(range(len(outer), len(outer) + rank)), tuple(range(place, place + rank)))


@function("apply_over_axes")
def apply_over_axes(func: Callable[..., Any], a: Any, axes: Any) -> Any:
    made = lift(a)
    rank = made.ndim
    for axis in axes if isinstance(axes, tuple | list) else (axes,):
        place = axis_of(axis, rank)
        result = lift(func(made, place))
        made = result if result.ndim == rank else xp.expand_dims(result, place)
    return made


@function("vectorize")
class Vectorize:
    """A function called for each element of its broadcast arguments."""

    def __init__(
        self, pyfunc: Callable[..., Any] | None = None, otypes: Any = None, doc: Any = None, excluded: Any = None,
        cache: bool = False, signature: Any = None,
    ) -> None:  # fmt: skip
        if signature is not None:
            raise refused("vectorize: signature= is not traced", remedy="write a loop")
        self.function, self.otypes, self.excluded = pyfunc, otypes, excluded or ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.function is None:
            self.function = args[0]
            return self
        spread = [i for i in range(len(args)) if i not in self.excluded]
        names = [k for k in kwargs if k not in self.excluded]
        arrays = xp.broadcast_arrays(*[args[i] for i in spread], *[kwargs[k] for k in names])
        shape = tuple(operator.index(d) for d in arrays[0].shape)
        _limited(int(np.prod(shape)), "vectorize")
        results = []
        for place in np.ndindex(*shape):
            items = [a[place] for a in arrays]
            given = list(args)
            for i, item in zip(spread, items, strict=False):
                given[i] = item
            named = {**kwargs, **dict(zip(names, items[len(spread) :], strict=True))}
            results.append(self.function(*given, **named))
        if not results:
            raise ValueError("vectorize: no elements to call the function for, and no otypes=")
        if isinstance(results[0], tuple):
            return tuple(self._gathered([r[k] for r in results], shape, k) for k in range(len(results[0])))
        return self._gathered(results, shape, 0)

    def _gathered(self, results: list[Any], shape: tuple[int, ...], which: int) -> Any:
        first = lift(results[0]).dtype
        dtype = first if self.otypes is None else np.dtype(self.otypes[which])
        made = xp.reshape(xp.stack([xp.astype(xp.asarray(r), dtype) for r in results]), shape)
        return wrap(made.value)  # numpy lays it out like the operands


@function("frompyfunc")
def frompyfunc(func: Any, /, nin: int, nout: int, **kwargs: Any) -> Any:
    raise refused("frompyfunc makes arrays of objects, which are not traced", remedy="use np.vectorize")
