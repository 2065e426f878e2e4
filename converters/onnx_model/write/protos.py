"""Tensors, types and attributes as messages: the other way of `tensors.py`, `dtypes.py` and `attributes.py`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from irlib.converters.onnx_model.dtypes import NUMBER_OF, type_proto
from irlib.errors import AttributeValueError
from irlib.tensor import Array, Tensor
from irlib.types import OptionalType, SequenceType, TensorType, Type

__all__ = ["attribute_proto", "maps_type", "packed", "sparse_proto", "tensor_proto", "value_info"]

_KINDS = {int: 2, float: 1, str: 3, bytes: 3}
_SINGLE_FIELD = {1: "f", 2: "i", 3: "s"}
_PLURAL_FIELD = {6: "floats", 7: "ints", 8: "strings"}


def tensor_proto(tensor: Tensor, name: str = "") -> Any:
    """A TensorProto with raw elements."""
    import onnx

    proto = onnx.TensorProto(name=name, data_type=NUMBER_OF[tensor.dtype], dims=tensor.shape)
    if tensor.dtype.kind == "string":
        proto.string_data.extend(s if isinstance(s, bytes) else s.encode() for s in tensor.array.flat)
    else:
        proto.raw_data = raw_of(tensor)
    return proto


def raw_of(tensor: Tensor) -> bytes:
    """The elements as a file holds them: little-endian, those below a byte packed."""
    bits = tensor.dtype.bits
    if bits < 8:
        return packed(tensor.array.reshape(-1).view(np.uint8), bits).tobytes()
    array = tensor.array
    if sys.byteorder != "little" and array.dtype.itemsize > 1:
        array = array.astype(array.dtype.newbyteorder("<"))
    return array.tobytes()


def packed(codes: Array, bits: int) -> Array:
    """Elements of `bits` bits, one to a byte, packed with the first in the lowest bits."""
    codes = codes & np.uint8((1 << bits) - 1)
    if bits == 6:  # four elements in three bytes
        a, b, c, d = _padded(codes, 4).reshape(-1, 4).T
        three = np.stack([a | b << 6, b >> 2 | c << 4, c >> 4 | d << 2], axis=1).reshape(-1)
        return three[: -(-len(codes) * 6 // 8)].astype(np.uint8)
    per = 8 // bits
    columns = _padded(codes, per).reshape(-1, per)
    made: Array = np.zeros(len(columns), np.uint8)
    for k in range(per):
        made |= columns[:, k] << np.uint8(k * bits)
    return made


def _padded(codes: Array, multiple: int) -> Array:
    whole = np.zeros(-(-len(codes) // multiple) * multiple, np.uint8)
    whole[: len(codes)] = codes
    return whole


def sparse_proto(tensor: Tensor, name: str) -> Any:
    """A SparseTensorProto of the elements that are not zero."""
    import onnx

    places = np.flatnonzero(tensor.array)
    values = Tensor(tensor.array.reshape(-1)[places])
    return onnx.SparseTensorProto(
        values=tensor_proto(values, name), indices=tensor_proto(Tensor(places.astype(np.int64))), dims=tensor.shape
    )


def value_info(name: str, t: Type, symbols: Mapping[str, str]) -> Any:
    """A ValueInfoProto."""
    import onnx

    return onnx.ValueInfoProto(name=name, type=type_proto(t, symbols))


def maps_type(zip_map: Any) -> Any:
    """The TypeProto of what a ZipMap gives in ONNX: a map from labels to scores for each row."""
    import onnx

    numbers = any(a.name == "classlabels_int64s" for a in zip_map.attribute)
    key = onnx.TensorProto.INT64 if numbers else onnx.TensorProto.STRING
    score = onnx.helper.make_tensor_type_proto(onnx.TensorProto.FLOAT, [])
    row = onnx.TypeProto(map_type=onnx.TypeProto.Map(key_type=key, value_type=score))
    return onnx.TypeProto(sequence_type=onnx.TypeProto.Sequence(elem_type=row))


def attribute_proto(name: str, value: Any, kind: int | None = None, symbols: Mapping[str, str] | None = None) -> Any:
    """An AttributeProto of what `read_attribute` gives; `kind`, an AttributeType, decides where the value does not.

    Raises: AttributeValueError for a value that is of none of ONNX's kinds.
    """
    import onnx

    made = onnx.AttributeProto(name=name)
    kind = kind if kind is not None else _kind_of(name, value)
    made.type = kind  # type: ignore[assignment]
    if kind in _SINGLE_FIELD:
        setattr(made, _SINGLE_FIELD[kind], value.encode() if isinstance(value, str) else value)
    elif kind in _PLURAL_FIELD:
        items = [v.encode() if isinstance(v, str) else v for v in value]
        getattr(made, _PLURAL_FIELD[kind]).extend(items)
    elif kind == 4:
        made.t.CopyFrom(tensor_proto(value))
    elif kind == 9:
        made.tensors.extend(tensor_proto(t) for t in value)
    elif kind == 11:
        made.sparse_tensor.CopyFrom(_sparse_attribute(value))
    elif kind == 12:
        made.sparse_tensors.extend(_sparse_attribute(t) for t in value)
    elif kind == 13:
        made.tp.CopyFrom(type_proto(value, symbols or {}))
    elif kind == 14:
        made.type_protos.extend(type_proto(t, symbols or {}) for t in value)
    elif kind == 5:
        made.g.CopyFrom(value)
    else:
        made.graphs.extend(value)
    return made


def _sparse_attribute(value: tuple[Tensor, Tensor, Tensor]) -> Any:
    import onnx

    values, indices, dims = value
    return onnx.SparseTensorProto(
        values=tensor_proto(values), indices=tensor_proto(indices), dims=dims.array.reshape(-1).tolist()
    )


def _kind_of(name: str, value: Any) -> int:
    if isinstance(value, bool):
        return 2
    found = _KINDS.get(type(value))
    if found is not None:
        return found
    if isinstance(value, Tensor):
        return 4
    if isinstance(value, TensorType | SequenceType | OptionalType):
        return 13
    if isinstance(value, tuple | list) and value:
        if all(isinstance(v, Tensor) for v in value):
            return 9
        inner = _KINDS.get(type(value[0]))
        if inner is not None:
            return inner + 5
    if isinstance(value, tuple | list):
        return 7
    raise AttributeValueError(f"attribute {name!r} is a {type(value).__name__}, which ONNX does not have", code="IR302")
