"""Programs read as graphs: what the graph gives when it runs is what Python gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from tests.converters.numpy_code.read.programs import PROGRAMS
from tests.converters.numpy_code.read.test_language import X, executed


def leaves(value: Any, name: str = "out") -> dict[str, Any]:
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list | tuple):
        items = list(enumerate(value))
    else:
        return {name: value} if isinstance(value, np.ndarray | np.generic | int | float | complex) else {}
    return {k: v for key, item in items for k, v in leaves(item, f"{name}.{key}").items()}


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_graph_of_a_program_gives_what_python_gives(name: str, sign: float) -> None:
    graph = irlib.from_numpy(PROGRAMS[name] + "\n", "f", X)
    got = irlib.run(graph, {"x": sign * X})
    expected = leaves(executed(PROGRAMS[name], "f", sign * X))
    assert list(got) == list(expected)
    for key, value in expected.items():
        np.testing.assert_allclose(got[key], value, rtol=1e-15, atol=0, err_msg=key)
        if not name.startswith("branch "):  # a number of Python on one side alone becomes an array
            assert got[key].dtype == np.asarray(value).dtype, key
