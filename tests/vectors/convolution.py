"""Vectors of convolution and its adjoint, against the definition written as loops."""

from itertools import product
from typing import Any

import ml_dtypes
import numpy as np

from irlib.ops.convolution import Convolution, ConvolutionTranspose
from tests.vectors.vector import Vector, v

RNG = np.random.default_rng(22)


def _geometry(op: Any, rank: int, pads: Any) -> tuple[Any, Any, Any]:
    strides, dilations = op.strides or (1,) * rank, op.dilations or (1,) * rank
    return np.array(strides), np.array(dilations), np.zeros(2 * rank, int) if pads is None else np.asarray(pads)


def _wide(x: Any) -> Any:
    return x.astype(np.float64) if x.dtype.kind in "fV" else x


def convolved(op: Any) -> Any:
    def expected(x: Any, w: Any, pads: Any = None) -> Any:
        rank = x.ndim - 2
        strides, dilations, pad = _geometry(op, rank, pads)
        size, window = np.array(x.shape[2:]), np.array(w.shape[2:])
        count = (size + pad[:rank] + pad[rank:] - dilations * (window - 1) - 1) // strides + 1
        y = np.zeros((x.shape[0], w.shape[0], *count), _wide(x).dtype)
        each_in, each_out = w.shape[1], w.shape[0] // op.groups
        for o in product(*map(range, count)):
            for k in product(*map(range, window)):
                s = np.array(o) * strides + np.array(k) * dilations - pad[:rank]
                if (s < 0).any() or (s >= size).any():
                    continue
                for m in range(w.shape[0]):
                    group = m // each_out * each_in
                    at: tuple[Any, ...] = (slice(None), slice(group, group + each_in), *s)
                    channels = _wide(x)[at]
                    place: tuple[Any, ...] = (slice(None), m, *o)
                    y[place] += channels @ _wide(w)[(m, slice(None), *k)]
        return y.astype(x.dtype)

    return expected


def spread(op: Any) -> Any:
    def expected(y: Any, w: Any, pads: Any = None, output_shape: Any = None) -> Any:
        rank = y.ndim - 2
        strides, dilations, pad = _geometry(op, rank, pads)
        window, count = np.array(w.shape[2:]), np.array(y.shape[2:])
        size = (count - 1) * strides + dilations * (window - 1) + 1 - pad[:rank] - pad[rank:]
        size = size if output_shape is None else np.asarray(output_shape)
        x = np.zeros((y.shape[0], w.shape[1] * op.groups, *size), y.dtype)
        each_in, each_out = w.shape[1], w.shape[0] // op.groups
        for o in product(*map(range, count)):
            for k in product(*map(range, window)):
                s = np.array(o) * strides + np.array(k) * dilations - pad[:rank]
                if (s < 0).any() or (s >= size).any():
                    continue
                for m in range(w.shape[0]):
                    group = m // each_out * each_in
                    x[(slice(None), slice(group, group + each_in), *s)] += np.outer(
                        y[(slice(None), m, *o)], w[(m, slice(None), *k)]
                    )
        return x

    return expected


def normal(*shape: int, dtype: Any = np.float64) -> Any:
    return RNG.standard_normal(shape).astype(dtype)


def conv(
    x: Any, w: Any, pads: Any = None, *, static: tuple[int, ...] = (), name: str = "", **attributes: Any
) -> Vector:
    op = Convolution(**attributes)
    operands = (x, w) if pads is None else (x, w, np.array(pads))
    label = f"{op}:{x.shape}:{w.shape}:{pads}:{static}:{x.dtype}:{name}"
    rtol = {"float32": 1e-4, "float16": 2e-3, "bfloat16": 1e-2}.get(x.dtype.name, 1e-10)
    return v(op, *operands, expected=convolved(op), static=static, name=label, rtol=rtol, atol=rtol * 1e-2)


def back(
    y: Any, w: Any, pads: Any = None, shape: Any = None, *, static: tuple[int, ...] = (), **attributes: Any
) -> Vector:
    op = ConvolutionTranspose(**attributes)
    operands = [y, w, None if pads is None else np.array(pads), None if shape is None else np.array(shape)]
    while operands[-1] is None:
        operands.pop()
    label = f"{op}:{y.shape}:{w.shape}:{pads}:{shape}:{static}"
    return v(op, *operands, expected=spread(op), static=static, name=label, rtol=1e-10, atol=1e-12)


