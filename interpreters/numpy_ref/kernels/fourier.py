"""Kernels of Fourier transforms: numpy.fft, which keeps single precision single."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel
from irlib.ops import fourier as ops

_TRANSFORMS: dict[Any, Any] = {
    ops.FFT: np.fft.fft,
    ops.IFFT: np.fft.ifft,
    ops.RFFT: np.fft.rfft,
    ops.IRFFT: np.fft.irfft,
}


@kernel(ops.FFT, ops.IFFT, ops.RFFT, ops.IRFFT)
def transform(op: Any, operands: Operands, results: Results) -> Bound:
    """The transform, half floats by way of float32."""
    f, axis, norm = _TRANSFORMS[type(op)], op.axis, op.norm
    x0, arity = operands[0], len(operands)
    assert x0 is not None
    half = x0.dtype.is_half

    def call(x: Any, *rest: Any) -> Any:
        n = int(rest[0]) if arity > 1 else None
        out = rest[arity - 1] if len(rest) > arity - 1 else None
        return f(x.astype(np.float32) if half else x, n, axis, norm, out=out)

    return into(call)


@kernel(ops.FitLength)
def fit_length(op: ops.FitLength, operands: Operands, results: Results) -> Bound:
    """A copy, cut or filled with zeros."""

    def call(x: Any, n: Any, out: Any = None) -> Any:
        axis = op.axis % x.ndim
        length = int(n)
        if length < 0:
            raise ValueError(f"length {length}, expected 0 or more")
        if out is None:
            out = np.empty((*x.shape[:axis], length, *x.shape[axis + 1 :]), x.dtype)
        kept = min(length, x.shape[axis])
        before = (slice(None),) * axis
        out[(*before, slice(kept))] = x[(*before, slice(kept))]
        out[(*before, slice(kept, None))] = x.dtype.type(0)
        return out

    return into(call)
