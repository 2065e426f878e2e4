"""TensorProto to `Tensor`: every dtype, every field of elements, sizes checked before anything is allocated."""

from __future__ import annotations

import sys
from math import prod
from typing import Any, Protocol

import numpy as np

from irlib.converters.onnx_model.dtypes import dtype_of_number
from irlib.errors import IRTypeError
from irlib.tensor import Array, Tensor
from irlib.types import MAX_DIM, MAX_RANK, DType

__all__ = ["DENSE_LIMIT", "ExternalData", "packed_size", "read_sparse", "read_tensor", "unpacked"]

DENSE_LIMIT = 1 << 23
"""The most elements a sparse tensor may stand for: a file of some bytes must not make gigabytes."""

_EXTERNAL = 1  # TensorProto.DataLocation
_LITTLE = sys.byteorder == "little"

# where the elements of a dtype stand when they are not raw, and the dtype of that field's numbers
_FIELDS: dict[str, tuple[str, Any]] = {
    "float32": ("float_data", np.float32),
    "complex64": ("float_data", np.float32),
    "float64": ("double_data", np.float64),
    "complex128": ("double_data", np.float64),
    "int64": ("int64_data", np.int64),
    "uint64": ("uint64_data", np.uint64),
    "uint32": ("uint64_data", np.uint64),
    "string": ("string_data", object),
}
_ALL_FIELDS = ("float_data", "int32_data", "string_data", "int64_data", "double_data", "uint64_data")


class ExternalData(Protocol):
    """What gives the bytes of a tensor that stands in a file of its own."""

    def read(self, entries: dict[str, str], expected: int) -> Any:
        """`expected` bytes of the file that `entries` (location, offset, length) name.

        Raises: SafetyError, FileError.
        """


def read_tensor(proto: Any, external: ExternalData | None = None) -> Tensor:
    """The tensor that a TensorProto holds; raw elements are not copied.

    Raises: IRTypeError when dtype, dims and elements do not fit each other; SafetyError, FileError for external data.
    """
    found = dtype_of_number(proto.data_type, "tensor element type")
    shape = _shape(proto.dims)
    count = prod(shape)
    if proto.HasField("segment"):
        raise IRTypeError("a tensor in segments, which no version of ONNX has used", code="IR220")
    if proto.data_location == _EXTERNAL:
        if found.kind == "string":
            raise IRTypeError("strings as external data", code="IR220")
        if external is None:
            raise IRTypeError(
                "external data, and no folder to read it from", code="IR513", remedy="give the path of the model"
            )
        entries = {e.key: e.value for e in proto.external_data}
        return _from_raw(found, shape, count, external.read(entries, packed_size(found, count)))
    if proto.HasField("raw_data"):
        _only(proto, "raw_data")
        return _from_raw(found, shape, count, proto.raw_data)
    return _from_field(found, shape, count, proto)


def _shape(dims: Any) -> tuple[int, ...]:
    shape = tuple(dims)
    if len(shape) > MAX_RANK:
        raise IRTypeError(f"rank {len(shape)}, expected at most {MAX_RANK}", code="IR205")
    for d in shape:
        if not 0 <= d < MAX_DIM:
            raise IRTypeError(f"dim {d}, expected 0 <= dim < 2**48", code="IR205")
    return shape


def _only(proto: Any, field: str) -> None:
    for other in _ALL_FIELDS:
        if other != field and len(getattr(proto, other)):
            raise IRTypeError(f"elements in {field} and in {other}, expected them once", code="IR220")


