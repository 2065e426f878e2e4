"""Types: what dtypes are and hold, and whether arrays are equal."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import promotion
from irlib.converters.numpy_code.namespace.array import Array
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.results import inexact
from irlib.converters.numpy_code.namespace.table import function

__all__: list[str] = []


def _dtype(x: Any) -> Any:
    return x.dtype if isinstance(x, Handle | np.ndarray | np.generic) else x


@function("result_type")
def result_type(*arrays_and_dtypes: Any) -> Any:
    return promotion.result_type(*arrays_and_dtypes)


@function("promote_types")
def promote_types(type1: Any, type2: Any) -> Any:
    return np.promote_types(promotion.as_dtype(type1), promotion.as_dtype(type2))


@function("common_type")
def common_type(*arrays: Any) -> Any:
    return np.common_type(*[np.zeros(0, lift(a).dtype) for a in arrays])


@function("min_scalar_type")
def min_scalar_type(a: Any, /) -> Any:
    return np.min_scalar_type(lift(a).known("the elements") if lift(a).ndim == 0 else np.zeros(1, lift(a).dtype))


@function("can_cast")
def can_cast(from_: Any, to: Any, casting: str = "safe") -> bool:
    return bool(np.can_cast(_dtype(from_), _dtype(to), casting))  # type: ignore[arg-type]


@function("issubdtype")
def issubdtype(arg1: Any, arg2: Any) -> bool:
    return np.issubdtype(arg1, arg2)


@function("isdtype")
def isdtype(dtype: Any, kind: Any) -> bool:
    return bool(np.isdtype(promotion.as_dtype(dtype), kind))


@function("finfo")
def finfo(dtype: Any) -> Any:
    return np.finfo(_dtype(dtype))


@function("iinfo")
def iinfo(int_type: Any) -> Any:
    return np.iinfo(_dtype(int_type))


@function("isscalar")
def isscalar(element: Any) -> bool:
    return element.is_scalar if isinstance(element, Array) else np.isscalar(element)


@function("iterable")
def iterable(y: Any) -> bool:
    return y.ndim > 0 if isinstance(y, Array) else bool(np.iterable(y))


@function("iscomplexobj")
def iscomplexobj(x: Any) -> bool:
    return lift(x).dtype.kind == "c"


@function("isrealobj")
def isrealobj(x: Any) -> bool:
    return lift(x).dtype.kind != "c"


@function("iscomplex")
def iscomplex(x: Any) -> Any:
    a = lift(x)
    return xp.not_equal(xp.imag(a), 0) if a.dtype.kind == "c" else xp.zeros(a.shape, bool)


@function("isreal")
def isreal(x: Any) -> Any:
    return xp.equal(xp.imag(lift(x)), 0)


@function("shares_memory", "may_share_memory")
def shares_memory(a: Any, b: Any, max_work: Any = None) -> bool:
    return isinstance(a, Array) and isinstance(b, Array) and a._storage is b._storage


@function("isclose")
def isclose(a: Any, b: Any, rtol: Any = 1.0e-5, atol: Any = 1.0e-8, equal_nan: bool = False) -> Any:
    x, y = lift(a), inexact(b) if lift(b).dtype.kind != "c" else lift(b)
    near = xp.less_equal(xp.abs(x - y), atol + rtol * xp.abs(y))
    made = xp.logical_or(xp.logical_and(near, xp.isfinite(y)), xp.equal(x, y))
    if equal_nan:
        made = xp.logical_or(made, xp.logical_and(xp.isnan(x), xp.isnan(y)))
    return made


@function("allclose")
def allclose(a: Any, b: Any, rtol: Any = 1.0e-5, atol: Any = 1.0e-8, equal_nan: bool = False) -> Any:
    made = xp.all(isclose(a, b, rtol, atol, equal_nan))
    known = made.concrete()
    return made if known is None else bool(known)


@function("array_equal")
def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> Any:
    x, y = lift(a1), lift(a2)
    if x.ndim != y.ndim:
        return False
    for d, e in zip(x.value.shape, y.value.shape, strict=True):
        if isinstance(d, int) and isinstance(e, int) and d != e:
            return False
    alike: Any = True
    if x.value.shape != y.value.shape:  # only the run knows
        alike = xp.all(xp.equal(xp.stack([lift(d) for d in x.shape]), xp.stack([lift(d) for d in y.shape])))
        x, y = xp.ravel(x), xp.resize(y, x.size)
    same = xp.equal(x, y)
    if equal_nan:
        same = xp.logical_or(same, xp.logical_and(xp.isnan(x), xp.isnan(y)))
    made = xp.logical_and(xp.all(same), alike)
    known = made.concrete()
    return made if known is None else bool(known)


@function("array_equiv")
def array_equiv(a1: Any, a2: Any) -> Any:
    x, y = lift(a1), lift(a2)
    try:
        x, y = xp.broadcast_arrays(x, y)
    except ValueError:
        return False
    return array_equal(x, y)
