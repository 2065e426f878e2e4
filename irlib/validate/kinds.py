"""Whether an attribute is of the kind its class says: what a dataclass does not check by itself."""

from __future__ import annotations

from functools import cache
from typing import Any

from irlib.graph import Graph
from irlib.tensor import Tensor
from irlib.types import DType, OptionalType, SequenceType, TensorType

__all__ = ["is_of_kind"]

_TYPES: tuple[type, ...] = (TensorType, SequenceType, OptionalType)
_KINDS: dict[str, tuple[type, ...]] = {
    "None": (type(None),),
    "bool": (bool,),
    "int": (int,),
    "float": (float, int),
    "str": (str,),
    "bytes": (bytes,),
    "DType": (DType,),
    "Type": _TYPES,
    "TensorType": (TensorType,),
    "Graph": (Graph,),
    "Tensor": (Tensor,),
}


@cache
def _allowed(annotation: str) -> tuple[frozenset[type], frozenset[type] | None] | None:
    """The kinds an annotation allows, and those of the items of a tuple; None for an annotation not in the table."""
    plain: set[type] = set()
    items: set[type] | None = None
    for part in annotation.replace(" ", "").split("|"):
        if part.startswith("tuple[") and part.endswith("]"):
            names = part[6:-1].replace(",...", "").split(",")
            if any(name not in _KINDS for name in names):
                return None
            items = {kind for name in names for kind in _KINDS[name]}
        elif part in _KINDS:
            plain.update(_KINDS[part])
        else:
            return None
    return frozenset(plain), None if items is None else frozenset(items)


def is_of_kind(value: Any, annotation: str) -> bool:
    """Whether `value` may stand where `annotation` is written. What the table does not know is left to the class."""
    allowed = _allowed(annotation)
    if allowed is None:
        return True
    plain, items = allowed
    if isinstance(value, tuple):
        return items is not None and all(type(item) in items for item in value)
    return type(value) in plain
