"""Composites of floats: half floats are computed in float32 and cast once, whatever the steps in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from irlib.methods import Emitter
from irlib.op import Composite, Operand
from irlib.shapes import require_dtype
from irlib.types import DTYPES, TensorType

__all__ = ["Activation", "Widened", "in_float32"]


def in_float32(b: Emitter, f: Callable[..., Any], *values: Any) -> Any:
    """``f(*values)``, with half floats cast to float32 before and the results back after."""
    half = next((v.dtype for v in values if _is_half(v)), None)
    if half is None:
        return f(*values)
    made = f(*[b.cast(v, dtype="float32") if _is_half(v) else v for v in values])
    if isinstance(made, tuple):
        return tuple(_narrowed(b, v, half) for v in made)
    return _narrowed(b, made, half)


def _is_half(v: Any) -> bool:
    return v is not None and isinstance(v.type, TensorType) and v.dtype.is_half


def _narrowed(b: Emitter, v: Any, half: Any) -> Any:
    return b.cast(v, dtype=half) if v is not None and v.dtype is DTYPES["float32"] else v


class Widened(Composite):
    """A composite whose `body` is written for float32 and wider."""

    def body(self, b: Emitter, *operands: Any) -> Any:
        """The body, in dtypes of 32 bits and more."""
        raise NotImplementedError(f"{type(self).__name__}.body")

    def decompose(self, b: Emitter, *operands: Any) -> Any:
        return in_float32(b, lambda *values: self.body(b, *values), *operands)


class Activation(Widened):
    """A function of each element of one operand."""

    accepts: ClassVar[tuple[str, ...]] = ("float",)

    def infer(self, x: Operand) -> TensorType:
        require_dtype(x, self.accepts, "x")
        return x.tensor
