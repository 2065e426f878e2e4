"""Values made from sizes: ranges, constants of a shape, identity matrices."""

from __future__ import annotations

from dataclasses import dataclass

from irlib.axes import known_vector, require_int64, require_scalar
from irlib.dims import Dim, MaybeDim
from irlib.errors import IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import MAX_KNOWN, Composite, Known, Op, Operand, register
from irlib.shapes import require_dtype, same_dtype
from irlib.types import DTYPES, DType, TensorType

__all__ = ["Arange", "Eye", "Full", "Iota", "Linspace"]


def _count(n: Operand, what: str) -> MaybeDim:
    """The number that an int64 scalar holds, as a dim. Raises: IRTypeError when it is no such thing or negative."""
    require_int64(n, what)
    require_scalar(n, what)
    known = n.known
    if isinstance(known, int) and known < 0:
        raise IRTypeError(f"{what} is {known}, expected >= 0", code="IR205")
    return known if isinstance(known, int | Dim) else None


@register
@dataclass(frozen=True)
class Iota(Op):
    """The numbers 0, 1, .. n - 1.

    Type: n: int64[] -> dtype[n]; dtype is an integer, float or complex dtype.
    (C1) n >= 0. A number that dtype cannot hold wraps around (integers) or is rounded (floats).
    Source: StableHLO `iota`, of rank 1.
    """

    dtype: DType = DTYPES["int64"]

    name = "iota"
    smoothness = "zero"

    def infer(self, n: Operand) -> TensorType:
        if self.dtype.kind not in ("int", "uint", "float", "complex"):
            raise IRTypeError(f"dtype is {self.dtype}, expected a number", code="IR204")
        return TensorType(self.dtype, (_count(n, "n"),))

    def known(self, n: Operand) -> Known:
        count = n.known
        if self.dtype.is_integer and self.dtype.bits >= 8 and isinstance(count, int) and count <= MAX_KNOWN:
            return known_vector(range(count))
        return None

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value) -> tuple[Value | None, ...]:
        return (None,)


@register
@dataclass(frozen=True)
class Arange(Composite):
    """The numbers start, start + step, start + 2*step, .. before `stop`.

    Type: start: T[], stop: T[], step: T[] -> T[n]; T is an integer or float dtype.
    (C1) step is not 0; n = max(0, ceil((stop - start) / step)), in float64 where T is a float.
    (C2) element i is start + i * step, not a running sum.
    The derivative goes to start and step; the number of elements has none.
    Source: Python array API 2024.12 `arange`; ONNX Range-11.
    """

    name = "arange"
    smoothness = "linear"

    def infer(self, start: Operand, stop: Operand, step: Operand) -> TensorType:
        found = same_dtype(start, stop, step)
        for what, operand in (("start", start), ("stop", stop), ("step", step)):
            require_dtype(operand, ("int", "uint", "float"), what)
            require_scalar(operand, what)
        return TensorType(found, (None,))

    def decompose(self, b: Emitter, start: Value, stop: Value, step: Value) -> Value:
        self.infer(start.operand, stop.operand, step.operand)
        if start.dtype.is_float:
            low, high, by = (b.cast(v, dtype="float64") for v in (start, stop, step))
            count = b.cast(b.ceil((high - low) / by), dtype="int64")
        else:
            low, high, by = (b.cast(v, dtype="int64") for v in (start, stop, step))
            count = b.negative((low - high) // by)  # rounded up
        return start + b.iota(b.maximum(count, 0), dtype=start.dtype) * step


@register
@dataclass(frozen=True)
class Linspace(Composite):
    """`num` numbers at equal distance from `start` to `stop`, or up to it without endpoint.

    Type: start: T[], stop: T[], num: int64[] -> T[num]; T is a float or complex dtype.
    (C1) num >= 0; one number alone is start.
    (C2) element i is start + i * ((stop - start) / n), where n = num - 1, or num without endpoint.
    Source: Python array API 2024.12 `linspace`.
    """

    endpoint: bool = True

    name = "linspace"
    smoothness = "linear"

    def infer(self, start: Operand, stop: Operand, num: Operand) -> TensorType:
        require_dtype(start, ("float", "complex"), "start")
        return TensorType(same_dtype(start, stop), (_count(num, "num"),))

    def decompose(self, b: Emitter, start: Value, stop: Value, num: Value) -> Value:
        self.infer(start.operand, stop.operand, num.operand)
        gaps = b.maximum(num - 1 if self.endpoint else num, 1)
        return start + b.iota(num, dtype=start.dtype) * ((stop - start) / b.cast(gaps, dtype=start.dtype))


@register
@dataclass(frozen=True)
class Full(Composite):
    """`value` in every place of a tensor of the given shape.

    Type: shape: int64[k], value: T[] -> T[shape]; T is any dtype.
    Source: Python array API 2024.12 `full`; ONNX ConstantOfShape-24.
    """

    name = "full"
    smoothness = "linear"

    def decompose(self, b: Emitter, shape: Value, value: Value) -> Value:
        require_scalar(value.operand, "value")
        return b.broadcast_to(value, shape)


@register
@dataclass(frozen=True)
class Eye(Composite):
    """A matrix with ones on its `k`-th diagonal and zeros elsewhere.

    Type: n: int64[], m: int64[] (absent: n), k: int64[] (absent: 0) -> dtype[n, m].
    (C1) element (i, j) is 1 where j - i = k.
    Source: Python array API 2024.12 `eye`; ONNX EyeLike-22.
    """

    dtype: DType = DTYPES["float64"]

    name = "eye"
    smoothness = "zero"

    def infer(self, n: Operand, m: Operand | None = None, k: Operand | None = None) -> TensorType:
        if k is not None:
            require_int64(k, "k")
        rows = _count(n, "n")
        return TensorType(self.dtype, (rows, rows if m is None else _count(m, "m")))

    def decompose(self, b: Emitter, n: Value, m: Value | None = None, k: Value | None = None) -> Value:
        columns = b.iota(n if m is None else m)
        rows = b.unsqueeze(b.iota(n), [1])
        return b.cast(b.equal(columns, rows if k is None else rows + k), dtype=self.dtype)
