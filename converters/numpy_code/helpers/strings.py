"""Helpers of strings: object arrays of str, or of bytes in UTF-8."""

# mypy: ignore-errors

import numpy as np


def _texts(x):
    """The elements of `x` as text, in row-major order."""
    elements = np.asarray(x, object).reshape(-1)
    return [s.decode() if isinstance(s, bytes) else s for s in elements]


def _each(f, x, dtype):
    """`f` of every element of `x`, in an array of `dtype`."""
    y = np.empty(np.shape(x), dtype)
    y.reshape(-1)[:] = [f(s) for s in _texts(x)]
    return y


def _string_concat(x, y):
    """The elements of `x` followed by those of `y`."""
    x, y = np.broadcast_arrays(np.asarray(x, object), np.asarray(y, object))
    z = np.empty(x.shape, object)
    z.reshape(-1)[:] = [a + c for a, c in zip(_texts(x), _texts(y), strict=True)]
    return z


def _string_split(x, delimiter, most):
    """The parts of every element, filled up with empty text, and how many there are."""
    parts = [s.split(delimiter, most) for s in _texts(x)]
    width = max(map(len, parts), default=0)
    y = np.full((len(parts), width), "", object)
    for row, found in zip(y, parts, strict=True):
        row[: len(found)] = found
    counts = np.array([len(p) for p in parts], np.int64)
    return y.reshape(*np.shape(x), width), counts.reshape(np.shape(x))


def _string_normalize(x, case, case_sensitive, stopwords):
    """The elements that are no stopwords, in the case that `case` says."""
    compare = str if case_sensitive else str.lower
    change = {"lower": str.lower, "upper": str.upper}.get(case, str)
    stop = {compare(word) for word in stopwords}
    kept = [change(s) for s in _texts(x) if compare(s) not in stop] or [""]
    y = np.empty(len(kept), object)
    y[:] = kept
    return y.reshape(*np.shape(x)[:-1], len(kept))
