"""Arithmetic that is not one op of ours: broadcasting of old, integer division, Pow of mixed types, variadic ops."""

from __future__ import annotations

from functools import reduce
from typing import Any

from irlib.converters.onnx_model.rules.operands import as_int64, as_scalar, in_float32
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.errors import AttributeValueError
from irlib.methods import Emitter, Value

_OF_TWO = {
    "Add": "add", "Sub": "subtract", "Mul": "multiply", "Equal": "equal", "Less": "less", "Greater": "greater",
    "And": "logical_and", "Or": "logical_or", "Xor": "logical_xor",
}  # fmt: skip
"""Ops of two operands whose rows in `direct` begin with opset 7, when they began to broadcast as numpy does."""

_OF_ONE = {
    "Abs": "abs", "Ceil": "ceil", "Exp": "exp", "Floor": "floor", "Log": "log", "Neg": "negative",
    "Reciprocal": "reciprocal", "Sigmoid": "sigmoid", "Sqrt": "sqrt", "Tanh": "tanh",
}  # fmt: skip
"""Ops of one operand whose rows begin with opset 6: until then they had an attribute that means nothing."""


def _aligned(b: Emitter, n: OnnxOp, x: Value, y: Value) -> Value:
    """`y` brought to where opset 6 and before put it: from `axis` on, or at the end."""
    if n["axis"] is None or not n["broadcast"]:
        return y
    axis = n["axis"] % rank_of(x)
    missing = rank_of(x) - axis - rank_of(y)
    return y if missing <= 0 else b.unsqueeze(y, b.constant([rank_of(y) + k for k in range(missing)], "int64"))


def _old_of_two(b: Emitter, n: OnnxOp, x: Value, y: Value) -> Any:
    return getattr(b, _OF_TWO[n.name])(x, _aligned(b, n, x, y))


def _old_of_one(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return getattr(b, _OF_ONE[n.name])(x)


for _name in _OF_TWO:
    rule(_name, 1, until=6)(_old_of_two)
for _name in _OF_ONE:
    rule(_name, 1, until=5)(_old_of_one)


@rule("Div", 1, until=6)
def div_aligned(b: Emitter, n: OnnxOp, x: Value, y: Value) -> Any:
    return div(b, n, x, _aligned(b, n, x, y))


@rule("Div", 7)
def div(b: Emitter, n: OnnxOp, x: Value, y: Value) -> Any:
    """Integers: the quotient rounded towards zero."""
    if x.dtype.kind == "float":
        return b.divide(x, y)
    quotient = b.floor_divide(b.abs(x), b.abs(y)) if x.dtype.kind == "int" else b.floor_divide(x, y)
    if x.dtype.kind == "uint":
        return quotient
    return b.where(b.equal(b.less(x, 0), b.less(y, 0)), quotient, b.negative(quotient))


@rule("Mod", 10)
def mod(b: Emitter, n: OnnxOp, x: Value, y: Value) -> Any:
    return b.fmod(x, y) if n["fmod"] else b.remainder(x, y)


@rule("Pow", 1, until=6)
def pow_aligned(b: Emitter, n: OnnxOp, x: Value, y: Value) -> Any:
    return b.power(x, _aligned(b, n, x, y))


@rule("Pow", 7)
def pow_(b: Emitter, n: OnnxOp, x: Value, y: Value) -> Any:
    """The power is taken in a dtype that holds both, and is given in that of `x`."""
    if x.dtype is y.dtype:
        return b.power(x, y)
    if not x.dtype.is_float and not y.dtype.is_float:
        return b.power(x, b.cast(y, dtype=x.dtype))
    if x.dtype.is_float and not (y.dtype.is_float and y.dtype.bits > x.dtype.bits):
        return b.power(x, b.cast(y, dtype=x.dtype))
    wide = y.dtype if x.dtype.is_float else "float64"
    return b.cast(b.power(b.cast(x, dtype=wide), b.cast(y, dtype=wide)), dtype=x.dtype)


@rule("BitShift", 11)
def bit_shift(b: Emitter, n: OnnxOp, x: Value, y: Value) -> Any:
    """A shift by a negative number, or by all bits or more, leaves copies of the sign alone, or zeros."""
    if n["direction"] not in ("LEFT", "RIGHT"):
        raise AttributeValueError(f"direction {n['direction']!r}, expected LEFT or RIGHT", code="IR302")
    most = x.dtype.bits - 1
    far = b.greater(y, most) if y.dtype.kind == "uint" else b.logical_or(b.less(y, 0), b.greater(y, most))
    if n["direction"] == "LEFT":
        return b.where(far, 0, b.left_shift(x, b.where(far, 0, y)))
    shifted = b.right_shift(x, b.where(far, most, y))
    return shifted if x.dtype.kind == "int" else b.where(far, 0, shifted)


@rule("Max", 1)
def max_(b: Emitter, n: OnnxOp, *xs: Value) -> Any:
    return reduce(b.maximum, xs)


@rule("Min", 1)
def min_(b: Emitter, n: OnnxOp, *xs: Value) -> Any:
    return reduce(b.minimum, xs)


@rule("Sum", 1)
@rule("Mean", 1)
def sum_(b: Emitter, n: OnnxOp, *xs: Value) -> Any:
    """Of half floats too, nothing is rounded on the way."""
    if len(xs) == 1:
        return xs[0]
    total = reduce(b.add, [in_float32(b, x) for x in xs])
    made = total if n.name == "Sum" else b.divide(total, float(len(xs)))
    return made if made.dtype is xs[0].dtype else b.cast(made, dtype=xs[0].dtype)


@rule("Clip", 1, until=10)
def clip_attributes(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.clip(x, *[None if n[a] is None else b.constant(n[a], x.dtype) for a in ("min", "max")])


@rule("Clip", 11)
def clip(b: Emitter, n: OnnxOp, x: Value, low: Value | None, high: Value | None) -> Any:
    low, high = (v if v is None else as_scalar(b, v) for v in (low, high))
    if low is not None and high is not None and low.ints is not None and high.ints is not None and low.ints > high.ints:
        return b.minimum(b.maximum(x, low), high)  # bounds the wrong way round, which our clip refuses
    return b.clip(x, low, high)


@rule("IsInf", 10)
def is_inf(b: Emitter, n: OnnxOp, x: Value) -> Any:
    match bool(n["detect_negative"]), bool(n["detect_positive"]):
        case True, True:
            return b.isinf(x)
        case False, False:
            return b.logical_and(b.isinf(x), False)
        case negative, _:
            return b.equal(x, float("-inf" if negative else "inf"))


@rule("CumSum", 11)
@rule("CumProd", 26)
def cumulative(b: Emitter, n: OnnxOp, x: Value, axis: Value) -> Any:
    made = b.cumulative_sum if n.name == "CumSum" else b.cumulative_prod
    axis = as_scalar(b, as_int64(b, axis))
    return made(x, axis, exclusive=bool(n["exclusive"]), reverse=bool(n["reverse"]))
