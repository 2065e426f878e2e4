"""``irlib show`` as a picture."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import irlib
from irlib import nn
from tests.cli.conftest import Command


@pytest.mark.parametrize(("form", "mark"), [("svg", ">conv</text>"), ("dot", 'label="conv'), ("mermaid", "conv<br/>")])
def test_layers_are_drawn(form: str, mark: str, tmp_path: Path, command: Command) -> None:
    b = irlib.Builder("layered")
    b.output("y", nn.conv1d(b, b.input("x", "float32[n, 2, 5]"), 3, 3, name="conv"))
    irlib.save(b.build(), tmp_path / "layered.pb")
    layers, nodes = (command("show", tmp_path / "layered.pb", "--format", form, *more) for more in (["--layers"], []))
    assert (layers.status, nodes.status) == (0, 0)
    assert mark in layers.out
    assert "3 ops" in layers.out
    assert "3 ops" not in nodes.out


def test_a_picture_is_svg(model: Path, command: Command) -> None:
    root = ET.fromstring(command("show", model, "--format", "svg").out)
    texts = [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"x", "w", "h", "matmul", "tanh", "loss"} <= set(texts)
