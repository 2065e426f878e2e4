"""The elements of tensors as bytes: C order, little endian, one byte or more each; strings as UTF-8."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from irlib.errors import IRError
from irlib.tensor import Array, Tensor
from irlib.types import MAX_DIM, MAX_RANK, TensorType

__all__ = ["bytes_per_element", "from_bytes", "from_strings", "size_of", "to_bytes", "to_strings"]

_LITTLE = sys.byteorder == "little"


def bytes_per_element(t: TensorType) -> int:
    """How many bytes an element takes in a file: a whole byte where it has fewer than 8 bits."""
    return max(t.dtype.bits // 8, 1)


def size_of(t: TensorType) -> int:
    """The number of elements of a static type, in Python ints.

    Raises: IRError when the rank or a dim is over the limit.
    """
    shape = t.shape or ()
    if len(shape) > MAX_RANK:
        raise IRError(f"rank {len(shape)}, expected at most {MAX_RANK}", code="IR205")
    total = 1
    for d in shape:
        if not isinstance(d, int) or not 0 <= d < MAX_DIM:
            raise IRError(f"dim {d}, expected 0 <= dim < 2**48", code="IR205")
        total *= d
    return total


def from_bytes(t: TensorType, data: Any, *, copy: bool = True) -> Tensor:
    """The tensor of type `t` whose elements are `data`, a bytes-like object that is mapped where `copy` is false.

    Raises: IRError when they do not fit each other, before anything is allocated.
    """
    if t.dtype.kind == "string":
        raise IRError("strings given as bytes", code="IR220")
    expected = size_of(t) * bytes_per_element(t)
    if len(data) != expected:
        raise IRError(f"{len(data)} bytes for {t}, expected {expected}", code="IR220")
    flat = np.frombuffer(data, np.uint8)
    _check_bits(t, flat)
    if not _LITTLE:
        flat = _swapped(flat, t)
    elif copy or flat.ctypes.data % max(t.dtype.numpy.itemsize, 1):
        flat = flat.copy()
    shape: Any = t.shape
    return Tensor.frozen(flat.view(t.dtype.numpy).reshape(shape))


def _check_bits(t: TensorType, flat: Array) -> None:
    """Bits that no element of the dtype has must be zero: a bool is 0 or 1, an int4 less than 16."""
    bits = 1 if t.dtype.kind == "bool" else t.dtype.bits
    if bits < 8 and len(flat) and int(flat.max()) >> bits:
        at = int(np.argmax(flat >> bits != 0))
        raise IRError(f"byte {at} is {int(flat[at])}, expected less than {1 << bits} for {t.dtype}", code="IR220")


def _swapped(flat: Array, t: TensorType) -> Array:
    width = t.dtype.bits // 16 if t.dtype.is_complex else bytes_per_element(t)
    return flat.reshape(-1, width)[:, ::-1].reshape(-1).copy() if width > 1 else flat.copy()


def to_bytes(tensor: Tensor) -> Any:
    """The elements as bytes, or as a view of them where they stand so in memory."""
    flat = tensor.array.reshape(-1).view(np.uint8)
    bits = 1 if tensor.dtype.kind == "bool" else tensor.dtype.bits
    if bits < 8 and len(flat) and int(flat.max()) >> bits:
        # ml_dtypes looks at the low bits only; the form of a file has nothing in the others
        flat = (flat != 0).view(np.uint8) if bits == 1 else flat & np.uint8((1 << bits) - 1)
    bytes_: Any = flat if _LITTLE else _swapped(flat, tensor.type)
    return memoryview(bytes_)


def from_strings(t: TensorType, items: Sequence[bytes]) -> Tensor:
    """The tensor of strings: each a `str` where it is UTF-8, else `bytes`. Raises: IRError when the number is wrong."""
    if t.dtype.kind != "string":
        raise IRError(f"strings for {t}", code="IR220")
    expected = size_of(t)
    if len(items) != expected:
        raise IRError(f"{len(items)} strings for {t}, expected {expected}", code="IR220")
    array = np.empty(expected, object)
    for i, item in enumerate(items):
        array[i] = _text(item)
    shape: Any = t.shape
    return Tensor.frozen(array.reshape(shape))


def _text(item: bytes) -> str | bytes:
    try:
        return item.decode()
    except UnicodeDecodeError:
        return item


def to_strings(tensor: Tensor) -> list[bytes]:
    """The elements as bytes. Raises: IRError when one is a `str` that is not Unicode."""
    try:
        return [s if isinstance(s, bytes) else s.encode() for s in tensor.array.flat]
    except UnicodeEncodeError as error:
        raise IRError("a string element that is not Unicode", code="IR508") from error
