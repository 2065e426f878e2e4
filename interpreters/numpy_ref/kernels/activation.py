"""Kernels of activation functions: those that are faster in one piece than step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel
from irlib.ops import activation as ops
from irlib.tensor import Array


def bound_rows(f: Callable[[Array, Array], Any], dtype: Any) -> Bound:
    """``f(x, out)`` as a kernel; half floats are computed in float32 and cast once."""
    if dtype.itemsize >= 4:

        def call(x: Array, out: Array | None = None) -> Array:
            made = np.empty(x.shape, dtype) if out is None else out
            f(x, made)
            return made

        return into(call)

    def narrow(x: Array, out: Array | None = None) -> Array:
        wide = x.astype(np.float32)
        f(wide, wide)
        if out is None:
            return wide.astype(dtype)
        out[...] = wide
        return out

    return into(narrow)


@kernel(ops.Relu)
def _(op: ops.Relu, operands: Operands, results: Results) -> Bound:
    dtype = operands[0].dtype.numpy  # type: ignore[union-attr]
    zero = np.zeros((), dtype)
    maximum = np.maximum

    def relu(x: Array, out: Array | None = None) -> Any:
        return maximum(x, zero, out=out)

    return into(relu)


@kernel(ops.LeakyRelu)
def _(op: ops.LeakyRelu, operands: Operands, results: Results) -> Bound:
    def leaky(x: Array, out: Array) -> None:
        positive = x > 0
        kept = x if out is not x else x.copy()
        np.multiply(kept, x.dtype.type(op.alpha), out)
        np.copyto(out, kept, where=positive)

    return bound_rows(leaky, operands[0].dtype.numpy)  # type: ignore[union-attr]


@kernel(ops.Gelu)
def _(op: ops.Gelu, operands: Operands, results: Results) -> Bound:
    if op.tanh:
        return bound_rows(_gelu_tanh, operands[0].dtype.numpy)  # type: ignore[union-attr]
    from scipy.special import erfc

    def gelu(x: Array, out: Array) -> None:
        tail = erfc(x * x.dtype.type(-np.sqrt(0.5)))
        np.multiply(x, tail, out)
        np.multiply(out, x.dtype.type(0.5), out)

    return bound_rows(gelu, operands[0].dtype.numpy)  # type: ignore[union-attr]


def _gelu_tanh(x: Array, out: Array) -> None:
    number = x.dtype.type
    inner = x * x
    np.multiply(inner, number(0.044715), inner)
    np.add(inner, number(1), inner)
    np.multiply(inner, x, inner)
    np.multiply(inner, number(np.sqrt(2 / np.pi)), inner)
    np.tanh(inner, inner)
    np.add(inner, number(1), inner)
    np.multiply(inner, x, out)
    np.multiply(out, number(0.5), out)


@kernel(ops.Silu)
def _(op: ops.Silu, operands: Operands, results: Results) -> Bound:
    from irlib.interpreters.numpy_ref.kernels.exponential import sigmoid

    def silu(x: Array, out: Array) -> None:
        np.multiply(x, sigmoid(x), out)

    return bound_rows(silu, operands[0].dtype.numpy)  # type: ignore[union-attr]