VECTORS = [
    conv(normal(2, 3, 7), normal(4, 3, 3)),
    conv(normal(2, 3, 7), normal(4, 3, 3), [1, 2], strides=(2,), dilations=(2,)),
    conv(normal(2, 3, 7), normal(4, 3, 3), [1, 2], static=(2,), strides=(2,)),
    conv(normal(2, 3, 5, 6), normal(4, 3, 3, 2)),
    conv(normal(2, 3, 5, 6), normal(4, 3, 3, 3), [1, 1, 1, 1], static=(2,)),
    conv(normal(2, 3, 5, 6), normal(4, 3, 3, 3), [1, 0, 2, 1], strides=(2, 1), dilations=(1, 2)),
    conv(normal(2, 3, 6, 6), normal(4, 3, 2, 2), strides=(2, 3)),
    conv(normal(2, 4, 5, 6), normal(6, 2, 3, 2), [1, 1, 0, 0], groups=2),
    conv(normal(2, 4, 5, 6), normal(4, 1, 3, 3), [1, 1, 1, 1], static=(2,), groups=4),
    conv(normal(2, 3, 5, 6), normal(6, 1, 3, 3), groups=3, strides=(2, 2)),
    conv(normal(2, 3, 4, 4), normal(5, 3, 1, 1)),
    conv(normal(2, 4, 4, 4), normal(6, 2, 1, 1), groups=2),
    conv(normal(2, 3, 5, 5), normal(5, 3, 1, 1), strides=(2, 2)),
    conv(normal(3, 2, 4, 4), normal(5, 2, 4, 4)),
    conv(normal(5, 4, 4, 4), normal(6, 2, 4, 3), groups=2),
    conv(normal(2, 2, 6, 6), normal(3, 2, 2, 2), [-1, 0, 1, -2], static=(2,)),
    conv(normal(1, 2, 3, 4, 5), normal(3, 2, 2, 2, 3), [1, 0, 0, 0, 1, 1], strides=(1, 2, 1)),
    conv(normal(0, 2, 4, 4), normal(3, 2, 2, 2)),
    conv(normal(2, 3, 5, 6, dtype=np.float32), normal(4, 3, 3, 2, dtype=np.float32)),
    conv(normal(2, 3, 5, 6, dtype=np.float16), normal(4, 3, 3, 2, dtype=np.float16)),
    conv(normal(1, 2, 5, 5, dtype=ml_dtypes.bfloat16), normal(2, 1, 3, 3, dtype=ml_dtypes.bfloat16), groups=2),
    conv(np.arange(32, dtype=np.int32).reshape(1, 2, 4, 4), np.arange(24, dtype=np.int32).reshape(3, 2, 2, 2)),
    back(normal(2, 4, 5), normal(4, 3, 3)),
    back(normal(2, 4, 5), normal(4, 3, 3), [1, 1], strides=(2,), dilations=(2,)),
    back(normal(2, 4, 3, 3), normal(4, 3, 3, 2), [1, 0, 1, 1], [5, 8], static=(2, 3), strides=(2, 3)),
    back(normal(2, 4, 3, 3), normal(4, 3, 3, 2), None, [8, 8], strides=(2, 3)),
    back(normal(2, 4, 3, 3), normal(4, 3, 3, 2), [1, 0, 1, 1], [6, 9], strides=(2, 3)),
    back(normal(2, 4, 3, 3), normal(4, 3, 2, 2), groups=2),
    back(normal(2, 4, 3, 3), normal(4, 1, 3, 3), [1, 1, 1, 1], static=(2,), groups=4, strides=(2, 2)),
    back(normal(2, 4, 3, 3), normal(4, 3, 1, 1)),
    back(normal(2, 4, 3, 3), normal(4, 3, 2, 2), [-1, 0, 0, -1], static=(2,)),
    back(normal(1, 3, 2, 2, 2), normal(3, 2, 2, 1, 2)),
]
