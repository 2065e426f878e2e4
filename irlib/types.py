"""The type system: dtypes, tensor types with symbolic shapes, sequence and optional types.

All types are frozen and hashable. `parse_type` reads the one spelling that every part of irlib writes:
``float32[batch, 64]``, ``int64[]`` (a scalar), ``float32[?, 3]`` (an unknown dim), ``float32[...]`` (unknown rank),
``sequence<float32[...]>``, ``optional<int64[]>``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from irlib.dim_text import parse_dim
from irlib.dims import Dim, DimLike, MaybeDim, substitute
from irlib.errors import IRTypeError

__all__ = [
    "DTYPES",
    "DType",
    "OptionalType",
    "SequenceType",
    "Shape",
    "TensorType",
    "Type",
    "as_type",
    "dtype",
    "dtype_of",
    "parse_type",
    "spec",
    "specialized",
    "type_of",
    "within_limits",
]

MAX_RANK = 32
MAX_DIM = 2**48

Shape: TypeAlias = tuple[MaybeDim, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DType:
    """An element type. `kind` is one of bool, int, uint, float, complex, string; `bits` is the width of one element.

    `number` is the element type's number in files; it never changes. There is one object for each, in `DTYPES`.
    """

    name: str
    kind: str
    bits: int
    number: int

    def __str__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Any, ...]:
        return dtype, (self.name,)

    @property
    def numpy(self) -> np.dtype[Any]:
        """The numpy dtype that holds it in memory; the small kinds come from ml_dtypes, strings are objects."""
        return _numpy_dtype(self.name)

    @property
    def is_float(self) -> bool:
        return self.kind == "float"

    @property
    def is_complex(self) -> bool:
        return self.kind == "complex"

    @property
    def is_integer(self) -> bool:
        return self.kind in ("int", "uint")

    @property
    def is_differentiable(self) -> bool:
        """Whether a value of this dtype can carry a cotangent: float16 and wider floats, bfloat16, complex."""
        return self.kind == "complex" or (self.kind == "float" and self.bits >= 16)

    @property
    def is_half(self) -> bool:
        """Whether sums of it are kept in float32: float16, bfloat16 and the small floats."""
        return self.kind == "float" and self.bits <= 16

    @property
    def real(self) -> DType:
        """The dtype of the real part: float32 for complex64, itself for a real dtype."""
        return DTYPES[f"float{self.bits // 2}"] if self.kind == "complex" else self


DTYPES: dict[str, DType] = {
    d.name: d
    for d in (
        DType("bool", "bool", 8, 1),
        DType("int8", "int", 8, 2),
        DType("int16", "int", 16, 3),
        DType("int32", "int", 32, 4),
        DType("int64", "int", 64, 5),
        DType("uint8", "uint", 8, 6),
        DType("uint16", "uint", 16, 7),
        DType("uint32", "uint", 32, 8),
        DType("uint64", "uint", 64, 9),
        DType("float16", "float", 16, 10),
        DType("float32", "float", 32, 11),
        DType("float64", "float", 64, 12),
        DType("bfloat16", "float", 16, 13),
        DType("complex64", "complex", 64, 14),
        DType("complex128", "complex", 128, 15),
        DType("string", "string", 0, 16),
        DType("int2", "int", 2, 17),
        DType("int4", "int", 4, 18),
        DType("uint2", "uint", 2, 19),
        DType("uint4", "uint", 4, 20),
        DType("float8_e4m3fn", "float", 8, 21),
        DType("float8_e4m3fnuz", "float", 8, 22),
        DType("float8_e5m2", "float", 8, 23),
        DType("float8_e5m2fnuz", "float", 8, 24),
        DType("float8_e8m0fnu", "float", 8, 25),
        DType("float6_e2m3fn", "float", 6, 26),
        DType("float6_e3m2fn", "float", 6, 27),
        DType("float4_e2m1fn", "float", 4, 28),
    )
}

_ALIASES = {"f16": "float16", "f32": "float32", "f64": "float64", "bf16": "bfloat16", "i64": "int64", "i32": "int32",
            "c64": "complex64", "c128": "complex128", "str": "string", "object": "string"}  # fmt: skip

_NUMPY_NATIVE = frozenset(
    n for n in DTYPES if n == "bool" or DTYPES[n].kind == "complex"
    or (DTYPES[n].bits >= 8 and DTYPES[n].kind in ("int", "uint")) or n in ("float16", "float32", "float64")
)  # fmt: skip


@cache
def _numpy_dtype(name: str) -> np.dtype[Any]:
    if name == "string":
        return np.dtype(object)
    if name in _NUMPY_NATIVE:
        return np.dtype(name)
    import ml_dtypes

    found: np.dtype[Any] = np.dtype(getattr(ml_dtypes, name))
    return found


def dtype(spec: str | DType | np.dtype[Any] | type) -> DType:
    """The `DType` that `spec` names: a name, a numpy dtype or scalar type, or a `DType` itself.

    Raises: IRTypeError when there is no such dtype.
    """
    if isinstance(spec, DType):
        return spec
    if isinstance(spec, np.dtype):
        return _of_numpy(spec)
    if isinstance(spec, str):
        found = DTYPES.get(_ALIASES.get(spec, spec))
        if found is not None:
            return found
    else:
        return _of_numpy(np.dtype(spec))
    raise _unknown(spec)


@cache
def _of_numpy(spec: np.dtype[Any]) -> DType:
    found = DTYPES.get("string" if spec.kind in "OUTS" else spec.name)
    if found is None:
        raise _unknown(spec)
    return found


def _unknown(spec: Any) -> IRTypeError:
    return IRTypeError(f"unknown dtype {spec!r}", code="IR201", remedy="expected one of " + ", ".join(DTYPES))


def dtype_of(array: np.ndarray[Any, Any]) -> DType:
    """The `DType` of a numpy array's elements."""
    return dtype(array.dtype)


