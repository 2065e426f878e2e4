"""Helpers of special functions: series, continued fractions, expansions."""

# mypy: ignore-errors

import numpy as np


def _erfc_tail(x):
    """erfc(x) for x >= 2, by Laplace's continued fraction."""
    x = np.maximum(x, 2)
    f = np.zeros_like(x)
    for k in range(80, 0, -1):
        f = (k / 2) / (x + f)
    square = np.exp(-(x * x))
    return np.where(square == 0, 0, square / (np.sqrt(np.pi) * (x + f)))


def _erf_head(x):
    """erf(x) for |x| < 2.5, by a series of terms of one sign."""
    x = np.clip(x, -2.5, 2.5)
    term = total = x
    for n in range(1, 60):
        term = term * (2 * x * x / (2 * n + 1))
        total = total + term
    return 2 / np.sqrt(np.pi) * np.exp(-x * x) * total


def _erf(x):
    """The error function."""
    far = np.copysign(1 - _erfc_tail(np.abs(x)), x)
    return np.where(np.abs(x) < 2.5, _erf_head(x), np.where(np.isnan(x), x, far))


def _erfc(x):
    """One minus the error function, accurate where that is small."""
    tail = _erfc_tail(np.abs(x))
    far = np.where(x < 0, 2 - tail, tail)
    return np.where(np.abs(x) < 2, 1 - _erf_head(x), np.where(np.isnan(x), x, far))


def _erfinv(y):
    """The number whose error function is `y`: a first guess, then Halley's steps."""
    inside = np.clip(y, -1, 1)
    tail = np.minimum(1 - np.abs(inside), 1)
    a = 0.147
    log = np.log(np.maximum(tail * (2 - tail), 5e-324))
    half = 2 / (np.pi * a) + log / 2
    x = np.sqrt(np.sqrt(half * half - log / a) - half)
    for _ in range(4):
        error = np.where(tail < 0.5, tail - _erfc(x), _erf(x) - np.abs(inside))
        step = error / (2 / np.sqrt(np.pi) * np.exp(-x * x))
        x = x - step / (1 + x * step)
    x = np.where(tail == 0, np.inf, np.where(inside == 0, 0, x))
    return np.where(np.abs(y) <= 1, np.copysign(x, y), np.nan)


def _bernoulli_terms(x, order):
    """The sum of B(2k) (2k + order - 1)! / (2k)! / x**(2k + order)."""
    numbers = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
    total = np.zeros_like(x)
    for k, number in enumerate(numbers, 1):
        factor = np.prod(np.arange(2 * k + 1, 2 * k + order, dtype=x.dtype))
        if order == 0:
            factor = 1 / (2 * k)
        if order == -1:
            factor = 1 / (2 * k * (2 * k - 1))
        total = total + number * factor / x ** (2 * k + order)
    return total


def _lgamma(x):
    """The logarithm of the absolute value of the gamma function."""
    up = np.where(x < 0.5, 1 - x, x)
    shift, product = up, np.ones_like(x)
    for _ in range(12):
        small = shift < 12
        product = np.where(small, product * shift, product)
        shift = np.where(small, shift + 1, shift)
    stirling = (shift - 0.5) * np.log(shift) - shift + 0.5 * np.log(2 * np.pi)
    y = stirling + _bernoulli_terms(shift, -1) - np.log(product)
    y = np.where((up == 1) | (up == 2), 0, np.where(np.isposinf(up), np.inf, y))
    turned = np.log(np.pi / np.abs(np.sin(np.pi * (x - np.round(x))))) - y
    y = np.where(x < 0.5, turned, y)
    return np.where(np.isinf(x), np.inf, y)


def _polygamma(x, order):
    """Derivative `order` + 1 of log gamma, for x > 0 (order 0: any x)."""
    up = np.where(x < 0, 1 - x, x) if order == 0 else x
    factorial = np.prod(np.arange(1, order + 1, dtype=x.dtype))
    shift, total = up, np.zeros_like(x)
    for _ in range(16 + order):
        small = shift < 16 + order
        total = np.where(small, total + shift ** (-1 - order), total)
        shift = np.where(small, shift + 1, shift)
    if order == 0:
        y = np.log(shift) - 0.5 / shift - _bernoulli_terms(shift, 0) - total
        y = np.where(x < 0, y - np.pi / np.tan(np.pi * (x - np.round(x))), y)
        return np.where(x == 0, np.copysign(np.inf, -x), y)
    head = factorial / order / shift**order + factorial / 2 / shift ** (order + 1)
    y = head + _bernoulli_terms(shift, order) + factorial * total
    return y if order % 2 else -y


def _gelu(x):
    """`x` times the probability that a standard normal number is below it."""
    tail = _erfc((x * x.dtype.type(-np.sqrt(0.5))).astype(np.float64))
    return x * tail.astype(x.dtype) * x.dtype.type(0.5)
