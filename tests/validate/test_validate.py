"""Validation of graphs in memory: each wrong graph gets its code, place and remedy, and nothing raises."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.errors import IRTypeError, NameConflictError
from irlib.graph import Graph, Location, Output, OutputRole, Role, Symbol, Variable
from irlib.tensor import Tensor
from irlib.types import DTYPES, TensorType, parse_type
from irlib.validate import check_graph, require_valid


def line() -> Graph:
    b = irlib.Builder("line")
    x = b.input("x", "float32[batch, 3]")
    w = b.parameter("w", np.ones(3, np.float32))
    h = b.named(b.tanh(b.multiply(x, w)), "h")
    b.output("y", b.add(h, w))
    return b.build()


def changed(**fields: Any) -> Graph:
    return dataclasses.replace(line(), **fields)


def codes(graph: Graph) -> list[str]:
    return [finding.code for finding in check_graph(graph)]


def test_built_graph_has_no_findings() -> None:
    assert str(check_graph(line())) == ""


def test_declared_type_that_operands_contradict_is_found() -> None:
    graph = line()
    types = tuple(parse_type("float32[batch, 4]") if str(t) == "float32[batch, 3]" else t for t in graph.types)
    wrong = dataclasses.replace(graph, types=types)
    assert "IR206" in codes(wrong)  # x * w no longer broadcasts


def test_result_of_another_dtype_is_contradicted_and_named() -> None:
    graph = line()
    types = (*graph.types, parse_type("float64[batch, 3]"))
    column = graph.type.copy()
    column[graph.first[graph.by_name["h"]]] = len(graph.types)
    found = check_graph(dataclasses.replace(graph, types=types, type=column)).findings
    assert [f.code for f in found] == ["IR230", "IR204"]
    assert found[0].where == "graph 'line', node %h (tanh)"
    assert found[0].what == "is declared float64[batch, 3], its operands give float32[batch, 3]"


def test_dim_that_inference_leaves_open_may_be_declared() -> None:
    b = irlib.Builder()
    b.output("y", b.tanh(b.input("x", "float32[?]")))
    graph = b.build()
    types = (*graph.types, parse_type("float32[7]"))
    column = graph.type.copy()
    column[-1] = 1
    assert codes(dataclasses.replace(graph, types=types, type=column)) == []


def test_declaration_may_say_less_than_inference() -> None:
    b = irlib.Builder()
    b.output("y", b.tanh(b.input("x", "float32[7]")))
    graph = b.build()
    column = graph.type.copy()
    column[-1] = 1
    assert codes(dataclasses.replace(graph, types=(*graph.types, parse_type("float32[...]")), type=column)) == []


def test_equal_mistakes_are_reported_once_with_their_number() -> None:
    b = irlib.Builder()
    x = b.input("x", "float32[2]")
    h: Any = x
    for _ in range(10):
        h = b.tanh(h)
    b.output("y", h)
    graph = b.build()
    column = graph.type.copy()
    column[1:] = 1
    wrong = dataclasses.replace(graph, types=(*graph.types, parse_type("float32[3]")), type=column)
    (finding,) = check_graph(wrong).findings
    assert finding.where == "graph 'graph', node %1 (tanh)"


def test_ten_thousand_equal_mistakes_are_one_finding() -> None:
    b = irlib.Builder()
    x = b.input("x", "float32[2]")
    for i in range(10_000):
        b.output(f"y{i}", b.tanh(x))
    graph = b.build()
    column = graph.type.copy()
    column[1:] = 1
    wrong = dataclasses.replace(graph, types=(*graph.types, parse_type("float32[3]")), type=column)
    (finding,) = check_graph(wrong).findings
    assert "and 9999 more nodes like it" in finding.what


def test_arity_that_the_op_does_not_take_is_found() -> None:
    graph = line()
    kinds = {op.name: k for k, op in enumerate(graph.ops)}
    kind = graph.kind.copy()
    kind[kind == kinds["tanh"]] = kinds["add"]
    assert codes(dataclasses.replace(graph, kind=kind)) == ["IR104"]


def test_edge_that_leads_nowhere_is_found_and_nothing_else_is_tried() -> None:
    graph = line()
    operand = graph.operand.copy()
    operand[0] = 99
    assert codes(dataclasses.replace(graph, operand=operand)) == ["IR102"]


def test_node_before_its_operand_is_found() -> None:
    graph = line()
    operand = graph.operand.copy()
    operand[0] = len(graph.type) - 1
    assert codes(dataclasses.replace(graph, operand=operand)) == ["IR108"]


def test_columns_of_different_lengths_are_found() -> None:
    graph = line()
    assert codes(dataclasses.replace(graph, first=graph.first[:-1].copy())) == ["IR115"]


def test_output_of_a_result_that_is_not_there_is_found() -> None:
    assert codes(changed(outputs=(Output("y", 2, 5),))) == ["IR102"]


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 5000, "\ud800"], ids=["empty", "newline", "long", "surrogate"])
def test_string_that_is_not_a_name_is_found(name: str) -> None:
    graph = line()
    assert codes(dataclasses.replace(graph, names={**graph.names, 3: name})) == ["IR111"]


def test_two_nodes_of_one_name_are_found() -> None:
    graph = line()
    assert "IR112" in codes(dataclasses.replace(graph, names={**graph.names, 4: "h"}))


def test_output_with_the_name_of_another_node_is_found() -> None:
    graph = line()
    output = dataclasses.replace(graph.outputs[0], name="h")
    assert codes(dataclasses.replace(graph, outputs=(output,))) == ["IR112"]


def test_input_without_a_name_is_found() -> None:
    graph = line()
    names = {node: name for node, name in graph.names.items() if name != "x"}
    assert codes(dataclasses.replace(graph, names=names)) == ["IR111"]


def test_two_outputs_of_one_name_are_found() -> None:
    graph = line()
    assert codes(dataclasses.replace(graph, outputs=graph.outputs * 2)) == ["IR112"]


def with_output(role: OutputRole, of: str | None, type: str = "float32[3]") -> list[str]:
    b = irlib.Builder()
    b.parameter("w", np.ones(3, np.float32))
    x = b.input("x", type)
    b.output("y", x, role=role, of=of)
    return [f.code for f in check_graph(b.build()) if f.severity == "error"]


def test_gradient_of_a_parameter_is_valid() -> None:
    assert with_output(OutputRole.GRADIENT, "w") == []


def test_gradient_of_nothing_is_found() -> None:
    assert with_output(OutputRole.GRADIENT, None) == ["IR402"]


def test_gradient_of_an_unknown_name_is_found() -> None:
    assert with_output(OutputRole.GRADIENT, "v") == ["IR402"]


def test_gradient_of_another_shape_is_found() -> None:
    assert with_output(OutputRole.GRADIENT, "w", "float32[4]") == ["IR403"]


def test_update_of_an_input_is_found() -> None:
    assert with_output(OutputRole.UPDATE, "x") == ["IR404"]


def test_loss_that_is_no_scalar_is_found() -> None:
    assert with_output(OutputRole.LOSS, None) == ["IR405"]


def test_result_that_is_of_something_is_found() -> None:
    assert with_output(OutputRole.RESULT, "w") == ["IR402"]


def test_two_updates_of_one_parameter_are_found() -> None:
    b = irlib.Builder()
    w = b.parameter("w", np.ones(3, np.float32))
    b.output("a", b.tanh(w), role="update-of", of="w")
    b.output("b", b.negative(w), role="update-of", of="w")
    assert codes(b.build()) == ["IR406"]


def test_dead_nodes_are_a_warning_that_names_a_few() -> None:
    b = irlib.Builder()
    x = b.input("x", "float32[]")
    for i in range(8):
        b.tanh(b.tanh(x), name=f"dead{i}")
    b.output("y", b.tanh(x))
    report = check_graph(b.build())
    assert report.ok
    (finding,) = report.findings
    assert (finding.code, finding.severity) == ("IR801", "warning")
    assert "16 nodes that no output needs" in finding.what
    assert "and 11 more" in finding.what


def test_unused_variables_are_notes() -> None:
    b = irlib.Builder()
    x = b.input("x", "float32[]")
    b.input("z", "float32[]")
    b.parameter("w", "float32[]")
    b.output("y", b.tanh(x))
    assert [(f.code, f.severity) for f in check_graph(b.build())] == [("IR802", "note"), ("IR803", "note")]


def test_graph_without_outputs_is_a_warning() -> None:
    assert codes(irlib.Builder().build()) == ["IR804"]


def test_constant_without_a_value_is_found() -> None:
    graph = line()
    variables = tuple(Variable(Role.CONSTANT, v.type) for v in graph.variables)
    assert codes(dataclasses.replace(graph, variables=variables)) == ["IR236", "IR236"]


def test_input_with_a_value_is_found() -> None:
    graph = line()
    variables = tuple(dataclasses.replace(v, role=Role.INPUT) for v in graph.variables)
    assert codes(dataclasses.replace(graph, variables=variables)) == ["IR236"]


def test_tensor_of_another_type_than_declared_is_found() -> None:
    graph = line()
    tensor = Tensor(np.ones(4, np.float32))
    variables = tuple(dataclasses.replace(v, tensor=tensor if v.tensor else None) for v in graph.variables)
    assert codes(dataclasses.replace(graph, variables=variables)) == ["IR235"]


def test_symbol_with_impossible_bounds_is_found() -> None:
    assert codes(changed(symbols=(Symbol("batch", 5, 2),))) == ["IR221"]


def test_undeclared_symbol_is_found() -> None:
    assert codes(changed(symbols=())) == ["IR221"]


def test_unused_symbol_is_a_note() -> None:
    assert codes(changed(symbols=(Symbol("batch"), Symbol("n")))) == ["IR805"]


def test_long_strings_are_found() -> None:
    graph = changed(metadata=(("k", "v" * (2**20 + 1)),), locations={3: Location("f" * 5000, 1)})
    assert codes(graph) == ["IR511", "IR511"]


def test_a_metadata_value_may_be_a_mebibyte_as_in_files(tmp_path: Path) -> None:
    graph = changed(metadata=(("k", "v" * 2**20),))
    irlib.save(graph, tmp_path / "g.pb")
    assert irlib.load(tmp_path / "g.pb").metadata == graph.metadata


def test_rank_over_the_limit_is_found() -> None:
    graph = line()
    deep = TensorType(DTYPES["float32"], (1,) * 40)
    assert "IR205" in codes(dataclasses.replace(graph, types=(*graph.types, deep)))


def test_require_valid_raises_the_first_error_with_notes_on_the_others() -> None:
    graph = line()
    wrong = dataclasses.replace(graph, names={**graph.names, 3: "", 4: "x"})
    with pytest.raises(NameConflictError) as caught:
        require_valid(wrong)
    assert caught.value.code == "IR111"
    assert any("IR112" in note for note in caught.value.__notes__)


def test_require_valid_raises_type_errors_as_such() -> None:
    graph = line()
    kind = graph.kind.copy()
    types = tuple(parse_type("float32[3]") if str(t) == "float32[batch, 3]" else t for t in graph.types)
    column = graph.type.copy()
    column[-1] = len(types)
    wrong = dataclasses.replace(graph, kind=kind, types=(*types, parse_type("int64[]")), type=column, symbols=())
    with pytest.raises(IRTypeError, match="IR230"):
        require_valid(wrong)


def test_require_valid_returns_a_valid_graph() -> None:
    graph = line()
    assert require_valid(graph) is graph


def test_place_of_a_finding_never_holds_control_characters() -> None:
    graph = line()
    wrong = dataclasses.replace(graph, name="\x1b[31m\n", names={**graph.names, 3: "\x07\r\n"})
    assert all(str(finding).isprintable() for finding in check_graph(wrong))
