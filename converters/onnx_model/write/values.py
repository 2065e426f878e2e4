"""What export rows work with: values of an ONNX graph under construction, and the node that is being written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from irlib.errors import IRError, UnsupportedError
from irlib.op import MAX_KNOWN, Known, Op, known_value
from irlib.tensor import Array, Tensor
from irlib.types import DType, TensorType, Type

if TYPE_CHECKING:
    from irlib.converters.onnx_model.write.scope import Scope
    from irlib.graph import Graph

__all__ = ["Site", "Val"]


class Val:
    """A value: where it is defined, its type, its name once it has one, and its elements where it is a constant."""

    __slots__ = ("fill", "name", "scope", "tensor", "type", "wanted")

    def __init__(
        self, scope: Scope, type: Type | None, name: str | None = None, tensor: Tensor | None = None,
        wanted: str | None = None,
    ) -> None:  # fmt: skip
        self.scope = scope
        self.type = type
        self.name = name
        """None for a constant that nothing has used by name so far."""
        self.tensor = tensor
        self.wanted = wanted
        self.fill: float | None = None
        """The number that all elements are, where that is known."""

    @property
    def dtype(self) -> DType:
        assert isinstance(self.type, TensorType), "a tensor"
        return self.type.dtype

    @property
    def shape(self) -> Any:
        return self.type.shape if isinstance(self.type, TensorType) else None

    @property
    def rank(self) -> int | None:
        return None if self.shape is None else len(self.shape)

    @property
    def is_static(self) -> bool:
        return isinstance(self.type, TensorType) and self.type.is_static

    @property
    def array(self) -> Array | None:
        return None if self.tensor is None else self.tensor.array

    @property
    def known(self) -> Known:
        array = self.array
        return None if array is None or array.size > MAX_KNOWN else known_value(array)

    @property
    def ints(self) -> tuple[int, ...] | None:
        """The numbers of an integer constant of rank 0 or 1."""
        array = self.array
        if array is None or array.ndim > 1 or array.dtype.kind not in "iu":
            return None
        return tuple(int(v) for v in np.atleast_1d(array))


@dataclass(frozen=True, slots=True)
class Site:
    """The node being written: its op, the body of a composite, the types of its results, and how messages call it."""

    op: Op
    body: Graph | None
    types: tuple[Type, ...]
    label: str

    @property
    def type(self) -> Any:
        return self.types[0]

    def unsupported(self, what: str, remedy: str = "") -> IRError:
        """The error for what ONNX cannot say; to be raised."""
        return UnsupportedError(what, code="IR320", where=self.label, remedy=remedy)
