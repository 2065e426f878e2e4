"""How a function of the namespace hands back its result, and how it reads the arguments that many of them share."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.ufuncs import into
from irlib.converters.numpy_code.namespace.views import normalized

__all__ = [
    "axes_of", "axis_of", "delivered", "floating", "fresh", "inexact", "is_default", "number_of", "static", "with_axis",
]  # fmt: skip


def delivered(
    name: str, value: Any, out: Any = None, *, layout: strides.Layout = strides.C, casting: str = "same_kind"
) -> Any:
    """An emitter value as a result: written into `out` where given; of rank 0 a scalar, as numpy gives it."""
    if out is not None:
        return into(name, out[0] if isinstance(out, tuple) else out, value, True, casting)
    return wrap(value, value.rank == 0, layout=layout)


def fresh(value: Any) -> Any:
    """An emitter value as a fresh array, of rank 0 as a scalar."""
    return wrap(value, value.rank == 0, layout=strides.C)


def axes_of(axis: Any, rank: int) -> tuple[int, ...] | None:
    """Axes counted from the front, None for all of them. Raises: AxisError, ValueError as numpy does."""
    if axis is None:
        return None
    if isinstance(axis, tuple | list):
        return normalized([operator.index(a) for a in axis], rank)
    return normalized([operator.index(axis)], rank)


def axis_of(axis: Any, rank: int) -> int:
    """One axis counted from the front. Raises: AxisError as numpy does."""
    return normalized([operator.index(axis)], rank)[0]


def with_axis(x: Array) -> Array:
    """`x` with an axis where it has none, as some functions take a number for a vector of one."""
    return x if x.ndim else wrap(x.tape.b.reshape(x.value, [1]), layout=strides.C)


def inexact(x: Any, dtype: Any = None) -> Array:
    """`x` as an array of floats or complex numbers: float64 where it is of integers or booleans."""
    made = lift(x, dtype)
    return made if made.dtype.kind in "fc" else wrap(cast(made.value, np.float64), made.is_scalar, layout=made.layout)


def floating(*operands: Any) -> list[Array]:
    """Operands as arrays of one inexact dtype, numpy's common one, float64 where they are of integers."""
    from irlib.converters.numpy_code.namespace.promotion import result_type

    lifted = [lift(x) for x in operands]
    common = result_type(*lifted)
    if common.kind not in "fc":
        common = np.dtype(np.float64)
    return [wrap(cast(x.value, common), x.is_scalar, layout=x.layout) for x in lifted]


def static(x: Any, what: str) -> np.ndarray[Any, Any]:
    """The elements of `x`, which must be known while the code is traced: `what` says of what."""
    return lift(x).known(what) if isinstance(x, Handle) or _holds_handles(x) else np.asarray(x)


def number_of(x: Any, what: str) -> Any:
    """A Python number that must be known while the code is traced."""
    return static(x, what).item() if isinstance(x, Handle | np.ndarray | np.generic) else x


def _holds_handles(x: Any) -> bool:
    return (
        isinstance(x, Sequence)
        and not isinstance(x, str)
        and any(isinstance(i, Handle) or _holds_handles(i) for i in x)
    )


def is_default(x: Any) -> bool:
    """Whether an argument that numpy leaves out by default was left out."""
    return x is None or x is np._NoValue
