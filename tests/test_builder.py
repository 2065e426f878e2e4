"""The builder: names, sharing, canonical order, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import irlib
from irlib.errors import AttributeValueError, IRTypeError, NameConflictError, StructureError


def test_operators_and_methods_make_the_same_graph() -> None:
    def made(spelled: bool) -> irlib.Graph:
        b = irlib.Builder("mlp")
        x, w = b.input("x", "float32[batch, 64]"), b.parameter("w", np.ones((64, 3), np.float32))
        c = b.constant(np.zeros(3, np.float32))
        b.output("y", b.tanh(b.add(b.matmul(x, w), c)) if spelled else b.tanh(x @ w + c))
        return b.build()

    assert made(True) == made(False)
    assert irlib.digest(made(True)) == irlib.digest(made(False))


def test_a_number_takes_the_dtype_of_the_value_beside_it() -> None:
    b = irlib.Builder()
    x = b.input("x", "float16[n]")
    assert str((2 * x + 1.5).type) == "float16[n]"
    i = b.input("i", "int8[n]")
    assert str((i + 1).type) == "int8[n]"
    with pytest.raises(IRTypeError, match=r"1\.5"):
        i + 1.5


def test_dtypes_are_not_promoted_silently() -> None:
    b = irlib.Builder()
    with pytest.raises(IRTypeError, match="float32 and float64"):
        b.input("x", "float32[n]") + b.input("y", "float64[n]")


def test_operands_may_be_given_by_name() -> None:
    b = irlib.Builder()
    x = b.input("x", "float32[3, n]")
    assert str(b.sum(x, axes=[0], keepdims=True).type) == "float32[1, n]"
    assert str(b.sum(x, [1]).type) == "float32[3]"


def test_unknown_attributes_and_doubled_operands_are_refused() -> None:
    b = irlib.Builder()
    x = b.input("x", "float32[3]")
    with pytest.raises(AttributeValueError, match="keepdim"):
        b.sum(x, keepdim=True)  # type: ignore[call-arg]
    with pytest.raises(StructureError, match="twice"):
        b.sum(x, x=x)  # type: ignore[misc]


def test_values_of_another_graph_are_refused() -> None:
    a, b = irlib.Builder("a"), irlib.Builder("b")
    with pytest.raises(StructureError, match="of graph 'a'"):
        b.tanh(a.input("x", "float32[]"))


def test_names_are_unique_and_well_formed() -> None:
    b = irlib.Builder()
    x = b.input("x", "float32[]")
    with pytest.raises(NameConflictError, match="taken"):
        b.parameter("x", 1.0)
    for bad in ("", "a\nb", "\x00", "y" * 5000):
        with pytest.raises(NameConflictError):
            b.tanh(x, name=bad)
    b.output("y", x)
    with pytest.raises(NameConflictError, match="two outputs"):
        b.output("y", x)


def test_an_output_may_not_have_the_name_of_another_node() -> None:
    b = irlib.Builder()
    x = b.input("x", "float32[]")
    b.output("x", b.tanh(x))
    with pytest.raises(NameConflictError, match="is not the node"):
        b.build()


def test_equal_constants_are_one_node() -> None:
    b = irlib.Builder()
    x = b.input("x", "float64[]")
    b.output("y", (x + 1.0) * 1.0 + (x - 1.0) * np.float64(1.0))
    assert sum(1 for node in b.build().nodes if node.variable and str(node.variable.role) == "constant") == 1


def test_negative_zero_is_not_zero() -> None:
    b = irlib.Builder()
    assert b.constant(0.0, "float64").id != b.constant(-0.0, "float64").id


def test_sharing_makes_equal_nodes_one() -> None:
    counts = []
    for share in (False, True):
        b = irlib.Builder(share=share)
        x = b.input("x", "float64[]")
        b.output("y", b.tanh(x) * b.tanh(x))
        counts.append(len(b.build()))
    assert counts == [4, 3]


def test_order_does_not_depend_on_when_nodes_were_made() -> None:
    def made(swapped: bool) -> irlib.Graph:
        b = irlib.Builder("order")
        x, y = b.input("x", "float64[]"), b.input("y", "float64[]")
        first, second = (b.tanh(y), b.negative(x)) if swapped else (b.negative(x), b.tanh(y))
        b.output("z", (second if swapped else first) + (first if swapped else second))
        return b.build()

    assert made(True) == made(False)
    assert irlib.digest(made(True)) == irlib.digest(made(False))


def test_nodes_that_no_output_needs_stay_until_pruned() -> None:
    b = irlib.Builder()
    x = b.input("x", "float64[]")
    b.tanh(x)
    b.output("y", b.negative(x))
    assert len(b.build()) == 3
    assert len(b.build(prune=True)) == 2


def test_an_error_names_graph_op_and_operands() -> None:
    b = irlib.Builder("wrong")
    with pytest.raises(IRTypeError, match=r"graph 'wrong', add: dims 2 and 3"):
        b.input("x", "float32[2]") + b.input("y", "float32[3]")


def test_graphs_are_frozen() -> None:
    b = irlib.Builder()
    b.output("y", b.input("x", "float64[]"))
    g = b.build()
    with pytest.raises(AttributeError):
        g.name = "other"  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        g.kind[0] = 3


def test_nodes_are_reached_by_name_and_index() -> None:
    b = irlib.Builder()
    x = b.input("x", "float64[n]")
    h = b.tanh(x, name="h")
    b.output("y", b.negative(h))
    g = b.build()
    assert g.nodes["h"].operands == (g.source(g.value_named("x")),)
    assert g.nodes[-1].op is not None
    assert [node.label for node in g.nodes] == ["%x", "%h", "%2"]
    with pytest.raises(NameConflictError):
        g.nodes["q"]


@pytest.mark.parametrize("op", ["concat", "stack"])
def test_a_list_of_tensors_is_as_good_as_the_tensors(op: str) -> None:
    def made(listed: bool) -> irlib.Graph:
        b = irlib.Builder("joined")
        x, y = b.input("x", "float32[2, 3]"), b.input("y", "float32[2, 3]")
        b.output("z", getattr(b, op)([x, y], axis=1) if listed else getattr(b, op)(x, y, axis=1))
        return b.build()

    assert made(True) == made(False)


def test_a_list_of_scalars_is_a_vector() -> None:
    b = irlib.Builder("sizes")
    n = b.input("n", "int64[]")
    b.output("y", b.concat([n, 2], b.constant([3]), axis=0))
    b.output("z", b.add([n, 1], [2, 3]))
    found = irlib.run(b.build(), {"n": np.array(7)})
    assert found["y"].tolist() == [7, 2, 3]
    assert found["z"].tolist() == [9, 4]


def test_a_list_of_tensors_is_no_operand() -> None:
    b = irlib.Builder("list")
    x = b.input("x", "float32[2, 3]")
    with pytest.raises(IRTypeError, match=r"a list with a value of float32\[2, 3\].*concat or stack.*\[IR207\]"):
        b.tanh([x, x])


@pytest.mark.parametrize("where", ["input", "node", "output"])
def test_a_name_that_no_file_can_hold_is_refused_at_once(where: str) -> None:
    b = irlib.Builder("names")
    x = b.input("x", "float32[2]")
    named: dict[str, Callable[[], object]] = {
        "input": lambda: b.input("half \ud800", "float32[2]"),
        "node": lambda: b.tanh(x, name="\udfff"),
        "output": lambda: b.output("half \ud800", x),
    }
    with pytest.raises(NameConflictError, match=r"is not a name.*\[IR111\]"):
        named[where]()


def test_a_result_too_large_for_any_file_is_refused_where_it_is_made() -> None:
    b = irlib.Builder("doubling")
    y = b.input("x", f"float32[{2**47}]")
    with pytest.raises(irlib.IRError, match=r"concat: dim \d+, expected 0 <= dim < 2\*\*48"):
        b.concat(y, y, axis=0)


@pytest.mark.parametrize("where", ["graph", "key", "value"])
def test_text_that_no_file_can_hold_is_refused_when_it_is_built(where: str) -> None:
    half = "half \ud800"
    b = irlib.Builder(half if where == "graph" else "g")
    b.output("y", b.input("x", "float32[2]") * 2.0)
    b.metadata |= {half: "v"} if where == "key" else {"k": half} if where == "value" else {}
    with pytest.raises(NameConflictError, match=r"is not Unicode text.*\[IR111\]"):
        b.build()
