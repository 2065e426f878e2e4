"""Kernels of conversion. `cast` is bound to one function per pair of dtypes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np

from irlib.errors import ExecutionError
from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel, view
from irlib.interpreters.numpy_ref.ufuncs import bound_function, bound_ufunc, wide_dtype
from irlib.ops import conversion as ops
from irlib.types import DType

Convert = Callable[[Any], Any]


@kernel(ops.Cast)
def _(op: ops.Cast, operands: Operands, results: Results) -> Bound:
    (x,) = operands
    assert x is not None
    target = op.dtype.numpy
    convert = _conversion(x.dtype, op)
    if convert is not None:
        return bound_function(convert, 1, x.dtype, x.dtype.numpy.char)

    def direct(x: Any, *out: Any) -> Any:
        if not out:
            return x.astype(target)
        np.copyto(out[0], x, casting="unsafe")
        return out[0]

    return into(direct)


def _conversion(source: DType, op: ops.Cast) -> Convert | None:
    """How elements are converted; None where numpy's own conversion is the law."""
    target = op.dtype.numpy
    match source.kind, op.dtype.kind:
        case "string", "string":
            return None
        case "string", _:
            return lambda x: _parsed(x, op)
        case _, "string":
            return _printed
        case _, "bool":
            return lambda x: x.astype(wide_dtype(source)) != 0
        case "float", ("int" | "uint"):
            return lambda x: _to_integer(x, op)
        case (("float" | "int" | "uint" | "bool"), "float") if target.char not in "efd":
            return _to_small(op)
        case (("int" | "uint"), ("int" | "uint")) if source.bits < 8:
            return lambda x: x.astype(np.int8).astype(target)
        case "bool", ("int" | "uint") if op.dtype.bits < 8:
            return lambda x: x.astype(np.int8).astype(target)
    return None


def _wide(x: Any) -> Any:
    return x if x.dtype.char in "fd" else x.astype(np.float32)


def _to_small(op: ops.Cast) -> Convert:
    """Numbers to a small float, rounded once, and held at its largest number where float8 saturates."""
    target = op.dtype.numpy
    high = float(ml_dtypes.finfo(target).max)  # type: ignore[no-untyped-call]
    saturates = op.dtype.bits == 8 and op.saturate and op.dtype.name != "float8_e8m0fnu"

    def convert(x: Any) -> Any:
        exact = x if x.dtype.kind in "fV" else x.astype(np.float64)
        wide = _rounded_to_odd(exact) if exact.dtype.char == "d" else _wide(exact)
        return (np.clip(wide, -high, high) if saturates else wide).astype(target)

    return convert


def _rounded_to_odd(x: Any) -> Any:
    """float64 as float32, cut off, its last bit set where that lost something: rounding it again is rounding once."""
    near = x.astype(np.float32)
    bits = near.view(np.uint32) - (np.abs(near) > np.abs(x))
    return (bits | (near != x)).view(np.float32)


def _to_integer(x: Any, op: ops.Cast) -> Any:
    bits, signed = op.dtype.bits, op.dtype.kind == "int"
    low = -(2.0 ** (bits - 1)) if signed else 0.0
    above = 2.0 ** (bits - 1 if signed else bits)
    # wide enough that both ends of the range are numbers of it
    whole = np.trunc(_wide(x))
    fits = (whole >= low) & (whole < above)
    wide = wide_dtype(op.dtype) if bits < 8 else op.dtype.numpy
    if fits.all():
        return whole.astype(wide).astype(op.dtype.numpy)
    if op.strict:
        worst = x.reshape(-1)[int(np.argmin(fits.reshape(-1)))]
        raise ExecutionError(
            f"{worst} does not fit in {op.dtype}", code="IR613", remedy="clip it, or cast without strict"
        )
    kept = np.where(fits, whole, 0).astype(wide)
    kept = np.where(whole >= above, wide.type(int(above) - 1), kept)
    return np.where(whole < low, wide.type(int(low)), kept).astype(op.dtype.numpy)


def _printed(x: Any) -> Any:
    small = x.dtype.char not in np.typecodes["All"]
    numbers = x.astype(np.int64 if "int" in x.dtype.name else np.float32) if small else x
    made = np.empty(x.shape, object)
    made.reshape(-1)[:] = [str(n) for n in numbers.reshape(-1)]
    return made


def _parsed(x: Any, op: ops.Cast) -> Any:
    target = op.dtype.numpy
    read = float if op.dtype.kind == "float" else int
    numbers = [read(s.decode() if isinstance(s, bytes) else s) for s in x.reshape(-1).tolist()]
    wide = np.dtype(np.float64) if read is float else wide_dtype(op.dtype)
    made = np.array(numbers, wide).reshape(x.shape)
    return _to_small(op)(made) if op.dtype.kind == "float" and target.char not in "efd" else made.astype(target)


@kernel(ops.Bitcast)
def _(op: ops.Bitcast, operands: Operands, results: Results) -> Bound:
    target = op.dtype.numpy
    return view(lambda x: x.view(target))


@kernel(ops.StopGradient)
def _(op: ops.StopGradient, operands: Operands, results: Results) -> Bound:
    return view(lambda x: x.view() if isinstance(x, np.ndarray) else x)


@kernel(ops.Conj)
def _(op: ops.Conj, operands: Operands, results: Results) -> Bound:
    (x,) = operands
    assert x is not None
    return bound_ufunc(np.conjugate, x.dtype)


@kernel(ops.Real, ops.Imag)
def _(op: ops.Real | ops.Imag, operands: Operands, results: Results) -> Bound:
    first = isinstance(op, ops.Real)

    def part(x: Any, *out: Any) -> Any:
        found = x.real if first else x.imag
        if not out:
            return found.copy()
        np.copyto(out[0], found)
        return out[0]

    return into(part)


@kernel(ops.Complex)
def _(op: ops.Complex, operands: Operands, results: Results) -> Bound:
    real = operands[0]
    assert real is not None
    target = np.dtype(np.complex64 if real.dtype.bits == 32 else np.complex128)

    def joined(real: Any, imag: Any, *out: Any) -> Any:
        made = out[0] if out else np.empty(np.broadcast_shapes(real.shape, imag.shape), target)
        made.real = real
        made.imag = imag
        return made

    return into(joined)
