"""Composites of ours that are one op of ONNX where the opset has it; their bodies say the others."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.onnx_model.export.row import emits
from irlib.converters.onnx_model.schemas import schema

_SAME: dict[str, tuple[str, tuple[str, ...]]] = {
    "relu": ("Relu", ()),
    "elu": ("Elu", ("alpha",)),
    "celu": ("Celu", ("alpha",)),
    "selu": ("Selu", ("alpha", "gamma")),
    "leaky_relu": ("LeakyRelu", ("alpha",)),
    "thresholded_relu": ("ThresholdedRelu", ("alpha",)),
    "hard_sigmoid": ("HardSigmoid", ("alpha", "beta")),
    "hard_swish": ("HardSwish", ()),
    "softsign": ("Softsign", ()),
    "mish": ("Mish", ()),
    "hardmax": ("Hardmax", ("axis",)),
    "shrink": ("Shrink", ("lambd", "bias")),
}


@emits(*_SAME)
def same(e: Any, site: Any, x: Any) -> Any:
    """The op of the same meaning; attributes that have ONNX's default are left out."""
    name, attributes = _SAME[site.op.name]
    found = schema("", name, e.opset)
    defaults = {} if found is None else found.defaults
    values = {k: getattr(site.op, k) for k in attributes}
    return e.op(name, x, **{k: v for k, v in values.items() if k not in defaults or not _equal(defaults[k], v)})


def _equal(default: Any, value: Any) -> bool:
    return bool(np.float32(default) == np.float32(value))


@emits("softmax", "log_softmax")
def softmax(e: Any, site: Any, x: Any) -> Any:
    """ONNX's, but that ours makes a row of -inf zeros and not NaN: the body says it where such rows may be."""
    if _may_hold_minus_inf(e, x):
        return None
    name = "Softmax" if site.op.name == "softmax" else "LogSoftmax"
    return e.op(name, x, axis=site.op.axis if site.op.axis != -1 else None)


_THROUGH = ("Add", "Cast", "Concat", "Expand", "Identity", "Mul", "Reshape", "Slice", "Transpose", "Trilu", "Unsqueeze",
            "Where")  # fmt: skip


def _may_hold_minus_inf(e: Any, x: Any) -> bool:
    """Whether it is masked: -inf chosen, or something given with the data added."""
    waiting, seen = [(x.name, False)], set()
    scopes = (e.scope, e.scope.root)
    constants = {t.name: t for scope in scopes for t in scope.initializers}
    constants |= {
        n.output[0]: n.attribute[0].t for scope in scopes for n in scope.constants if n.attribute[0].HasField("t")
    }
    given = e.scope.model.fed
    while waiting:
        name, added = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in constants:
            outside = e.scope.model.outside.tensor_of(constants[name])
            if _holds_minus_inf(constants[name], outside):
                return True
            continue
        if name in given and added:
            return True
        node = e.scope.maker(name)
        if node is None and added and e.scope.root.closed:
            return True  # whatever a function is called with
        if node is not None and node.op_type in _THROUGH:
            waiting += [(i, added or node.op_type == "Add") for i in node.input if i]
    return False


def _holds_minus_inf(proto: Any, outside: Any) -> bool:
    from irlib.converters.onnx_model.tensors import read_tensor

    array = (read_tensor(proto) if outside is None else outside).array
    return array.dtype.kind == "f" and bool(np.isneginf(array).any())


@emits("gelu")
def gelu(e: Any, site: Any, x: Any) -> Any:
    return e.op("Gelu", x, approximate="tanh" if site.op.tanh else None)


@emits("layer_norm")
def layer_norm(e: Any, site: Any, x: Any, scale: Any, bias: Any) -> Any:
    if scale is None:
        return None
    return e.op("LayerNormalization", x, scale, bias, axis=site.op.axis, epsilon=site.op.epsilon)


@emits("rms_norm")
def rms_norm(e: Any, site: Any, x: Any, scale: Any) -> Any:
    if scale is None:
        return None
    return e.op("RMSNormalization", x, scale, axis=site.op.axis, epsilon=site.op.epsilon)


@emits("batch_norm_inference")
def batch_norm_inference(e: Any, site: Any, x: Any, scale: Any, bias: Any, mean: Any, variance: Any) -> Any:
    if x.rank is None or site.op.axis % max(x.rank, 1) != 1:
        return None
    return e.op("BatchNormalization", x, scale, bias, mean, variance, epsilon=site.op.epsilon)


@emits("instance_norm")
def instance_norm(e: Any, site: Any, x: Any, scale: Any, bias: Any) -> Any:
    return e.op("InstanceNormalization", x, scale, bias, epsilon=site.op.epsilon)


@emits("linear")
def linear(e: Any, site: Any, x: Any, w: Any, bias: Any) -> Any:
    if x.rank == 2 and bias is not None:
        return e.op("Gemm", x, w, bias)
    made = e.op("MatMul", x, w)
    return made if bias is None else e.op("Add", made, bias)
