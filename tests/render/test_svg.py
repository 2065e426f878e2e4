"""Pictures: nothing overlaps, arrows go down, layers are told by names, and a name cannot leave its label."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import irlib
from irlib import systems
from irlib.errors import UnsupportedError
from irlib.graph import Graph
from irlib.render import dot, mermaid, outline, svg
from irlib.render.layout import layout
from tests.render.test_render import HOSTILE, _named, dense

SPACE = "{http://www.w3.org/2000/svg}"


def test_a_picture_is_as_agreed(golden: Callable[[str, str], None]) -> None:
    golden(svg(dense()), "render/dense.svg")


def test_layers_are_as_agreed(golden: Callable[[str, str], None]) -> None:
    model = systems.residual_network(channels=(4, 8))
    lines = [f"{box.id} {box.kind}: {' | '.join(box.lines)}" for box in outline(model).boxes]
    lines += [f"{a.source} -> {a.target}" for a in outline(model).arrows]
    golden("\n".join([*lines, ""]), "render/residual_layers.txt")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("layers", [False, True])
def test_a_hostile_name_stays_inside_its_label(name: str, layers: bool) -> None:
    root = ET.fromstring(svg(_named(name), layers=layers))
    assert {e.tag for e in root.iter()} <= {
        SPACE + tag for tag in ("svg", "defs", "marker", "path", "rect", "g", "title", "text", "circle")
    }
    told = [e.text for e in root.iter(f"{SPACE}text")]
    assert len([t for t in told if t is not None and t.endswith("?")]) == 1


def _random_dag(rng: random.Random, count: int) -> list[tuple[int, int]]:
    return sorted({(a, b) for b in range(1, count) for a in rng.sample(range(b), min(b, rng.randint(0, 3)))})


@pytest.mark.parametrize("seed", range(20))
def test_boxes_do_not_overlap_and_arrows_go_down(seed: int) -> None:
    rng = random.Random(seed)
    count = rng.randint(1, 40)
    arrows = _random_dag(rng, count)
    extents = [(rng.uniform(5, 60), rng.uniform(5, 90), rng.uniform(10, 50)) for _ in range(count)]
    floating = [all(b != k for _, b in arrows) and rng.random() < 0.5 for k in range(count)]
    placed = layout(extents, arrows, floating)
    boxes = [
        (x - left, x + right, y - height / 2, y + height / 2)
        for x, y, (left, right, height) in zip(placed.x, placed.y, extents, strict=True)
    ]
    for i in range(count):
        a, b, c, d = boxes[i]
        assert a >= -1e-6
        assert b <= placed.width + 1e-6
        assert c >= -1e-6
        assert d <= placed.height + 1e-6
        for e, f, g, h in boxes[:i]:
            assert b < e or f < a or d < g or h < c, f"seed {seed}"
    for (source, target), bends in zip(arrows, placed.bends, strict=True):
        places = [boxes[source][3], *[y for _, top, bottom in bends for y in (top, bottom)], boxes[target][2]]
        assert all(above < below or above == below for above, below in pairwise(places))


def test_a_tree_is_drawn_without_crossings() -> None:
    arrows = [((k - 1) // 2, k) for k in range(1, 31)]
    random.Random(4).shuffle(arrows)
    placed = layout([(10.0, 10.0, 20.0)] * 31, arrows, [False] * 31)
    for row in range(4):
        level = sorted(range(2 ** (row + 1) - 1, 2 ** (row + 2) - 1), key=lambda k: placed.x[k])
        parents = [placed.x[(k - 1) // 2] for k in level]
        assert parents == sorted(parents)


def test_a_chain_is_a_straight_line() -> None:
    placed = layout([(10.0, 10.0, 20.0)] * 9, [(k, k + 1) for k in range(8)], [False] * 9)
    np.testing.assert_allclose(placed.x, placed.x[0], atol=1e-6)


def _layer_names(graph: Graph, depth: int = 1) -> list[str]:
    return [box.lines[0] for box in outline(graph, depth).boxes if box.kind == "layer"]


def test_a_layer_is_what_lies_between_nodes_of_its_name() -> None:
    model = systems.cnn()
    assert _layer_names(model) == ["conv1", "conv2"]
    boxes = {box.id: box for box in outline(model).boxes}
    first = next(box for box in boxes.values() if box.lines[0] == "conv1")
    assert first.lines == ("conv1", "convolution", "3 ops")
    into = {boxes[a.source].lines[0] for a in outline(model).arrows if a.target == first.id}
    assert into == {"unsqueeze [1]", "weight", "bias"}


def test_depth_says_how_much_of_a_name_tells_a_layer() -> None:
    model = systems.attention_classifier(blocks=1)
    assert _layer_names(model) == ["block1"]
    assert _layer_names(model, 2) == ["block1.attention"]
    assert _layer_names(model, 3) == []


def test_names_with_slashes_and_dots_are_of_one_layer_with_what_it_alone_uses() -> None:
    # as exporters name what they write
    b = irlib.Builder("exported")
    x: Any = b.input("x", "float32[n, 3]")
    rate = b.parameter("rate", np.ones(3, "float32"))
    for layer in ("enc", "dec"):
        w, c = b.parameter(f"{layer}.w", np.ones((3, 3), "float32")), b.parameter(f"{layer}#2", np.ones(3, "float32"))
        x = b.add(b.matmul(x, w, name=f"/{layer}/MatMul") * rate, c, name=f"/{layer}/Add")
    b.output("y", x)
    boxes = [(box.kind, box.lines[0]) for box in outline(b.build()).boxes]
    assert sorted(boxes) == [
        ("input", "x"), ("layer", "dec"), ("layer", "enc"), ("output", "y"), ("parameter", "dec#2"),
        ("parameter", "enc#2"), ("parameter", "rate"), ("parameter", "w"), ("parameter", "w"),
    ]  # fmt: skip


def test_layers_that_would_point_to_each_other_are_drawn_by_their_nodes() -> None:
    b = irlib.Builder("twisted")
    x: Any = b.input("x", "float32[3]")
    for k in range(2):
        x = b.tanh(b.exp(x, name=f"a.{k}"), name=f"b.{k}")
    b.output("y", x)
    made = outline(b.build())
    assert [box.kind for box in made.boxes].count("op") == 4
    assert len(made.arrows) == 5


SMALL: list[Callable[[], Graph]] = [
    systems.mlp,
    lambda: systems.residual_network(channels=(4,)),
    lambda: systems.attention_classifier(blocks=1),
]


@pytest.mark.parametrize("build", SMALL)
def test_gradients_and_training_steps_have_a_picture_too(build: Callable[[], Graph]) -> None:
    for graph in (irlib.gradient(build()), irlib.training_step(build(), optimizer="adam")):
        for layers in (False, True):
            ET.fromstring(svg(graph, layers=layers))


def test_constants_stand_in_the_boxes_that_use_them() -> None:
    b = irlib.Builder("scaled")
    x = b.input("x", "float32[n, 3]")
    b.output("y", b.reshape(x * 0.25, [-1, 1]) + b.constant(np.ones((12, 1), "float32")))
    lines = [box.lines[0] for box in outline(b.build()).boxes]
    assert lines == ["x", "multiply 0.25", "reshape [-1, 1]", "constant", "add", "y"]


def test_dot_and_mermaid_draw_layers_too() -> None:
    model = systems.cnn()
    assert re.search(r"g\d \[shape=box, style=filled.*conv1", dot(model, layers=True))
    assert re.search(r'g\d\[\["conv1<br/>convolution', mermaid(model, layers=True))


def test_more_than_can_be_told_apart_is_not_drawn() -> None:
    b = irlib.Builder("long")
    x: Any = b.input("x", "float32[]")
    for _ in range(3001):
        x = b.tanh(x)
    b.output("y", x)
    with pytest.raises(UnsupportedError, match="3003 boxes are more than can be drawn, at most 3000"):
        svg(b.build())
