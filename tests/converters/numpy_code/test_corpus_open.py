"""The corpus traced for arrays of any size: a symbol for every dim, equal sizes equal symbols."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from irlib.dims import symbol
from irlib.types import TensorType, dtype_of
from tests.converters.numpy_code.corpus_case import Case
from tests.converters.numpy_code.corpus_cases import ALL
from tests.converters.numpy_code.corpus_judge import check_values
from tests.converters.numpy_code.test_corpus import TRACE_REFUSES, known_failures


def opened(tree: Any) -> Any:
    """Arrays as types whose dims are symbols; a dim of 1 stays, for it may be there to be stretched."""
    if isinstance(tree, np.ndarray):
        return TensorType(dtype_of(tree), tuple(symbol(f"n{d}") if d > 1 else d for d in tree.shape))
    if isinstance(tree, dict):
        return {k: opened(v) for k, v in tree.items()}
    return type(tree)(opened(v) for v in tree) if isinstance(tree, list | tuple) else tree


OPEN_REFUSES = known_failures("open")
TRACED = [c for c in ALL if c.name not in TRACE_REFUSES]


@pytest.mark.parametrize("case", [c for c in TRACED if c.name not in OPEN_REFUSES], ids=lambda c: c.name)
def test_for_any_size_it_is_numpys(case: Case) -> None:
    check_values(case, irlib.trace(case.function, *opened(case.arguments())))


@pytest.mark.parametrize("case", [c for c in TRACED if c.name in OPEN_REFUSES], ids=lambda c: c.name)
def test_what_needs_a_size_that_is_known_says_so_with_its_line(case: Case) -> None:
    with pytest.raises(irlib.IRError, match=r"\w\.py:\d+: .*\[IR88[01]\]"):
        irlib.trace(case.function, *opened(case.arguments()))


def test_what_is_listed_is_in_the_corpus() -> None:
    assert {c.name for c in TRACED} >= OPEN_REFUSES
