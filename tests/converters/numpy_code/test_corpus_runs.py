"""The corpus itself: every call runs under numpy without a warning, and every function of it is called."""

from __future__ import annotations

import ast

import pytest

from tests.converters.numpy_code.corpus_case import FOLDER, Case, copied
from tests.converters.numpy_code.corpus_cases import ALL


@pytest.mark.parametrize("case", ALL, ids=lambda c: c.name)
def test_numpy_runs_the_call(case: Case) -> None:
    assert case.function(*copied(case.arguments())) is not None


def test_every_function_of_the_corpus_is_called_somewhere() -> None:
    named = {c.name.partition(".")[2] for c in ALL}
    for path in sorted(FOLDER.glob("*.py")):
        tree = ast.parse(path.read_text())
        used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} | named
        idle = [n.name for n in tree.body if isinstance(n, ast.FunctionDef) and n.name not in used]
        assert idle == [], path.name
