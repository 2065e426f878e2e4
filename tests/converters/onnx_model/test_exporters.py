"""What exporters write: branches that never run, wrong declarations, one initializer under several names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx import parser

import irlib
from irlib.converters.onnx_model import check

HEAD = '<ir_version: 8, opset_import: ["" : 17]>'
X = np.array([[0.5, -1.0, 2.0, 0.25], [1.5, 0.75, -0.5, 1.0]], np.float32)


def model(text: str) -> Any:
    return parser.parse_model(f"{HEAD} {text}")


NEVER_TAKEN = """g (float[2,4] x) => (float[2,4] y) {
    shape = Shape(x)
    rank = Size(shape)
    three = Constant <value: tensor = int64 {3}> ()
    deep = Equal(rank, three)
    y = If(deep) <
        then_branch: graph = then () => (float[9] a) {BRANCH},
        else_branch: graph = other () => (float[2,4] c) { c = Mul(x, x) }
    >
}"""


@pytest.mark.parametrize(
    "branch",
    [
        "{ axes = Constant <value: tensor = int64[1] {0}> () a = Squeeze(x, axes) }",
        "{ a = Identity(x) }",
        "{ a = Concat<axis=5>(x, x) }",
    ],
)
def test_a_branch_that_is_known_not_to_run_need_not_fit(branch: str) -> None:
    graph = irlib.from_onnx(model(NEVER_TAKEN.replace("{BRANCH}", branch)))
    outputs, gradients = irlib.value_and_grad(graph, {"x": X}, "y", ["x"], [np.ones_like(X)])
    np.testing.assert_array_equal(outputs["y"], X * X)
    np.testing.assert_array_equal(gradients["x"], 2 * X)


def test_a_branch_that_may_run_must_fit() -> None:
    text = NEVER_TAKEN.replace("(float[2,4] x)", "(float[2,4] x, bool deep)").replace("deep = Equal(rank, three)", "")
    report = check(model(text.replace("{BRANCH}", "{ a = Concat<axis=5>(x, x) }")))
    assert [f.code for f in report.findings if f.severity == "error"][:1] == ["IR303"]


def test_the_gradient_of_a_cond_whose_result_only_one_branch_gives_is_that_of_the_branch() -> None:
    text = """g (float[n,4] x) => (float[n,4] y) {
        shape = Shape(x)
        zero = Constant <value: tensor = int64 {0}> ()
        n = Gather(shape, zero)
        one = Constant <value: tensor = int64 {1}> ()
        single = Equal(n, one)
        h = If(single) <
            then_branch: graph = then () => (float[4] a) { axes = Constant <value: tensor = int64[1] {0}> ()
                                                           a = Squeeze(x, axes) },
            else_branch: graph = other () => (float[n,4] c) { c = Mul(x, x) }
        >
        two = Constant <value: tensor = int64[2] {-1, 4}> ()
        y = Reshape(h, two)
    }"""
    graph = irlib.from_onnx(model(text))
    _, many = irlib.value_and_grad(graph, {"x": X}, "y", ["x"], [np.ones_like(X)])
    _, single = irlib.value_and_grad(graph, {"x": X[:1]}, "y", ["x"], [np.ones_like(X[:1])])
    np.testing.assert_array_equal(many["x"], 2 * X)
    np.testing.assert_array_equal(single["x"], np.ones_like(X[:1]))


WRONGLY_DECLARED = "g (float[2,4] x) => (float[2,5] y) { y = Mul(x, x) }"


def test_a_declaration_that_does_not_hold_is_an_error_or_on_demand_passed_over() -> None:
    proto = model(WRONGLY_DECLARED)
    assert [f.code for f in check(proto).findings] == ["IR230"]
    with pytest.raises(irlib.IRError, match="strict=False"):
        irlib.from_onnx(proto)
    graph = irlib.from_onnx(proto, strict=False)
    assert str(graph.value_type(graph.value_named("y"))) == "float32[2, 4]"


SHARED = """g (float[2,4] x) => (float[2,4] y)
    <float[4] first = {1, 2, 3, 4}>
    {
        second = Identity(first)
        h = Mul(x, first)
        k = Mul(h, h)
        y = Mul(k, second)
    }"""


def test_the_gradient_by_another_name_of_an_initializer_is_that_of_its_own_uses() -> None:
    graph = irlib.from_onnx(model(SHARED))
    _, found = irlib.value_and_grad(graph, {"x": X}, "y", ["first", "second"], [np.ones_like(X)])
    w = np.arange(1, 5, dtype=np.float32)
    np.testing.assert_allclose(found["second"], (X * X * w * w).sum(0), rtol=1e-6)
    np.testing.assert_allclose(found["first"], (3 * X * X * w * w).sum(0), rtol=1e-6)


APPENDING = """g (float[3,4] x, float[4,4] w) => (float[3,4] y) {
    trips = Constant <value: tensor = int64 {3}> ()
    on = Constant <value: tensor = bool {1}> ()
    h = Constant <value: tensor = float[4] {0.5, 0, 0, 0}> ()
    none = SequenceEmpty()
    START
    last, all = Loop(trips, on, h, start) <body: graph = body (int64 i, bool c, float[4] before, seq(float) made)
                                           => (bool d, float[4] after, seq(float) longer) {
        d = Identity(c)
        row = Gather(x, i)
        turned = MatMul(before, w)
        sum = Add(turned, row)
        after = Tanh(sum)
        longer = SequenceInsert(made, after)
    }>
    y = ConcatFromSequence<axis=0, new_axis=1>(all)
}"""


@pytest.mark.parametrize("start", ["start = Identity(none)", "row = Mul(h, h)\n start = SequenceInsert(none, row)"])
def test_the_gradient_of_a_loop_that_appends_to_a_sequence(start: str) -> None:
    graph = irlib.from_onnx(model(APPENDING.replace("START", start)), strict=False)
    rng = np.random.default_rng(0)
    feeds = {"x": rng.standard_normal((3, 4)).astype("float32"), "w": rng.standard_normal((4, 4)).astype("float32")}
    weights = rng.standard_normal(irlib.run(graph, feeds)["y"].shape).astype("float32")
    _, found = irlib.value_and_grad(graph, feeds, "y", ["x", "w"], [weights])
    for name, value in feeds.items():

        def f(v: Any, name: str = name) -> float:
            y = irlib.run(graph, {**feeds, name: np.asarray(v, np.float32)})["y"]
            return float(np.sum(np.asarray(y * weights, np.float64)))

        direction = rng.standard_normal(value.shape)
        slope = (f(value + 1e-2 * direction) - f(value - 1e-2 * direction)) / 2e-2
        np.testing.assert_allclose(np.sum(found[name] * direction), slope, rtol=5e-3, atol=1e-3)


def test_a_loop_that_reads_the_sequence_it_carries_has_no_derivative_and_says_so() -> None:
    text = APPENDING.replace("START", "start = Identity(none)").replace(
        "longer = SequenceInsert(made, after)", "zero = Constant <value: tensor = int64 {0}> ()\n"
        "longer = SequenceInsert(made, after, zero)",
    )  # fmt: skip
    graph = irlib.from_onnx(model(text), strict=False)
    with pytest.raises(irlib.IRError, match="carries a sequence"):
        irlib.gradient(graph, "y", ["x"], cotangents=True)


def test_a_resize_by_scales_that_exporters_put_together_has_known_dims_and_leaves_the_others_alone() -> None:
    text = """g (float[batch,3,4,h] x) => (float[batch,3,d,e] y) {
        one = Constant <value: tensor = float[2] {1, 1}> ()
        two = Constant <value: tensor = float[2] {1.5, 2}> ()
        scales = Concat<axis=0>(one, two)
        y = Resize<mode="linear">(x, , scales)
    }"""
    graph = irlib.from_onnx(model(text))
    assert str(graph.value_type(graph.value_named("y"))) == "float32[batch, 3, 6, 2*h]"
    gradient = irlib.to_onnx(irlib.gradient(graph, "y", ["x"], cotangents=True))
    assert sum(n.op_type == "MatMul" for n in gradient.graph.node) <= 2
    assert irlib.to_onnx(graph).graph.node[-1].attribute[0].name == "mode"


def test_a_signal_without_an_axis_of_pairs_is_real() -> None:
    text = """g (float[1,8] x) => (float[1,frames,bins,2] y) {
        step = Constant <value: tensor = int64 {4}> ()
        window = Constant <value: tensor = float[4] {1, 1, 1, 1}> ()
        y = STFT(x, step, window)
    }"""
    graph = irlib.from_onnx(model(text))
    x = np.arange(8, dtype=np.float32)[None] ** 2
    expected = np.fft.rfft(x.reshape(1, 2, 4))
    np.testing.assert_allclose(irlib.run(graph, {"x": x})["y"], np.stack([expected.real, expected.imag], -1), atol=1e-5)


def test_a_gradient_does_not_turn_what_is_turned_already_nor_keep_what_only_shapes_needed() -> None:
    text = """g (float[n,4] x) => (float[n,1,3] y) <float[3,4] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}> {
        t = Transpose<perm=[1,0]>(w)
        h = MatMul(x, t)
        p = Relu(h)
        one = Constant <value: tensor = int64[1] {1}> ()
        y = Unsqueeze(p, one)
    }"""
    graph = irlib.from_onnx(model(text))
    made = irlib.to_onnx(irlib.gradient(graph, "y", ["x"], cotangents=True)).graph
    used = {name for node in made.node for name in node.input} | {o.name for o in made.output}
    assert all(n.op_type == "Constant" or any(o in used for o in n.output) for n in made.node)
    assert [n.op_type for n in made.node].count("Transpose") == 1  # of the forward pass
    feeds = {"x": X, "d_y": np.ones((2, 1, 3), np.float32)}
    found = irlib.run(irlib.gradient(graph, "y", ["x"], cotangents=True), feeds)["d_x"]
    w = np.arange(1, 13, dtype=np.float32).reshape(3, 4)
    np.testing.assert_allclose(found, (X @ w.T > 0).astype(np.float32) @ w, rtol=1e-6)


def test_a_pool_and_the_places_its_gradient_needs_leave_as_one_node() -> None:
    text = (
        "g (float[1,2,4,4] x) => (float[1,2,2,2] y) { h = MaxPool<kernel_shape=[2,2], strides=[2,2]>(x) y = Mul(h, h) }"
    )
    gradient = irlib.gradient(irlib.from_onnx(model(text)), "y", ["x"], cotangents=True)
    pools = [n for n in irlib.to_onnx(gradient).graph.node if n.op_type == "MaxPool"]
    assert [len(n.output) for n in pools] == [2]
    b = irlib.Builder("forward")
    b.output("y", b.max_pool(b.input("x", "float32[1, 2, 4, 4]"), window=(2, 2)))
    assert [len(n.output) for n in irlib.to_onnx(b.build()).graph.node] == [1]
