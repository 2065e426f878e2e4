"""Random numbers from explicit keys: the same key gives the same bits on every machine, in every back-end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from irlib.axes import require_int64, require_scalar, vector_dims
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Composite, Op, Operand, register
from irlib.shapes import join_dims, require_dtype
from irlib.types import DTYPES, DType, TensorType

__all__ = [
    "Bernoulli", "FoldIn", "RandomBits", "RandomNormal", "RandomPermutation", "RandomSplit", "RandomUniform",
]  # fmt: skip

FLOATS = ("float16", "bfloat16", "float32", "float64")


def _require_key(key: Operand) -> None:
    require_dtype(key, ("uint32",), "key")
    if key.shape is not None:
        if len(key.shape) != 1:
            raise IRTypeError(f"key has rank {len(key.shape)}, expected a vector of 2 words", code="IR207")
        join_dims(key.shape[0], 2, "words of a key")


@dataclass(frozen=True)
class _Drawn(Op):
    """What draws share: no cotangent goes to keys, shapes and counts, which are integers."""

    smoothness = "zero"

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value) -> tuple[Value | None, ...]:
        return (None,) * len(node.operands)


@register
@dataclass(frozen=True)
class RandomBits(_Drawn):
    """Random integers, all equally likely.

    Type: key: uint32[2], shape: int64[k] -> T[shape]; T is uint32 or uint64.
    (C1) block j is Threefry-2x32 with 20 rounds of the counter (j mod 2**32, j // 2**32) under `key`: two words.
    (C2) uint32: elements 2j and 2j + 1, in row-major order, are the words of block j. uint64: element j is the first
    word plus 2**32 times the second.
    Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011).
    """

    dtype: DType = DTYPES["uint32"]

    name = "random_bits"

    def __post_init__(self) -> None:
        if self.dtype.name not in ("uint32", "uint64"):
            raise AttributeValueError(f"dtype {self.dtype}, expected uint32 or uint64", code="IR302")

    def infer(self, key: Operand, shape: Operand) -> TensorType:
        _require_key(key)
        return TensorType(self.dtype, vector_dims(shape, "shape"))


@register
@dataclass(frozen=True)
class RandomSplit(_Drawn):
    """`n` keys from one, independent of it and of each other.

    Type: key: uint32[2], n: int64[] -> uint32[n, 2].
    (C1) key j is Threefry-2x32 with 20 rounds of the counter (j, 2**32 - 1), which no other op uses, under `key`.
    """

    name = "random_split"

    def infer(self, key: Operand, n: Operand) -> TensorType:
        _require_key(key)
        require_int64(n, "n")
        require_scalar(n, "n")
        known = n.known
        return TensorType(DTYPES["uint32"], (None if isinstance(known, tuple | bool) else known, 2))


@register
@dataclass(frozen=True)
class FoldIn(_Drawn):
    """The key of number `data` under `key`: one for each step of a loop, say.

    Type: key: uint32[2], data: int64[] -> uint32[2].
    (C1) it is Threefry-2x32 with 20 rounds of the counter (data mod 2**32, 2**32 - 2) under `key`.
    """

    name = "fold_in"

    def infer(self, key: Operand, data: Operand) -> TensorType:
        _require_key(key)
        require_int64(data, "data")
        require_scalar(data, "data")
        return TensorType(DTYPES["uint32"], (2,))


@register
@dataclass(frozen=True)
class RandomPermutation(_Drawn):
    """The numbers 0 .. n - 1 in random order.

    Type: key: uint32[2], n: int64[] -> int64[n].
    (C1) they are in the order of the uint64 `random_bits` of shape [n]; of equal bits the smaller number goes first.
    """

    name = "random_permutation"

    def infer(self, key: Operand, n: Operand) -> TensorType:
        _require_key(key)
        require_int64(n, "n")
        require_scalar(n, "n")
        known = n.known
        return TensorType(DTYPES["int64"], (None if isinstance(known, tuple | bool) else known,))


@dataclass(frozen=True)
class _Floats(Composite):
    """Random floats of a shape."""

    dtype: DType = DTYPES["float32"]

    smoothness = "zero"

    def __post_init__(self) -> None:
        if self.dtype.name not in FLOATS:
            raise AttributeValueError(f"dtype {self.dtype}, expected one of {', '.join(FLOATS)}", code="IR302")

    def infer(self, key: Operand, shape: Operand) -> TensorType:
        _require_key(key)
        return TensorType(self.dtype, vector_dims(shape, "shape"))

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value) -> tuple[Value | None, ...]:
        return (None,) * len(node.operands)


def _leading(b: Emitter, key: Any, shape: Any, *, of: DType, bits: int) -> Any:
    """Random numbers of so many bits, as floats; they are exact in `of`."""
    source = DTYPES["uint64" if of.bits == 64 else "uint32"]
    drawn = b.random_bits(key, shape, dtype=source)
    return b.cast(b.floor_divide(drawn, b.constant(2 ** (source.bits - bits), source)), dtype=of)


_PRECISION = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}


@register
@dataclass(frozen=True)
class RandomUniform(_Floats):
    """Random floats from 0 to below 1.

    Type: key: uint32[2], shape: int64[k] -> T[shape]; T is float16, bfloat16, float32 or float64.
    (C1) each is the leading p bits of an element of `random_bits` (uint64 for float64, else uint32) times 2**-p,
    where p is the precision of T: 11, 8, 24 or 53. It is exact, and equally spaced.
    """

    name = "random_uniform"

    def decompose(self, b: Emitter, key: Any, shape: Any) -> Any:
        bits = _PRECISION[self.dtype.name]
        wide = self.dtype if self.dtype.bits >= 32 else DTYPES["float32"]
        made = b.multiply(_leading(b, key, shape, of=wide, bits=bits), b.constant(2.0**-bits, wide))
        return made if wide is self.dtype else b.cast(made, dtype=self.dtype)


@register
@dataclass(frozen=True)
class RandomNormal(_Floats):
    """Random floats of the standard normal distribution.

    Type: key: uint32[2], shape: int64[k] -> T[shape]; T is float16, bfloat16, float32 or float64.
    (C1) each is sqrt(2) * erfinv(t), where t = (2k + 1)/2**p - 1, k is the leading p bits of an element of
    `random_bits` and p is 23, for float64 52; t is exact and never -1, 0 or 1. Half floats are rounded from float32.
    (C2) the inverse of erf is monotone and smooth: back-ends whose erfinv differ by units in the last place differ so
    here, never by more, as they would after a rejection.
    """

    name = "random_normal"

    def decompose(self, b: Emitter, key: Any, shape: Any) -> Any:
        wide = self.dtype if self.dtype.bits >= 32 else DTYPES["float32"]
        bits = _PRECISION[wide.name] - 1
        k = _leading(b, key, shape, of=wide, bits=bits)
        scale = b.constant(2.0**bits, wide)
        odd = b.add(b.add(k, k), b.constant(1.0, wide))
        made = b.multiply(b.erfinv(b.divide(b.subtract(odd, scale), scale)), b.constant(2.0**0.5, wide))
        return made if wide is self.dtype else b.cast(made, dtype=self.dtype)


@register
@dataclass(frozen=True)
class Bernoulli(Composite):
    """True with probability `p`, element by element.

    Type: key: uint32[2], p: T[..] -> bool[..]; T is float16, bfloat16, float32 or float64.
    (C1) an element is true where `random_uniform` of the shape of p, in float64 for float64 and else in float32, is
    below p: never for p = 0, always for p = 1. It carries no cotangent.
    """

    name = "bernoulli"
    smoothness = "zero"

    def infer(self, key: Operand, p: Operand) -> TensorType:
        _require_key(key)
        require_dtype(p, FLOATS, "p")
        return p.tensor.with_dtype(DTYPES["bool"])

    def decompose(self, b: Emitter, key: Any, p: Any) -> Any:
        wide = p.dtype if p.dtype.bits >= 32 else DTYPES["float32"]
        u = b.random_uniform(key, b.shape(p), dtype=wide)
        return b.less(u, p if wide is p.dtype else b.cast(p, dtype=wide))

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value) -> tuple[Value | None, ...]:
        return (None,) * len(node.operands)
