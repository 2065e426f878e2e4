"""Kernels of normalizations: those that are faster in one piece than step by step."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel
from irlib.ops import normalization as ops
from irlib.tensor import Array


@kernel(ops.LayerNorm)
def _(op: ops.LayerNorm, operands: Operands, results: Results) -> Bound:
    first = operands[0]
    assert first is not None
    dtype = first.dtype.numpy
    half = first.dtype.is_half
    count = len(operands)

    def layer_norm(x: Array, *rest: Any) -> Any:
        scale, bias = (*rest[: count - 1], None, None)[:2]
        out: Any = rest[count - 1] if len(rest) == count else None
        wide = x.astype(np.float32) if half else x
        axes = tuple(range(op.axis % x.ndim, x.ndim))
        size = np.prod([x.shape[a] for a in axes], dtype=np.int64)
        mean = np.add.reduce(wide, axes, keepdims=True) / size
        made = np.subtract(wide, mean.astype(wide.dtype, copy=False), out=None if half else out)
        spread = np.add.reduce(made * made, axes, keepdims=True) / size
        made *= (1 / np.sqrt(spread + op.epsilon)).astype(wide.dtype, copy=False)
        if scale is not None:
            made *= scale
        if bias is not None:
            made += bias
        if not half:
            return made
        if out is None:
            return made.astype(dtype)
        out[...] = made
        return out

    return into(layer_norm)
