"""No case of ONNX's suite that passed before fails now, forward or backward."""

from __future__ import annotations

import pytest

pytest.importorskip("onnx")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_only_known_cases_fail() -> None:
    from tests.external.suite import failures, known_failures

    known = known_failures()
    assert {name: why for name, why in failures().items() if name not in known} == {}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_no_gradient_is_wrong_and_only_known_ones_are_not_there() -> None:
    from tests.external import gradients

    found, known = gradients.verdicts(), gradients.known_failures()
    bad = {
        name: v for name, v in found.items() if v.outcome == "wrong" or (v.outcome == "failed" and name not in known)
    }
    assert bad == {}
    assert sum(v.outcome in ("ok", "zero") for v in found.values()) >= 800
    assert gradients.decided(found) >= set(gradients.DECIDED.read_text(encoding="utf-8").split())
