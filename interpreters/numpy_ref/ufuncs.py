"""Ufuncs as kernels: bare where they have a loop for the dtype, computed wider and cast once where they have not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Binder, Bound, Operands, Results, into, kernel
from irlib.op import Op
from irlib.types import DType

__all__ = ["bound_function", "bound_ufunc", "ufunc_kernels", "wide_dtype"]

Function = Callable[..., Any]


def ufunc_kernels(table: Mapping[type[Op], np.ufunc | Callable[[], np.ufunc]]) -> None:
    """Enter ops that are one ufunc each; a function without arguments imports one when first needed."""
    for cls, ufunc in table.items():
        kernel(cls)(_binder(ufunc))


def _binder(ufunc: np.ufunc | Callable[[], np.ufunc]) -> Binder:
    def bind(op: Op, operands: Operands, results: Results) -> Bound:
        first = operands[0]
        assert first is not None
        return bound_ufunc(ufunc if isinstance(ufunc, np.ufunc) else ufunc(), first.dtype)

    return bind


# numpy deprecates the positional `out` of these two, which looks like a third operand
_BY_KEYWORD: dict[np.ufunc, Function] = {
    np.maximum: lambda x, y, out=None: np.maximum(x, y, out=out),
    np.minimum: lambda x, y, out=None: np.minimum(x, y, out=out),
}


@cache
def bound_ufunc(ufunc: np.ufunc, dtype: DType) -> Bound:
    """`ufunc` on operands of `dtype`; results of the same dtype, or bool."""
    loops = {t.partition("->")[0] for t in ufunc.types}
    if dtype.numpy.char * ufunc.nin in loops:
        return into(_BY_KEYWORD.get(ufunc, ufunc))
    return into(_widened(ufunc, ufunc.nin, wide_dtype(dtype), dtype.numpy))


def bound_function(f: Function, count: int, dtype: DType, native: str) -> Bound:
    """`f` of `count` arrays of `dtype`, computed in that dtype where it is one of `native` (numpy's letters)."""
    if dtype.numpy.char in native:
        return into(_writing(f, count))
    return into(_widened(f, count, wide_dtype(dtype), dtype.numpy))


def wide_dtype(dtype: DType) -> np.dtype[Any]:
    """What a dtype that numpy does not compute in is computed in."""
    wide = {"float": np.float32, "int": np.int64, "uint": np.uint64, "complex": np.complex64}
    return np.dtype(wide[dtype.kind]) if dtype.kind in wide else dtype.numpy


def _writing(f: Function, count: int) -> Function:
    def call(*arrays: Any) -> Any:
        result = f(*arrays[:count])
        if len(arrays) == count:
            return result
        np.copyto(arrays[count], result)
        return arrays[count]

    return call


def _widened(f: Function, count: int, wide: np.dtype[Any], own: np.dtype[Any]) -> Function:
    """`f` on operands cast to `wide`, its result cast back to `own` once; a bool result stays."""

    def call(*arrays: Any) -> Any:
        result = np.asarray(f(*[x.astype(wide) for x in arrays[:count]]))
        if len(arrays) > count:
            np.copyto(arrays[count], result, casting="unsafe")
            return arrays[count]
        return result if result.dtype == np.bool_ else result.astype(own)

    return call
