"""Activations: Relu, Sigmoid, Softmax and their kin."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import dims_of, length_of
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.errors import AttributeValueError
from irlib.methods import Emitter, Value
from irlib.op import normalized_axis

_WITH_NUMBERS: dict[str, tuple[str, int, tuple[str, ...]]] = {
    "Elu": ("elu", 1, ("alpha",)),
    "Celu": ("celu", 12, ("alpha",)),
    "Selu": ("selu", 1, ("alpha", "gamma")),
    "HardSigmoid": ("hard_sigmoid", 1, ("alpha", "beta")),
    "LeakyRelu": ("leaky_relu", 1, ("alpha",)),
    "ThresholdedRelu": ("thresholded_relu", 10, ("alpha",)),
    "Swish": ("swish", 24, ("alpha",)),
}
"""Ops that differ from ours in the defaults of their attributes: our op, the first version, the attributes."""


def _with_numbers(b: Emitter, n: OnnxOp, x: Value) -> Any:
    ours, _, attributes = _WITH_NUMBERS[n.name]
    return getattr(b, ours)(x, **{a: n[a] for a in attributes})


for _name, _row in _WITH_NUMBERS.items():
    rule(_name, _row[1])(_with_numbers)


@rule("Relu", 1)
def relu(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.relu(x) if x.dtype.is_float else b.maximum(x, 0)


@rule("SwiGLU", 28)
def swiglu(b: Emitter, n: OnnxOp, gate: Value, x: Value) -> Any:
    return b.multiply(b.swish(gate, alpha=n["alpha"]), x)


@rule("Gelu", 20)
def gelu(b: Emitter, n: OnnxOp, x: Value) -> Any:
    if n["approximate"] not in ("none", "tanh"):
        raise AttributeValueError(f"approximate {n['approximate']!r}, expected none or tanh", code="IR302")
    return b.gelu(x, tanh=n["approximate"] == "tanh")


@rule("Shrink", 9)
def shrink(b: Emitter, n: OnnxOp, x: Value) -> Any:
    if x.dtype.is_float:
        return b.shrink(x, lambd=n["lambd"], bias=n["bias"])
    return b.cast(b.shrink(b.cast(x, dtype="float64"), lambd=n["lambd"], bias=n["bias"]), dtype=x.dtype)


@rule("PRelu", 1, until=6)
def prelu_of_channels(b: Emitter, n: OnnxOp, x: Value, slope: Value) -> Any:
    """Until opset 6 a slope of more than one element is one for each channel, axis 1."""
    if length_of(slope) != 1 and rank_of(slope, "the slope") == 1 and rank_of(x) > 2:
        slope = b.reshape(slope, [-1] + [1] * (rank_of(x) - 2))
    return b.prelu(x, slope)


@rule("PRelu", 7)
def prelu(b: Emitter, n: OnnxOp, x: Value, slope: Value) -> Any:
    return b.prelu(x, slope) if x.dtype.is_float else b.where(b.greater(x, 0), x, b.multiply(slope, x))


_OF_ROWS = {"Softmax": "softmax", "LogSoftmax": "log_softmax", "Hardmax": "hardmax"}


@rule("Softmax", 1, until=12)
@rule("LogSoftmax", 1, until=12)
@rule("Hardmax", 1, until=12)
def rows_flattened(b: Emitter, n: OnnxOp, x: Value) -> Any:
    """Until opset 12 over all axes from `axis` on."""
    rank = rank_of(x)
    axis = n["axis"] if n["axis"] == rank else normalized_axis(n["axis"], rank) if rank else 0
    if axis == rank - 1:
        return rows(b, n, x)
    before = b.prod(dims_of(b, x, range(axis)))
    flat = b.reshape(x, [before, b.prod(dims_of(b, x, range(axis, rank)))])
    return b.reshape(getattr(b, _OF_ROWS[n.name])(flat, axis=-1), b.shape(x))


@rule("Softmax", 13)
@rule("LogSoftmax", 13)
@rule("Hardmax", 13)
def rows(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return getattr(b, _OF_ROWS[n.name])(x, axis=n["axis"])
