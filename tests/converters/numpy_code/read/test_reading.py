"""`from_numpy`: arguments, names, lines, options, and what goes wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irlib

NET = """import numpy as np

SCALE = 0.5


class Net:
    def __init__(self):
        self.calls = 0

    def forward(self, x, slope=0.1):
        self.calls += 1
        return np.where(x > 0, x, slope * x) * SCALE


net = Net()


def loss(x, params, *more, power=2, **rest):
    z = x @ params["W"]
    z = z + params["b"]
    h = np.tanh(z)
    for w in more:
        h = h @ w
    out = h ** power
    return {"mean": out.mean(), "h": [h, rest["k"] * 2]}
"""
X, W, B = np.arange(6.0).reshape(2, 3), np.full((3, 2), 0.25), np.array([0.5, -0.5])


def names(graph: irlib.Graph) -> list[str]:
    return [str(node.name) for node in graph.nodes if node.name is not None]


def test_arguments_are_named_as_in_python_and_nested_ones_by_their_path() -> None:
    graph = irlib.from_numpy(NET, "loss", X, {"W": W, "b": B}, np.eye(2), k=B, parameters=["params.W"], power=3)
    assert [n.name for n in graph.inputs] == ["x", "params.b", "more.0", "k"]
    assert [n.name for n in graph.parameters] == ["params.W"]
    got = irlib.run(graph, {"x": X, "params.b": B, "more.0": np.eye(2), "k": B})
    h = np.tanh(X @ W + B)
    np.testing.assert_allclose(got["out.mean"], np.mean(h**3))
    np.testing.assert_allclose(got["out.h.0"], h)
    np.testing.assert_allclose(got["out.h.1"], 2 * B)


def test_nodes_are_called_as_in_the_source_and_know_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(NET)
    graph = irlib.from_numpy(path, "loss", X, {"W": W, "b": B}, k=B)
    assert {"z", "z_1", "h", "out_1"} <= set(names(graph))
    at = {graph.names[i]: str(location.line) for i, location in graph.locations.items() if i in graph.names}
    assert {location.file for location in graph.locations.values()} == {"net.py"}
    assert (at["z"], at["z_1"], at["h"]) == ("19", "20", "21")


def test_a_method_of_an_object_of_the_module_is_read() -> None:
    graph = irlib.from_numpy(NET, "net.forward", X)
    np.testing.assert_array_equal(irlib.run(graph, {"x": X})["out"], X * 0.5)


def test_dims_that_are_symbols_are_computed_with() -> None:
    source = (
        "import numpy as np\ndef f(x):\n    n, m = x.shape\n    return x.reshape(n * m) / (n + 1), x.sum() / len(x)\n"
    )
    graph = irlib.from_numpy(source, "f", irlib.spec("float64[n, 3]"))
    got = irlib.run(graph, {"x": X})
    np.testing.assert_array_equal(got["out.0"], X.reshape(6) / 3)
    np.testing.assert_array_equal(got["out.1"], X.sum() / 2)


def test_what_is_static_may_steer_python() -> None:
    source = "def f(x, order, kind='a'):\n    return [x[i] for i in order] if kind == 'a' else x\n"
    order = np.array([1, 0])
    graph = irlib.from_numpy(source, "f", X, order, static=["order"])
    np.testing.assert_array_equal(irlib.run(graph, {"x": X})["out.0"], X[1])
    assert [n.name for n in irlib.from_numpy(source, "f", X, order, kind="b", static="order").inputs] == ["x"]


def test_float32_stays_float32_beside_numbers_of_python() -> None:
    results = "x * float(x[0]), x * math.sqrt(x[1]), x * x.shape[0], x * int(x[1])"
    source = f"import math\ndef f(x):\n    return {results}\n"
    x = np.array([2.0, 3.0], np.float32)
    got = irlib.run(irlib.from_numpy(source, "f", x), {"x": x})
    for name, value in zip(got, (x * 2, x * np.float32(3.0**0.5), x * 2, x * 3), strict=True):
        assert got[name].dtype == np.float32
        np.testing.assert_allclose(got[name], value, rtol=1e-6)


def test_what_is_asserted_of_a_traced_value_is_noted() -> None:
    source = "def f(x):\n    assert x.sum() > 0\n    if x[0] > 9:\n        raise ValueError('large')\n    return x\n"
    graph = irlib.from_numpy(source, "f", np.ones(3))
    assert dict(graph.metadata)["numpy.unchecked"] == "<source>:2, in 'f'; <source>:3, in 'f'"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "def f(x):\n    assert x.ndim == 2, 'no'\n    return x\n",
            "<source>:2, in 'f': the assertion does not hold [IR895]",
        ),
        (
            "def f(x):\n    raise ValueError('no good')\n",
            "<source>:2, in 'f': the source raises ValueError: no good [IR895]",
        ),
        ("def f(x):\n    return y\n", "<source>:2, in 'f': there is no name 'y' here"),
        ("def f(x):\n    if x[0] > 0:\n        y = 1\n    return y\n", "'y' is assigned in one branch alone"),
        ("def f(x):\n    return x if x[0] > 0 else x[:2]\n", "<source>:2, in 'f': the shapes differ"),
        ("def f(x):\n    return x if x[0] > 0 else None\n", "<source>:2, in 'f': the value is a Array or None"),
        ("def f(x):\n    return [1, 2][5]\n", "<source>:2, in 'f': IndexError: list index out of range [IR896]"),
        ("def f(x):\n    return 1 / 0\n", "<source>:2, in 'f': ZeroDivisionError"),
        (
            "def f(x):\n    return g(x)\ndef g(x):\n    return x.foo\n",
            "<source>:4, in 'g': arrays have no attribute 'foo'",
        ),
        ("import numpy as np\ndef f(x):\n    return np.random.rand(3)\n", "draw the numbers outside and pass them in"),
        ("def f(x):\n    return 'text'\n", "the function returns str"),
        ("def f(x):\n    return (y for y in x)\n", "the function returns an iterator"),
    ],
)
def test_what_goes_wrong_says_where_and_why(source: str, said: str) -> None:
    with pytest.raises(irlib.IRError) as refusal:
        irlib.from_numpy(source, "f", np.ones(3))
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((), {}, "f() lacks the argument 'x'"),
        ((X, X), {}, "f() takes 1 arguments, got 2"),
        ((X,), {"parameters": ["w"]}, "there is no argument 'w'"),
        ((X,), {"loops": "magic"}, "loops is 'magic', expected 'unroll' or 'scan'"),
        ((X,), {"limits": {"speed": 1}}, "limits are source, depth,"),
        ((X,), {"limits": {"steps": 3}}, "the limit of steps, 3"),
        ((open,), {}, "an argument is a builtin_function_or_method"),
        ((np.array([object()]),), {}, "an array of object is not traced"),
    ],
)
def test_wrong_calls_are_refused(arguments: tuple[Any, ...], options: dict[str, Any], said: str) -> None:
    with pytest.raises(irlib.IRError) as refusal:
        irlib.from_numpy(
            "def f(x):\n    for i in range(300):\n        x = x + i\n    return x\n", "f", *arguments, **options
        )
    assert said in str(refusal.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(irlib.IRError, match="cannot be read"):
        irlib.from_numpy(tmp_path / "nothing.py", "f")
