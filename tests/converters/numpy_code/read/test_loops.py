"""Loops as scans of the graph: what they give is what Python gives, and what a scan cannot say is unrolled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from tests.converters.numpy_code.read.test_graphs import leaves
from tests.converters.numpy_code.read.test_language import executed

X, W = np.arange(1.0, 13.0).reshape(6, 2), np.array([[0.1, 0.2], [0.3, -0.4]])

RECURRENT = """
    h = np.zeros(2)
    hs = []
    for t in range(len(x)):
        h = np.tanh(x[t] @ w + h)
        hs.append(h)
    return np.stack(hs), h, t
"""

SCANS: dict[str, str] = {
    "a recurrent network that collects its states": RECURRENT,
    "rows": """
    s = 0
    for r in x:
        s = s + (r @ w).sum()
    return s
""",
    "zip, enumerate and stores": """
    s = 0.0
    y = np.zeros(6)
    for i, (r, q) in enumerate(zip(x, x[::-1])):
        y[i] = r @ q
        s += y[i] * i
        z = s * 2
    return s, y, z, i
""",
    "branches on the number of the turn": """
    s = 0.0
    for i in range(6):
        if i == 0:
            s = s + 10
        elif i % 2:
            s = s - x[i, 0]
        else:
            continue
    return s
""",
    "loops in loops": """
    y = np.zeros((6, 2))
    for i in range(6):
        for j in range(i % 2 + 1):
            y[i, j] = x[i, j] * i + j
    return y
""",
    "attributes and elements": """
    class Seen:
        def __init__(self):
            self.n, self.s = 0, 0.0
        def see(self, v):
            self.n += 1
            self.s = self.s + v
    a, d = Seen(), {'k': 1.0}
    for i in range(6):
        a.see(x[i, 0])
        d['k'] *= x[i, 1]
    return a.n, a.s, d['k']
""",
    "gradient descent": """
    losses = []
    for epoch in range(50):
        e = x @ w - 1
        g = x.T @ e / len(x)
        w = w - 0.01 * g
        losses.append((e ** 2).mean())
    return w, losses[-1], losses[0]
""",
}

UNROLLED: dict[str, str] = {
    "a break": """
    s = 0.0
    for i in range(6):
        s = s + x[i, 0]
        if s > 8:
            break
    return s, i
""",
    "a list that is read": """
    hs = [x[0]]
    for i in range(5):
        hs.append(hs[-1] @ w)
    return np.array(hs)
""",
    "a list whose length is asked": """
    hs = []
    for i in range(5):
        hs.append(x[i] * len(hs))
    return np.array(hs)
""",
    "a list that some turns append to": """
    hs = []
    for i in range(5):
        if i > 2:
            hs.append(x[i])
    return np.array(hs)
""",
    "a list that is indexed": """
    ws = [w, w * 2, w @ w, w + 1]
    h = x
    for i in range(4):
        h = np.tanh(h @ ws[i])
    return h
""",
    "rows that are written into": """
    x = x * 1
    for r in x:
        r += 1
    return x
""",
    "rows that are written before they are read": """
    x = x * 1
    for i, r in enumerate(x):
        if i < 5:
            x[i + 1] = x[i + 1] + r
    return x
""",
    "a variable of the turn before": """
    for i in range(5):
        if i > 0:
            q = p + 1
        p = x[i, 0]
    return p, q
""",
}

OPEN: dict[str, str] = {
    "rows": """
    s, h = 0.0, np.zeros(2)
    for i, r in enumerate(x):
        h = np.tanh(r @ w + h)
        s += h.sum() * i
    return s, h
""",
    "a recurrence in an array": """
    n = x.shape[0]
    y = np.zeros(n)
    for i in range(1, n):
        y[i] = y[i - 1] * 0.5 + x[i, 0]
    return y
""",
}


def program(body: str) -> str:
    return f"import numpy as np\ndef f(x, w):\n{body}"


def scans(graph: irlib.Graph) -> int:
    return sum(node.op is not None and node.op.name == "scan" for node in graph.nodes)


def judged(graph: irlib.Graph, source: str, x: Any) -> None:
    got = irlib.run(graph, {n: v for n, v in {"x": x, "w": W}.items() if n in graph.by_name})
    expected = leaves(executed(source, "f", x.copy(), W.copy()))
    assert list(got) == list(expected)
    for key, value in expected.items():
        np.testing.assert_allclose(got[key], value, rtol=1e-13, err_msg=key)
        assert got[key].dtype == np.asarray(value).dtype


@pytest.mark.parametrize("name", SCANS)
def test_a_loop_becomes_a_scan_that_gives_the_same(name: str) -> None:
    source = program(SCANS[name])
    graph = irlib.from_numpy(source, "f", X, W, loops="scan")
    assert scans(graph) == 1
    judged(graph, source, X)
    assert scans(irlib.from_numpy(source, "f", X, W)) == 0


@pytest.mark.parametrize("name", UNROLLED)
def test_what_a_scan_cannot_say_is_unrolled(name: str) -> None:
    source = program(UNROLLED[name])
    graph = irlib.from_numpy(source, "f", X, W, loops="scan")
    assert scans(graph) == 0
    judged(graph, source, X)


@pytest.mark.parametrize("name", OPEN)
def test_a_loop_over_a_dim_that_is_a_symbol_is_a_scan(name: str) -> None:
    source = program(OPEN[name])
    graph = irlib.from_numpy(source, "f", irlib.spec("float64[n, 2]"), W)
    assert scans(graph) == 1
    for rows in (6, 2, 9):
        judged(graph, source, np.linspace(-1, 1, 2 * rows).reshape(rows, 2))


def test_the_gradient_of_a_scan_is_that_of_the_loop_unrolled() -> None:
    source = program(RECURRENT)
    feeds = {"x": X, "w": W}
    results = [
        irlib.value_and_grad(
            irlib.from_numpy(source, "f", X, W, loops=loops),
            feeds,
            of="out.0",
            wrt=["x", "w"],
            cotangents={"out.0": np.cos(X)},
        )
        for loops in ("scan", "unroll")
    ]
    for name in ("x", "w"):
        np.testing.assert_allclose(results[0][1][name], results[1][1][name], rtol=1e-12)


def test_a_list_that_grows_in_a_loop_of_unknown_length_is_refused() -> None:
    with pytest.raises(irlib.IRError, match="a list grows in a loop whose number of turns is not known"):
        irlib.from_numpy(program(RECURRENT), "f", irlib.spec("float64[n, 2]"), W)
