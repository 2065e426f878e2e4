"""DFT and STFT. ONNX has complex numbers as pairs of reals on a last axis of 2, and reals on one of 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from irlib.converters.onnx_model.rules.operands import as_int64, dims_of
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule, shape_of_rank
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, Value


@rule("DFT", 17, until=17)
def dft_attribute(b: Emitter, n: OnnxOp, x: Value, length: Value | None) -> Any:
    return _dft(b, n, x, length, b.constant(n["axis"], "int64"))


@rule("DFT", 20)
def dft(b: Emitter, n: OnnxOp, x: Value, length: Value | None, axis: Value | None) -> Any:
    axis = b.constant(-2, "int64") if axis is None else b.reshape(as_int64(b, axis), [])
    return _dft(b, n, x, length, axis)


def _dft(b: Emitter, n: OnnxOp, x: Value, length: Value | None, axis: Any) -> Any:
    rank = rank_of(x)
    inverse, onesided = bool(n["inverse"]), bool(n["onesided"])
    count = None if length is None else b.reshape(as_int64(b, length), [])
    z = _numbers(b, x)
    if onesided and inverse:
        z = z if z.dtype.is_complex else b.complex(z, b.zeros_like(z))
    elif onesided and z.dtype.is_complex:
        raise IRTypeError(f"a one-sided transform of the complex {x.type}, expected reals", code="IR204")
    transform = (b.irfft if onesided else b.ifft) if inverse else (b.rfft if onesided else b.fft)
    known = axis.known
    if isinstance(known, int):
        if not -rank <= known < rank or known % rank == rank - 1:
            raise AttributeValueError(f"axis {known} of {x.type}, expected one before the last", code="IR302")
        y = transform(z, count, axis=known % rank)
    else:
        y = _along_runtime_axis(b, z, axis, rank, lambda v: transform(v, count, axis=1))
    return b.cast(_pairs(b, y), dtype=x.dtype)


def _along_runtime_axis(b: Emitter, z: Any, axis: Any, rank: int, transform: Callable[[Any], Any]) -> Any:
    """`transform`, which is along axis 1 of 3, along an axis that is known when the graph runs.

    `rank` counts the axis of pairs, which `z` does not have.
    """
    shape = b.shape(z)
    axis = b.where(b.less(axis, 0), b.add(axis, rank), axis)
    numbers = b.iota(b.constant(rank - 1, "int64"))
    before = b.prod(b.where(b.less(numbers, axis), shape, 1))
    behind = b.prod(b.where(b.greater(numbers, axis), shape, 1))
    y = transform(b.reshape(z, [before, b.take(shape, axis, axis=0), behind]))
    to = b.scatter(shape, b.reshape(axis, [1]), dims_of(b, y, [1]), axis=0)
    return b.reshape(y, to)


def _numbers(b: Emitter, x: Any) -> Any:
    """Reals or complex numbers, from a last axis of 1 or 2."""
    parts = shape_of_rank(x, "the signal")[-1]
    if parts not in (1, 2):
        if isinstance(parts, int):
            raise IRTypeError(f"the last dim is {parts}, expected 1 or 2", code="IR207")
        raise IRTypeError("the last dim of the signal, 1 or 2, is not known", code="IR210")
    wide = x if x.dtype.name in ("float32", "float64") else b.cast(x, dtype="float32")
    real, *imag = (b.take(wide, b.constant(k, "int64"), axis=rank_of(x) - 1) for k in range(parts))
    return b.complex(real, imag[0]) if imag else real


def _parts(dim: Any) -> int:
    """The last dim: 1 for real numbers, 2 for complex ones."""
    if not isinstance(dim, int):
        raise IRTypeError("whether the numbers are complex is not known", code="IR210", remedy="use irlib.specialize")
    if dim not in (1, 2):
        raise IRTypeError(f"the last dim is {dim}, expected 1 or 2", code="IR207")
    return dim


def _pairs(b: Emitter, z: Any) -> Any:
    """Numbers with their parts on a last axis."""
    return b.stack(*((b.real(z), b.imag(z)) if z.dtype.is_complex else (z,)), axis=-1)


@rule("STFT", 17)
def stft(b: Emitter, n: OnnxOp, x: Value, step: Value, window: Value | None, length: Value | None) -> Any:
    """The transform of each frame: overlapping stretches of the signal, times a window.

    A signal without the axis of pairs, which torch exports and onnxruntime takes, is real.
    """
    z = _numbers(b, b.unsqueeze(x, [2]) if rank_of(x) == 2 else x)
    if n["onesided"] and z.dtype.is_complex:
        raise IRTypeError(f"a one-sided transform of the complex {x.type}, expected reals", code="IR204")
    step = b.reshape(as_int64(b, step), [])
    total = b.reshape(dims_of(b, x, [1]), [])
    if length is not None:
        size = b.reshape(as_int64(b, length), [])
    else:
        size = total if window is None else b.reshape(dims_of(b, window, [0]), [])
    frames = b.add(b.floor_divide(b.subtract(total, size), step), 1)
    starts = b.multiply(b.unsqueeze(b.iota(b.maximum(frames, 0)), [1]), step)
    frame = b.take(z, b.add(starts, b.iota(size)), axis=1)
    if window is not None:
        wide = b.cast(window, dtype="float64" if x.dtype.name == "float64" else "float32")
        frame = b.multiply(frame, b.complex(wide, b.zeros_like(wide)) if z.dtype.is_complex else wide)
    y = b.rfft(frame, axis=2) if n["onesided"] else b.fft(frame, axis=2)
    return b.cast(_pairs(b, y), dtype=x.dtype)
