"""Element types and value types: ONNX's numbers and messages to irlib's, both ways."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from irlib.dims import Dim, MaybeDim, symbol
from irlib.errors import IRTypeError, UnsupportedError
from irlib.types import DTYPES, MAX_DIM, MAX_RANK, DType, OptionalType, SequenceType, TensorType, Type

__all__ = ["DTYPE_OF", "NUMBER_OF", "TYPE_STRINGS", "Symbols", "dtype_of_number", "type_of_string", "type_proto"]

_NAMES = {
    1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 8: "string", 9: "bool",
    10: "float16", 11: "float64", 12: "uint32", 13: "uint64", 14: "complex64", 15: "complex128", 16: "bfloat16",
    17: "float8_e4m3fn", 18: "float8_e4m3fnuz", 19: "float8_e5m2", 20: "float8_e5m2fnuz", 21: "uint4", 22: "int4",
    23: "float4_e2m1fn", 24: "float8_e8m0fnu", 25: "uint2", 26: "int2", 27: "float6_e2m3fn", 28: "float6_e3m2fn",
}  # fmt: skip

DTYPE_OF: dict[int, DType] = {number: DTYPES[name] for number, name in _NAMES.items()}
"""The dtype of each TensorProto.DataType."""

NUMBER_OF: dict[DType, int] = {d: number for number, d in DTYPE_OF.items()}
"""The TensorProto.DataType of each dtype."""

_SPELLED = {
    "float32": "float", "float64": "double", "float8_e4m3fn": "float8e4m3fn", "float8_e4m3fnuz": "float8e4m3fnuz",
    "float8_e5m2": "float8e5m2", "float8_e5m2fnuz": "float8e5m2fnuz", "float4_e2m1fn": "float4e2m1",
    "float8_e8m0fnu": "float8e8m0", "float6_e2m3fn": "float6e2m3", "float6_e3m2fn": "float6e3m2",
}  # fmt: skip

TYPE_STRINGS: dict[str, DType] = {f"tensor({_SPELLED.get(d.name, d.name)})": d for d in NUMBER_OF}
"""The dtype of each tensor type as operator schemas spell it."""

_WRAPPED = re.compile(r"(seq|optional)\((.*)\)")


def dtype_of_number(number: int, what: str = "element type") -> DType:
    """The dtype of a TensorProto.DataType. Raises: IRTypeError when there is none of this number."""
    found = DTYPE_OF.get(number)
    if found is None:
        raise IRTypeError(f"{what} number {number}, expected one of ONNX's 1 to {max(DTYPE_OF)}", code="IR201")
    return found


def type_of_string(text: str) -> Type | None:
    """The type a schema spells, as ``seq(tensor(float))``, its shape not known; None for what irlib does not have."""
    wrapped = _WRAPPED.fullmatch(text)
    if wrapped is not None:
        inner = type_of_string(wrapped[2])
        wrap = SequenceType if wrapped[1] == "seq" else OptionalType
        return None if inner is None else wrap(inner)
    found = TYPE_STRINGS.get(text)
    return None if found is None else TensorType(found, None)


_SYMBOL = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


class Symbols:
    """Names of symbols for the dim_params of a model: the same where it is a name, otherwise one made from it."""

    def __init__(self) -> None:
        self.renamed: dict[str, str] = {}
        """The dim_param behind each name that was made."""
        self._dims: dict[str, MaybeDim] = {}

    def dim(self, text: str) -> MaybeDim:
        """The dim that dim_param `text` stands for; an empty one says nothing."""
        found = self._dims.get(text)
        if found is None and text:
            found = self._dims[text] = symbol(self._name(text))
        return found

    def _name(self, text: str) -> str:
        if _SYMBOL.fullmatch(text) and len(text) <= 256 and text not in self.renamed:
            return text
        made = re.sub(r"[^A-Za-z0-9]+", "_", text)[:80].strip("_") or "dim"
        base = f"d_{made}" if made[0].isdigit() else made
        name, k = base, 2
        while name in self.renamed or name in self._dims:
            name, k = f"{base}_{k}", k + 1
        self.renamed[name] = text
        return name

    def type(self, proto: Any) -> Type:
        """The type that a TypeProto states.

        Raises: IRTypeError when it states none or a wrong one; UnsupportedError for maps, sparse and opaque types.
        """
        wrappers: list[type[SequenceType | OptionalType]] = []
        kind = proto.WhichOneof("value")
        while kind in ("sequence_type", "optional_type"):
            wrappers.append(SequenceType if kind == "sequence_type" else OptionalType)
            proto = getattr(proto, kind).elem_type
            kind = proto.WhichOneof("value")
        if kind is None:
            raise IRTypeError("a type that says nothing", code="IR202", remedy="declare an element type")
        if kind != "tensor_type":
            raise UnsupportedError(f"values of {kind.removesuffix('_type')} type", code="IR858")
        found: Type = self._tensor(proto.tensor_type)
        for wrapper in reversed(wrappers):
            found = wrapper(found)
        return found

    def _tensor(self, proto: Any) -> TensorType:
        element = dtype_of_number(proto.elem_type)
        if not proto.HasField("shape"):
            return TensorType(element, None)
        dims = proto.shape.dim
        if len(dims) > MAX_RANK:
            raise IRTypeError(f"rank {len(dims)}, expected at most {MAX_RANK}", code="IR205")
        return TensorType(element, tuple([self._dim(d) for d in dims]))

    def _dim(self, proto: Any) -> MaybeDim:
        kind = proto.WhichOneof("value")
        if kind == "dim_param":
            return self.dim(proto.dim_param)
        if kind is None:
            return None
        size = int(proto.dim_value)
        if size >= MAX_DIM:
            raise IRTypeError(f"dim {size}, expected 0 <= dim < 2**48", code="IR205")
        # exporters write -1 for a dim they do not know
        return size if size >= 0 else None


def type_proto(t: Type, symbols: Mapping[str, str]) -> Any:
    """A TypeProto; a dim that is no number and no symbol alone is left open. `symbols` renames symbols."""
    import onnx

    proto = onnx.TypeProto()
    inner = proto
    while isinstance(t, SequenceType | OptionalType):
        inner = (inner.sequence_type if isinstance(t, SequenceType) else inner.optional_type).elem_type
        t = t.element
    assert isinstance(t, TensorType)
    inner.tensor_type.elem_type = NUMBER_OF[t.dtype]
    if t.shape is not None:
        dims = inner.tensor_type.shape.dim
        inner.tensor_type.shape.SetInParent()
        for d in t.shape:
            entry = dims.add()
            if isinstance(d, int):
                entry.dim_value = d
            elif isinstance(d, Dim) and d.symbols == {str(d)}:
                entry.dim_param = symbols.get(str(d), str(d))
    return proto
