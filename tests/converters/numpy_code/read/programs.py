# ruff: noqa: E501  what is tested is on one line

"""Programs in the part of Python that is read. Each has ``f(x)``; ``x`` is a matrix of two rows and three columns."""

from __future__ import annotations

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
    "branch if else": """
import numpy as np
def f(x):
    if x.sum() > 0:
        y = x * 2
        n = 1
    else:
        y = -x
        n = 2.5
    return y, n
""",
    "branch if alone": """
def f(x):
    y = x
    if x[0, 0] > 0:
        y = y * 3
    return y + 1
""",
    "branch conditional expression": """
def f(x):
    a = x[0] if x[0, 1] > x[1, 1] else x[1]
    return a, (1.0 if x[0, 0] > 0 else -1.0) * x
""",
    "branch early return": """
def g(v):
    if v < 0:
        return -v
    if v > 2:
        w = v * 2
        return w
    v = v + 10
    return v
def f(x):
    return [[g(v) for v in row] for row in x]
""",
    "branch nested": """
def g(a, b):
    if a > 0:
        if b > 0:
            r = a + b
        else:
            r = a - b
            if a > 1:
                return r * 100
    elif b > 1:
        return b * 7
    else:
        r = a * b
    return r + 1
def f(x):
    return [g(a, b) for a, b in zip(x[0], x[1])]
""",
    "branch in and or not": """
def g(a, b):
    if a > 0 and not b > 0 or a < -1:
        return a
    return b
def f(x):
    return [g(a, b) for a, b in zip(x[0], x[1])], [1.0 if -1 < a < 1 else 0.0 for a in x[0]]
""",
    "branch stores": """
import numpy as np
def f(x):
    y = np.zeros(3)
    z = y[1:]
    if x[0, 0] > 0:
        y[0] = 1
        z[0] = 2
    else:
        y[2] = 3
        y += 1
    return y, z
""",
    "branch lists, dicts, objects": """
class State:
    def __init__(self): self.best, self.count = 0.0, 0
    def see(self, v):
        if v > self.best:
            self.best = v
            self.count += 1
def f(x):
    s, log, d = State(), [0.0, 0.0], {"a": 1.0}
    for v in x[0]:
        s.see(v)
        if v > 0:
            log[0] = log[0] + v
            d["a"] = d["a"] * 2
        else:
            log[1] += v
    return s.best, s.count, log, d
""",
    "branch break": """
def f(x):
    total, steps = 0.0, 0
    for v in [x[0, 0], x[0, 1], x[1, 1], x[1, 2]]:
        if v < -0.75:
            break
        total = total + v
        steps = steps + 1
    else:
        total = total + 1000
    return total, steps
""",
    "branch continue": """
def f(x):
    total, count = 0.0, 0
    for row in x:
        for v in row:
            if v < 0:
                continue
            count += 1
            if v > 2:
                continue
            total = total + v
    return total, count
""",
    "branch break, continue and return together": """
def g(row):
    s = 0.0
    for i, v in enumerate(row):
        if v > 2:
            return s + 100 * i
        if v < -1.5:
            s = s - 1
            continue
        if v < 0:
            break
        s = s + v
        if i == 2:
            break
    else:
        s = s + 50
    return s
def f(x):
    return [g(row) for row in x], g([x[1, 1], x[0, 0]]), g([x[0, 0], x[0, 1], x[1, 0], x[1, 2]])
""",
    "branch continue before an unconditional break": """
def f(x):
    n = 0.0
    for v in x[0]:
        n = n + 1
        if v > 0:
            continue
        n = n + 10
        break
    return n
""",
    "branch break before an unconditional return": """
def g(row):
    n = 0.0
    for v in row:
        n = n + 1
        if v > 0.75:
            break
        if len(row) == 3:
            return n * 100
    return n
def f(x):
    return g(x[0]), g(x[1])
""",
    "branch that raises": """
def f(x):
    if x[0, 0] > 1e9:
        raise ValueError("too large")
    elif x[0, 1] > 1e9:
        assert False
    else:
        y = x * 2
    return y
""",
    "branch in the arguments that changes state": """
def f(x):
    seen = [0.0]
    def note(v):
        seen[0] = v
        return v
    y = note(x[0, 0]) if x[0, 1] > 0 else note(x[1, 1])
    z = x[0, 0] > 0 and note(x[1, 0]) > 0
    return y, seen
""",
    "branch min max any all": """
def f(x):
    return min(x[0, 0], x[0, 1], 0.0), max(x[1, 1], x[0, 1]), any(v > 2 for v in x[1]), all([v > 0 for v in x[0]]), max(x[0], key=lambda v: v * v)
""",
    "while until it converges": """
import numpy as np
def f(x):
    v = x[1, 1] ** 2 + x[0]
    k = 0
    while np.abs(v).max() > 0.1:
        v = v * 0.5
        k += 1
    return v, k
""",
    "while with a count, stores, attributes and continue": """
import numpy as np
class Best:
    def __init__(self): self.value = 100.0
def f(x):
    k, best, errors, log = 0, Best(), np.zeros(4), {"sum": 0.0}
    view = errors[1:]
    v = np.abs(x) + 1
    while v.sum() > 3 and k < 20:
        v = np.sqrt(v)
        k += 1
        errors[k % 4] += v.max()
        if k == 2:
            continue
        if v.min() < best.value:
            best.value = v.min()
        log["sum"] += best.value
    return v, k, best.value, errors, view, log["sum"]
""",
    "while True with breaks": """
import numpy as np
def g(v):
    n = 0
    total = 0.0
    while True:
        n += 1
        v = v * 0.5
        if np.abs(v).sum() < 0.3:
            break
        total = total + v.sum()
        if total > 4:
            total = total + 10
            break
    return v, n, total
def f(x):
    return g(x), g(x * 8)
""",
    "while in a loop in a function": """
def gcd(a, b):
    while b != 0:
        a, b = b, a % b
    return a
def f(x):
    return [gcd(a * 4, b * 4) for a, b in zip(abs(x[0]), abs(x[1]))]
""",
    "while that returns": """
def bisect(a, b, target):
    n = 0
    while b - a > 1e-9 and n < 60:
        n += 1
        m = (a + b) / 2
        d = m ** 3 - target
        if abs(d) < 1e-6:
            return m, n
        if d > 0:
            b = m
        else:
            a = m
    return a, -n
def newton(x):
    while True:
        new = x - (x ** 3 - 2 * x - 5) / (3 * x ** 2 - 2)
        if abs(new - x) < 1e-9:
            return new
        x = new
def f(x):
    return bisect(0 * x[0, 0], abs(x[1, 1]), 2.0), bisect(0 * x[0, 0], abs(x[0, 0]), 2.0), newton(2 + abs(x[0, 0]))
""",
}
