"""Arithmetic, rounding, bits and comparison: what `direct` has no row for."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.export.row import emits, lowers
from irlib.types import DTYPES

_PLAIN = {"power": "Pow", "maximum": "Max", "minimum": "Min"}
_BITS = {"bitwise_and": "And", "bitwise_or": "Or", "bitwise_xor": "Xor", "bitwise_not": "Not"}
_INT64, _UINT64 = DTYPES["int64"], DTYPES["uint64"]


@emits(*_PLAIN)
def plain(e: Any, site: Any, *operands: Any) -> Any:
    return e.op(_PLAIN[site.op.name], *operands, type=site.type)


@emits("round", "floor", "ceil")
def rounded(e: Any, site: Any, x: Any) -> Any:
    """Integers are whole already."""
    return e.op({"round": "Round", "floor": "Floor", "ceil": "Ceil"}[site.op.name], x) if x.dtype.is_float else x


@emits("isinf")
def isinf(e: Any, site: Any, x: Any) -> Any:
    if not x.dtype.is_float:
        return e.op("Not", e.op("Equal", x, x, type=site.type))
    return e.op("IsInf", x, type=site.type)


@emits(*_BITS)
def bits(e: Any, site: Any, *operands: Any) -> Any:
    """Of bools by the logical ops."""
    name = _BITS[site.op.name]
    return e.op(name if operands[0].dtype.kind == "bool" else f"Bitwise{name}", *operands, type=site.type)


@emits("left_shift", "right_shift")
def shift(e: Any, site: Any, x: Any, y: Any) -> Any:
    """BitShift takes unsigned integers; of uint16 runtimes have none."""
    if x.dtype.name not in ("uint8", "uint32", "uint64"):
        return e.writer.lowered_row(_shift, site, (x, y))
    return e.op("BitShift", x, y, direction="LEFT" if site.op.name == "left_shift" else "RIGHT")


def _shift(b: Any, site: Any, x: Any, y: Any) -> Any:
    """In uint64; what is negative goes right as its complement does."""
    dtype = x.dtype
    x, y = (b.cast(v, dtype="int64") for v in (x, y))
    places = b.cast(b.where(b.logical_or(y < 0, y > 63), 0, y), dtype="uint64")
    off = b.logical_or(y < 0, y >= dtype.bits)
    if site.op.name == "left_shift":
        moved = b.cast(b.left_shift(b.cast(x, dtype="uint64"), places), dtype="int64")
        return b.cast(b.where(off, 0, moved), dtype=dtype)
    below = x < 0
    moved = b.cast(b.right_shift(b.cast(b.where(below, -1 - x, x), dtype="uint64"), places), dtype="int64")
    moved = b.where(off, 0, moved)
    return b.cast(b.where(below, -1 - moved, moved), dtype=dtype)


@emits("fmod")
def fmod(e: Any, site: Any, x: Any, y: Any) -> Any:
    return e.op("Mod", x, y, fmod=1)


@emits("divide")
def divide(e: Any, site: Any, x: Any, y: Any) -> Any:
    return e.op("Div", x, y)


@emits("remainder")
def remainder(e: Any, site: Any, x: Any, y: Any) -> Any:
    """Mod is that of integers; of floats it is not for every sign."""
    return e.op("Mod", x, y) if x.dtype.is_integer else e.writer.lowered_row(_remainder, site, (x, y))


def _remainder(b: Any, site: Any, x: Any, y: Any) -> Any:
    rest = b.fmod(x, y)
    off = b.logical_and(b.not_equal(rest, 0), b.not_equal(b.less(rest, 0), b.less(y, 0)))
    return b.where(off, rest + y, rest)


@emits("floor_divide")
def floor_divide(e: Any, site: Any, x: Any, y: Any) -> Any:
    """Of floats as numpy does it: by the remainder, whose quotient is whole but for rounding."""
    if x.dtype.is_integer:
        power = _power_of_two(y)
        if power is not None and x.dtype.name in ("uint32", "uint64"):  # which few kernels divide
            return e.op("BitShift", x, e.const(power, x.dtype), direction="RIGHT")
        return e.op("Div", e.op("Sub", x, e.op("Mod", x, y)), y)
    return e.writer.lowered_row(_floor_divide, site, (x, y))


def _power_of_two(y: Any) -> int | None:
    found = y.ints
    divisor = found[0] if found is not None and y.rank == 0 else 0
    return divisor.bit_length() - 1 if divisor > 0 and divisor & (divisor - 1) == 0 else None


def _floor_divide(b: Any, site: Any, x: Any, y: Any) -> Any:
    rest = b.fmod(x, y)
    off = b.logical_and(b.not_equal(rest, 0), b.not_equal(b.less(rest, 0), b.less(y, 0)))
    quotient = (x - rest) / y
    return b.round(b.where(off, quotient - 1, quotient))


@emits("not_equal")
def not_equal(e: Any, site: Any, x: Any, y: Any) -> Any:
    return e.op("Not", e.op("Equal", x, y, type=site.type))


@emits("equal", "less", "less_equal", "greater", "greater_equal")
def compared(e: Any, site: Any, x: Any, y: Any) -> Any:
    """Of dtypes that the ops of this opset do not compare: as int32, which holds them."""
    if x.dtype.bits > 16 or x.dtype.kind not in ("bool", "int", "uint"):
        raise site.unsupported(f"opset {e.opset} does not compare {x.dtype}", "use a newer opset, or cast the operands")
    name = {"less": "Less", "less_equal": "LessOrEqual", "greater": "Greater", "greater_equal": "GreaterOrEqual"}
    wide = [e.op("Cast", v, to=6, type=v.type.with_dtype(DTYPES["int32"])) for v in (x, y)]
    return e.op(name.get(site.op.name, "Equal"), *wide, type=site.type)


@lowers("isfinite")
def isfinite(b: Any, site: Any, x: Any) -> Any:
    if not x.dtype.is_float:
        return b.equal(x, x)
    return b.logical_not(b.logical_or(b.isnan(x), b.isinf(x)))


@lowers("isnan")
def isnan(b: Any, site: Any, x: Any) -> Any:
    """Of what is no float: nothing is."""
    return b.not_equal(x, x)


@lowers("trunc")
def trunc(b: Any, site: Any, x: Any) -> Any:
    if not x.dtype.is_float:
        return x
    return b.where(x < 0, b.ceil(x), b.floor(x))


@emits("sign")
def sign(e: Any, site: Any, x: Any) -> Any:
    return e.op("Sign", x)


@lowers("expm1")
def expm1(b: Any, site: Any, x: Any) -> Any:
    """Kahan's way: the error of u - 1 and that of log(u) are the same and cancel."""
    u = b.exp(x)
    corrected = (u - 1) * b.divide(x, b.log(u))
    near = b.where(b.equal(u, 1), x, corrected)
    return b.where(b.logical_or(b.less_equal(u, 0), b.isinf(u)), u - 1, near)