@dataclass(frozen=True, slots=True)
class TensorType:
    """A dtype and a shape: a tuple of dims (int, `Dim` or None for unknown), or None where the rank is unknown."""

    dtype: DType
    shape: Shape | None

    def __str__(self) -> str:
        if self.shape is None:
            return f"{self.dtype}[...]"
        return f"{self.dtype}[{', '.join('?' if d is None else str(d) for d in self.shape)}]"

    @property
    def rank(self) -> int | None:
        return None if self.shape is None else len(self.shape)

    @property
    def is_static(self) -> bool:
        """Whether every dim is a number."""
        return self.shape is not None and all(type(d) is int for d in self.shape)

    @property
    def size(self) -> DimLike | None:
        """The number of elements; None where a dim or the rank is unknown."""
        if self.shape is None:
            return None
        total: DimLike = 1
        for d in self.shape:
            if d is None:
                return None
            total = total * d
        return total

    def with_shape(self, shape: Shape | None) -> TensorType:
        return TensorType(self.dtype, shape)

    def with_dtype(self, dtype: DType) -> TensorType:
        return TensorType(dtype, self.shape)


@dataclass(frozen=True, slots=True)
class SequenceType:
    """A list of values of one type, of any length."""

    element: Type

    def __str__(self) -> str:
        return f"sequence<{self.element}>"


@dataclass(frozen=True, slots=True)
class OptionalType:
    """A value of one type, or its absence."""

    element: Type

    def __str__(self) -> str:
        return f"optional<{self.element}>"


Type: TypeAlias = TensorType | SequenceType | OptionalType


def parse_type(text: str) -> Type:
    """The type that `text` writes, as in ``float32[batch, 64]``.

    Raises: IRTypeError when `text` is not a type.
    """
    wrappers: list[type[SequenceType | OptionalType]] = []
    inner = text.strip()
    while inner.endswith(">") and len(wrappers) < 8:
        head, _, rest = inner.partition("<")
        if head not in ("sequence", "optional"):
            break
        wrappers.append(SequenceType if head == "sequence" else OptionalType)
        inner = rest[:-1].strip()
    result: Type = _parse_tensor(inner, text)
    for wrapper in reversed(wrappers):
        result = wrapper(result)
    return result


