"""Helpers of arithmetic: integers that numpy would divide by zero are refused."""

# mypy: ignore-errors

import numpy as np


def _nonzero_divisor(y):
    """`y`, which has no zero among its elements."""
    if not np.all(y):
        raise ZeroDivisionError("an integer divided by zero")
    return y


def _shift_left(x, y):
    """The bits of `x` moved `y` places up; zeros for a shift by the width or more."""
    out = (y < 0) | (y >= 8 * x.itemsize)
    zero = np.zeros((), y.dtype)
    return np.where(out, x.dtype.type(0), np.left_shift(x, np.where(out, zero, y)))


def _shift_right(x, y):
    """The bits of `x` moved `y` places down; the sign, or zeros, behind them."""
    most = y.dtype.type(8 * x.itemsize - 1)
    out = (y < 0) | (y > most)
    if x.dtype.kind == "u":
        zero = np.zeros((), y.dtype)
        return np.where(out, x.dtype.type(0), np.right_shift(x, np.where(out, zero, y)))
    return np.right_shift(x, np.where(out, most, y))


def _sigmoid(x):
    """1 / (1 + exp(-x)), without overflow."""
    falling = x.real < 0
    small = np.exp(np.where(falling, x, -x))
    return np.where(falling, small, 1) / (1 + small)


def _softplus(x):
    """log(1 + exp(x)), without overflow."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def _softmax(x, axis):
    """exp(x) divided by its sum along `axis`; zeros for a row of -inf."""
    largest = x.max(axis, keepdims=True, initial=np.finfo(x.dtype).min)
    exp = np.exp(x - largest)
    return exp / np.maximum(exp.sum(axis, keepdims=True), 1)


def _log_softmax(x, axis):
    """The logarithm of the softmax of `x` along `axis`."""
    y = x - x.max(axis, keepdims=True, initial=np.finfo(x.dtype).min)
    return y - np.log(np.maximum(np.exp(y).sum(axis, keepdims=True), 1))


def _mean(x, axis, keepdims):
    """The mean over `axis`; of no elements it is NaN."""
    total = np.add.reduce(x, axis, x.dtype, keepdims=keepdims)
    return total / x.dtype.type(x.size / max(np.size(total), 1))
