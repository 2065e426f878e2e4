"""The value of a Constant node, which may be written in eight attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from irlib.converters.onnx_model.tensors import dense_of
from irlib.errors import AttributeValueError
from irlib.tensor import Tensor

__all__ = ["constant_node"]

_DTYPES: dict[str, Any] = {
    "value_float": np.float32,
    "value_floats": np.float32,
    "value_int": np.int64,
    "value_ints": np.int64,
    "value_string": object,
    "value_strings": object,
}


def constant_node(attributes: Mapping[str, Any]) -> Tensor:
    """The tensor of a Constant. Raises: AttributeValueError unless exactly one attribute gives it."""
    if len(attributes) != 1:
        raise AttributeValueError(f"a Constant with {len(attributes)} values, expected one", code="IR302")
    ((name, value),) = attributes.items()
    if name == "value":
        assert isinstance(value, Tensor)
        return value
    if name == "sparse_value":
        return dense_of(value)
    dtype = _DTYPES[name]
    if dtype is object and isinstance(value, tuple):
        made = np.empty(len(value), object)
        made[:] = value
        return Tensor(made)
    return Tensor(np.array(value, dtype))
