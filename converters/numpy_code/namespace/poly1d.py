"""`numpy.poly1d`: a polynomial as an object."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.table import function

__all__ = ["Polynomial"]


@function("poly1d")
class Polynomial:
    """A polynomial in one variable by its coefficients, the highest power first, or by its roots."""

    def __init__(self, c_or_r: Any, r: bool = False, variable: str | None = None) -> None:
        self.coeffs: Array
        if isinstance(c_or_r, Polynomial):
            self.coeffs = c_or_r.coeffs
            return
        made = xp.atleast_1d(xp.poly(c_or_r) if r else lift(c_or_r))
        known = made.concrete()
        if known is not None:  # numpy drops leading zeros, which are not looked for where they are not known
            kept = np.trim_zeros(known, "f")
            made = lift(kept if kept.size else np.zeros(1, known.dtype))
        self.coeffs = made

    @property
    def c(self) -> Array:
        """The coefficients."""
        return self.coeffs

    coef = coefficients = c

    @property
    def order(self) -> int:
        """The highest power."""
        return operator.index(self.coeffs.shape[0]) - 1

    o = order

    @property
    def roots(self) -> Any:
        """Where it is zero."""
        return xp.roots(self.coeffs)

    r = roots

    def __call__(self, x: Any) -> Any:
        return xp.polyval(self.coeffs, x)

    def __getitem__(self, power: int) -> Any:
        return self.coeffs[self.order - power] if 0 <= power <= self.order else self.coeffs.dtype.type(0)

    def __len__(self) -> int:
        return self.order

    def deriv(self, m: int = 1) -> Polynomial:
        """Its derivative of order `m`."""
        return Polynomial(xp.polyder(self.coeffs, m))

    def integ(self, m: int = 1, k: Any = 0) -> Polynomial:
        """Its integral of order `m`, with constants `k`."""
        return Polynomial(xp.polyint(self.coeffs, m, k))

    def _with(self, other: Any, name: str) -> Polynomial:
        return Polynomial(getattr(xp, name)(self.coeffs, other.coeffs if isinstance(other, Polynomial) else other))

    def __add__(self, other: Any) -> Polynomial:
        return self._with(other, "polyadd")

    __radd__ = __add__

    def __sub__(self, other: Any) -> Polynomial:
        return self._with(other, "polysub")

    def __rsub__(self, other: Any) -> Polynomial:
        return (-self)._with(other, "polyadd")

    def __mul__(self, other: Any) -> Polynomial:
        return self._with(other, "polymul")

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Polynomial):
            return tuple(Polynomial(part) for part in xp.polydiv(self.coeffs, other.coeffs))
        return Polynomial(xp.true_divide(self.coeffs, other))

    def __neg__(self) -> Polynomial:
        return Polynomial(xp.negative(self.coeffs))

    def __pos__(self) -> Polynomial:
        return self

    def __pow__(self, n: int) -> Polynomial:
        made = Polynomial([1])
        for _ in range(operator.index(n)):
            made = made * self
        return made
