# ruff: noqa: E501  what is tested is on one line

"""Programs in the part of Python that is read. Each has ``f(x)``; ``x`` is a matrix of two rows and three columns."""

from __future__ import annotations

from tests.converters.numpy_code.read.branching_programs import BRANCHING

PROGRAMS: dict[str, str] = {
    "unpacking": """
def f(x):
    a, b = x
    (c, *d), e = [1, 2, 3], (4,)
    first, *rest = range(5)
    *most, last = "abc"
    i = j = 7
    i += 1
    k: int = 3
    return a + b, c, d, e, first, rest, most, last, i, j, k
""",
    "walrus": """
def f(x):
    total = 0
    while (n := total + 1) < 5:
        total = n
    kept = [y for v in range(5) if (y := v * v) > 3]
    return total, n, kept, y
""",
    "loops": """
def f(x):
    out = []
    for i in range(10):
        if i % 2:
            continue
        if i > 6:
            break
        out.append(i)
    else:
        out.append("never")
    for a, (b, c) in zip([1, 2], [(3, 4), (5, 6)]):
        out.append(a * b - c)
    else:
        out.append("else")
    for i, row in enumerate(x, 1):
        out.append(row * i)
    for v in reversed([1, 2]):
        out.append(v)
    d = {"a": 1, "b": 2}
    for k, v in d.items():
        out.append(k * v)
    for k in d:
        out.append(k)
    n = 3
    while n:
        n -= 1
        out.append(n)
    else:
        out.append("done")
    return out
""",
    "a list that grows while it is gone through": """
def f(x):
    items = [1]
    for v in items:
        if len(items) < 5:
            items.append(v + 1)
    for i, v in enumerate(items):
        if i + 1 < len(items):
            items[i + 1] = items[i + 1] + v
    return items
""",
    "comprehensions": """
def f(x):
    a = [i * j for i in range(3) for j in range(i)]
    b = {i: i * i for i in range(4) if i != 2}
    c = sorted({i % 3 for i in range(9)})
    d = sum(i for i in range(5))
    i = "kept"
    e = [[v * k for v in (1, 2)] for k in range(2)]
    return a, b, c, d, i, e, [*a, 7], {**b, "z": 1}, (*a, 1)
""",
    "functions": """
def add(a, b=2, /, c=3, *more, d, e=5, **rest):
    return a, b, c, more, d, e, sorted(rest.items())
def outer():
    count = 0
    def inner(step=1):
        nonlocal count
        count += step
        return count
    return inner
def f(x):
    g = outer()
    g()
    g(step=5)
    h = lambda a, *b, k=1: a + sum(b) + k
    args, kw = (1, 2), {"d": 4, "z": 9}
    makers = [lambda i=i: i for i in range(3)]
    late = [lambda: v for v in range(3)]
    return add(1, d=0), add(*args, 7, 8, **kw), g(), h(1, 2, 3), h(1, k=0), [m() for m in makers], [m() for m in late]
""",
    "defaults are made once": """
def g(v, seen=[]):
    seen.append(v)
    return list(seen)
def f(x):
    g(1)
    return g(2)
""",
    "recursion": """
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)
def f(x):
    return fib(12), depth(250)
""",
    "classes": """
class Layer:
    count = 0
    def __init__(self, w, b=0.0):
        self.w, self.b = w, b
        Layer.count += 1
    def forward(self, x):
        self.seen = x
        return x @ self.w + self.b
    def __call__(self, x):
        return self.forward(x)
class Scaled(Layer):
    scale = 2.0
    def __init__(self, w):
        super().__init__(w, b=1.0)
    def forward(self, x):
        return self.scale * super().forward(x)
class Mixin:
    def name(self):
        return "mixin"
class Both(Mixin, Scaled):
    pass
import numpy as np
def f(x):
    w = np.ones((3, 2))
    net = [Layer(w), Scaled(w[:2, :])]
    y = x
    for layer in net:
        y = layer(y)
    both = Both(w)
    return y, net[0].seen, Layer.count, isinstance(both, Layer), both.name(), both.forward(x), Scaled.scale
""",
    "operators of classes": """
class V:
    def __init__(self, a): self.a = a
    def __add__(self, o): return V(self.a + (o.a if isinstance(o, V) else o))
    def __radd__(self, o): return self + o
    def __mul__(self, k): return V(self.a * k)
    def __neg__(self): return V(-self.a)
    def __len__(self): return 0
    def __getitem__(self, i): return self.a[i]
    def __eq__(self, o): return True
    def __contains__(self, v): return v == 3
class Acc:
    def __init__(self): self.total = 0
    def __iadd__(self, v):
        self.total += v
        return self
    def __setitem__(self, k, v): self.total = (k, v)
def f(x):
    v = V(x) + V(x) * 2
    a = Acc()
    a += 4
    t = a.total
    a[1] = 2
    return (-(1 + v)).a, not v, len(v), v[0], v == 1, 3 in v, 4 in v, sum([V(x), V(x)]).a, t, a.total
""",
    "containers": """
def f(x):
    l = [3, 1, 2]
    l.append(5); l.extend((6, 7)); l.insert(0, 9); p = l.pop(); q = l.pop(0); l.remove(1)
    i = l.index(5)
    l.sort(reverse=True)
    l2 = l.copy(); l2.reverse(); l2[1:3] = [0]; del l2[0]; l2 += [4]; l2 *= 2
    d = {"a": 1}
    d["b"] = 2; d.update(c=3); d.update({"a": 0}); d.setdefault("d", []).append(1); e = d.pop("b"); g = d.get("zz", 4)
    del d["c"]
    d[(1, "k")] = None
    s = {1, 2}; s.add(3); s.discard(1)
    t = (1, 2) + (3,)
    return l, l2, d, e, g, p, q, i, sorted(s | {9}), t, t[::-1], t * 2, 2 in l, "a" in d, "ab" in "cab", len(s), l == [1], [1, 2] < [1, 3], (1, [2, 3]) == (1, [2, 3])
""",
    "sorting": """
def f(x):
    pairs = [("b", 2), ("a", 2), ("c", 1)]
    return (sorted(pairs), sorted(pairs, key=lambda p: p[1]), sorted([3, 1, 2], reverse=True), max(pairs, key=lambda p: p[1]),
            min(3, 1, 2), max([1.5, 2]), min([], default=None), sorted(pairs, key=lambda p: p[1], reverse=True))
""",
    "builtins": """
def f(x):
    return (abs(-3), round(2.567, 2), round(2.5), divmod(7, 3), pow(2, 5), any([0, 1]), all([]), bool([]), int(3.9), int("12"),
            float("1.5"), str(3) + "a", list("ab"), tuple(range(3)), dict([("a", 1)], b=2), list(map(lambda a, b: a + b, [1, 2], [3, 4])),
            list(filter(None, [0, 1])), list(zip("ab", [1, 2])), isinstance(1, (int, str)), isinstance(x, float), len(range(4)),
            callable(f), next(iter([5])), next(iter([]), 6), sum([[1], [2]], []), complex(1, 2).real, (3).bit_length(), -7 // 2, -7 % 3,
            1 if x is not None else 2, 2 ** -1, not 0, ~5, +3, 5 & 3 | 8 ^ 1, 1 << 4 >> 1)
""",
    "logic": """
def f(x):
    return (0 or [] or "x" or "y", 1 and 2 and 3, 1 < 2 < 3 > 2, 1 < 3 < 2, None is None, 0 == False, "a" != "b", 1 not in [2], not (1 and 0),
            [] and 1, None or 0)
""",
    "strings": """
def f(x):
    p = {"W" + str(i): x * i for i in range(2)}
    s = "a,b".split(",")
    return p, s, "-".join(s), "AB".lower(), " a ".strip(), "abc".startswith("ab"), "abc"[1:], "abc"[-1], "a" * 3
""",
    "scopes": """
a = 1
def g():
    return a
class C:
    a = 2
    b = a + 1
    def m(self):
        return a
def f(x):
    def h():
        return v
    v = 3
    return a, g(), C.b, C().m(), h(), [a for a in range(2)], a
""",
    "main guard, docstrings, annotations": '''
"""A module."""
from __future__ import annotations
import numpy as np
from typing import List, Optional
N: int = 2
def f(x: np.ndarray, names: Optional[List[str]] = None) -> "np.ndarray":
    """A function."""
    total: float = 0.0
    assert x.ndim == 2, f"got {x.ndim}"
    if x.ndim != 2:
        raise ValueError(f"bad {x.shape}")
    print("shape %s" % (x.shape,), f"{x}")
    return x * N
if __name__ == "__main__":
    import os
    with open("x") as g:
        print(f(np.zeros((2, 2))))
''',
    "imports": """
import numpy
import numpy as xp
import numpy.linalg as la
import math
import math as m
from math import sqrt, pi as PI
from numpy import exp, linalg
from numpy.linalg import norm as length
def f(x):
    import numpy as local
    return numpy.exp(x), xp.sum(x), la.norm(x), math.sqrt(4), m.floor(2.5), sqrt(9.0), PI, exp(x), linalg.norm(x), length(x), local.log(x * x), math.log(8, 2), numpy.pi
""",
    "stores": """
import numpy as np
def f(x):
    y = np.zeros((2, 3))
    y[0] = x[1]
    y[1, 1] = 5
    y[:, 2] += 1
    y[x > 1] = -1
    y *= 2
    z = y
    z += 1
    w = y[0]
    w[0] = 100
    t = x.T
    out = np.empty_like(x) if False else x.copy()
    out[...] = 3
    out[0, :], out[1, 0] = 1, 2
    return y, z, t, out, y.shape[0] * 2
""",
    "numpy calls back": """
import numpy as np
def g(v):
    return v.sum() * 2
def f(x):
    return np.apply_along_axis(g, 1, x), np.c_[x, x], [i for i in np.ndindex(2, 2)]
""",
    "static branches": """
import numpy as np
def f(x, kind="relu", act={"relu": lambda v: np.maximum(v, 0), "tanh": np.tanh}):
    y = act[kind](x)
    if kind == "relu" and y.ndim == 2:
        y = y * 2
    elif kind == "tanh":
        y = y * 3
    else:
        y = None
    return y
""",
    **BRANCHING,
}
