"""Kernels of shapes: views wherever numpy can, with everything decided when the types are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irlib.errors import ExecutionError
from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel, new, view
from irlib.op import Operand
from irlib.ops import shape as ops
from irlib.types import Type

Array = np.ndarray[Any, Any]


def static_shape(t: Type) -> tuple[int, ...] | None:
    """The shape of a result where it is known in full."""
    return t.shape if t.is_static else None  # type: ignore[union-attr,return-value]


def as_ints(vector: Array) -> tuple[int, ...]:
    """An integer vector or scalar operand as a tuple."""
    return tuple(vector.reshape(-1).tolist())


def is_known(vector: Operand | None) -> bool:
    """Whether inference knew an integer operand: if not, what it says may contradict the shape that others lead to."""
    return vector is not None and vector.ints is not None


@kernel(ops.ShapeOf)
def _shape_of(op: ops.ShapeOf, operands: Operands, results: Results) -> Bound:
    return new(lambda x: np.array(x.shape, np.int64))


@kernel(ops.Reshape)
def _reshape(op: ops.Reshape, operands: Operands, results: Results) -> Bound:
    to = static_shape(results[0])
    if to is not None and is_known(operands[1]):
        return view(lambda x, shape: x.reshape(to))
    return view(_reshaped)


def _reshaped(x: Array, shape: Array) -> Array:
    to = as_ints(shape)
    if -1 in to and 0 in to:
        raise ExecutionError(f"shape {list(to)}: -1 beside 0 could be any size", remedy="write the dim instead of -1")
    if any(d < -1 for d in to):
        raise ExecutionError(f"shape {list(to)} has a negative dim, expected one >= 0, or -1 once")
    return x.reshape(to)


@kernel(ops.Transpose)
def _transpose(op: ops.Transpose, operands: Operands, results: Results) -> Bound:
    perm = op.perm
    return view((lambda x: x.T) if perm is None else (lambda x: x.transpose(perm)))


@kernel(ops.BroadcastTo)
def _broadcast_to(op: ops.BroadcastTo, operands: Operands, results: Results) -> Bound:
    to = static_shape(results[0])
    if to is None or not is_known(operands[1]):
        return new(lambda x, shape: np.broadcast_to(x, as_ints(shape)).copy())
    if to == operands[0].tensor.shape:  # type: ignore[union-attr]
        return view(lambda x, shape: x)

    # elements are copied, not strided over with step 0: a matmul behind it would lose its BLAS
    def call(x: Array, shape: Array, out: Array | None = None) -> Array:
        if out is None:
            out = np.empty(to, x.dtype)
        np.copyto(out, x)
        return out

    return into(call)


@kernel(ops.SumTo)
def _sum_to(op: ops.SumTo, operands: Operands, results: Results) -> Bound:
    to, t = static_shape(results[0]), operands[0].tensor  # type: ignore[union-attr]
    half = t.dtype.is_half
    if to is None or not t.is_static:
        return new(lambda x, shape: _bound_sum_to(x.shape, as_ints(shape), x.dtype, half=half)(x, shape))
    if to == t.shape:
        return view(lambda x, shape: x)
    return into(_bound_sum_to(t.shape, to, t.dtype.numpy, half=half))  # type: ignore[arg-type]


def _bound_sum_to(shape: tuple[int, ...], to: tuple[int, ...], dtype: Any, *, half: bool) -> Callable[..., Array]:
    lead = len(shape) - len(to)
    if lead < 0 or any(t not in (1, d) for d, t in zip(shape[lead:], to, strict=True)):
        raise ExecutionError(f"shape {list(shape)} does not sum to {list(to)}: that does not broadcast to it")
    axes = (*range(lead), *(lead + i for i, t in enumerate(to) if t == 1 and shape[lead + i] != 1))
    kept = (1,) * lead + to
    reduce: Callable[..., Any] = np.add.reduce
    if half:
        return lambda x, shape, out=None: _stored(reduce(x, axes, np.float32).reshape(to), dtype, out)
    if lead == 0:
        return lambda x, shape, out=None: reduce(x, axes, dtype, out, True)
    if len(axes) == lead:
        return lambda x, shape, out=None: np.asarray(reduce(x, axes, dtype, out))

    def call(x: Array, shape: Array, out: Array | None = None) -> Array:
        if out is None:
            return np.asarray(reduce(x, axes, dtype, None, True)).reshape(to)
        reduce(x, axes, dtype, out.reshape(kept), True)
        return out

    return call


def _stored(wide: Array, dtype: Any, out: Array | None) -> Array:
    """A float32 accumulator cast once to the half float that is wanted."""
    if out is None:
        return wide.astype(dtype)
    out[...] = wide
    return out


@kernel(ops.Squeeze)
def _squeeze(op: ops.Squeeze, operands: Operands, results: Results) -> Bound:
    to = static_shape(results[0])
    if to is not None:
        return view(lambda x, axes=None: x.reshape(to))
    if len(operands) == 1:
        return view(lambda x: x.squeeze())
    return view(lambda x, axes: x.squeeze(as_ints(axes)))


@kernel(ops.Unsqueeze)
def _unsqueeze(op: ops.Unsqueeze, operands: Operands, results: Results) -> Bound:
    to = static_shape(results[0])
    if to is not None and is_known(operands[1]):
        return view(lambda x, axes: x.reshape(to))
    return view(lambda x, axes: np.expand_dims(x, as_ints(axes)))
