"""A model of ONNX's suite that goes in, through an irlib file, and out is the model it was."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

import irlib
from tests.external.adapters import fed_names
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


MODELS = sorted((Path(__file__).parent / "models").glob("*.onnx"))


@pytest.mark.parametrize("path", MODELS, ids=lambda p: p.stem)
def test_what_exporters_wrote_leaves_as_it_came_and_computes_the_same_bits(path: Path, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    model, data = onnx.load(path), np.load(path.with_suffix(".npz"))
    after = returned(model, tmp_path)
    assert difference(model, after) == []
    inputs = [data[f"in/{name}"] for name in fed_names(model)]
    before = in_onnxruntime(model, inputs)
    assert before is not None
    assert bits(in_onnxruntime(after, inputs)) == bits(before)


@pytest.mark.parametrize("opset", [17, 21, onnx.defs.onnx_opset_version()])
@pytest.mark.parametrize("path", MODELS[::4], ids=lambda p: p.stem)
def test_what_exporters_wrote_leaves_at_other_opsets(path: Path, opset: int) -> None:
    pytest.importorskip("onnxruntime")
    model, data = onnx.load(path), np.load(path.with_suffix(".npz"))
    graph = irlib.from_onnx(model)
    feeds = {name: data[f"in/{name}"] for name in fed_names(model)}
    made = irlib.to_onnx(graph, opset=opset)
    onnx.checker.check_model(made, full_check=True)
    assert {i.version for i in made.opset_import if i.domain == ""} == {opset}
    found, expected = in_onnxruntime(made, list(feeds.values())), irlib.run(graph, feeds)
    assert found is not None
    for o, value in zip(made.graph.output, found, strict=True):
        np.testing.assert_allclose(value, expected[o.name], rtol=2e-5, atol=2e-5)


@pytest.mark.slow
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
