"""The gradients of ONNX's own cases, judged by central differences through ONNX's reference evaluator in float64.

``python -m tests.external.gradients`` prints the score; with ``--update`` it writes the list of what has no gradient.

A case is a single operator with its operands as they are. The derivative of its outputs, weighted at random, in a
random direction is taken with different steps; where they do not agree the function has a kink there, or its operands
have no neighbours, and nothing is decided.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tests.external.adapters import fed_names, vjp
from tests.external.suite import node_cases

__all__ = ["DECIDED", "KNOWN", "Verdict", "decided", "known_failures", "verdicts"]

KNOWN = Path(__file__).parent / "gradient_failures.txt"

DECIDED = Path(__file__).parent / "differentiated.txt"
"""The operators whose derivatives the cases find right."""

_FLOATS = ("float16", "float32", "float64")
_RETYPED = ("Cast", "EyeLike", "ConstantOfShape", "MelWeightMatrix")


class Verdict(NamedTuple):
    """What became of a case: ok, zero (rightly), wrong, failed (no derivative), undecided, none (nothing to judge)."""

    op: str
    outcome: str
    why: str = ""


def is_float(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype.name in _FLOATS


def in_double(model: Any) -> Any:
    """The model with double for every float type it declares."""
    from onnx import ModelProto, TensorProto, numpy_helper

    made = ModelProto()
    made.CopyFrom(model)
    stack: list[Any] = [made.graph]
    narrow = (TensorProto.FLOAT, TensorProto.FLOAT16)

    def retyped(tensor: Any) -> None:
        if tensor.data_type in narrow:
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float64), tensor.name))

    while stack:
        graph = stack.pop()
        for info in (*graph.input, *graph.output, *graph.value_info):
            t = info.type
            while t.WhichOneof("value") in ("sequence_type", "optional_type"):
                t = getattr(t, t.WhichOneof("value")).elem_type
            if t.tensor_type.elem_type in narrow:
                t.tensor_type.elem_type = TensorProto.DOUBLE
        for tensor in graph.initializer:
            retyped(tensor)
        for node in graph.node:
            for a in node.attribute:
                if a.HasField("g"):
                    stack.append(a.g)
                if a.HasField("t"):
                    retyped(a.t)
                if a.name in ("to", "dtype", "output_datatype") and a.i in narrow and node.op_type in _RETYPED:
                    a.i = TensorProto.DOUBLE
    return made


def judged(case: Any) -> Verdict:
    """The verdict on a case."""
    op = case.model.graph.node[0].op_type
    inputs, _ = (_arrays(x) for x in case.data_sets[0])
    given = [x.astype(np.float64) if is_float(x) else x for x in inputs]
    wrt = [k for k, x in enumerate(given) if is_float(x) and x.size]
    model = in_double(case.model)
    try:
        f, outputs = _function(model, given)
    except Exception as error:  # noqa: BLE001  the judge cannot do it
        return Verdict(op, "none", f"{type(error).__name__}: {error}")
    if not wrt or not any(is_float(y) and y.size for y in outputs):
        return Verdict(op, "none", "no path of floats")
    rng = np.random.default_rng(1)
    verdict = Verdict(op, "undecided")
    for by in (0.0, 1e-3):  # at a kink the differences of both steps agree, beside it there is none
        point = [
            x + by * np.maximum(np.abs(x), 0.1) * rng.standard_normal(x.shape) if by and k in wrt else x
            for k, x in enumerate(given)
        ]
        for steps, tolerance in _STEPS:
            try:
                verdict = _compared(op, model, f, outputs, point, wrt, steps, tolerance)
            except _Undecided:
                continue
            if verdict.outcome == "wrong" and steps is not _STEPS[0][0]:
                verdict = Verdict(op, "undecided", verdict.why)  # long steps may cross a kink
            elif verdict.outcome != "wrong":
                return verdict
    return verdict


_STEPS = (((1e-5, 7e-6, 2e-6), 2e-3), ((2e-2, 1e-2, 7e-3), 2e-2))
"""Steps that must agree, and how closely: the long ones for operators that the evaluator computes in float32."""


class _Undecided(Exception):  # noqa: N818  it is a verdict
    """The differences do not say what the derivative is."""


def _arrays(values: Any) -> list[Any]:
    from onnx import TensorProto, numpy_helper

    made = [numpy_helper.to_array(x) if isinstance(x, TensorProto) else x for x in values]
    return [np.asarray(x) if isinstance(x, np.generic) else x for x in made]


def _function(model: Any, given: list[Any]) -> tuple[Callable[[list[Any]], list[Any]], list[Any]]:
    from onnx.reference import ReferenceEvaluator

    names, evaluator = fed_names(model), ReferenceEvaluator(model)

    def f(xs: list[Any]) -> list[Any]:
        return [np.asarray(y) if isinstance(y, np.generic) else y for y in evaluator.run(None, dict(zip(names, xs)))]  # noqa: B905

    return f, f(given)


def _compared(
    op: str, model: Any, f: Any, outputs: list[Any], given: list[Any], wrt: list[int], steps: Any, tolerance: float
) -> Verdict:
    rng = np.random.default_rng(2)
    weights = [rng.standard_normal(y.shape) if is_float(y) else None for y in outputs]
    direction = {k: rng.standard_normal(given[k].shape) for k in wrt}
    slopes = [_slope(f, given, direction, weights, h) for h in steps]
    coarse = slopes[0]
    scale = max(1.0, abs(coarse))
    if not np.isfinite(coarse) or max(slopes) - min(slopes) > tolerance / 2 * scale:
        raise _Undecided(f"{min(slopes):.6g} to {max(slopes):.6g}")
    try:
        found = vjp(model, given, weights, wrt)
    except Exception as error:  # noqa: BLE001  whatever happens in a case is its result
        return Verdict(op, "failed", f"{type(error).__name__}: {error}")
    slope = sum(float(np.sum(d * direction[k])) for d, k in zip(found, wrt, strict=True))
    if abs(slope - coarse) > tolerance * scale:
        return Verdict(op, "wrong", f"{slope:.6g}, differences say {coarse:.6g}")
    return Verdict(op, "zero" if abs(coarse) < 1e-9 else "ok")


def _slope(f: Any, given: list[Any], direction: dict[int, Any], weights: list[Any], h: float) -> float:
    """The central difference of the weighted outputs. Raises: _Undecided where shapes change, or it cannot be done."""
    total = 0.0
    try:
        ahead, behind = (
            f([x + s * h * direction[k] if k in direction else x for k, x in enumerate(given)]) for s in (1, -1)
        )
    except Exception as error:  # noqa: BLE001  the judge cannot do it
        raise _Undecided(f"{type(error).__name__}: {error}") from None
    for w, a, c in zip(weights, ahead, behind, strict=True):
        if w is None:
            continue
        if a.shape != w.shape or c.shape != w.shape:
            raise _Undecided("the shape of the result depends on the operands")
        total += float(np.sum(w * (a.astype(np.float64) - c.astype(np.float64))))
    return total / (2 * h)


def verdicts() -> dict[str, Verdict]:
    """The verdict on each case of ai.onnx that is not the expanded form of another."""
    found = {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for case in node_cases():
            name = str(case.name)
            if "_expanded" not in name and case.model.graph.node[0].domain in ("", "ai.onnx"):
                found[name] = judged(case)
    return found


def known_failures() -> set[str]:
    """The cases that are known to have no derivative. The list may only become shorter."""
    return set(KNOWN.read_text(encoding="utf-8").split())


def decided(found: dict[str, Verdict]) -> set[str]:
    """The operators of which a case is right and none is wrong or failed."""
    by_op: defaultdict[str, set[str]] = defaultdict(set)
    for v in found.values():
        by_op[v.op].add(v.outcome)
    return {op for op, kinds in by_op.items() if kinds & {"ok", "zero"} and not kinds & {"wrong", "failed"}}


def main() -> int:
    found = verdicts()
    sys.stdout.write(f"{dict(Counter(v.outcome for v in found.values()))}\n")
    judged_ops = {v.op for v in found.values() if v.outcome != "none"}
    good = decided(found)
    sys.stdout.write(f"{len(good)} of {len(judged_ops)} operators; not: {sorted(judged_ops - good)}\n")
    bad = {name: v for name, v in found.items() if v.outcome in ("wrong", "failed")}
    for name, v in bad.items():
        sys.stdout.write(f"{v.outcome} {name}: {v.why[:160]}\n")
    if "--update" in sys.argv:
        text = "".join(f"{name}\n" for name in sorted(bad))
        KNOWN.write_text(text, encoding="utf-8", newline="\n")
        DECIDED.write_text("".join(f"{op}\n" for op in sorted(good)), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
