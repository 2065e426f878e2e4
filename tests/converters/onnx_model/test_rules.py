"""Every version of every ONNX operator has a rule or is one of our ops, but for those named here."""

from __future__ import annotations

import pytest

from irlib.converters.onnx_model.direct import DIRECT
from irlib.converters.onnx_model.rules.rule import RULES, find_rule

onnx = pytest.importorskip("onnx")

ELSEWHERE = {"Constant"}
"""Read as initializers are, before any rule."""


def test_every_version_of_every_operator_has_a_rule() -> None:
    missing = [
        f"{s.name}-{s.since_version}"
        for s in onnx.defs.get_all_schemas_with_history()
        if s.domain == ""
        and s.name not in ELSEWHERE
        and find_rule("ai.onnx", s.name, s.since_version) is None
        and not any(d.onnx == s.name and d.since <= s.since_version <= d.until for d in DIRECT)
    ]
    assert missing == []


def test_rules_are_for_operators_that_exist() -> None:
    find_rule("ai.onnx", "Add", 1)
    known = {s.name for s in onnx.defs.get_all_schemas_with_history() if s.domain == ""}
    assert {name for dialect, name in RULES if dialect == "ai.onnx"} - known == set()
