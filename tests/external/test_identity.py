"""A model of ONNX's suite that goes in, through an irlib file, and out is the model it was."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx")

from tests.external.identity import (
    DIFFERENT,
    all_models,
    bits,
    difference,
    in_onnxruntime,
    is_readable,
    node_models,
    returned,
    stored_models,
)

pytestmark = pytest.mark.filterwarnings("ignore")


def _changed(models: Iterable[tuple[str, Any, Any]], folder: Path) -> tuple[int, dict[str, list[str]]]:
    """How many models were read, and what differs in those that do not leave as they came."""
    count, found = 0, {}
    for name, model, _ in models:
        if not is_readable(model):
            continue
        count += 1
        parts = difference(model, returned(model, folder))
        if parts:
            found[name] = parts
    return count, found


def test_a_sample_of_models_leaves_as_it_came(tmp_path: Path) -> None:
    with np.errstate(all="ignore"):
        count, found = _changed(islice(stored_models(), 0, None, 9), tmp_path)
    assert found.keys() <= DIFFERENT
    assert count > 15


@pytest.mark.slow
def test_every_model_leaves_as_it_came(tmp_path: Path) -> None:
    with np.errstate(all="ignore"):
        count, found = _changed(all_models(), tmp_path)
    assert found.keys() == DIFFERENT
    assert count > 2000


def test_onnxruntime_computes_the_same_bits(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    compared = 0
    with np.errstate(all="ignore"):
        for name, model, inputs in islice(node_models(), 0, None, 37):
            before = None if inputs is None or not is_readable(model) else in_onnxruntime(model, inputs)
            if before is not None:
                compared += 1
                assert bits(in_onnxruntime(returned(model, tmp_path), inputs)) == bits(before), name
    assert compared > 20
