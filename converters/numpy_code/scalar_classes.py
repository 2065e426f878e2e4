"""Numpy's classes of numbers while code is traced: ``np.float32(x)`` of a traced array is that array in this dtype.

As a dtype, in a comparison with one, or as what an instance is told by, what stands for a class is what the class is.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array
from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.stand_ins import StandIn

__all__ = ["stand_in"]


class _Scalar(StandIn, type):
    """The class of what stands for a class of numpy's numbers."""

    dtype: np.dtype[Any]

    def __call__(cls, *args: Any, **options: Any) -> Any:
        if len(args) == 1 and not options and _has_traced(args[0]):
            made = xp.astype(lift(args[0]), cls.dtype)
            return made[()] if not made.ndim else made
        return cls.real(*args, **options)

    def __getattr__(cls, name: str) -> Any:
        return getattr(cls.real, name)

    def __instancecheck__(cls, x: Any) -> bool:
        if isinstance(x, Array):
            return x.is_scalar and not x.weak and x.dtype == cls.dtype
        return isinstance(x, cls.real)


def _has_traced(x: Any) -> bool:
    return isinstance(x, Handle) or (isinstance(x, list | tuple) and any(_has_traced(i) for i in x))


@lru_cache(maxsize=64)
def stand_in(real: Any) -> Any:
    """What stands for one of numpy's classes of numbers in a trace; anything else is itself."""
    is_number = isinstance(real, type) and issubclass(real, np.number | np.bool) and real.__module__ == "numpy"
    if not is_number or real in _ABSTRACT:
        return real
    return _Scalar(real.__name__, (), {"real": real, "dtype": np.dtype(real)})


_ABSTRACT = frozenset(
    (np.number, np.integer, np.signedinteger, np.unsignedinteger, np.inexact, np.floating, np.complexfloating)
)
