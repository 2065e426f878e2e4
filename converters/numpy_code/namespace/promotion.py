"""Numpy's promotion: result dtypes as numpy itself gives them, Python numbers weak."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.tape import Tape
from irlib.errors import IRError
from irlib.types import DType, dtype

__all__ = ["as_dtype", "cast", "kind_of", "result_type"]

_PYTHON = {"b": np.dtype(bool), "i": int, "u": int, "f": float, "c": complex}


def kind_of(x: Any) -> Any:
    """What promotion sees of an operand: a dtype, or int, float or complex where it is weak."""
    if isinstance(x, Handle):
        found = x.dtype
        return _PYTHON[found.kind] if x.weak else found
    if isinstance(x, np.ndarray | np.generic):
        return x.dtype
    if isinstance(x, bool):
        return np.dtype(bool)
    if isinstance(x, int | float | complex):
        return int if isinstance(x, int) else float if isinstance(x, float) else complex
    if isinstance(x, np.dtype):
        return x
    if isinstance(x, DType):
        return x.numpy
    if isinstance(x, type | str):
        return as_dtype(x)
    if isinstance(x, list | tuple):
        from irlib.converters.numpy_code.namespace.lifting import lift

        return lift(x).dtype
    raise refused(f"a {type(x).__name__} has no dtype")


def result_type(*operands: Any) -> np.dtype[Any]:
    """The dtype that numpy's `result_type` gives for arrays, dtypes and Python numbers."""
    return _result_type(tuple([kind_of(x) for x in operands]))


_SAMPLES: dict[Any, Any] = {int: 0, float: 0.0, complex: 0j}


@lru_cache(maxsize=4096)
def _result_type(kinds: tuple[Any, ...]) -> np.dtype[Any]:
    return np.result_type(*[_SAMPLES.get(k, k) for k in kinds])


def as_dtype(spec: Any) -> np.dtype[Any]:
    """A numpy dtype from what numpy takes for one. Raises: TraceError when irlib has no such dtype."""
    if isinstance(spec, DType):
        return spec.numpy
    try:
        found: np.dtype[Any] = np.dtype(spec)
    except TypeError as error:
        try:
            return dtype(spec).numpy  # one of the small kinds
        except (IRError, TypeError):
            raise refused(f"{spec!r} is not a dtype") from error
    if found.kind not in "biufcV" or found.name not in _known_names():
        raise refused(f"arrays of {found} are not traced", remedy="use numbers or booleans")
    return found if found.isnative else found.newbyteorder("=")


@lru_cache(maxsize=1)
def _known_names() -> frozenset[str]:
    from irlib.types import DTYPES

    return frozenset(DTYPES)


def cast(value: Any, to: Any) -> Any:
    """An emitter value in another dtype, by numpy's `astype`: an imaginary part is dropped."""
    target = dtype(to)
    have = value.dtype
    if have is target:
        return value
    b = Tape.current().b
    if have.kind == "complex" and target.kind != "complex":
        if target.kind == "bool":
            return b.not_equal(value, b.constant(0, have))
        value = b.real(value)
        if value.dtype is target:
            return value
    if target.name.startswith(("float8", "float4", "float6")):
        return b.cast(value, dtype=target, saturate=False)  # as the dtypes of ml_dtypes do it
    return b.cast(value, dtype=target)
