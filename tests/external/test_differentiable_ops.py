"""Every ONNX operator with floats in and out has a derivative: ONNX's own cases decide most of them, these the others.

The cases cannot where they have no neighbours (a depth, a scale that gives the shape), where the reference evaluator
computes in float32, or where they are about sequences, optionals and branches.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from tests.external.gradients import DECIDED

onnx = pytest.importorskip("onnx")

HEAD = '<ir_version: 10, opset_import: ["" : {opset}]>'
_SEQUENCE = "s = SequenceConstruct(x, z)"
_INDEX = "i = Constant <value: tensor = int64 {1}> ()"

BODIES: dict[str, str] = {
    "Cast": "(double[2,3] x) => (double[2,3] y) { h = Cast<to=11>(x) y = Mul(h, h) }",
    "CastLike": "(double[2,3] x, double[2,3] z) => (double[2,3] y) { h = CastLike(x, z) y = Mul(h, z) }",
    "ConcatFromSequence": f"(double[2,3] x, double[2,3] z) => (double[2,2,3] y) {{ {_SEQUENCE} "
    "y = ConcatFromSequence<axis=1, new_axis=1>(s) }",
    "DeformConv": "(double[1,4,5,4] x, double[2,2,2,2] w, double[1,8,4,3] offset, double[1,4,4,3] mask, double[2] c)"
    " => (double[1,2,4,3] y) { y = DeformConv<group=2, kernel_shape=[2,2]>(x, w, offset, c, mask) }",
    "GlobalLpPool": "(double[2,3,4] x) => (double[2,3,1] y) { y = GlobalLpPool<p=3>(x) }",
    "If": "(double[2,3] x, bool c) => (double[2,3] y) { y = If(c) <then_branch: graph = a () => (double[2,3] p)"
    " { p = Mul(x, x) }, else_branch: graph = o () => (double[2,3] q) { q = Sin(x) }> }",
    "MaxRoiPool": "(double[1,2,6,6] x) => (double[2,2,2,2] y) {"
    " roi = Constant <value: tensor = double[2,5] {0, 0, 0, 3, 3, 0, 1, 2, 5, 5}> ()"
    " y = MaxRoiPool<pooled_shape=[2,2]>(x, roi) }",
    "MeanVarianceNormalization": "(double[2,3,4,2] x) => (double[2,3,4,2] y) { y = MeanVarianceNormalization(x) }",
    "OneHot": "(double[2] x) => (double[3,4] y) { i = Constant <value: tensor = int64[3] {0, 3, -1}> ()"
    " d = Constant <value: tensor = int64 {4}> () y = OneHot(i, d, x) }",
    "Optional": "(double[2,3] x) => (double[2,3] y) { o = Optional(x) h = OptionalGetElement(o) y = Mul(h, h) }",
    "Range": "(double a, double z) => (double[5] y) { y = Range(a, z, step) }",
    "Scatter": "(double[3,3] x, double[2,3] z) => (double[3,3] y) { i = Constant <value: tensor = int64[2,3]"
    " {0, 2, 1, 1, 0, 0}> () y = Scatter(x, i, z) }",
    "SequenceAt": f"(double[2,3] x, double[2,3] z) => (double[2,3] y) {{ {_SEQUENCE} {_INDEX} h = SequenceAt(s, i)"
    " y = Mul(h, x) }",
    "SequenceConstruct": f"(double[2,3] x, double[2,3] z) => (double[4,3] y) {{ {_SEQUENCE}"
    " y = ConcatFromSequence<axis=0>(s) }",
    "SequenceErase": f"(double[2,3] x, double[2,3] z) => (double[2,3] y) {{ {_SEQUENCE} {_INDEX}"
    " t = SequenceErase(s, i) h = ConcatFromSequence<axis=0>(t) y = Mul(h, z) }",
    "SequenceInsert": f"(double[2,3] x, double[2,3] z) => (double[6,3] y) {{ {_SEQUENCE} {_INDEX}"
    " t = SequenceInsert(s, x, i) y = ConcatFromSequence<axis=0>(t) }",
    "SequenceMap": f"(double[2,3] x, double[2,3] z) => (double[4,3] y) {{ {_SEQUENCE}"
    " t = SequenceMap(s) <body: graph = each (double[2,3] p) => (double[2,3] q) { q = Mul(p, x) }>"
    " y = ConcatFromSequence<axis=0>(t) }",
    "SplitToSequence": f"(double[4,3] x) => (double[2,3] y) {{ n = Constant <value: tensor = int64 {{2}}> () {_INDEX}"
    " s = SplitToSequence<axis=0>(x, n) h = SequenceAt(s, i) y = Mul(h, h) }",
    "Trilu": "(double[3,4] x) => (double[3,4] y) { k = Constant <value: tensor = int64 {-1}> ()"
    " y = Trilu<upper=0>(x, k) }",
    "Unique": "(double[6] x) => (double[n] y) { y, first, inverse, counts = Unique<sorted=1>(x) }",
    "Upsample": "(double[1,2,2,3] x) => (double[1,2,4,6] y) { s = Constant <value: tensor = float[4] {1, 1, 2, 2}> ()"
    ' y = Upsample<mode="linear">(x, s) }',
}
BODIES["Range"] = BODIES["Range"].replace("{ y =", "{ step = Constant <value: tensor = double {1.5}> () y =")
OPSETS = {"Scatter": 10, "Upsample": 9}

INDEPENDENT = {"EyeLike", "RandomNormalLike", "RandomUniformLike"}
"""Operators whose results do not depend on the values of their operands."""

WITHOUT = {"BitCast"}
"""The bits of a number are no function of it that has a derivative."""


def test_every_operator_with_floats_in_and_out_is_differentiated() -> None:
    floats = {"tensor(float)", "seq(tensor(float))", "optional(tensor(float))", "optional(seq(tensor(float)))"}
    schemas = [s for s in onnx.defs.get_all_schemas() if s.domain == ""]
    names = {s.name for s in schemas if all(any(set(p.types) & floats for p in ps) for ps in (s.inputs, s.outputs))}
    decided = set(DECIDED.read_text(encoding="utf-8").split())
    assert (names | {"If"}) - decided - INDEPENDENT - WITHOUT == BODIES.keys()


@pytest.mark.parametrize("name", BODIES)
def test_the_derivative_of(name: str) -> None:
    text = f"{HEAD.format(opset=OPSETS.get(name, 22))} g {BODIES[name]}"
    graph = irlib.from_onnx(onnx.parser.parse_model(text))
    rng = np.random.default_rng(7)
    feeds: dict[str, Any] = {}
    for node in graph.inputs:
        shape = node.type.shape
        feeds[str(node.name)] = rng.standard_normal(shape) if str(node.name) != "c" or shape else np.array(True)
    if name == "Range":
        feeds |= {"a": np.array(0.25), "z": np.array(7.3)}
    if name == "DeformConv":
        feeds["offset"] = rng.uniform(0.2, 0.8, feeds["offset"].shape)
    wrt = [n for n, x in feeds.items() if x.dtype.kind == "f"]
    for check in irlib.check_gradients(graph, feeds, "y", wrt, seed=1):
        assert check.ok, str(check)
    weights = rng.standard_normal(irlib.run(graph, feeds)["y"].shape)
    _, found = irlib.value_and_grad(graph, feeds, "y", wrt[:1], [weights])
    assert np.any(found[wrt[0]])


def test_the_derivative_of_bits_is_refused() -> None:
    text = f"{HEAD.format(opset=26)} g (float[2] x) => (int32[2] y) {{ y = BitCast<to=6>(x) }}"
    graph = irlib.from_onnx(onnx.parser.parse_model(text))
    with pytest.raises(irlib.IRError, match="expected a float"):
        irlib.gradient(graph, "y", ["x"], cotangents=True)
