"""Constant tensors: a read-only numpy array with a dtype of ours, equal and hashable by content."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Any

import numpy as np

from irlib.errors import IRTypeError
from irlib.types import DType, TensorType, dtype_of

__all__ = ["Array", "Tensor"]

Array = np.ndarray[Any, Any]


class Tensor:
    """The value of a constant, parameter or buffer; never changes after it was made.

    `array` is a read-only, C-contiguous numpy array in native byte order (it may be a memory map). Strings are `str`
    or `bytes` objects in an object array. Two tensors are equal when dtype, shape and every bit are.
    """

    __slots__ = ("__dict__", "array", "dtype")

    array: Array
    dtype: DType

    def __init__(self, array: Any) -> None:
        made = np.asarray(array)
        self.dtype = dtype_of(made)
        if self.dtype.kind == "string" and made.dtype != object:
            made = made.astype(object)
        if self.dtype.kind == "string" and not all(isinstance(s, str | bytes) for s in made.flat):
            raise IRTypeError("an object array with elements that are not strings", code="IR203")
        if not made.dtype.isnative:
            made = made.astype(made.dtype.newbyteorder("="))
        if not made.flags.c_contiguous:
            made = np.ascontiguousarray(made).reshape(made.shape)
        if made.flags.writeable:
            made = made.copy() if made is array or made.base is not None else made
            made.flags.writeable = False
        self.array = made

    @classmethod
    def frozen(cls, array: Array) -> Tensor:
        """A tensor that takes over `array` without a copy; the caller must not write to it again."""
        view = array.view()
        view.flags.writeable = False
        return cls(view)

    @property
    def type(self) -> TensorType:
        return TensorType(self.dtype, self.array.shape)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.array.shape)

    @property
    def nbytes(self) -> int:
        return int(self.array.nbytes)

    @cached_property
    def fingerprint(self) -> bytes:
        """SHA-256 over dtype, shape and the bytes of the elements."""
        digest = hashlib.sha256(f"{self.dtype}{self.shape}".encode())
        if self.dtype.kind == "string":
            for s in self.array.flat:
                raw = s if isinstance(s, bytes) else s.encode()
                digest.update(len(raw).to_bytes(8, "little"))
                digest.update(raw)
        else:
            digest.update(self.array.reshape(-1).view(np.uint8).data)
        return digest.digest()

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Tensor)
            and self.dtype is other.dtype
            and self.shape == other.shape
            and self.fingerprint == other.fingerprint
        )

    def __hash__(self) -> int:
        return hash((self.dtype.name, self.shape, self.fingerprint))

    def __repr__(self) -> str:
        return f"Tensor({self.type})"
