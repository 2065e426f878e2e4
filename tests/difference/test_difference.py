"""What differs between two graphs: named, unnamed and renamed things, in one readable text."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.graph import Graph, Location


def mlp(
    *, bias: float = 0.0, hidden: str = "h", weight: str = "w", op: str = "tanh", extra: bool = False, output: str = "y"
) -> Graph:
    b = irlib.Builder("mlp")
    x = b.input("x", "float32[batch, 3]")
    w = b.parameter(weight, np.ones(3, np.float32))
    z = x * w + b.parameter("c", np.float32(bias))
    h = getattr(b, op)(z, name=hidden)
    if extra:
        h = b.negative(h)
    b.output(output, h * h)
    return b.build()


def kinds(difference: irlib.difference.Difference) -> list[tuple[str, str, str]]:
    return [
        (section, change.kind, change.name) for section, changes in difference.sections.items() for change in changes
    ]


def test_graph_does_not_differ_from_itself() -> None:
    difference = irlib.diff(mlp(), mlp())
    assert difference.equal
    assert str(difference) == ""


def test_changed_value_says_how_far() -> None:
    difference = irlib.diff(mlp(), mlp(bias=0.5))
    assert kinds(difference) == [("variables", "changed", "%c")]
    assert difference.variables[0].details == ("value: max abs difference 0.5",)


def test_changed_op_of_a_named_node_is_one_change() -> None:
    difference = irlib.diff(mlp(), mlp(op="negative"))
    assert kinds(difference) == [("nodes", "changed", "%h")]
    assert difference.nodes[0].details == ("op: irlib.tanh:1, now irlib.negative:1",)


def test_renamed_node_is_found_by_what_it_computes() -> None:
    assert kinds(irlib.diff(mlp(), mlp(hidden="hidden"))) == [("nodes", "renamed", "%h")]


def test_renamed_parameter_is_found_by_its_value() -> None:
    assert kinds(irlib.diff(mlp(), mlp(weight="weight"))) == [("variables", "renamed", "%w")]


@pytest.mark.parametrize("swapped", [False, True])
def test_node_that_gets_a_name_is_renamed(swapped: bool) -> None:
    def made(name: str | None) -> Graph:
        b = irlib.Builder()
        c = b.constant(np.float32(2), name=f"{name}_c" if name else None)
        b.output("y", b.negative(b.tanh(b.input("x", "float32[]") * c, name=name)))
        return b.build()

    before, after = (made("h"), made(None)) if swapped else (made(None), made("h"))
    assert {(section, kind) for section, kind, _ in kinds(irlib.diff(before, after))} == {
        ("variables", "renamed"),
        ("nodes", "renamed"),
    }


def test_rename_and_change_elsewhere_are_both_found() -> None:
    found = kinds(irlib.diff(mlp(), mlp(weight="weight", bias=1.0)))
    assert found == [("variables", "renamed", "%w"), ("variables", "changed", "%c")]


def test_node_put_between_two_is_added_and_its_consumer_changed() -> None:
    difference = irlib.diff(mlp(), mlp(extra=True))
    assert kinds(difference) == [("nodes", "changed", "%6"), ("nodes", "added", "%6")]
    assert difference.nodes[0].details == ("operand 0: %h, now %6", "operand 1: %h, now %6")


def test_output_of_another_name_is_removed_and_added() -> None:
    found = kinds(irlib.diff(mlp(), mlp(output="z")))
    assert found == [("outputs", "removed", "y"), ("outputs", "added", "z")]


def test_change_at_the_start_of_an_unnamed_chain_is_one_change() -> None:
    def chain(first: str) -> Graph:
        b = irlib.Builder()
        h: Any = getattr(b, first)(b.input("x", "float32[]"))
        for _ in range(50):
            h = b.negative(b.tanh(h))
        b.output("y", h)
        return b.build()

    difference = irlib.diff(chain("tanh"), chain("negative"))
    assert [change.kind for change in difference] in (["changed"], ["removed", "changed", "added"])


def test_change_of_an_unnamed_constant_says_how_far() -> None:
    def scaled(by: float) -> Graph:
        b = irlib.Builder()
        b.output("y", b.tanh(b.tanh(b.input("x", "float64[]") * by)))
        return b.build()

    difference = irlib.diff(scaled(2.0), scaled(3.5))
    assert [c.details for c in difference] == [("value: max abs difference 1.5",)]


def test_order_of_construction_does_not_matter() -> None:
    def pair(*, swapped: bool) -> Graph:
        b = irlib.Builder()
        x = b.input("x", "float32[]")
        parts = [lambda: b.tanh(x), lambda: b.negative(x)]
        made = {i: parts[i]() for i in ((1, 0) if swapped else (0, 1))}
        for i in (1, 0) if swapped else (0, 1):
            b.output(f"y{i}", made[i])
        return b.build()

    assert irlib.diff(pair(swapped=False), pair(swapped=True)).equal


def test_locations_are_not_compared() -> None:
    def located(line: int) -> Graph:
        b = irlib.Builder()
        b.location = Location("m.py", line)
        b.output("y", b.tanh(b.input("x", "float32[]")))
        return b.build()

    assert irlib.diff(located(1), located(2)).equal


def test_types_roles_symbols_and_metadata_are_compared(golden: Callable[[str, str], None]) -> None:
    def variant(*, second: bool) -> Graph:
        b = irlib.Builder("second" if second else "first")
        b.metadata["author"] = "b" if second else "a"
        b.metadata["new" if second else "old"] = "1"
        b.symbol("n", maximum=4 if second else 8)
        x = b.input("x", "float32[n]" if second else "float32[n, 2]")
        s = b.parameter("s", "float32[]") if second else b.buffer("s", "float32[]")
        big = np.zeros(100, np.float32)
        big[3] = second
        w = b.parameter("big", big)
        b.output("y", b.tanh(x), role="result")
        b.output("z", s * s, role="loss" if second else "result")
        b.output("v", w)
        return b.build()

    golden(str(irlib.diff(variant(second=False), variant(second=True))) + "\n", "difference/variants.txt")


def test_difference_is_plain_data() -> None:
    held = json.loads(json.dumps(irlib.diff(mlp(), mlp(bias=1.0)).to_json()))
    assert held["variables"][0]["kind"] == "changed"
    assert held["equal"] is False


@pytest.mark.parametrize(
    ("left", "right", "what"),
    [
        ([1.0, np.nan], [1.0, np.nan], None),
        ([1.0, np.inf], [1.0, np.inf], None),
        ([0.0], [-0.0], "value: max abs difference 0"),
        ([1.0], [np.nan], "value: NaN on one side"),
        ([1.0], [np.inf], "value: max abs difference inf"),
        ([1.0], [[1.0]], "value: float64[1], now float64[1, 1]"),
    ],
)
def test_values_are_compared_bit_for_bit(left: list[float], right: list[float], what: str | None) -> None:
    from irlib.difference.values import value_change
    from irlib.tensor import Tensor

    assert value_change(Tensor(np.array(left)), Tensor(np.array(right))) == what


def test_integers_and_booleans_have_distances() -> None:
    from irlib.difference.values import value_change
    from irlib.tensor import Tensor

    assert value_change(Tensor(np.array([True])), Tensor(np.array([False]))) == "value: max abs difference 1"
    assert (
        value_change(Tensor(np.array([1], np.uint8)), Tensor(np.array([4], np.uint8))) == "value: max abs difference 3"
    )


def test_time_is_linear_for_a_hundred_thousand_nodes() -> None:
    def chain(by: float) -> Graph:
        b = irlib.Builder()
        h: Any = b.input("x", "float32[]") * b.parameter("w", np.float32(by))
        for _ in range(100_000):
            h = b.tanh(h)
        b.output("y", h)
        return b.build()

    a, c = chain(1.0), chain(2.0)
    begin = time.perf_counter()
    difference = irlib.diff(a, c)
    assert time.perf_counter() - begin < 10
    assert kinds(difference) == [("variables", "changed", "%w")]
