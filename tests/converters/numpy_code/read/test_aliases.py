"""Arrays that two names know, in branches and loops on traced values: numpy's result, or a refusal, never another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from tests.converters.numpy_code.read.test_graphs import leaves
from tests.converters.numpy_code.read.test_language import executed

X, Y = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])

ACCEPTED: dict[str, str] = {
    "one of two arrays, none written": """
    v = x if s > 0 else y
    return x, y, v
""",
    "two names in both branches": """
    if s > 0:
        a = b = x * 2
    else:
        a = b = x * 3
    a[0] = 7
    return a, b
""",
    "a view taken before": """
    v = x[1:]
    if s > 0:
        x[1] = 10
    else:
        v += 1
    return x, v
""",
    "written in place in a loop, under two names": """
    x = x * 1
    w = x
    k = 0.0
    while k < 3 * s * s:
        x += 1
        k = k + 1
    return x, w
""",
    "the array of the turn before": """
    p = x
    k = 0.0
    while k < 3 * s * s:
        p = x
        x = x * 2
        x[0] += 1
        k = k + 1
    return x, p
""",
    "arrays in a list, one written in place": """
    l = [x * 1, y * 1]
    k = 0.0
    while k < 3 * s * s:
        l[0] = l[0] + l[1]
        l[1][0] += 1
        k = k + 1
    return l[0], l[1]
""",
    "a tuple handed on": """
    t = (x * 1, y * 1)
    k = 0
    while k < 3 * s * s:
        t = (t[1], t[0] * 2)
        k += 1
    return t[0], t[1], k
""",
}

UNKNOWN: dict[str, str] = {
    "one of two arrays, written": """
    v = x if s > 0 else y
    v[0] = 9
    return x, y, v
""",
    "one of two arrays, the base written": """
    v = x if s > 0 else y
    x[0] = 9
    return x, y, v
""",
    "two names in one branch": """
    if s > 0:
        a = b = x * 2
    else:
        a = x * 3
        b = x * 4
    a[0] = 7
    return a, b
""",
    "a view in one branch": """
    if s > 0:
        a = x * 2
        b = a[1:]
    else:
        a = x * 3
        b = x[1:] * 4
    a[1] = 7
    return a, b
""",
    "a list under two names in one branch": """
    if s > 0:
        a = b = [x[0]]
    else:
        a, b = [x[1]], [x[2]]
    a[0] = 7.0
    return a, b
""",
    "an array kept at a break": """
    a = x * 1
    for i in range(5):
        a = a + i
        if a.sum() > 12 * s:
            b = a
            break
    else:
        b = a * 0
    a[0] = 5
    return b
""",
    "two names at the end of a turn": """
    a, b = x * 1, x * 2
    while a.sum() < 100 * s * s:
        a = b = a * 2
    a[1] = -5
    return a, b
""",
    "an array from before the loop": """
    z, a = y * 1, x * 1
    k = 0.0
    while k < 3 * s * s:
        a = z
        k = k + 1
    a[1] = -5
    return a, z
""",
    "an array from before, written in the loop": """
    z, a = y * 1, x * 1
    k = 0.0
    while k < 3 * s * s:
        a[0] = 100
        a = z
        k = k + 1
    return a, z
""",
    "written, then bound again, in a loop": """
    x = x * 1
    w = x
    k = 0.0
    while k < 3 * s * s:
        x += 1
        x = x * 2
        k = k + 1
    return x, w
""",
}


def program(body: str) -> str:
    return f"def f(x, y, s):\n    x, y = x + 0, y + 0\n{body}"


def run(source: str, s: float) -> dict[str, Any]:
    feeds = {"x": X, "y": Y, "s": np.float64(s)}
    graph = irlib.from_numpy(source, "f", *feeds.values())
    outputs: dict[str, Any] = irlib.run(graph, {n: v for n, v in feeds.items() if n in graph.by_name})
    return outputs


@pytest.mark.parametrize("s", [1.0, -1.0])
@pytest.mark.parametrize("name", ACCEPTED)
def test_what_can_be_said_is_what_numpy_gives(name: str, s: float) -> None:
    source = program(ACCEPTED[name])
    expected = leaves(executed(source, "f", X.copy(), Y.copy(), np.float64(s)))
    got = run(source, s)
    assert list(got) == list(expected)
    for key, value in expected.items():
        np.testing.assert_array_equal(got[key], value, err_msg=key)


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_depends_on_which_array_it_is_is_refused(name: str) -> None:
    with pytest.raises(irlib.IRError, match=r"<source>:\d+"):
        irlib.from_numpy(program(UNKNOWN[name]), "f", X, Y, np.float64(1.0))
