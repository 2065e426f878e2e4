"""Discrete Fourier transforms along one axis, and along several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from irlib.axes import require_int64, require_scalar
from irlib.dims import MaybeDim, floor_div
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Composite, Op, Operand, normalized_axis, register
from irlib.shapes import require_dtype
from irlib.types import DTYPES, DType, TensorType

__all__ = ["FFT", "FFTN", "IFFT", "IFFTN", "IRFFT", "RFFT", "FitLength"]

NORMS = ("backward", "ortho", "forward")
REAL_OR_COMPLEX = ("float16", "bfloat16", "float32", "float64", "complex")


def _length(n: Operand) -> MaybeDim:
    """The length that an operand says, where it is known. Raises: IRTypeError when it is no int64 scalar."""
    require_int64(n, "n")
    require_scalar(n, "n")
    found = n.known
    return None if found is None or isinstance(found, tuple | bool) else found


def _complex_of(x: Operand) -> DType:
    return x.dtype if x.dtype.is_complex else DTYPES["complex128" if x.dtype.bits == 64 else "complex64"]


@register
@dataclass(frozen=True)
class FitLength(Op):
    """`x` cut, or filled with zeros at its end, to length `n` along `axis`.

    Type: x: T[..], n: int64[] -> T[..]; T is any dtype but string.
    (C1) its adjoint is the same, back to the length of x.
    Source: what numpy's transforms do with their operand n.
    """

    axis: int = -1

    name = "fit_length"
    smoothness = "linear"

    def infer(self, x: Operand, n: Operand) -> TensorType:
        length = _length(n)
        if x.shape is None:
            return x.tensor
        axis = normalized_axis(self.axis, len(x.shape))
        return x.tensor.with_shape((*x.shape[:axis], length, *x.shape[axis + 1 :]))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x = node.operands[0]
        return b.fit_length(dy, _length_of(b, x, self.axis), axis=self.axis), None


def _length_of(b: Emitter, x: Any, axis: int) -> Any:
    """The length of `x` along `axis`, as a scalar."""
    known = None if x.rank is None else x.shape[axis]
    return b.constant(known, "int64") if isinstance(known, int) else b.take(b.shape(x), axis, axis=0)


def _fitted(b: Emitter, d: Any, x: Any, n: Any, axis: int) -> Any:
    """`d` at the length of `x`; where no `n` was given it has that."""
    if n is None or (d.rank is not None and d.shape[axis] is not None and d.shape[axis] == x.shape[axis]):
        return d
    return b.fit_length(d, _length_of(b, x, axis), axis=axis)


@dataclass(frozen=True)
class _Transform(Op):
    """What the transforms share: the axis, and where the factor 1/n goes (numpy's `norm`)."""

    axis: int = -1
    norm: str = "backward"

    smoothness = "linear"

    def __post_init__(self) -> None:
        if self.norm not in NORMS:
            raise AttributeValueError(f"norm {self.norm!r}, expected one of {', '.join(NORMS)}", code="IR302")

    @property
    def adjoint(self) -> dict[str, Any]:
        """The attributes under which the transform the other way is the adjoint."""
        dual = {"backward": "forward", "forward": "backward"}.get(self.norm, self.norm)
        return {"axis": self.axis, "norm": dual}

    def _typed(self, x: Operand, length: MaybeDim, dtype: DType) -> TensorType:
        if isinstance(length, int) and length < 1:
            raise IRTypeError(f"a transform of length {length}, expected 1 or more", code="IR207")
        if x.shape is None:
            return TensorType(dtype, None)
        axis = normalized_axis(self.axis, len(x.shape))
        return TensorType(dtype, (*x.shape[:axis], length, *x.shape[axis + 1 :]))

    def _along(self, x: Operand, n: Operand | None) -> MaybeDim:
        """The length of the transform."""
        if n is not None:
            return _length(n)
        return None if x.shape is None else x.shape[normalized_axis(self.axis, len(x.shape))]


def _as(b: Emitter, d: Any, x: Any) -> Any:
    """A complex cotangent as that of `x`: its real part where `x` is real."""
    if x.dtype.is_complex:
        return d
    real = b.real(d)
    return real if real.dtype is x.dtype else b.cast(real, dtype=x.dtype)


@register
@dataclass(frozen=True)
class FFT(_Transform):
    """The discrete Fourier transform along `axis`.

    Type: x: T[..], n: int64[] (absent: the length of x) -> complex[..]; T is float16 or wider, or complex; float64
    gives complex128, narrower floats complex64.
    (C1) y[k] = sum over j of x[j] exp(-2 pi i j k / n), times 1/n with norm forward, 1/sqrt(n) with ortho.
    (C2) x is cut, or filled with zeros, to length n first.
    Source: Python array API 2024.12 `fft.fft`; ONNX DFT-20.
    """

    name = "fft"

    def infer(self, x: Operand, n: Operand | None = None) -> TensorType:
        require_dtype(x, REAL_OR_COMPLEX, "x")
        return self._typed(x, self._along(x, n), _complex_of(x))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, *n = node.operands
        d = b.ifft(dy, **self.adjoint)
        return _as(b, _fitted(b, d, x, n[0] if n else None, self.axis), x), None


@register
@dataclass(frozen=True)
class IFFT(_Transform):
    """The inverse discrete Fourier transform along `axis`.

    Type: x: T[..], n: int64[] (absent: the length of x) -> complex[..]; T as for `fft`.
    (C1) y[j] = sum over k of x[k] exp(2 pi i j k / n), times 1/n with norm backward, 1/sqrt(n) with ortho.
    (C2) x is cut, or filled with zeros, to length n first.
    Source: Python array API 2024.12 `fft.ifft`; ONNX DFT-20 with inverse.
    """

    name = "ifft"

    def infer(self, x: Operand, n: Operand | None = None) -> TensorType:
        require_dtype(x, REAL_OR_COMPLEX, "x")
        return self._typed(x, self._along(x, n), _complex_of(x))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, *n = node.operands
        d = b.fft(dy, **self.adjoint)
        return _as(b, _fitted(b, d, x, n[0] if n else None, self.axis), x), None


@register
@dataclass(frozen=True)
class RFFT(_Transform):
    """The first n//2 + 1 elements of the Fourier transform of real x along `axis`; the others are their conjugates.

    Type: x: R[..], n: int64[] (absent: the length of x) -> complex[..]; R is float16 or wider.
    (C1) as `fft` otherwise.
    Source: Python array API 2024.12 `fft.rfft`; ONNX DFT-20 with onesided.
    """

    name = "rfft"

    def infer(self, x: Operand, n: Operand | None = None) -> TensorType:
        require_dtype(x, REAL_OR_COMPLEX[:-1], "x")
        length = self._along(x, n)
        if isinstance(length, int) and length < 1:
            raise IRTypeError(f"a transform of length {length}, expected 1 or more", code="IR207")
        return self._typed(x, None if length is None else floor_div(length, 2) + 1, _complex_of(x))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, *n = node.operands
        # the elements left out do not count, so the rest is filled with zeros, not with conjugates
        d = b.ifft(dy, n[0] if n else _length_of(b, x, self.axis), **self.adjoint)
        return _as(b, _fitted(b, d, x, n[0] if n else None, self.axis), x), None


@register
@dataclass(frozen=True)
class IRFFT(_Transform):
    """The real x of length n whose `rfft` is given: the inverse transform of a spectrum completed by conjugates.

    Type: x: C[..m..], n: int64[] (absent: 2*(m - 1)) -> real[..n..]; C is complex64 or complex128.
    (C1) x is cut, or filled with zeros, to length n//2 + 1 first; imaginary parts of its first element and, where n is
    even, of its last do not count.
    Source: Python array API 2024.12 `fft.irfft`.
    """

    name = "irfft"

    def infer(self, x: Operand, n: Operand | None = None) -> TensorType:
        require_dtype(x, ("complex",), "x")
        length = self._along(x, n)
        return self._typed(x, 2 * (length - 1) if n is None and length is not None else length, x.dtype.real)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, *n = node.operands
        d = b.rfft(dy, **self.adjoint)
        d = b.multiply(d, self._weights(b, d, dy, x))
        return _fitted(b, d, x, n[0] if n else None, self.axis), None

    def _weights(self, b: Emitter, d: Any, dy: Any, x: Any) -> Any:
        """2 for each element that stands for its conjugate too, 1 for the others."""
        if x.rank is None:
            raise IRTypeError("the rank of the operand is not known", code="IR210", remedy="use irlib.specialize")
        n = dy.shape[self.axis]
        behind = x.rank - 1 - normalized_axis(self.axis, x.rank)
        if isinstance(n, int):
            weights = np.full((n // 2 + 1, *(1,) * behind), 2.0)
            weights[0] = 1
            if n % 2 == 0:
                weights[-1] = 1
            return b.constant(weights, x.dtype)
        length = _length_of(b, dy, self.axis)
        k = b.arange(0, length // 2 + 1, 1)
        alone = b.logical_or(b.equal(k, 0), b.equal(k + k, length))
        doubled = b.where(alone, b.constant(1, x.dtype), b.constant(2, x.dtype))
        return b.reshape(doubled, [-1, *(1,) * behind])


@dataclass(frozen=True)
class _Several(Composite):
    """A transform along several axes, one after the other. `axes` None: all."""

    axes: tuple[int, ...] | None = None
    norm: str = "backward"

    smoothness = "linear"

    def _each(self, x: Any) -> tuple[int, ...]:
        if self.axes is not None:
            return self.axes
        if x.rank is None:
            raise IRTypeError("the rank of the operand is not known", code="IR210", remedy="use irlib.specialize")
        return tuple(range(x.rank))

    def infer(self, x: Operand) -> TensorType:
        require_dtype(x, REAL_OR_COMPLEX, "x")
        return x.tensor.with_dtype(_complex_of(x))


@register
@dataclass(frozen=True)
class FFTN(_Several):
    """The discrete Fourier transform along several axes.

    Type: x: T[..] -> complex[..]; T as for `fft`.
    Source: Python array API 2024.12 `fft.fftn`.
    """

    name = "fftn"

    def decompose(self, b: Emitter, x: Any) -> Any:
        for axis in self._each(x):
            x = b.fft(x, axis=axis, norm=self.norm)
        return x if x.dtype.is_complex else b.cast(x, dtype=_complex_of(x.operand))


@register
@dataclass(frozen=True)
class IFFTN(_Several):
    """The inverse discrete Fourier transform along several axes.

    Type: x: T[..] -> complex[..]; T as for `fft`.
    Source: Python array API 2024.12 `fft.ifftn`.
    """

    name = "ifftn"

    def decompose(self, b: Emitter, x: Any) -> Any:
        for axis in self._each(x):
            x = b.ifft(x, axis=axis, norm=self.norm)
        return x if x.dtype.is_complex else b.cast(x, dtype=_complex_of(x.operand))
