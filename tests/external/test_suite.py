"""No case of ONNX's suite that passed before fails now."""

from __future__ import annotations

import pytest

pytest.importorskip("onnx")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_only_known_cases_fail() -> None:
    from tests.external.suite import failures, known_failures

    known = known_failures()
    assert {name: why for name, why in failures().items() if name not in known} == {}