def packed_size(dtype: DType, count: int) -> int:
    """The number of bytes of `count` raw elements: elements below a byte are packed."""
    return -(-count * dtype.bits // 8)


def _from_raw(dtype: DType, shape: tuple[int, ...], count: int, raw: Any) -> Tensor:
    if dtype.kind == "string":
        raise IRTypeError("strings as raw data, expected string_data", code="IR220")
    expected = packed_size(dtype, count)
    if len(raw) != expected:
        raise IRTypeError(f"{len(raw)} bytes for {dtype}{list(shape)}, expected {expected}", code="IR220")
    flat = np.frombuffer(raw, np.uint8)
    if dtype.bits < 8:
        return Tensor.frozen(unpacked(flat, dtype.bits, count).view(dtype.numpy).reshape(shape))
    if dtype.kind == "bool":
        array = flat != 0 if count and int(flat.max()) > 1 else flat.view(np.bool_)
        return Tensor.frozen(array.reshape(shape))
    if not _LITTLE:
        width = dtype.bits // (16 if dtype.is_complex else 8)
        flat = flat.reshape(-1, width)[:, ::-1].reshape(-1).copy()
    elif flat.ctypes.data % dtype.numpy.alignment:
        flat = flat.copy()
    return Tensor.frozen(flat.view(dtype.numpy).reshape(shape))


def unpacked(flat: Array, bits: int, count: int) -> Array:
    """The first `count` elements of `bits` bits, the first in the lowest bits, one to a byte."""
    if bits == 6:  # four elements in three bytes
        whole = np.zeros(-(-len(flat) // 3) * 3, np.uint8)
        whole[: len(flat)] = flat
        a, b, c = whole.reshape(-1, 3).T
        parts: list[Array] = [a & 63, a >> 6 | (b & 15) << 2, b >> 4 | (c & 3) << 4, c >> 2]
    else:
        mask = np.uint8((1 << bits) - 1)
        parts = [flat >> np.uint8(k) & mask for k in range(0, 8, bits)]
    made: Array = np.stack(parts, axis=1).reshape(-1)[:count].astype(np.uint8)
    return made


def _from_field(dtype: DType, shape: tuple[int, ...], count: int, proto: Any) -> Tensor:
    field, stored = _FIELDS.get(dtype.name, ("int32_data", np.int32))
    _only(proto, field)
    items = getattr(proto, field)
    per_entry = {2: 4, 4: 2}.get(dtype.bits, 1)
    expected = count * 2 if dtype.is_complex else -(-count // per_entry)
    if len(items) != expected:
        raise IRTypeError(
            f"{len(items)} entries in {field} for {dtype}{list(shape)}, expected {expected}", code="IR220"
        )
    if dtype.kind == "string":
        return Tensor.frozen(_strings(items, shape))
    made = np.array(items, stored)
    if dtype.bits < 8:
        codes = made.astype(np.uint8)
        flat = codes & np.uint8(63) if dtype.bits == 6 else unpacked(codes, dtype.bits, count)
        return Tensor.frozen(flat.view(dtype.numpy).reshape(shape))
    if dtype.is_complex:
        return Tensor.frozen(made.view(dtype.numpy).reshape(shape))
    if dtype.kind == "float" and dtype.bits <= 16:  # half floats stand there as their bits
        made = made.astype(np.uint16 if dtype.bits == 16 else np.uint8).view(dtype.numpy)
    elif dtype.kind == "bool":
        made = made != 0
    else:
        made = made.astype(dtype.numpy, copy=False)
    return Tensor.frozen(made.reshape(shape))


def _strings(items: Any, shape: tuple[int, ...]) -> Array:
    array = np.empty(len(items), object)
    for i, item in enumerate(items):
        array[i] = text_of(item)
    return array.reshape(shape)


def text_of(item: bytes) -> str | bytes:
    """A string of a file: text where it is UTF-8, else the bytes, so that nothing is lost."""
    try:
        return item.decode()
    except UnicodeDecodeError:
        return item


def read_sparse(proto: Any, external: ExternalData | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """The values, indices and dims of a SparseTensorProto. Raises: IRTypeError when they do not fit each other."""
    values, indices = read_tensor(proto.values, external), read_tensor(proto.indices, external)
    shape = _shape(proto.dims)
    if values.array.ndim != 1 or indices.dtype.name != "int64" or indices.array.ndim not in (1, 2):
        raise IRTypeError(
            f"a sparse tensor of values {values.type} and indices {indices.type}, expected a vector and int64",
            code="IR220",
        )
    count = len(values.array)
    expected = (count,) if indices.array.ndim == 1 else (count, len(shape))
    if indices.shape != expected:
        raise IRTypeError(f"sparse indices of shape {list(indices.shape)}, expected {list(expected)}", code="IR220")
    return values, indices, Tensor(np.array(shape, np.int64))


def dense_of(sparse: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """The dense tensor a sparse one stands for.

    Raises: IRTypeError when an index is out of range or it is too large.
    """
    values, indices, dims = sparse
    shape = tuple(int(d) for d in dims.array)
    if prod(shape) > DENSE_LIMIT:
        raise IRTypeError(f"a sparse tensor of {prod(shape)} elements, expected at most {DENSE_LIMIT}", code="IR511")
    flat = indices.array
    if flat.ndim == 2:
        bound = dims.array
        if len(flat) and ((flat < 0) | (flat >= bound)).any():
            raise IRTypeError("a sparse index out of range", code="IR220")
        flat = np.ravel_multi_index(tuple(flat.T), shape) if shape else np.zeros(len(flat), np.int64)
    elif len(flat) and (int(flat.min()) < 0 or int(flat.max()) >= prod(shape)):
        raise IRTypeError("a sparse index out of range", code="IR220")
    dense = np.zeros(prod(shape), values.array.dtype)
    if values.dtype.kind == "string":
        dense[:] = ""
    dense[flat] = values.array
    return Tensor.frozen(dense.reshape(shape))


__all__ += ["dense_of", "text_of"]
