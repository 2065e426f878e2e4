"""More of what may be wrong with an ONNX model: operands, types, shapes, imports, scopes, functions, tensors, files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from irlib.converters.onnx_model import check
from tests.converters.onnx_model.test_findings import calling, function, with_tensor
from tests.converters.onnx_model.test_read import helper, model, node, onnx, region

FLOAT, INT64, BOOL, STRING = 1, 7, 9, 8


def opset(domain: str, version: int) -> Any:
    return helper.make_opsetid(domain, version)


def edited(made: Any, *edits: Any) -> Any:
    """`made` after each of the functions was called on it."""
    for edit in edits:
        edit(made)
    return made


def tanh() -> Any:
    return model([node("Tanh", ["x"], ["y"])])


def branch(*nodes: Any, outputs: Any = ("t",)) -> Any:
    """An If whose then-branch has these nodes."""
    other = region([node("Tanh", ["x"], ["e"])], ["e"])
    return model([node("Cast", ["x"], ["b0"], to=BOOL), node("ReduceMin", ["x"], ["m"], keepdims=0),
                  node("Cast", ["m"], ["b"], to=BOOL),
                  node("If", ["b"], ["y"], then_branch=region(list(nodes), outputs), else_branch=other)])  # fmt: skip


def loop(body: Any, operands: Any = ("n", "", "x"), outputs: Any = ("y",)) -> Any:
    return model([node("Loop", list(operands), list(outputs), body=body)], initializers=[("n", np.array(3))],
                 outputs=list(outputs))  # fmt: skip


def step(*nodes: Any, outputs: Any = ("go", "next"), inputs: Any = None) -> Any:
    given = inputs or [("i", INT64, ()), ("c", BOOL, ()), ("v", FLOAT, ("batch", 4))]
    made = region(list(nodes), list(outputs), given)
    made.output[0].type.tensor_type.elem_type = BOOL
    return made


GOING = node("Identity", ["c"], ["go"])


def declared(name: str, kind: int, shape: Any, where: str = "output") -> Any:
    def edit(made: Any) -> None:
        values = getattr(made.graph, where)
        found = next((v for v in values if v.name == name), None) or values.add()
        found.CopyFrom(helper.make_tensor_value_info(name, kind, shape))

    return edit


def weights(name: str, array: Any) -> Any:
    return [(name, np.asarray(array))]


def chain(*calls: tuple[str, str]) -> Any:
    """Functions that call each other: (caller, callee)."""
    functions = [function(a, node(b, ["a"], ["c"], domain="d")) for a, b in calls]
    return model([node(calls[0][0], ["x"], ["y"], domain="d")], functions=functions, imports=[opset("d", 1)])


def sparse(dims: Any, values: Any, indices: Any) -> Any:
    made = model([node("Add", ["x", "w"], ["y"])])
    made.graph.sparse_initializer.append(
        onnx.SparseTensorProto(
            values=helper.make_tensor("w", FLOAT, [len(values)], values),
            indices=helper.make_tensor("", INT64, [len(indices)], indices), dims=dims,
        )
    )  # fmt: skip
    return made


WRONG: dict[str, tuple[str, Any]] = {
    # structure
    "a cycle of one node": ("IR101", model([node("Add", ["x", "y"], ["y"])])),
    "a cycle through a subgraph": ("IR101", branch(node("Add", ["x", "y"], ["t"]))),
    "an output listed twice": ("IR112", edited(tanh(), lambda m: m.graph.output.add().CopyFrom(m.graph.output[0]))),
    "an input without a name": ("IR111", edited(tanh(), lambda m: m.graph.input.add(name=""))),
    "an input named twice": ("IR112", edited(tanh(), lambda m: m.graph.input.add().CopyFrom(m.graph.input[0]))),
    "an initializer named twice": ("IR112", model([node("Add", ["x", "w"], ["y"])],
                                                  initializers=weights("w", 1.0) + weights("w", 2.0))),
    "an initializer without a name": ("IR111", model([node("Tanh", ["x"], ["y"])], initializers=weights("", 1.0))),
    "a node that makes an input": ("IR112", model([node("Tanh", ["x"], ["x"]), node("Tanh", ["x"], ["y"])])),
    "a node that makes an initializer": ("IR112", model([node("Tanh", ["x"], ["w"]), node("Tanh", ["w"], ["y"])],
                                                        initializers=weights("w", [1.0]))),
    "one node making a name twice": ("IR112", model([node("Dropout", ["x"], ["y", "y"])])),
    "no op type": ("IR853", model([node("", ["x"], ["y"])])),
    # arity and attributes
    "too many operands": ("IR104", model([node("Tanh", ["x", "x"], ["y"])])),
    "no operand": ("IR104", model([node("Tanh", [], ["y"])])),
    "an absent first operand of many": ("IR105", model([node("Concat", ["", "x"], ["y"], axis=0)])),
    "an equation that is no text": ("IR302", model([node("Einsum", ["x"], ["y"], equation=b"\xff->")])),
    "an absent operand among many": ("IR105", model([node("Concat", ["x", "", "x"], ["y"], axis=0)])),
    "too many outputs": ("IR231", model([node("Tanh", ["x"], ["y", "z"])])),
    "an attribute given twice": ("IR302", edited(model([node("Softmax", ["x"], ["y"], axis=1)]),
        lambda m: m.graph.node[0].attribute.add().CopyFrom(m.graph.node[0].attribute[0]))),
    "an attribute without a value": ("IR302", edited(model([node("Constant", [], ["y"], value_int=1)]),
        lambda m: m.graph.node[0].attribute[0].ClearField("type") or m.graph.node[0].attribute[0].ClearField("i"))),
    "an attribute that refers to a function's": ("IR302", edited(model([node("Softmax", ["x"], ["y"], axis=1)]),
        lambda m: setattr(m.graph.node[0].attribute[0], "ref_attr_name", "axis"))),
    "a constant of two values": ("IR302", model([node("Constant", [], ["y"], value_int=1, value_float=1.0)])),
    "an axis beyond the rank": ("IR303", model([node("Concat", ["x", "x"], ["y"], axis=5)])),
    "a permutation that is none": ("IR303", model([node("Transpose", ["x"], ["y"], perm=[0, 0])])),
    "an equation that cannot be read": ("IR302", model([node("Einsum", ["x"], ["y"], equation="i,->?")])),
    "a mode there is not": ("IR302", model([node("Pad", ["x", "p"], ["y"], mode="sideways")],
                                           initializers=weights("p", np.zeros(4, np.int64)))),
    "groups that do not divide": ("IR207", model([node("Conv", ["x", "w"], ["y"], group=3)],
        inputs=[("x", (1, 4, 5, 5))], initializers=weights("w", np.ones((2, 2, 3, 3), np.float32)))),
    "an activation there is not": ("IR302", model([node("RNN", ["x", "w", "r"], ["y"], hidden_size=2,
                                                        activations=["Jump"])],
        inputs=[("x", (3, 1, 2))],
        initializers=weights("w", np.ones((1, 2, 2), "f")) + weights("r", np.ones((1, 2, 2), "f")))),
    # types and shapes
    "matrices that do not fit": ("IR207", model([node("MatMul", ["x", "w"], ["y"])],
                                                initializers=weights("w", np.ones((5, 2), np.float32)))),
    "a shape of another size": ("IR207", model([node("Reshape", ["x", "s"], ["y"])], inputs=[("x", (2, 4))],
                                               initializers=weights("s", [3, 3]))),
    "a type the operator does not take": ("IR204", model([node("Tanh", ["w"], ["y"])],
                                                         initializers=weights("w", [1, 2]))),
    "a string where a number is asked for": ("IR204", edited(tanh(), declared("x", STRING, (2,), "input"))),
    "an output declared of another dtype": ("IR230", edited(tanh(), declared("y", INT64, None))),
    "an output declared of another rank": ("IR230", edited(tanh(), declared("y", FLOAT, (1, 2, 3)))),
    "an output declared of another size": ("IR230", edited(tanh(), declared("y", FLOAT, ("batch", 5)))),
    "a value declared otherwise": ("IR230", edited(model([node("Tanh", ["x"], ["h"]), node("Tanh", ["h"], ["y"])]),
                                                   declared("h", FLOAT, (7, 7, 7), "value_info"))),
    "an input of no type": ("IR202", edited(tanh(), lambda m: m.graph.input[0].type.Clear())),
    "an input of a dtype there is not": ("IR201", edited(tanh(), lambda m: setattr(
        m.graph.input[0].type.tensor_type, "elem_type", 77))),
    "an input of a map": ("IR858", edited(tanh(), lambda m: m.graph.input[0].type.CopyFrom(
        onnx.TypeProto(map_type=onnx.TypeProto.Map(key_type=INT64))))),
    "an input of 40 dims": ("IR205", edited(tanh(), declared("x", FLOAT, (1,) * 40, "input"))),
    "an input of an impossible size": ("IR205", edited(tanh(), declared("x", FLOAT, (2**50,), "input"))),
    "branches of two dtypes": ("IR204", branch(node("Cast", ["x"], ["t"], to=INT64))),
    # opset imports
    "no import of a domain": ("IR851", edited(tanh(), lambda m: m.ClearField("opset_import"))),
    "a domain imported twice": ("IR851", model([node("Tanh", ["x"], ["y"])], imports=[opset("", 13)])),
    "an opset of number 0": ("IR852", model([node("Tanh", ["x"], ["y"])], opset=0)),
    "an opset of a negative number": ("IR852", model([node("Tanh", ["x"], ["y"])], imports=[opset("d", -5)])),
    "an opset beyond 32 bits": ("IR852", model([node("Tanh", ["x"], ["y"])], imports=[opset("d", 2**40)])),
    "an op that was removed": ("IR853", model([node("Upsample", ["x", "s"], ["y"])],
                                              initializers=weights("s", np.ones(2, np.float32)))),
    "an op that is not in its domain": ("IR853", model([node("Nothing", ["x"], ["y"], domain="ai.onnx.ml")],
                                                       imports=[opset("ai.onnx.ml", 3)])),
    # subgraphs
    "a subgraph whose output is not there": ("IR102", branch(outputs=("no",))),
    "an error in a subgraph": ("IR104", branch(node("Add", ["x"], ["t"]))),
    "a cycle in a subgraph": ("IR101", branch(node("Add", ["x", "t"], ["u"]), node("Tanh", ["u"], ["t"]))),
    "a name defined twice in a subgraph": ("IR112", branch(node("Tanh", ["x"], ["t"]), node("Exp", ["x"], ["t"]))),
    "a branch with inputs": ("IR855", edited(branch(node("Tanh", ["x"], ["t"])),
        lambda m: m.graph.node[3].attribute[1].g.input.append(helper.make_tensor_value_info("q", FLOAT, ())))),
    "an If without a branch": ("IR302", edited(branch(node("Tanh", ["x"], ["t"])),
                                               lambda m: m.graph.node[3].attribute.pop())),
    "branches of other numbers of outputs": ("IR233", branch(node("Tanh", ["x"], ["t"]), outputs=("t", "x"))),
    "what only a subgraph has, used outside": ("IR102", edited(branch(node("Tanh", ["x"], ["t"])),
        lambda m: m.graph.node.append(node("Tanh", ["t"], ["z"])))),
    "a loop body without a condition": ("IR233", loop(step(node("Tanh", ["v"], ["next"]), outputs=("next",)))),
    "a loop body that carries another dtype": ("IR230", loop(step(GOING, node("Cast", ["v"], ["next"], to=INT64)))),
    "a loop body with one input too many": ("IR855", loop(step(GOING, node("Tanh", ["v"], ["next"]), inputs=[
        ("i", INT64, ()), ("c", BOOL, ()), ("v", FLOAT, (4,)), ("w", FLOAT, (4,))]))),
    "a loop that counts in floats": ("IR204", loop(step(GOING, node("Tanh", ["v"], ["next"])), ("x", "", "x"))),
    "a scan of nothing": ("IR104", model([node("Scan", ["x"], ["y"], num_scan_inputs=0, body=region(
        [node("Tanh", ["v"], ["t"])], ["t"], [("v", FLOAT, (4,))]))])),
    # functions
    "functions that call each other": ("IR856", chain(("f", "g"), ("g", "f"))),
    "a function that calls what is not there": ("IR853", chain(("f", "nothing"))),
    "a function defined twice": ("IR857", model([node("f", ["x"], ["y"], domain="d")], imports=[opset("d", 1)],
        functions=[function("f", node("Tanh", ["a"], ["c"])), function("f", node("Exp", ["a"], ["c"]))])),
    "a function called with too much": ("IR104", edited(calling(node("Tanh", ["a"], ["c"])),
                                                        lambda m: m.graph.node[0].input.append("x"))),
    "a function whose output is not there": ("IR102", calling(node("Tanh", ["a"], ["b"]))),
    "a function with a cycle": ("IR101", calling(node("Add", ["a", "c"], ["b"]), node("Tanh", ["b"], ["c"]))),
    "a function without a name": ("IR857", edited(calling(node("Tanh", ["a"], ["c"])),
                                                  lambda m: m.functions[0].ClearField("name"))),
    # tensors
    "one byte too few": ("IR220", with_tensor(data_type=FLOAT, dims=[2], raw_data=b"1234567")),
    "one byte too many": ("IR220", with_tensor(data_type=FLOAT, dims=[1], raw_data=b"12345")),
    "typed elements too few": ("IR220", with_tensor(data_type=FLOAT, dims=[3], float_data=[1.0, 2.0])),
    "typed elements in the wrong field": ("IR220", with_tensor(data_type=FLOAT, dims=[1], int64_data=[1])),
    "half floats too few": ("IR220", with_tensor(data_type=10, dims=[3], int32_data=[1])),
    "four-bit integers too few": ("IR220", with_tensor(data_type=22, dims=[5], raw_data=b"12")),
    "a negative dim": ("IR205", with_tensor(data_type=FLOAT, dims=[-1], raw_data=b"")),
    "dims whose product is beyond 64 bits": ("IR220", with_tensor(data_type=FLOAT, dims=[2**40, 2**40], raw_data=b"")),
    "strings as raw data": ("IR220", with_tensor(data_type=STRING, dims=[1], raw_data=b"a")),
    "strings too few": ("IR220", with_tensor(data_type=STRING, dims=[2], string_data=[b"a"])),
    "a tensor in segments": ("IR220", with_tensor(data_type=FLOAT, dims=[1], raw_data=b"1234",
                                                  segment=onnx.TensorProto.Segment(begin=0, end=1))),
    "external data of a model in memory": ("IR513", with_tensor(data_type=FLOAT, dims=[1], data_location=1)),
    "a sparse index out of range": ("IR220", sparse([4], [1.0], [9])),
    "a sparse tensor of a terabyte": ("IR511", sparse([2**40], [1.0], [9])),
    "sparse values too few": ("IR220", sparse([4], [1.0], [0, 1])),
}  # fmt: skip


def test_a_name_in_a_subgraph_that_hides_an_outer_one_is_a_warning() -> None:
    report = check(branch(node("Tanh", ["x"], ["m"]), node("Tanh", ["m"], ["t"])))
    assert [(f.code, f.severity) for f in report.findings] == [("IR112", "warning")]
    assert "hides" in str(report.findings[0])


@pytest.mark.parametrize("what", WRONG)
def test_it_is_found(what: str) -> None:
    code, made = WRONG[what]
    found = check(made)
    assert code in {f.code for f in found.errors}, [str(f) for f in found.findings]
    assert all(f.where for f in found.errors)
