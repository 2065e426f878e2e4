"""Helpers of memory."""

# mypy: ignore-errors

import numpy as np


def _own(x):
    """`x` in memory of its own."""
    if isinstance(x, list):
        return [_own(item) for item in x]
    return None if x is None else np.array(x)
