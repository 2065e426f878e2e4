"""What is written, cast and broadcast to the place where it goes."""

from __future__ import annotations

from typing import Any

from irlib.converters.numpy_code.namespace.array import Array
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.methods import Value

__all__ = ["fitted"]


def fitted(
    new: Any, target: Array, *, shape: Any = None, strips: bool = True, dims: tuple[int, ...] | None = None
) -> Any:
    """The value of `new` cast to the dtype of `target` and broadcast to its shape: to `dims`, or to the value `shape`.

    Raises: OverflowError where a Python int does not fit; ValueError where the shapes do not.
    """
    tape = target.tape
    b, to = tape.b, (target if dims is None else target._root()).value.dtype
    value: Any
    if isinstance(new, bool | int | float | complex):
        value = tape.number(_real_only(new) if isinstance(new, complex) and not to.is_complex else new, to)
    else:
        value = cast(new if isinstance(new, Value) else lift(new).value, to)
    if dims is not None and value.shape == dims:
        return value
    wanted = b.lift(list(dims)) if dims is not None else b.shape(target.value) if shape is None else shape
    rank = wanted.shape[0]
    if value.rank is not None and isinstance(rank, int) and value.rank > rank and strips:
        extra = value.rank - rank
        if all(d == 1 for d in value.shape[:extra]):
            value = b.squeeze(value, list(range(extra)))
    sizes = dims if dims is not None else target.value.shape if shape is None else wanted.operand.dims
    if value.shape is not None and value.shape == sizes and None not in sizes:
        return value
    _check_broadcast(value.shape, sizes)
    return b.broadcast_to(value, wanted)


def _real_only(new: complex) -> Any:
    """Raises: TypeError as numpy does."""
    raise TypeError(f"{new} does not go into an array of real numbers")


def _check_broadcast(shape: Any, dims: Any) -> None:
    if shape is None or dims is None:
        return
    fits = len(shape) <= len(dims) and all(
        not isinstance(d, int) or not isinstance(e, int) or d in (1, e)
        for d, e in zip(reversed(shape), reversed(dims), strict=False)
    )
    if not fits:
        raise ValueError(f"an array of shape {shape} does not broadcast to {dims}, where it is written")
