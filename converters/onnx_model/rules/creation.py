"""ConstantOfShape and other values made from a shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.errors import AttributeValueError
from irlib.methods import Emitter, Value
from irlib.tensor import Tensor


@rule("ConstantOfShape", 9)
def constant_of_shape(b: Emitter, n: OnnxOp, shape: Value) -> Any:
    value: Tensor | None = n["value"]
    if value is not None and value.array.size != 1:
        raise AttributeValueError(f"value is {value.type}, expected one element", code="IR302")
    element = np.zeros((), np.float32) if value is None else value.array.reshape(())
    return b.broadcast_to(b.constant(element), shape)
