"""Arithmetic that is not one op of ours: broadcasting of old, integer division, Pow of mixed types, variadic ops."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.methods import Emitter, Value

_OLD = {"Add": "add", "Sub": "subtract", "Mul": "multiply", "Div": "divide"}


def _aligned(b: Emitter, n: OnnxOp, x: Value, y: Value) -> Value:
    """`y` brought to where opset 6 and before put it: from `axis` on, or at the end."""
    if n["axis"] is None or not n["broadcast"]:
        return y
    axis = n["axis"] % rank_of(x)
    missing = rank_of(x) - axis - rank_of(y)
    return y if missing <= 0 else b.unsqueeze(y, b.constant([rank_of(y) + k for k in range(missing)], "int64"))


def _old(b: Emitter, n: OnnxOp, x: Value, y: Value) -> Any:
    y = _aligned(b, n, x, y)
    if n.name == "Div":
        return div(b, n, x, y)
    return getattr(b, _OLD[n.name])(x, y)


for _name in _OLD:
    rule(_name, 1, until=6)(_old)


@rule("Div", 7)
def div(b: Emitter, n: OnnxOp, x: Value, y: Value) -> Any:
    """Integers: the quotient rounded towards zero."""
    if x.dtype.kind == "float":
        return b.divide(x, y)
    quotient = b.floor_divide(b.abs(x), b.abs(y)) if x.dtype.kind == "int" else b.floor_divide(x, y)
    if x.dtype.kind == "uint":
        return quotient
    return b.where(b.equal(b.less(x, 0), b.less(y, 0)), quotient, b.negative(quotient))
