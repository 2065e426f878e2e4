"""ONNX's own backend cases, emitted: nodes style has the interpreter's bits, fused style agrees to 1e-12."""

from __future__ import annotations

import pytest

pytest.importorskip("onnx")


@pytest.mark.filterwarnings("ignore")
def test_of_models_that_exporters_wrote_only_known_ones_fail() -> None:
    from tests.converters.numpy_code.onnx_cases import exported, failures, known_failures

    count, found = failures(exported())
    assert count >= 140
    assert {name: why for name, why in found.items() if name not in known_failures()} == {}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_only_known_cases_fail() -> None:
    from tests.converters.numpy_code.onnx_cases import failures, known_failures, models

    count, found = failures(models())
    assert count > 1800
    assert {name: why for name, why in found.items() if name not in known_failures()} == {}
