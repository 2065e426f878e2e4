"""First values of parameters: seeded by the parameter's name, and equal on every platform.

A draw uses integers of a counter-based generator, the four operations and square roots alone, which IEEE 754 defines to
the last bit; no logarithm or matrix routine of a library, whose last bits differ from machine to machine.

>>> from irlib.nn import xavier_uniform
>>> w = xavier_uniform().draw((3, 2), Fans(3, 2), "hidden.weight", seed=7)
>>> w.shape, bool(abs(w).max() <= (6 / 5) ** 0.5)
((3, 2), True)
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from math import prod, sqrt
from typing import Any, NamedTuple

import numpy as np

from irlib.errors import AttributeValueError

__all__ = [
    "Constant", "Fans", "HeNormal", "HeUniform", "Initializer", "Normal", "Orthogonal", "Uniform", "XavierNormal",
    "XavierUniform", "Zeros", "constant", "he_normal", "he_uniform", "normal", "orthogonal", "uniform",
    "xavier_normal", "xavier_uniform", "zeros",
]  # fmt: skip

Shape = tuple[int, ...]


class Fans(NamedTuple):
    """How many inputs reach an element of the result, and how many elements an input reaches."""

    into: int
    out_of: int


@dataclass(frozen=True)
class Initializer:
    """How first values are drawn. Subclasses give `values`."""

    def draw(self, shape: Shape, fans: Fans, name: str, seed: int = 0) -> Any:
        """float64 values for the parameter called `name`: of each name and seed others, always the same."""
        words = np.frombuffer(sha256(f"{seed}/{name}".encode()).digest()[:16], "<u8")
        return self.values(shape, fans, np.random.Philox(key=words.astype(np.uint64)))

    def values(self, shape: Shape, fans: Fans, bits: np.random.Philox) -> Any:
        """The values, made of random `bits`."""
        raise NotImplementedError(f"{type(self).__name__}.values")


@dataclass(frozen=True)
class Constant(Initializer):
    """One value everywhere."""

    value: float

    def values(self, shape: Shape, fans: Fans, bits: np.random.Philox) -> Any:
        return np.full(shape, self.value)


@dataclass(frozen=True)
class Zeros(Initializer):
    """0 everywhere."""

    def values(self, shape: Shape, fans: Fans, bits: np.random.Philox) -> Any:
        return np.zeros(shape)


@dataclass(frozen=True)
class Uniform(Initializer):
    """Equally likely from `low` to `high`."""

    low: float = -1.0
    high: float = 1.0

    def values(self, shape: Shape, fans: Fans, bits: np.random.Philox) -> Any:
        return self.low + (self.high - self.low) * unit(shape, bits)


@dataclass(frozen=True)
class Normal(Initializer):
    """Normal with this mean and standard deviation."""

    std: float = 1.0
    mean: float = 0.0

    def values(self, shape: Shape, fans: Fans, bits: np.random.Philox) -> Any:
        return self.mean + self.std * standard_normal(shape, bits)


@dataclass(frozen=True)
class XavierUniform(Initializer):
    """Equally likely between -a and a, a = gain * sqrt(6 / (into + out of)). Source: Glorot and Bengio 2010."""

    gain: float = 1.0

    def values(self, shape: Shape, fans: Fans, bits: np.random.Philox) -> Any:
        return _symmetric(shape, self.gain * sqrt(6.0 / _positive(fans.into + fans.out_of)), bits)


@dataclass(frozen=True)
class XavierNormal(Initializer):
    """Normal with variance gain**2 * 2 / (into + out of). Source: Glorot and Bengio 2010."""

    gain: float = 1.0

    def values(self, shape: Shape, fans: Fans, bits: np.random.Philox) -> Any:
        return self.gain * sqrt(2.0 / _positive(fans.into + fans.out_of)) * standard_normal(shape, bits)


@dataclass(frozen=True)
class HeNormal(Initializer):
    """Normal with variance gain**2 / into; the gain for rectifiers is sqrt(2). Source: He and others 2015."""

    gain: float = sqrt(2.0)

    def values(self, shape: Shape, fans: Fans, bits: np.random.Philox) -> Any:
        return self.gain / sqrt(_positive(fans.into)) * standard_normal(shape, bits)


@dataclass(frozen=True)
class HeUniform(Initializer):
    """Equally likely between -a and a, a = gain * sqrt(3 / into). Source: He and others 2015."""

    gain: float = sqrt(2.0)

    def values(self, shape: Shape, fans: Fans, bits: np.random.Philox) -> Any:
        return _symmetric(shape, self.gain * sqrt(3.0 / _positive(fans.into)), bits)


@dataclass(frozen=True)
class Orthogonal(Initializer):
    """`gain` times a matrix (dim 0 by all others) whose rows or columns, the shorter, are orthonormal.

    Source: Saxe and others 2014.
    """

    gain: float = 1.0

    def values(self, shape: Shape, fans: Fans, bits: np.random.Philox) -> Any:
        if len(shape) < 2:
            raise AttributeValueError(f"shape is {shape}, expected two dims or more to be orthogonal", code="IR302")
        rows, columns = shape[0], prod(shape[1:])
        drawn = standard_normal((max(rows, columns), min(rows, columns)), bits)
        q = _orthonormal(drawn)
        return self.gain * np.ascontiguousarray(q if rows >= columns else q.T).reshape(shape)


def _positive(fan: int) -> int:
    return max(fan, 1)


def _symmetric(shape: Shape, bound: float, bits: np.random.Philox) -> Any:
    return bound * (2.0 * unit(shape, bits) - 1.0)


def unit(shape: Shape, bits: np.random.Philox) -> Any:
    """Multiples of 2**-53 from 0 to below 1."""
    drawn = np.asarray(bits.random_raw(prod(shape)), np.uint64)
    return (drawn >> np.uint64(11)).astype(np.float64).reshape(shape) * 2.0**-53


def standard_normal(shape: Shape, bits: np.random.Philox) -> Any:
    """Normal numbers by Marsaglia's polar method, pair by pair."""
    count = prod(shape)
    made = np.empty(0)
    while made.size < count:
        pairs = max(16, int(0.7 * (count - made.size)))
        x = 2.0 * unit((pairs, 2), bits) - 1.0
        square = x[:, 0] * x[:, 0] + x[:, 1] * x[:, 1]
        inside = (square > 0) & (square < 1)
        x, square = x[inside], square[inside]
        factor = np.sqrt(-2.0 * _log(square) / square)
        made = np.concatenate([made, (x * factor[:, None]).ravel()])
    return made[:count].reshape(shape)


