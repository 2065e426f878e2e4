"""Small files that ask for much: gigabytes, or hours. Each must be read, or refused, at once.

``python -m tests.converters.onnx_model.bombs`` reads each, and tells time, memory and what was found.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

__all__ = ["BOMBS"]

node = helper.make_node
ML, TRAINING = "ai.onnx.ml", "ai.onnx.preview.training"


def model(
    nodes: Sequence[Any],
    inputs: Sequence[Any] = (("x", 1, ("b", 4)),),
    constants: Sequence[tuple[str, Any]] = (),
    outputs: Sequence[str] = ("y",),
    functions: Sequence[Any] = (),
) -> Any:
    graph = helper.make_graph(
        list(nodes), "g", [helper.make_tensor_value_info(*i) for i in inputs],
        [helper.make_tensor_value_info(o, 1, None) for o in outputs],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants],
    )  # fmt: skip
    imports = [helper.make_opsetid(d, v) for d, v in (("", 21), (ML, 3), (TRAINING, 1), ("d", 1))]
    return helper.make_model(graph, opset_imports=imports, ir_version=10, functions=list(functions))


def image(nodes: Sequence[Any], constants: Sequence[tuple[str, Any]] = ()) -> Any:
    return model(nodes, [("x", 1, (1, 4, 8, 8))], constants)


def functions(depth: int, body: Callable[[int], list[Any]]) -> Any:
    """A chain of functions, each with the body that is made for its number."""
    imports = [helper.make_opsetid("d", 1), helper.make_opsetid("", 21)]
    made = [helper.make_function("d", f"f{k}", ["a"], ["c"], body(k), imports) for k in range(depth)]
    made.append(helper.make_function("d", f"f{depth}", ["a"], ["c"], [node("Tanh", ["a"], ["c"])], imports))
    return model([node("f0", ["x"], ["y"], domain="d")], [("x", 1, (4,))], functions=made)


def twice(k: int) -> list[Any]:
    return [node(f"f{k + 1}", ["a"], ["p"], domain="d"), node(f"f{k + 1}", ["p"], ["c"], domain="d")]


def of_two_types(k: int) -> list[Any]:
    """The next function on the operand, and on one longer by 2**k: as many types as there are sums of powers."""
    return [
        node("Constant", [], ["w"], value_ints=[0, 2**k]), node("Pad", ["a", "w"], ["q"]),
        node(f"f{k + 1}", ["a"], ["p"], domain="d"), node(f"f{k + 1}", ["q"], ["r"], domain="d"),
        node("ReduceSum", ["p"], ["s"], keepdims=0), node("ReduceSum", ["r"], ["t"], keepdims=0),
        node("Add", ["s", "t"], ["c"]),
    ]  # fmt: skip


def nested_loops(depth: int) -> Any:
    """Each carries a value that grows, so the types of each are widened step by step."""

    def body(k: int) -> Any:
        inputs = [(f"i{k}", 7, ()), (f"c{k}", 9, ()), (f"v{k}", 1, None)]
        inner = node("Concat", [f"v{k}", f"v{k}"], [f"n{k}"], axis=0) if k == depth else loop(k + 1, f"v{k}", f"n{k}")
        return helper.make_graph(
            [inner, node("Identity", [f"c{k}"], [f"o{k}"])], f"b{k}",
            [helper.make_tensor_value_info(*i) for i in inputs],
            [helper.make_tensor_value_info(f"o{k}", 9, ()), helper.make_tensor_value_info(f"n{k}", 1, None)],
        )  # fmt: skip

    def loop(k: int, given: str, made: str) -> Any:
        return node("Loop", ["n", "", given], [made], body=body(k))

    return model([loop(0, "x", "y")], constants=[("n", 3)])


def gradients(count: int) -> Any:
    """The gradient of the gradient of .."""
    nodes = [node("Tanh", ["x"], ["t"]), node("Mul", ["t", "t"], ["u"]), node("ReduceSum", ["u"], ["y0"], keepdims=0)]
    for k in range(count):
        nodes += [node("Gradient", ["x"], [f"g{k}"], domain=TRAINING, xs=["x"], y=f"y{k}"),
                  node("ReduceSum", [f"g{k}"], [f"y{k + 1}"], keepdims=0)]  # fmt: skip
    return model(nodes, [("x", 1, (4,))], outputs=[f"y{count}"])


def doubled(count: int) -> Any:
    """A dim of batch times 2**count."""
    names = ["x", *(f"v{k}" for k in range(count))]
    nodes = [node("Concat", [a, a], [b], axis=0) for a, b in pairwise(names)]
    return model(nodes, outputs=[names[-1]])


def squared(count: int) -> Any:
    """A dim of the 2**count-th power of a product of symbols."""
    nodes = [node("Shape", ["x"], ["s"]), node("ReduceProd", ["s"], ["p0"], keepdims=1)]
    nodes += [node("Mul", [f"p{k}", f"p{k}"], [f"p{k + 1}"]) for k in range(count)]
    return model([*nodes, node("Expand", ["c", f"p{count}"], ["y"])], constants=[("c", np.float32(1))])


def sparse(count: int, size: int) -> Any:
    made = model([node("Identity", ["x"], ["y"])])
    for k in range(count):
        values, indices = helper.make_tensor(f"w{k}", 1, [1], [1.0]), helper.make_tensor("", 7, [1], [0])
        made.graph.sparse_initializer.append(onnx.SparseTensorProto(values=values, indices=indices, dims=[size]))
    return made


def tensor(**fields: Any) -> Any:
    made = model([node("Add", ["x", "w"], ["y"])])
    made.graph.initializer.append(onnx.TensorProto(name="w", data_type=1, **fields))
    return made


def chain(op: str, count: int, *, backwards: bool = False) -> Any:
    names = ["x", *(f"{k:x}" for k in range(count))]
    nodes = [node(op, [a], [b]) for a, b in pairwise(names)]
    return model(nodes[::-1] if backwards else nodes, outputs=[names[-1]])


BIG = 2**40
LEAF: dict[str, Any] = {
    "nodes_treeids": [0], "nodes_nodeids": [0], "nodes_featureids": [0], "nodes_modes": ["LEAF"], "nodes_values": [0.0],
    "nodes_truenodeids": [0], "nodes_falsenodeids": [0], "target_treeids": [0], "target_nodeids": [0],
    "target_ids": [0], "target_weights": [1.0],
}  # fmt: skip

BOMBS: dict[str, Callable[[], Any]] = {
    "an initializer of four terabytes": lambda: tensor(dims=[BIG]),
    "an initializer of 2**80 elements": lambda: tensor(dims=[BIG, BIG], raw_data=b""),
    "sparse tensors of 3 GB together": lambda: sparse(100, 2**23),
    "a sparse tensor of 4 TB": lambda: sparse(1, BIG),
    "ConstantOfShape": lambda: model([node("ConstantOfShape", ["s"], ["y"])], constants=[("s", [2**33])]),
    "Expand": lambda: model([node("Expand", ["c", "s"], ["y"])], constants=[("c", np.float32(1)), ("s", [2**20] * 2)]),
    "Tile": lambda: model([node("Tile", ["x", "s"], ["y"])], constants=[("s", [2**20, 2**20])]),
    "Range": lambda: model([node("Range", ["a", "n", "c"], ["i"]), node("Cast", ["i"], ["y"], to=1)],
                           constants=[("a", 0), ("n", BIG), ("c", 1)]),
    "RandomNormal": lambda: model([node("RandomNormal", [], ["y"], shape=[BIG])]),
    "OneHot": lambda: model([node("OneHot", ["i", "d", "v"], ["y"])], [("i", 7, (4,))],
                            [("d", BIG), ("v", np.array([0, 1], "f"))]),
    "Split": lambda: model([node("Split", ["x"], ["y"], num_outputs=BIG)]),
    "HannWindow": lambda: model([node("HannWindow", ["n"], ["y"])], constants=[("n", BIG)]),
    "LSTM": lambda: model([node("LSTM", ["x", "w", "r"], ["y"], hidden_size=BIG)],
                          [("x", 1, (3, 1, 2)), ("w", 1, None), ("r", 1, None)]),
    "MaxPool": lambda: image([node("MaxPool", ["x"], ["y"], kernel_shape=[BIG, BIG])]),
    "AveragePool": lambda: image([node("AveragePool", ["x"], ["y"], kernel_shape=[2**20] * 2, pads=[2**20 - 1] * 4)]),
    "LpPool": lambda: image([node("LpPool", ["x"], ["y"], kernel_shape=[2**15] * 2, pads=[2**15 - 1] * 4)]),
    "LRN": lambda: image([node("LRN", ["x"], ["y"], size=BIG)]),
    "LRN of unknown channels": lambda: model([node("LRN", ["x"], ["y"], size=BIG)], [("x", 1, ("n", "c", 4))]),
    "Resize up": lambda: image([node("Resize", ["x", "", "s"], ["y"], mode="cubic")],
                               [("s", np.array([1, 1, 1e9, 1e9], "f"))]),
    "Resize down": lambda: image([node("Resize", ["x", "", "s"], ["y"], mode="cubic", antialias=1)],
                                 [("s", np.array([1, 1, 1e-9, 1e-9], "f"))]),
    "GridSample of 18 axes": lambda: model([node("GridSample", ["x", "g"], ["y"], mode="cubic")],
                                           [("x", 1, (1,) * 20), ("g", 1, (*(1,) * 19, 18))]),
    "AffineGrid of many axes": lambda: model([node("AffineGrid", ["x", "s"], ["y"])],
                                             [("x", 1, (1, 2, 3)), ("s", 7, (65536,))]),
    "Reshape to many axes": lambda: model([node("Reshape", ["x", "s"], ["y"])], [("x", 1, (2, 2)), ("s", 7, (2**31,))]),
    "LayerNormalization": lambda: model([node("LayerNormalization", ["x", "x"], ["y"], axis=-BIG)]),
    "Einsum of a long equation": lambda: model([node("Einsum", ["x"], ["y"], equation="ij->" + "ij" * 200_000)]),
    "Sum of 200,000 operands": lambda: model([node("Sum", ["x"] * 200_000, ["y"])]),
    "trees of 2**30 targets": lambda: model(
        [node("TreeEnsembleRegressor", ["x"], ["y"], domain=ML, n_targets=2**30, **LEAF)]),
    "n-grams at place 2**40": lambda: model([node("TfIdfVectorizer", ["x"], ["y"], max_gram_length=1, min_gram_length=1,
        max_skip_count=0, mode="TF", ngram_counts=[0], ngram_indexes=[BIG], pool_int64s=[1])], [("x", 7, (4,))]),
    "n-grams with 2**40 skips": lambda: model([node("TfIdfVectorizer", ["x"], ["y"], max_gram_length=2,
        min_gram_length=2, max_skip_count=BIG, mode="TF", ngram_counts=[0, 0], ngram_indexes=[0], pool_int64s=[1, 2])],
        [("x", 7, (4,))]),
    "pairs of 50,000 classes": lambda: model([node("SVMClassifier", ["x"], ["l", "y"], domain=ML, rho=[1.0],
        classlabels_ints=range(50_000), vectors_per_class=[1] * 50_000, coefficients=[1.0], support_vectors=[1.0])]),
    "functions that call the next twice": lambda: functions(60, twice),
    "functions of ever more types": lambda: functions(40, of_two_types),
    "nested loops that grow": lambda: nested_loops(20),
    "gradients of gradients": lambda: gradients(20),
    "a dim that doubles": lambda: doubled(5000),
    "a dim that is squared": lambda: squared(60),
    "names of 400,000 characters": lambda: chain("n" * 400_000, 2),
    "35,000 nodes": lambda: chain("Tanh", 35_000),
    "35,000 nodes, each wrong": lambda: chain("Foo", 35_000),
    "35,000 nodes, the last first": lambda: chain("Tanh", 35_000, backwards=True),
}  # fmt: skip


def main() -> int:
    from irlib.converters.onnx_model import check

    check(chain("Tanh", 1))
    for name, make in BOMBS.items():
        data = make().SerializeToString()
        assert len(data) < 2**20, name
        before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        found = [f.code for f in check(data).errors][:3]
        seconds = time.process_time() - start  # whatever else the machine does
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        sys.stdout.write(json.dumps([name, len(data), round(seconds, 2), kilobytes // 1000, found]) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
