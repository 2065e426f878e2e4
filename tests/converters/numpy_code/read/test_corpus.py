"""The corpus read from its text: the values are numpy's, also of functions that branch and loop on traced values."""

from __future__ import annotations

import pytest

import irlib
from tests.converters.numpy_code.corpus_case import Case
from tests.converters.numpy_code.corpus_cases import ALL
from tests.converters.numpy_code.corpus_judge import check_gradients, check_values

REFUSED = {
    "learning.naive_bayes_text": "a loop over np.unique of a traced array, whose length only a run knows",
}
"""Calls that are not read, and why."""

BRANCHING = (
    "learning.gini_split",
    "learning.matrix_factorization_epoch",
    "linear_systems.conjugate_gradient_tol",
    "linear_systems.newton_scalar_until",
    "odes.adaptive_step_size",
    "statistics.metropolis_branch",
    "tables.dynamic_time_warping",
    "tables.needleman_wunsch",
    "idioms.clip_by_value_if_needed",
)
"""Calls with branches or loops on traced values, which only reading lowers."""


def read(case: Case) -> irlib.Graph:
    graph: irlib.Graph = irlib.from_numpy(case.source, case.function_name, *case.arguments(), static=case.static)
    return graph


@pytest.mark.parametrize("case", ALL, ids=lambda c: c.name)
def test_the_graph_read_gives_what_numpy_gives(case: Case) -> None:
    if case.name in REFUSED:
        with pytest.raises(irlib.IRError, match=rf"{case.module}\.py:\d+"):
            read(case)
        return
    check_values(case, read(case))


@pytest.mark.parametrize("case", [c for c in ALL if c.name in BRANCHING], ids=lambda c: c.name)
def test_gradients_through_lowered_branches_are_those_of_differences(case: Case) -> None:
    check_gradients(case, read(case))


def test_enough_of_the_corpus_is_read() -> None:
    assert len(ALL) >= 100
    assert len(REFUSED) <= 0.02 * len(ALL)
    assert set(BRANCHING) <= {c.name for c in ALL}