_LN2 = 0.6931471805599453


def _log(x: Any) -> Any:
    """The natural logarithm, by the series of the inverse hyperbolic tangent: the four operations alone."""
    m, e = np.frexp(x)  # 0.5 <= m < 1
    low = m < 0.7071067811865476
    m, e = np.where(low, 2.0 * m, m), np.where(low, e - 1, e)
    s = (m - 1.0) / (m + 1.0)
    square = s * s
    total = np.zeros_like(s)
    for k in range(23, 0, -2):
        total = total * square + 2.0 / k
    return s * total + e * _LN2


def _orthonormal(a: Any) -> Any:
    """The columns of `a` made orthonormal one after the other (Gram and Schmidt, twice over).

    Sums run along axis 0 of C-ordered arrays, where numpy adds row to row in order.
    """
    rows, columns = a.shape
    q = np.zeros((rows, columns))
    for k in range(columns):
        v = np.ascontiguousarray(a[:, k])
        for _ in range(2 if k else 0):
            along = np.add.reduce(np.ascontiguousarray(q[:, :k]) * v[:, None], axis=0)
            v = v - np.add.accumulate(q[:, :k] * along, axis=1)[:, -1]
        q[:, k] = v / sqrt(float(np.add.accumulate(v * v)[-1]))
    return q


constant, zeros, uniform, normal = Constant, Zeros, Uniform, Normal
xavier_uniform, xavier_normal, he_uniform, he_normal, orthogonal = (
    XavierUniform,
    XavierNormal,
    HeUniform,
    HeNormal,
    Orthogonal,
)
"""The names of the field, written as functions are: what `irlib.nn` offers."""
