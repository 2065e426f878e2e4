"""Vectors of Fourier transforms, against scipy.fft and the definition."""

from typing import Any

import numpy as np
import scipy.fft

from irlib.ops import fourier as ops
from tests.vectors.vector import v

RNG = np.random.default_rng(25)


def normal(*shape: int, dtype: Any = np.float64) -> Any:
    x = RNG.standard_normal(shape)
    return (x + 1j * RNG.standard_normal(shape)).astype(dtype) if np.dtype(dtype).kind == "c" else x.astype(dtype)


def along(f: Any, op: Any) -> Any:
    return lambda x, n=None: f(x, None if n is None else int(n), op.axis, op.norm)


def defined(x: Any) -> Any:
    k = np.arange(len(x))
    return np.exp(-2j * np.pi * np.outer(k, k) / len(x)) @ x


_ONE_AXIS: list[tuple[Any, Any]] = [
    (op, along(f, op))
    for cls, f in ((ops.FFT, scipy.fft.fft), (ops.IFFT, scipy.fft.ifft))
    for op in (cls(), cls(axis=0), cls(axis=-2, norm="ortho"), cls(norm="forward"))
]
_HALVES: list[tuple[Any, Any, Any]] = [
    (op, along(f, op), dtype)
    for cls, f, dtype in ((ops.RFFT, scipy.fft.rfft, np.float64), (ops.IRFFT, scipy.fft.irfft, np.complex128))
    for op in (cls(), cls(axis=0, norm="ortho"), cls(norm="forward"))
]
LENGTHS = (None, 3, 4, 7, 8)


def operands(x: Any, n: int | None) -> list[Any]:
    return [x] if n is None else [x, np.array(n)]


VECTORS = [
    v(ops.FFT(), normal(6, dtype=complex), expected=defined, rtol=1e-11, atol=1e-13, name="fft:definition"),
    *[
        v(
            op,
            *operands(normal(4, 5, dtype=complex), n),
            expected=f,
            rtol=1e-11,
            atol=1e-13,
            static=(1,) if n == 3 else (),
            name=f"{op}:{n}",
            judge="other",
        )
        for op, f in _ONE_AXIS
        for n in LENGTHS
    ],
    *[v(op, normal(4, 5), expected=f, rtol=1e-11, atol=1e-13, name=f"{op}:real") for op, f in _ONE_AXIS],
    *[
        v(
            op,
            *operands(normal(5, 4, dtype=dtype), n),
            expected=f,
            rtol=1e-11,
            atol=1e-13,
            static=(1,) if n in (3, 8) else (),
            name=f"{op}:{n}",
        )
        for op, f, dtype in _HALVES
        for n in LENGTHS
    ],
    v(ops.FFT(), normal(8, dtype=np.float32), expected=scipy.fft.fft, rtol=1e-4, atol=1e-5, wrt=()),
    v(
        ops.RFFT(),
        normal(8, dtype=np.float16),
        expected=lambda x: scipy.fft.rfft(x.astype(np.float32)),
        rtol=1e-4,
        atol=1e-5,
        wrt=(),
    ),
    v(ops.IRFFT(), normal(5, dtype=np.complex64), expected=scipy.fft.irfft, rtol=1e-4, atol=1e-5, wrt=()),
    *[
        v(
            ops.FitLength(axis=axis),
            normal(2, 5),
            np.array(n),
            static=static,
            name=f"fit_length:{axis}:{n}:{static}",
            expected=lambda x, n, axis=axis: np.concatenate([x, np.zeros_like(x).repeat(4, axis)], axis).take(
                range(n), axis
            ),
        )
        for axis in (0, 1, -1)
        for n in (0, 2, 7)
        for static in ((), (1,))
    ],
    v(ops.FFTN(), normal(3, 4), expected=scipy.fft.fftn, rtol=1e-11, atol=1e-13),
    v(
        ops.FFTN(axes=(0, 2), norm="ortho"),
        normal(3, 2, 4),
        rtol=1e-11,
        atol=1e-13,
        expected=lambda x: scipy.fft.fftn(x, axes=(0, 2), norm="ortho"),
    ),
    v(ops.IFFTN(), normal(3, 4), expected=scipy.fft.ifftn, rtol=1e-11, atol=1e-13),
]
