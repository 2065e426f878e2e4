"""`numpy.lib.array_utils`: axes counted from the front."""

from __future__ import annotations

import operator
from typing import Any

from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.views import normalized

__all__: list[str] = []


@function("lib.array_utils.normalize_axis_index")
def normalize_axis_index(axis: Any, ndim: Any, msg_prefix: Any = None) -> int:
    return normalized([operator.index(axis)], operator.index(ndim))[0]


@function("lib.array_utils.normalize_axis_tuple")
def normalize_axis_tuple(axis: Any, ndim: Any, argname: Any = None, allow_duplicate: bool = False) -> tuple[int, ...]:
    axes = [operator.index(a) for a in axis] if isinstance(axis, tuple | list) else [operator.index(axis)]
    rank = operator.index(ndim)
    if allow_duplicate:
        return tuple(normalized([a], rank)[0] for a in axes)
    return normalized(axes, rank)
