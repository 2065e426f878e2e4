"""Models of ONNX's suite, in and out again through an irlib file: what must come back, and what does not.

``python -m tests.external.identity`` prints the score over all cases, numbers of onnxruntime included.
"""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import irlib

__all__ = [
    "DIFFERENT",
    "UNREADABLE",
    "all_models",
    "described",
    "difference",
    "node_models",
    "returned",
    "stored_models",
]

DATA = Path(onnx.__file__).parent / "backend" / "test" / "data"

UNREADABLE: set[str] = set()
"""Operators that irlib does not read."""

DIFFERENT = {"test_gradient_of_add", "test_gradient_of_add_and_mul"}
"""Models that leave otherwise: their Gradient op leaves as the gradient it asks for, which runtimes can run."""


def _tensor(t: TensorProto) -> Any:
    array = numpy_helper.to_array(t)
    values = str(array.tolist()) if array.dtype == object else array.tobytes()
    return t.data_type, tuple(t.dims), values, t.doc_string


def _attribute(a: Any) -> Any:
    if a.HasField("g"):
        return described(a.g)
    if len(a.graphs):
        return [described(g) for g in a.graphs]
    if a.HasField("tp"):
        return a.tp.SerializeToString(deterministic=True)
    return _tensor(a.t) if a.HasField("t") else str(helper.get_attribute_value(a))


def _properties(props: Any) -> list[Any]:
    return sorted((p.key, p.value) for p in props if p.key != "irlib.roles")


def _value(info: Any) -> Any:
    return info.name, info.type.SerializeToString(deterministic=True), info.doc_string, _properties(info.metadata_props)


def _node(n: Any) -> Any:
    domain = "" if n.domain == "ai.onnx" else n.domain
    attributes = sorted((a.name, a.type, _attribute(a)) for a in n.attribute)
    return (n.op_type, domain, n.name, list(n.input), list(n.output), n.doc_string, n.overload,
            _properties(n.metadata_props), attributes)  # fmt: skip


def described(graph: Any) -> dict[str, Any]:
    """All that must come back of a graph, in an order of its own."""
    sparse = [(t.values.name, _tensor(t.values), list(t.dims)) for t in graph.sparse_initializer]
    return {
        "nodes": sorted((_node(n) for n in graph.node), key=str),
        "initializers": {t.name: _tensor(t) for t in graph.initializer}, "sparse initializers": sorted(sparse),
        "inputs": [_value(i) for i in graph.input], "outputs": [_value(o) for o in graph.output],
        "values": sorted((_value(v) for v in graph.value_info), key=str),
        "name": graph.name, "docstring": graph.doc_string, "metadata": _properties(graph.metadata_props),
    }  # fmt: skip


def _about(model: Any) -> dict[str, Any]:
    return {
        "opsets": {"" if i.domain == "ai.onnx" else i.domain: i.version for i in model.opset_import},
        "IR version": model.ir_version, "model metadata": _properties(model.metadata_props),
        "producer": (model.producer_name, model.producer_version, model.domain, model.model_version, model.doc_string),
        "functions": sorted(f.SerializeToString(deterministic=True) for f in model.functions),
    }  # fmt: skip


def difference(before: Any, after: Any) -> list[str]:
    """Which parts of two models are not the same."""
    one, two = (described(m.graph) | _about(m) for m in (before, after))
    return [part for part in one if one[part] != two[part]]


def returned(model: Any, folder: Path) -> Any:
    """The model after import, a file, and export."""
    path = folder / "model.pb"
    irlib.save(irlib.from_onnx(model), path)
    return irlib.to_onnx(irlib.load(path))


def is_readable(model: Any) -> bool:
    return not any(n.op_type in UNREADABLE for n in model.graph.node)


def node_models() -> Iterator[tuple[str, Any, Any]]:
    """Name, model and inputs of the cases of single operators."""
    from onnx.backend.test.loader import load_model_tests

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        cases = sorted(load_model_tests(kind="node"), key=lambda case: str(case.name))
    for case in cases:
        yield str(case.name), case.model, case.data_sets[0][0] if case.data_sets else None


def stored_models() -> Iterator[tuple[str, Any, Any]]:
    """Name, model and inputs of the models that come as files; of whole networks no inputs."""
    for path in sorted([*DATA.glob("*/*/model.onnx"), *DATA.glob("light/*.onnx")]):
        model = onnx.load(path)
        stored = sorted(path.parent.glob("test_data_set_0/input_*.pb"))
        tensors = all(i.type.HasField("tensor_type") for i in model.graph.input)
        inputs = [TensorProto.FromString(p.read_bytes()) for p in stored] if stored and tensors else None
        yield path.parent.name if path.parent.name != "light" else path.stem, model, inputs


def all_models() -> Iterator[tuple[str, Any, Any]]:
    """Name, model and inputs of every case."""
    yield from node_models()
    yield from stored_models()


def in_onnxruntime(model: Any, inputs: Any) -> list[Any] | None:
    """The outputs, None where onnxruntime cannot run the model."""
    import onnxruntime

    held = {t.name for t in model.graph.initializer}
    names = [i.name for i in model.graph.input if i.name not in held]
    values = [numpy_helper.to_array(x) if isinstance(x, TensorProto) else x for x in inputs]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    onnxruntime.set_seed(0)
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return list(session.run(None, dict(zip(names, values, strict=False))))
    except Exception:  # noqa: BLE001  onnxruntime raises what it likes
        return None


def bits(value: Any) -> Any:
    if isinstance(value, list):
        return [bits(v) for v in value]
    if not isinstance(value, np.ndarray):
        return value
    return value.shape, value.dtype, value.tolist() if value.dtype.kind in "OU" else value.tobytes()


def main() -> int:
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name, model, inputs in all_models():
            if not is_readable(model):
                found["cannot be read"] += 1
                continue
            after = returned(model, Path(folder))
            parts = difference(model, after)
            found["the same" if not parts else "different"] += 1
            if parts:
                sys.stdout.write(f"{name}: {', '.join(parts)}\n")
            if inputs is None or os.environ.get("ONLY_MODELS"):
                found["no inputs for onnxruntime"] += 1
                continue
            one = in_onnxruntime(model, inputs)
            if one is None:
                found["not run by onnxruntime"] += 1
                continue
            same = bits(one) == bits(in_onnxruntime(after, inputs))
            found["bitwise equal in onnxruntime" if same else "other numbers in onnxruntime"] += 1
            if not same:
                sys.stdout.write(f"{name}: other numbers\n")
    sys.stdout.write("".join(f"{count} {what}\n" for what, count in sorted(found.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
