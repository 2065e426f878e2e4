"""Helpers of conversion."""

# mypy: ignore-errors

import numpy as np


def _to_integer(x, dtype, bits, signed, strict, wide=None):
    """Floats as integers of `bits` bits: cut off, and held at the ends of the range."""
    low = -(2.0 ** (bits - 1)) if signed else 0.0
    above = 2.0 ** (bits - 1 if signed else bits)
    whole = np.trunc(x)
    fits = (whole >= low) & (whole < above)
    if strict and not np.all(fits):
        raise ValueError(f"a number does not fit in {bits} bits")
    wide = np.dtype(dtype if wide is None else wide)
    y = np.where(fits, whole, 0).astype(wide)
    y = np.where(whole >= above, wide.type(int(above) - 1), y)
    return np.where(whole < low, wide.type(int(low)), y).astype(dtype)


def _to_small(x, dtype, most=None):
    """Numbers as a small float, rounded once, held within `most` where it is given."""
    x = x if x.dtype.kind in "fV" else x.astype(np.float64)
    if x.dtype == np.float64:
        near = x.astype(np.float32)
        bits = near.view(np.uint32) - (np.abs(near) > np.abs(x))
        x = (bits | (near != x)).view(np.float32)
    elif x.dtype != np.float32:
        x = x.astype(np.float32)
    return (x if most is None else np.clip(x, -most, most)).astype(dtype)


def _printed(x):
    """Numbers as text."""
    y = np.empty(np.shape(x), object)
    y.reshape(-1)[:] = [str(n) for n in np.reshape(x, -1)]
    return y


def _parsed(x, read, dtype):
    """Text as numbers."""
    x = np.asarray(x, object)
    texts = [s.decode() if isinstance(s, bytes) else s for s in x.reshape(-1)]
    return np.array([read(s) for s in texts], dtype).reshape(x.shape)


def _complex(real, imag, dtype):
    """Complex numbers of these parts."""
    y = np.empty(np.broadcast_shapes(np.shape(real), np.shape(imag)), dtype)
    y.real = real
    y.imag = imag
    return y