@lowers("log1p")
def log1p(b: Any, site: Any, x: Any) -> Any:
    u = x + 1
    near = b.where(b.equal(u, 1), x, b.log(u) * b.divide(x, u - 1))
    return b.where(b.isinf(u), b.log(u), near)


@lowers("erfc")
def erfc(b: Any, site: Any, x: Any) -> Any:
    return 1 - b.erf(x)


@lowers("atan2")
def atan2(b: Any, site: Any, y: Any, x: Any) -> Any:
    """By the quadrant; where both are 0 the sign of x decides, which 1 / x tells for -0 too."""
    pi = 3.141592653589793
    left = b.less(x, 0)
    down = b.logical_or(b.less(y, 0), b.logical_and(b.equal(y, 0), b.less(b.divide(1, y), 0)))
    left = b.logical_or(left, b.logical_and(b.equal(x, 0), b.less(b.divide(1, x), 0)))
    turn = b.where(down, b.full_like(down_like(b, y, x), -pi), pi)
    slope = b.where(b.equal(y, 0), b.where(b.equal(x, 0), y, y / x), y / x)
    both = b.logical_and(b.isinf(y), b.isinf(x))
    one = b.where(both, b.divide(b.sign(y), b.sign(x)), slope)
    flat = b.atan(one)
    upright = b.where(left, flat + turn, flat)
    return b.where(b.logical_and(b.equal(x, 0), b.not_equal(y, 0)), b.sign(y) * (pi / 2), upright)


def down_like(b: Any, y: Any, x: Any) -> Any:
    return y + x


@emits("clip")
def clip(e: Any, site: Any, x: Any, lo: Any, hi: Any) -> Any:
    if all(v is None or v.rank == 0 for v in (lo, hi)):
        return e.op("Clip", x, lo, hi)
    if lo is not None:
        x = e.op("Max", x, lo)
    return x if hi is None else e.op("Min", x, hi)


@emits("stop_gradient")
def stop_gradient(e: Any, site: Any, x: Any) -> Any:
    return x


@emits("cast", first=True)
def cast(e: Any, site: Any, x: Any) -> Any:
    from irlib.converters.onnx_model.dtypes import NUMBER_OF

    if x.dtype.kind == "complex" or site.op.dtype.kind == "complex":
        raise site.unsupported("ONNX does not cast complex numbers")
    if not site.op.saturate and site.op.dtype.name.startswith("float8"):
        return None  # the row of the op, with its attribute, which ONNX has for these dtypes alone
    return e.op("Cast", x, to=NUMBER_OF[site.op.dtype], type=site.type)


@emits("bitcast")
def bitcast(e: Any, site: Any, x: Any) -> Any:
    from irlib.converters.onnx_model.dtypes import NUMBER_OF

    return e.op("BitCast", x, to=NUMBER_OF[site.op.dtype], type=site.type)


@emits("silu")
def silu(e: Any, site: Any, x: Any) -> Any:
    return e.op("Mul", x, e.op("Sigmoid", x))
