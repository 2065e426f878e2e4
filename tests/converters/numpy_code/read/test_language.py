"""What the reader makes of Python, against Python itself: each program is also executed here, on the same numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from irlib.converters.numpy_code.read.program import Program
from tests.converters.numpy_code.read.concrete import Concrete
from tests.converters.numpy_code.read.programs import PROGRAMS

X = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]])


def executed(source: str, function: str, *args: Any) -> Any:
    namespace: dict[str, Any] = {"__name__": "program"}
    exec(compile(source, "program.py", "exec"), namespace)
    return namespace[function](*args)


def read(source: str, function: str, *args: Any, hidden: bool = False) -> Any:
    program = Program(source + "\n", Concrete(hidden=hidden))
    program.read()
    return program.call(program.function(function), list(args), {})


def same(got: Any, expected: Any) -> None:
    if isinstance(expected, dict):
        assert list(got) == list(expected)
        for name, value in expected.items():
            same(got[name], value)
    elif isinstance(expected, list | tuple):
        assert type(got) is type(expected)
        assert len(got) == len(expected)
        for a, b in zip(got, expected, strict=True):
            same(a, b)
    elif isinstance(expected, np.ndarray | np.generic):
        np.testing.assert_array_equal(got, expected)
        assert np.asarray(got).dtype == expected.dtype
    else:
        assert got == expected
        assert type(got) is type(expected)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_what_python_gives(name: str) -> None:
    source = PROGRAMS[name]
    expected = executed(source, "f", X.copy())
    same(read(source, "f", X.copy()), expected)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("name", [name for name in PROGRAMS if name.startswith("branch ")])
def test_a_program_whose_conditions_are_traced_gives_what_python_gives(name: str, sign: float) -> None:
    source = PROGRAMS[name]
    expected = executed(source, "f", sign * X)
    same(_untyped(read(source, "f", sign * X, hidden=True)), _untyped(expected))


def _untyped(value: Any) -> Any:
    """Numbers as arrays of rank 0: a branch on a traced value turns Python's numbers into numpy's."""
    if isinstance(value, dict):
        return {k: _untyped(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_untyped, value))
    return np.asarray(value, np.float64)
