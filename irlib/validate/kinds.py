"""Whether an attribute is of the kind its class says: what a dataclass does not check by itself."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from irlib.graph import Graph
from irlib.tensor import Tensor
from irlib.types import DType, OptionalType, SequenceType, TensorType

__all__ = ["is_of_kind", "kinds_of"]

Kinds = tuple[frozenset[type], frozenset[type] | None]

_KINDS: dict[str, tuple[type, ...]] = {
    "None": (type(None),),
    "bool": (bool,),
    "int": (int,),
    "float": (float,),
    "str": (str,),
    "bytes": (bytes,),
    "DType": (DType,),
    "Type": (TensorType, SequenceType, OptionalType),
    "TensorType": (TensorType,),
    "Graph": (Graph,),
    "Tensor": (Tensor,),
}
_PART = re.compile(
    r"tuple\[\s*(?P<items>[^\]]*?)\s*(?:,\s*\.\.\.)?\s*\]|(?P<literal>Literal\[[^\]]*\])|(?P<plain>[\w.]+)"
)


@cache
def kinds_of(annotation: str) -> Kinds | None:
    """The types an annotation allows, and those of a tuple's items (None: no tuple); None where it is not of ours."""
    plain: set[type] = set()
    items: set[type] | None = None
    for part in _PART.finditer(annotation):
        if part["literal"]:
            plain |= {str, int}
        elif part["items"] is not None:
            words = re.findall(r"\w+", part["items"])
            if not all(w in _KINDS for w in words):
                return None
            items = {t for w in words for t in _KINDS[w]}
        elif part["plain"] in _KINDS:
            plain.update(_KINDS[part["plain"]])
        else:
            return None
    return frozenset(plain), None if items is None else frozenset(items)


def is_of_kind(value: Any, annotation: str, *, exactly: bool = False) -> bool:
    """Whether `value` may stand where `annotation` is written. What the table does not know is left to the class.

    An int may stand for a float unless it is to be so `exactly`, as in a file.
    """
    allowed = kinds_of(annotation)
    if allowed is None:
        return True
    plain, items = allowed
    if isinstance(value, tuple):
        return items is not None and all(_is_one_of(type(item), items, exactly=exactly) for item in value)
    return _is_one_of(type(value), plain, exactly=exactly)


def _is_one_of(kind: type, kinds: frozenset[type], *, exactly: bool) -> bool:
    return kind in kinds or (kind is int and float in kinds and not exactly)
