"""Every test vector, and its gradient, as an ONNX model that onnxruntime runs, and the list of what does not hold.

``python -m tests.converters.onnx_model.vector_suite`` prints the score, with ``--update`` it writes the list anew. It
runs in processes of its own, for some vectors kill onnxruntime.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.reference

import irlib
import irlib.interpreters.numpy_ref.kernels
from irlib import autodiff
from irlib.graph import Graph
from tests.converters.onnx_model.export_lists import COUNTS, KNOWN, NEWEST, known
from tests.ops.test_vectors import DIFFERENTIABLE, _dynamic, _float64, build
from tests.vectors import ALL
from tests.vectors.vector import Vector

__all__ = ["PARTS", "case", "failed", "is_complex", "outcome", "vectors"]

PARTS: tuple[tuple[str, int], ...] = (
    ("forward", 17), ("forward", 21), ("forward", NEWEST), ("gradient", 17), ("gradient", NEWEST),
)  # fmt: skip
"""What is run, and in which opset."""

TOLERANCE = {"float64": 1e-9, "float32": 1e-4, "float16": 1e-2, "bfloat16": 3e-2}
_SMALL_FLOATS = ("int4", "uint4", "int2", "uint2")  # numpy knows them as void too


@dataclass(frozen=True)
class Case:
    """A graph, what is fed to it, and the tolerance it is judged with."""

    graph: Graph
    feeds: dict[str, Any]
    tolerance: float


def vectors(mode: str) -> Sequence[Vector]:
    """The vectors of a part."""
    return ALL if mode == "forward" else [v for v in DIFFERENTIABLE if _wrt(v)]


def _arrays(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from _arrays(value)
        elif isinstance(value, np.ndarray):
            yield value


def _wrt(vector: Vector) -> list[str]:
    """The inputs that a vector is differentiated by."""
    ks = range(len(vector.operands)) if vector.wrt is None else vector.wrt
    given = {k: list(_arrays([vector.operands[k]])) for k in ks if k not in vector.static}
    return [f"x{k}" for k, arrays in given.items() if any(a.dtype.kind in "fcV" for a in arrays)]


def is_complex(vector: Vector) -> bool:
    """Whether complex numbers are in it, which no op of ONNX computes with."""
    found = [a.dtype.kind == "c" for a in _arrays((*vector.operands, *vector.expected))]
    return any(found) or "complex" in str(vector.op)


def case(vector: Vector, mode: str, dtype: Any = None) -> Case:
    """The graph of a vector; the gradient in float64, or in `dtype`."""
    operands = vector.operands
    if mode == "gradient":
        operands = tuple(_float64(o) for o in operands)
        if dtype is not None:
            operands = tuple(_narrowed(o, dtype) for o in operands)
    graph = build(vector, operands)
    feeds = {str(n.name): x for n, x in zip(graph.inputs, _dynamic(vector, operands), strict=True)}
    names = {a.dtype.name for a in _arrays((*operands, *vector.expected))}
    tolerance = max([1e-9, *(TOLERANCE.get(n, 0.0) for n in names)])
    if mode == "forward":
        return Case(graph, feeds, tolerance)
    of = [o.name for o in graph.outputs if autodiff.carries_cotangent(graph.value_type(graph.output_value(o)))]
    results = irlib.run(graph, feeds)
    rng = np.random.default_rng(0)
    wrt = [n for n in _wrt(vector) if autodiff.carries_cotangent(graph.nodes[n].type)]
    gradient = autodiff.gradient(graph, of=of, wrt=wrt, cotangents=True)
    return Case(gradient, {**feeds, **{f"d_{n}": _normal(rng, results[n]) for n in of}}, 1e-4 if dtype else 1e-9)


def _narrowed(x: Any, dtype: Any) -> Any:
    if isinstance(x, list):
        return [_narrowed(i, dtype) for i in x]
    return x.astype(dtype) if isinstance(x, np.ndarray) and x.dtype == np.float64 else x


def _normal(rng: Any, x: Any) -> Any:
    if isinstance(x, list):
        return [_normal(rng, i) for i in x]
    return None if x is None else np.asarray(rng.normal(size=x.shape)).astype(x.dtype)


def outcome(vector: Vector, mode: str, opset: int, *, inline: bool = True) -> str:
    """Empty where the exported model is valid and onnxruntime computes what the interpreter does, else why not.

    Where onnxruntime has no kernel for float64, a gradient is judged in float32; where it has none at all, or cannot be
    fed, the reference evaluator of the onnx package is the judge.
    """
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = _outcome(case(vector, mode), opset, inline=inline, reference=mode == "forward")
        if mode == "gradient" and found.startswith("no kernel"):
            found = _outcome(case(vector, mode, np.float32), opset, inline=inline, reference=True)
        return found


def _outcome(given: Case, opset: int, *, inline: bool, reference: bool) -> str:
    try:
        model = irlib.to_onnx(given.graph, opset=opset, inline=inline)
    except irlib.IRError as error:
        return f"refused: {error.message if hasattr(error, 'message') else error}"
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        return f"checker: {_first(error)}"
    if {i.domain for i in model.opset_import} - {"", "irlib"}:
        return "another domain"
    expected = irlib.run(given.graph, given.feeds)
    names, judge = [o.name for o in model.graph.output], "onnxruntime"
    try:
        made = _in_onnxruntime(model, given.feeds)
    except Exception as error:  # noqa: BLE001  onnxruntime raises what it likes
        if not _has_no_kernel(str(error)):
            return f"onnxruntime: {_first(error)}"
        if not reference:
            return f"no kernel: {_first(error)}"
        try:
            judge = "the reference evaluator"
            made = onnx.reference.ReferenceEvaluator(model).run(None, given.feeds)
        except Exception as other:  # noqa: BLE001
            return f"no kernel: {_first(error)}; reference: {type(other).__name__}"
    for name, value in zip(names, made, strict=True):
        differs = _difference(value, expected[name], given.tolerance)
        if differs:
            return f"differs in {judge}: {name}: {differs}"
    return ""


def _has_no_kernel(text: str) -> bool:
    return any(t in text for t in ("NOT_IMPLEMENTED", "be converted to MLDataType", "No corresponding Numpy type",
                                   "not currently registered", "is not supported with", "locale"))  # fmt: skip


def _first(error: BaseException) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    text = lines[0].removeprefix("[ONNXRuntimeError] : ")
    return text.split("/onnxruntime_src", maxsplit=1)[0].strip()[:120]


def _in_onnxruntime(model: Any, feeds: dict[str, Any]) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    inputs = {i.name for i in session.get_inputs()}
    return session.run(None, {k: v for k, v in feeds.items() if k in inputs})


def _difference(actual: Any, expected: Any, tolerance: float) -> str:
    if isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            return "no such sequence"
        return next((d for a, e in zip(actual, expected, strict=True) if (d := _difference(a, e, tolerance))), "")
    if expected is None:
        return "" if actual is None else "a value for nothing"
    actual = np.asarray(actual)
    if actual.shape != expected.shape:
        return f"shape {list(actual.shape)} for {list(expected.shape)}"
    if expected.dtype.kind in "OU":
        return "" if actual.tolist() == expected.tolist() else "other strings"
    if actual.dtype != expected.dtype:
        return f"{actual.dtype} for {expected.dtype}"
    if expected.dtype.kind in "fV" and expected.dtype.name not in _SMALL_FLOATS:
        a, e = actual.astype(np.float64), expected.astype(np.float64)
        return "" if np.allclose(a, e, rtol=tolerance, atol=tolerance, equal_nan=True) else "other numbers"
    return "" if np.array_equal(actual, expected) else "other numbers"


# The list of what does not hold


def key(vector: Vector, why: str) -> tuple[str, str]:
    """The op of a failure, and what kind of failure it is."""
    return vector.op.name, why.partition(":")[0]


def failed(mode: str, opset: int, step: int = 1, start: int = 0) -> Counter[tuple[str, str]]:
    """How many vectors of each op fail, by kind: those that are not known to kill onnxruntime, every `step`-th."""
    deadly = {op for (m, o, op, kind) in known() if (m, o, kind) == (mode, opset, "dies")}
    found: Counter[tuple[str, str]] = Counter()
    for vector in vectors(mode)[start::step]:
        if vector.op.name in deadly or is_complex(vector):
            continue
        why = outcome(vector, mode, opset)
        if why:
            found[key(vector, why)] += 1
    return found


def _all(mode: str, opset: int) -> list[str]:
    """The outcome of every vector of a part; a process that dies is begun anew after the vector that killed it."""
    cases = vectors(mode)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "outcomes"
        path.touch()
        while (done := len(path.read_text(encoding="utf-8").splitlines())) < len(cases):
            child = os.fork()
            if child == 0:
                with path.open("a", encoding="utf-8", buffering=1) as file:
                    for vector in cases[done:]:
                        try:
                            why = "" if is_complex(vector) else outcome(vector, mode, opset)
                        except Exception as error:  # noqa: BLE001  a child must end here
                            why = f"fails: {type(error).__name__}: {error}"
                        file.write(json.dumps(why) + "\n")
                os._exit(0)
            os.waitpid(child, 0)
            if len(path.read_text(encoding="utf-8").splitlines()) < len(cases):
                with path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps("dies: onnxruntime ends the process") + "\n")
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> int:
    rows, counts = [], []
    for mode, opset in PARTS:
        found: dict[tuple[str, str], list[str]] = {}
        outcomes = _all(mode, opset)
        for vector, why in zip(vectors(mode), outcomes, strict=True):
            if why:
                found.setdefault(key(vector, why), []).append(why.partition(": ")[2])
        judged = sum(not is_complex(v) for v in vectors(mode))
        held = judged - sum(map(len, found.values()))
        sys.stdout.write(f"{mode} at opset {opset}: {held} of {judged}\n")
        shown = "newest" if opset == NEWEST else str(opset)
        cases = Counter(v.op.name for v in vectors(mode) if not is_complex(v))
        for op, count in sorted(cases.items()):
            bad = sum(len(whys) for (other, _), whys in found.items() if other == op)
            counts.append("\t".join((mode, shown, op, str(count), str(count - bad))))
        for (op, kind), whys in sorted(found.items()):
            rows.append("\t".join((mode, shown, op, kind, str(len(whys)), " ".join(whys[0].split()))))
    if "--update" in sys.argv:
        head = "part\topset\top\tkind\tcount\tthe first reason"
        KNOWN.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8", newline="\n")
        head = "part\topset\top\tvectors\theld"
        COUNTS.write_text("\n".join([head, *counts]) + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
