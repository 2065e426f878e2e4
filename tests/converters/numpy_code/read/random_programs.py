"""Programs drawn at random: branches, loops, early exits and stores on values that only a run knows."""

from __future__ import annotations

import random
from collections.abc import Callable

__all__ = ["drawn"]

_SCALARS = ("a", "b", "c")
_ARRAYS = ("u", "v")
_REBINDING = (
    "m = l", "l = m", "l = [l[1], l[0]]", "m = l[:]", "l = [a, b]", "p = o", "o = p", "o = O()", "p.s = p.s + 1",
    "p.add(a)", "e = d", "d = e", "d = {'k': a}", "e['k'] = b", "d = dict(e)",
)  # fmt: skip


class _Writer:
    """Writes one program; `r` decides."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.lines: list[str] = []
        self.loops = 0
        self.count = 0

    def say(self, depth: int, line: str) -> None:
        self.lines.append("    " * depth + line)

    def one_of(self, ways: list[Callable[[], str]]) -> str:
        return self.r.choice(ways)()

    def do_one_of(self, ways: list[Callable[[], None]]) -> None:
        self.r.choice(ways)()

    def scalar(self, deep: int = 2) -> str:
        r = self.r
        choices: list[Callable[[], str]] = [
            lambda: r.choice(_SCALARS),
            lambda: f"{r.choice(_ARRAYS)}[{r.randrange(3)}]",
            lambda: f"{r.uniform(-2, 2):.2f}",
            lambda: f"l[{r.randrange(2)}]",
            lambda: "o.s",
            lambda: "d['k']",
        ]
        if deep:
            choices += [
                lambda: f"({self.scalar(deep - 1)} {r.choice('+-*')} {self.scalar(deep - 1)})",
                lambda: f"{r.choice(_ARRAYS)}.{r.choice(('sum', 'max', 'min'))}()",
                lambda: f"({self.scalar(deep - 1)} if {self.test(deep - 1)} else {self.scalar(deep - 1)})",
                lambda: f"{r.choice(('min', 'max'))}({self.scalar(deep - 1)}, {self.scalar(deep - 1)})",
                lambda: f"g({self.scalar(deep - 1)}, {self.scalar(deep - 1)})",
            ]
        return self.one_of(choices)

    def array(self) -> str:
        r = self.r
        return self.one_of(
            [
                lambda: f"{r.choice(_ARRAYS)} + {self.scalar(1)}",
                lambda: f"np.tanh({r.choice(_ARRAYS)}) * {self.scalar(1)}",
                lambda: "u * v",
                lambda: f"{r.choice(_ARRAYS)}[::-1] * 0.5",
                lambda: f"np.where({r.choice(_ARRAYS)} > {self.scalar(0)}, u, v)",
                lambda: f"{r.choice(_ARRAYS)}.copy()",
                lambda: r.choice(_ARRAYS),
            ]
        )

    def test(self, deep: int = 1) -> str:
        r = self.r
        one = f"{self.scalar(0)} {r.choice(('<', '>', '<=', '>='))} {self.scalar(0)}"
        if not deep:
            return one
        return self.one_of(
            [
                lambda: one,
                lambda: f"not ({self.test(0)})",
                lambda: f"{self.test(0)} {r.choice(('and', 'or'))} {self.test(0)}",
                lambda: f"{self.scalar(0)} < {self.scalar(0)} < {self.scalar(0)}",
            ]
        )

    def simple(self, depth: int) -> None:
        r = self.r
        self.do_one_of(
            [
                lambda: self.say(depth, f"{r.choice(_SCALARS)} = {self.scalar()}"),
                lambda: self.say(depth, f"{r.choice(_SCALARS)} {r.choice('+-*')}= {self.scalar(1)}"),
                lambda: self.say(depth, f"{r.choice(_ARRAYS)} = {self.array()}"),
                lambda: self.say(
                    depth, f"{r.choice(_ARRAYS)}[{r.randrange(3)}] {r.choice(('', '+', '*'))}= {self.scalar(1)}"
                ),
                lambda: self.say(depth, f"{r.choice(_ARRAYS)} {r.choice('+*')}= {self.scalar(1)}"),
                lambda: self.say(depth, f"l[{r.randrange(2)}] = {self.scalar(1)}"),
                lambda: self.say(depth, f"o.s = {self.scalar(1)}"),
                lambda: self.say(depth, f"d['k'] += {self.scalar(1)}"),
                lambda: self.say(depth, "a, b = b, a"),
                lambda: self.say(depth, f"w = {r.choice(_ARRAYS)}[{r.choice(('1:', ':2', '::2'))}]"),
                lambda: self.say(depth, "w[0] = " + self.scalar(1)),
                lambda: self.say(depth, f"o.add({self.scalar(1)})"),
                lambda: self.say(depth, f"m[{r.randrange(2)}] = {self.scalar(1)}"),
                lambda: self.say(depth, r.choice(("k += 1", "k = k * 2 - 1", "a = a * k", "u = u * k", "count(k)"))),
                lambda: self.say(depth, r.choice(("t = (u, a)", "u, a = t", "t = (v, t[1])", "t = (t[0] * 2, b)"))),
                lambda: self.say(depth, r.choice(_REBINDING)),
            ]
        )

    def block(self, depth: int, room: int) -> None:
        r = self.r
        for _ in range(r.randint(1, 3)):
            kind = r.random()
            if room and kind < 0.3:
                self.say(depth, f"if {self.test()}:")
                self.block(depth + 1, room - 1)
                if r.random() < 0.3:
                    self.say(depth, f"elif {self.test()}:")
                    self.block(depth + 1, room - 1)
                if r.random() < 0.5:
                    self.say(depth, "else:")
                    self.block(depth + 1, room - 1)
            elif room and kind < 0.45 and self.loops < 2:
                self.loops += 1
                self.count += 1
                self.say(depth, f"for i{self.count} in range({r.randint(2, 4)}):")
                self.block(depth + 1, room - 1)
                self.loops -= 1
                if r.random() < 0.2:
                    self.say(depth, "else:")
                    self.block(depth + 1, 0)
            elif kind < 0.52 and self.loops:
                self.say(depth, f"if {self.test()}:")
                self.say(depth + 1, r.choice(("break", "continue")))
            elif kind < 0.58:
                self.say(depth, f"if {self.test()}:")
                self.say(depth + 1, f"return {self.scalar(1)}, {self.scalar(0)}, {self.array()}")
            elif kind < 0.63 and not self.loops:
                self.count += 1
                self.say(depth, f"n{self.count} = 0")
                self.say(depth, f"while {self.scalar(0)} < 3 and n{self.count} < {r.randint(2, 5)}:")
                self.say(depth + 1, f"n{self.count} += 1")
                self.loops += 1
                self.block(depth + 1, max(room - 1, 0))
                self.loops -= 1
            else:
                self.simple(depth)


def drawn(seed: int) -> str:
    """The program of this seed; it has ``f(x)``, `x` six floats, and returns two numbers and an array of three."""
    w = _Writer(seed)
    w.lines = [
        "import numpy as np", "class O:", "    def __init__(self):", "        self.s = 0.5",
        "    def add(self, k):", "        if k > self.s:", "            self.s = self.s + k", "        return self",
        "def g(p, q):", "    if p > q:", "        return p - q", "    return q * 0.5",
        "def f(x):", "    u, v = x[:3] * 1, x[3:] * 1", "    a, b, c = x[0] * 2, x[1] - 1, x[4]",
        "    l, o, d, w = [x[2], x[5]], O(), {'k': x[3]}, u[1:]",
        "    m, p, e, k, t = [x[0], x[1]], O(), {'k': x[1]}, 1, (v, b)",
        "    total = 0", "    def count(n):", "        nonlocal total", "        total = total + n",
    ]  # fmt: skip
    w.block(1, 3)
    w.block(1, 2)
    w.say(
        1, f"return a + l[0] + o.s + m[0], b * d['k'] + l[1] + p.s * k + total, u + v * {w.scalar(0)} + t[0] * e['k']"
    )
    return "\n".join(w.lines) + "\n"
