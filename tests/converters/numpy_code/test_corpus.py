"""The corpus as graphs, traced and read: numpy's numbers and gradients, and what is refused is known and named."""

from __future__ import annotations

from pathlib import Path

import pytest

import irlib
from tests.converters.numpy_code.corpus_case import Case
from tests.converters.numpy_code.corpus_cases import ALL
from tests.converters.numpy_code.corpus_judge import check_gradients, check_values

RATE = 0.98


def known_failures(how: str) -> set[str]:
    """The names in the list of what is refused."""
    lines = (Path(__file__).parent / f"known_{how}_failures.txt").read_text().splitlines()
    return {line.split()[0] for line in lines if line and not line.startswith("#")}


TRACE_REFUSES = known_failures("trace")
READING_REFUSES = known_failures("reading")


@pytest.mark.parametrize("case", [c for c in ALL if c.name not in TRACE_REFUSES], ids=lambda c: c.name)
def test_a_traced_function_has_numpys_values_and_gradients(case: Case) -> None:
    graph = irlib.trace(case.function, *case.arguments(), static=case.static)
    check_values(case, graph)
    if case.smooth:
        check_gradients(case, graph)


@pytest.mark.parametrize("case", [c for c in ALL if c.name not in READING_REFUSES], ids=lambda c: c.name)
def test_a_function_that_is_read_has_numpys_values_and_gradients(case: Case) -> None:
    graph = irlib.from_numpy(case.source, case.function_name, *case.arguments(), static=case.static)
    check_values(case, graph)
    if case.smooth:
        check_gradients(case, graph)


@pytest.mark.parametrize("case", [c for c in ALL if c.name in READING_REFUSES], ids=lambda c: c.name)
def test_what_is_not_read_is_refused_with_its_line(case: Case) -> None:
    with pytest.raises(irlib.IRError, match=rf"{case.module}\.py:\d+"):
        irlib.from_numpy(case.source, case.function_name, *case.arguments(), static=case.static)


@pytest.mark.parametrize("case", [c for c in ALL if c.name in TRACE_REFUSES], ids=lambda c: c.name)
def test_what_is_refused_is_refused_with_its_line(case: Case) -> None:
    with pytest.raises(irlib.IRError, match=rf"{case.module}\.py:\d+: "):
        irlib.trace(case.function, *case.arguments(), static=case.static)


@pytest.mark.parametrize("refused", [TRACE_REFUSES, READING_REFUSES], ids=["trace", "reading"])
def test_nearly_all_of_the_corpus_becomes_graphs(refused: set[str]) -> None:
    assert {c.name for c in ALL} >= refused
    assert 1 - len(refused) / len(ALL) >= RATE
