"""Every op of irlib, and its gradient, leaves as ONNX that the checker passes and onnxruntime computes alike."""

from __future__ import annotations

import pytest

import irlib
from irlib.errors import UnsupportedError
from tests.converters.onnx_model.export_lists import NEWEST, known
from tests.converters.onnx_model.vector_suite import case, failed, is_complex, outcome, vectors
from tests.vectors import ALL

pytest.importorskip("onnxruntime")


def _news(mode: str, opset: int, step: int = 1, start: int = 0) -> dict[str, int]:
    """What fails beyond what is known to."""
    before = known()
    found = failed(mode, opset, step, start)
    return {f"{op}: {kind}": n for (op, kind), n in found.items() if n > before.get((mode, opset, op, kind), 0)}


@pytest.mark.parametrize("opset", [17, 21, NEWEST])
def test_a_sample_of_vectors_leaves_and_runs(opset: int) -> None:
    assert _news("forward", opset, step=23, start=opset) == {}


def test_a_sample_of_gradients_leaves_and_runs() -> None:
    assert _news("gradient", NEWEST, step=23) == {}


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "opset"), [("forward", 17), ("forward", NEWEST), ("gradient", NEWEST)])
def test_every_vector_leaves_and_runs_but_those_known_not_to(mode: str, opset: int) -> None:
    assert _news(mode, opset) == {}


def test_composites_leave_as_functions_too() -> None:
    names = ("gelu", "logaddexp", "safe_divide", "hypot", "layer_norm", "silu")
    chosen = [v for v in ALL if v.op.name in names and "float32" in str(v)]
    assert {str(v): outcome(v, "forward", NEWEST, inline=False) for v in chosen} == {str(v): "" for v in chosen}


def test_complex_numbers_are_refused_or_only_moved() -> None:
    computing = ("add", "multiply", "exp", "matmul", "sum", "cast", "abs")
    for vector in vectors("forward"):
        if is_complex(vector) and vector.op.name in computing:
            with pytest.raises(UnsupportedError, match=vector.op.name) as caught:
                irlib.to_onnx(case(vector, "forward").graph)
            assert caught.value.code == "IR320"
