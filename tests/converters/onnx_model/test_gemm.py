"""Steps down a gradient leave as Gemm: what onnxruntime makes of them is what the interpreter makes of the graph."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from tests.converters.onnx_model.engines import op_types, same_in_both

R = np.random.default_rng(5)
X, D = (R.normal(size=(4, n)).astype("f") for n in (3, 2))


def step(*, dtype: str = "float32", rate: float = 0.25, twice: bool = False, named: bool = False) -> irlib.Graph:
    """``w - rate * (x.T @ d)``, the product used once more where `twice`."""
    b = irlib.Builder("step")
    x, d = b.input("x", f"{dtype}[n, 3]"), b.input("d", f"{dtype}[n, 2]")
    w = b.parameter("w", np.ones((3, 2), dtype))
    product = b.matmul(b.transpose(x), d)
    if named:
        product = b.named(product, "d_w")
    b.output("new_w", w - rate * product, role="update-of", of="w")
    if twice:
        b.output("norm", b.sum(product * product))
    return b.build()


def feeds(dtype: str = "float32") -> dict[str, Any]:
    return {"x": X.astype(dtype), "d": D.astype(dtype)}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_step_is_one_gemm(dtype: str) -> None:
    model = same_in_both(step(dtype=dtype), feeds(dtype))
    assert op_types(model) == {"Gemm"}


def test_a_number_that_no_attribute_holds_is_not_rounded() -> None:
    model = same_in_both(step(dtype="float64", rate=0.1), feeds("float64"), tolerance=1e-14)
    assert "Gemm" not in op_types(model)


@pytest.mark.parametrize("option", ["twice", "named"])
def test_a_product_that_is_used_or_named_stays(option: str) -> None:
    model = same_in_both(step(**{option: True}), feeds())  # type: ignore[arg-type]
    assert "Gemm" not in op_types(model)


def test_both_factors_may_be_turned_and_what_else_uses_them_keeps_them() -> None:
    b = irlib.Builder("turned")
    x, y = b.input("x", "float32[3, n]"), b.input("y", "float32[2, 3]")
    turned = b.transpose(y)
    b.output("z", b.input("w", "float32[n, 2]") - b.matmul(b.transpose(x), turned) * 2.0)
    b.output("turned", turned)
    given = {"x": R.normal(size=(3, 4)).astype("f"), "y": R.normal(size=(2, 3)).astype("f"), "w": np.ones((4, 2), "f")}
    model = same_in_both(b.build(), given)
    assert op_types(model) == {"Gemm", "Transpose"}


def test_a_model_that_came_with_the_three_ops_keeps_them() -> None:
    import onnx
    from onnx import helper

    nodes = [
        helper.make_node("MatMul", ["x", "d"], ["p"]),
        helper.make_node("Mul", ["k", "p"], ["s"]),
        helper.make_node("Sub", ["w", "s"], ["y"]),
    ]
    values = [helper.make_tensor_value_info(n, 1, s) for n, s in (("x", [3, 4]), ("d", [4, 2]), ("w", [3, 2]))]
    out = helper.make_tensor_value_info("y", 1, [3, 2])
    constant = onnx.numpy_helper.from_array(np.array(0.5, "f"), "k")
    model = helper.make_model(helper.make_graph(nodes, "g", values, [out], [constant]))
    assert op_types(irlib.to_onnx(irlib.from_onnx(model))) == {"MatMul", "Mul", "Sub"}