def _parse_tensor(inner: str, text: str) -> TensorType:
    head, bracket, rest = inner.partition("[")
    if not bracket or not rest.endswith("]"):
        raise IRTypeError(f"{text[:80]!r} is not a type", code="IR202", remedy="write it as float32[batch, 64]")
    element = dtype(head.strip())
    dims = rest[:-1].strip()
    if dims == "...":
        return TensorType(element, None)
    shape = tuple(parse_dim(part) for part in _split_dims(dims)) if dims else ()
    return within_limits(TensorType(element, shape))


def _split_dims(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for i, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return [*parts, text[start:]]


def within_limits(t: TensorType) -> TensorType:
    """`t` itself. Raises: IRTypeError where its rank is above 32, or a dim is below 0 or from 2**48."""
    if t.shape is not None:
        if len(t.shape) > MAX_RANK:
            raise IRTypeError(f"rank {len(t.shape)}, expected at most {MAX_RANK}", code="IR205")
        for d in t.shape:
            if isinstance(d, int) and not 0 <= d < MAX_DIM:
                raise IRTypeError(f"dim {d}, expected 0 <= dim < 2**48", code="IR205")
    return t


def as_type(spec: Type | str | tuple[Any, Sequence[Any] | None]) -> Type:
    """A type from a type, its spelling, or a pair ``(dtype, shape)`` whose dims are ints, names, `Dim` or None."""
    if isinstance(spec, str):
        return parse_type(spec)
    if isinstance(spec, tuple):
        element, shape = spec
        if shape is None:
            return TensorType(dtype(element), None)
        dims = tuple(parse_dim(d) if isinstance(d, str) else _as_dim(d) for d in shape)
        return within_limits(TensorType(dtype(element), dims))
    return within_limits(spec) if isinstance(spec, TensorType) else spec


def _as_dim(d: Any) -> MaybeDim:
    return d if d is None or isinstance(d, Dim) else int(d)


def type_of(value: Any) -> Type:
    """The type of a runtime value: a numpy array or scalar, or a list of such (a sequence).

    Raises: IRTypeError when the value is no such thing.
    """
    if isinstance(value, list):
        return SequenceType(_join([type_of(v) for v in value]))
    array = np.asarray(value)
    return TensorType(dtype_of(array), tuple(int(d) for d in array.shape))


def _join(types: list[Type]) -> Type:
    if not types:
        return TensorType(DTYPES["float32"], None)
    first = types[0]
    if all(t == first for t in types):
        return first
    if isinstance(first, TensorType) and all(isinstance(t, TensorType) and t.dtype == first.dtype for t in types):
        shapes = [t.shape for t in types if isinstance(t, TensorType) and t.shape is not None]
        if len({len(s) for s in shapes}) > 1:
            return TensorType(first.dtype, None)
        return TensorType(first.dtype, tuple(ds[0] if len(set(ds)) == 1 else None for ds in zip(*shapes, strict=True)))
    raise IRTypeError(f"a sequence of {first} and other types, expected one element type", code="IR203")


def spec(text: Type | str | tuple[Any, Sequence[Any] | None]) -> Type:
    """What stands for an argument that is not there yet: its type, as in ``irlib.spec("float64[batch, 3]")``."""
    return as_type(text)


def specialized(t: Type, values: Mapping[str, DimLike]) -> Type:
    """`t` with the symbols of its dims replaced by what `values` gives for them."""
    if isinstance(t, TensorType):
        if t.shape is None or not any(isinstance(d, Dim) for d in t.shape):
            return t
        return TensorType(t.dtype, tuple(substitute(d, values) for d in t.shape))
    return type(t)(specialized(t.element, values))
