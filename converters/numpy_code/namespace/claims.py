"""What functions may claim of how their results lie in memory: nothing, where their operands do not lie row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace import strides
from irlib.converters.numpy_code.namespace.handle import Handle

__all__ = ["careful", "is_row_major"]


_OTHERWISE = frozenset(
    {"nonzero", "where", "mask_indices", "unravel_index", "tril_indices", "triu_indices", "tril_indices_from",
     "triu_indices_from", "delete", "histogram2d", "histogramdd", "nanpercentile", "nanquantile", "percentile",
     "quantile"}
)  # fmt: skip
"""Functions whose results lie in no order that their operands' tells: columns of a table, say."""


def careful(made: Callable[..., Any], *, name: str) -> Callable[..., Any]:
    """`made`, its fresh results without a known layout where an operand is not in row-major order."""
    never = name in _OTHERWISE

    @wraps(made)
    def call(*args: Any, **options: Any) -> Any:
        result = made(*args, **options)
        given = list(_arrays([args, options]))
        in_order = all(is_row_major(x) for x in given)
        shared = {id(x._storage) for x in given if isinstance(x, Handle)}
        for x in _arrays([result]):
            # what is made in several steps lies as the last of ours left it, which need not be numpy's last
            is_fresh = isinstance(x, Handle) and id(x._storage) not in shared
            if is_fresh and (never or isinstance(x.layout, tuple) or (not in_order and (x._path or x.ndim > 1))):
                x.layout = None
        return result

    return call


def is_row_major(x: Any) -> bool:
    """Whether the elements of an array lie in row-major order, as far as is known."""
    if isinstance(x, np.ndarray):
        return bool(x.flags.c_contiguous)
    if x.layout == strides.C or x.is_scalar:
        return True
    return bool(strides.is_contiguous(x.layout, x.value.shape or (0,))) if x.layout is not None else x.ndim < 2


def _arrays(items: Any) -> Iterator[Any]:
    """The arrays in nested lists, tuples and dicts."""
    for item in items:
        if isinstance(item, Handle | np.ndarray):
            yield item
        elif isinstance(item, list | tuple):
            yield from _arrays(item)
        elif isinstance(item, dict):
            yield from _arrays(item.values())
