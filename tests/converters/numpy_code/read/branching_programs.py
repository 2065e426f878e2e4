# ruff: noqa: E501  what is tested is on one line

"""Programs that branch on values and loop while they hold, for `tests.converters.numpy_code.read.programs`."""

from __future__ import annotations

BRANCHING: dict[str, str] = {
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
