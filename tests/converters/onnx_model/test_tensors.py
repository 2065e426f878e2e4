"""Every dtype, as raw bytes and in the field of its own, against onnx's reading of it."""

from __future__ import annotations

import numpy as np
import pytest

from irlib.converters.onnx_model.dtypes import DTYPE_OF
from irlib.converters.onnx_model.tensors import read_tensor

onnx = pytest.importorskip("onnx")


@pytest.mark.parametrize("number", [n for n in DTYPE_OF if n not in (8, 14, 15)])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_raw_elements(number: int, count: int) -> None:
    dtype = DTYPE_OF[number]
    codes = np.random.default_rng(number).integers(0, 2 if dtype.kind == "bool" else 256, 64, np.uint8)
    raw = codes.tobytes()[: -(-count * dtype.bits // 8)]
    proto = onnx.TensorProto(data_type=number, dims=[count], raw_data=raw)
    found, expected = read_tensor(proto), onnx.numpy_helper.to_array(proto)
    assert found.dtype is dtype
    # elements below a byte are compared as numbers: what fills the byte up is nobody's business
    assert str(found.array.tolist()) == str(expected.tolist())


@pytest.mark.parametrize("number", DTYPE_OF)
def test_elements_in_their_field(number: int) -> None:
    dtype = DTYPE_OF[number]
    values = ["a", "ü", ""] if dtype.kind == "string" else [1, 0, 1]
    if dtype.bits < 8 or dtype.name == "float8_e8m0fnu":
        pytest.skip("make_tensor has its own ideas")
    proto = onnx.helper.make_tensor("w", number, [3], values)
    found = read_tensor(proto)
    assert found.dtype is dtype
    assert found.array.tolist() == ([True, False, True] if dtype.kind == "bool" else values)
