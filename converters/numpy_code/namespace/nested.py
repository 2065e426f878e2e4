"""Nested dicts, lists and tuples of arrays, taken apart into their arrays and put together again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["flatten"]

Rebuild = Callable[[Sequence[Any]], Any]


def flatten(value: Any) -> tuple[list[Any], Rebuild, Any]:
    """The leaves of `value` in order, what makes the same structure of other leaves, and the structure to compare.

    None is a structure without leaves.
    """
    if isinstance(value, dict):
        keys = list(value)
        return _joined(
            [value[k] for k in keys], ("dict", tuple(keys)), lambda items: dict(zip(keys, items, strict=True))
        )
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        cls = type(value)
        return _joined(list(value), (cls.__name__, len(value)), lambda items: cls(*items))
    if isinstance(value, tuple):
        return _joined(list(value), ("tuple", len(value)), tuple)
    if isinstance(value, list):
        return _joined(value, ("list", len(value)), list)
    if value is None:
        return [], lambda leaves: None, None
    return [value], lambda leaves: leaves[0], "leaf"


def _joined(items: list[Any], label: Any, make: Callable[[list[Any]], Any]) -> tuple[list[Any], Rebuild, Any]:
    parts = [flatten(item) for item in items]

    def rebuild(leaves: Sequence[Any]) -> Any:
        made, at = [], 0
        for part, again, _ in parts:
            made.append(again(leaves[at : at + len(part)]))
            at += len(part)
        return make(made)

    return [leaf for part, _, _ in parts for leaf in part], rebuild, (label, tuple(s for _, _, s in parts))
