"""Models leave as they came; what is irlib's own leaves as ONNX that a checker passes and onnxruntime runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper

import irlib
from irlib.converters.onnx_model.write import files
from irlib.errors import SafetyError, UnsupportedError
from tests.converters.onnx_model.engines import in_onnxruntime, op_types, same_in_both
from tests.external.identity import described


def opsets(model: Any) -> dict[str, int]:
    return {"" if i.domain == "ai.onnx" else i.domain: i.version for i in model.opset_import}


def network() -> Any:
    """A small network with a symbolic batch, a composite that ONNX has and one that it has not."""
    rng = np.random.default_rng(0)
    b = irlib.Builder("net")
    x, w = b.input("x", "float32[batch, 4]"), b.parameter("w", rng.normal(size=(4, 3)).astype("f"))
    h = b.named(b.softmax(b.matmul(x, w)), "h")
    b.output("y", b.logaddexp(h, b.safe_divide(h, b.cast(h > 0.3, dtype="float32"))))
    return b.build()


X = np.random.default_rng(1).normal(size=(5, 4)).astype("f")


@pytest.mark.parametrize("opset", [17, 18, 20, 21, 23, onnx.defs.onnx_opset_version()])
def test_every_opset_from_17_on_is_a_target(opset: int) -> None:
    model = same_in_both(network(), {"x": X}, opset=opset)
    assert opsets(model) == {"": opset}
    assert "Softmax" in op_types(model)


def test_symbolic_dims_are_dim_params() -> None:
    model = irlib.to_onnx(network())
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"
    assert model.graph.output[0].type.tensor_type.shape.dim[0].dim_param == "batch"


def test_without_inline_composites_are_functions_of_the_model() -> None:
    model = irlib.to_onnx(network(), inline=False)
    assert {f.name for f in model.functions} >= {"safe_divide", "logaddexp"}
    expected = irlib.run(network(), {"x": X})["y"]
    np.testing.assert_allclose(in_onnxruntime(model, {"x": X})["y"], expected, rtol=1e-5)
    again = irlib.from_onnx(model)
    np.testing.assert_allclose(irlib.run(again, {"x": X})["y"], expected, rtol=1e-6)


def test_roles_come_back() -> None:
    b = irlib.Builder("g")
    x, w = b.input("x", "float32[3]"), b.parameter("w", np.ones(3, "f"))
    mean = b.buffer("mean", np.zeros(3, "f"))
    b.output("loss", b.sum((x - mean) * w * b.constant(np.full(3, 2, "f"), name="two")), role="loss")
    b.output("new_mean", 0.9 * mean + 0.1 * x, role="update-of", of="mean")
    model = irlib.to_onnx(b.build())
    assert [i.name for i in model.graph.input] == ["x", "mean"]  # what is updated can be fed
    again = irlib.from_onnx(model)
    assert [(o.name, str(o.role), o.of) for o in again.outputs] == [
        ("loss", "loss", None), ("new_mean", "update-of", "mean"),
    ]  # fmt: skip
    assert [n.name for n in again.parameters] == ["w"]
    assert [n.name for n in again.buffers] == ["mean"]
    assert str(again.nodes["two"].variable.role) == "constant"
    assert irlib.to_onnx(again) == irlib.to_onnx(irlib.from_onnx(irlib.to_onnx(again)))


def test_what_onnx_cannot_say_is_an_error_that_names_the_node() -> None:
    b = irlib.Builder("g")
    b.output("y", b.named(b.svd(b.input("x", "float32[3, 3]"))[1], "singular"))
    with pytest.raises(UnsupportedError, match="singular") as caught:
        irlib.to_onnx(b.build())
    assert caught.value.code == "IR320"


def test_a_file_stays_as_it_was_when_export_fails(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    irlib.to_onnx(network(), path)
    before = path.read_bytes()
    b = irlib.Builder("g")
    b.output("y", b.eigh(b.input("x", "float32[3, 3]"))[0])
    model = b.build()
    with pytest.raises(UnsupportedError):
        irlib.to_onnx(model, path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["m.onnx"]


def test_large_tensors_go_to_a_file_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    made = irlib.to_onnx(network(), path, external=16)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.onnx", "m.onnx.data"]
    assert onnx.load(path, load_external_data=False).graph.initializer[0].data_location == 1
    assert described(onnx.load(path).graph) == described(made.graph)
    np.testing.assert_array_equal(
        irlib.from_onnx(path).nodes["w"].variable.tensor.array, network().nodes["w"].variable.tensor.array
    )


def test_what_one_message_cannot_hold_goes_to_a_file_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "ONE_FILE", 3000)
    b = irlib.Builder("g")
    large, small = np.arange(1024, dtype=np.float32), np.ones(4, np.float32)
    b.output("y", b.input("x", "float32[]") * b.parameter("w", large) + b.sum(b.parameter("v", small)))
    graph = b.build()
    with pytest.raises(SafetyError, match="give the path") as caught:
        irlib.to_onnx(graph)
    assert caught.value.code == "IR511"
    irlib.to_onnx(graph, tmp_path / "m.onnx")
    assert (tmp_path / "m.onnx").stat().st_size < 2000
    again = irlib.from_onnx(tmp_path / "m.onnx")
    np.testing.assert_array_equal(again.nodes["w"].variable.tensor.array, large)
    np.testing.assert_array_equal(
        onnx.numpy_helper.to_array(onnx.load(tmp_path / "m.onnx").graph.initializer[0]), large
    )


def test_three_gigabytes_of_weights_are_mapped_and_not_read(tmp_path: Path) -> None:
    count = 3 * 2**28
    with (tmp_path / "w.bin").open("wb") as file:
        file.truncate(4 * count)
        file.seek(4 * count - 4)
        file.write(np.float32(7).tobytes())
    if (tmp_path / "w.bin").stat().st_blocks * 512 > 2**20:
        pytest.skip("this file system has no sparse files")
    w = onnx.TensorProto(name="w", data_type=1, dims=[count], data_location="EXTERNAL")
    w.external_data.add(key="location", value="w.bin")
    graph = helper.make_graph(
        [helper.make_node("Gather", ["w", "i"], ["y"])], "g", [helper.make_tensor_value_info("i", 7, [2])],
        [helper.make_tensor_value_info("y", 1, [2])], [w],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    found = irlib.run(irlib.from_onnx(tmp_path / "m.onnx"), {"i": np.array([0, count - 1])})
    np.testing.assert_array_equal(found["y"], [0, 7])


def test_regions_use_outer_values_by_name() -> None:
    b = irlib.Builder("g")
    x, n = b.input("x", "float32[3]"), b.input("n", "int64[]")
    from irlib import regions

    total = regions.for_loop(b, n, lambda b, i, s: regions.cond(
        b, b.greater(b.cast(i, dtype="float32"), b.sum(x)), lambda b, s: s + x, lambda b, s: s * x, s,
    ), b.full_like(x, 1.0))  # fmt: skip
    b.output("y", total)
    graph = b.build()
    for count in (0, 1, 5):
        same_in_both(graph, {"x": np.array([0.5, 1.0, -0.25], "f"), "n": np.array(count)})


def test_an_op_of_another_version_is_said_by_its_body() -> None:
    node = helper.make_node("Gelu", ["x"], ["y"])
    graph = helper.make_graph(
        [node], "g", [helper.make_tensor_value_info("x", 1, [3])], [helper.make_tensor_value_info("y", 1, [3])]
    )
    imported = irlib.from_onnx(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9))
    assert op_types(irlib.to_onnx(imported)) == {"Gelu"}
    assert "Erf" in op_types(same_in_both(imported, {"x": X[0, :3]}, opset=17))


def test_a_cast_says_how_it_saturates_only_where_onnx_asks_for_it() -> None:
    b = irlib.Builder("casts")
    x = b.input("x", "float64[n]")
    b.output("y", b.cast(x, dtype="float32", saturate=False))
    model = same_in_both(b.build(), {"x": np.array([0.5, -3.0])})
    assert not [a.name for a in model.graph.node[0].attribute if a.name == "saturate"]
