"""Conversion: between dtypes, between real and complex, and of a value to one without a derivative."""

from __future__ import annotations

from dataclasses import dataclass

from irlib.dims import Dim
from irlib.errors import DerivativeError, IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Known, Op, Operand, register
from irlib.ops.elementwise import Binary, Unary, known_elementwise
from irlib.types import DTYPES, DType, TensorType, Type

__all__ = ["Bitcast", "Cast", "Complex", "Conj", "Imag", "Real", "StopGradient"]


@register
@dataclass(frozen=True)
class Cast(Op):
    """`x` in another dtype, element by element.

    Type: x: S[..] -> dtype[..]; all pairs but complex to real (`real`) and strings to or from bool and complex.
    (C1) to a float or complex dtype: rounded to nearest, ties to even. To float8: what is too large, or infinite, is
         the largest number where `saturate`, else inf or NaN as the dtype has it; float6 and float4 always saturate.
    (C2) a float to an integer: rounded towards zero, saturated at the ends of the range, NaN is 0; where `strict`, NaN,
         infinities and what is out of range are errors when the graph runs instead.
    (C3) an integer to an integer: wraps around (two's complement).
    (C4) to bool: whether the element is not 0 (NaN is not). A bool to a number: 0 or 1.
    (C5) a number to a string: the shortest decimal that reads back as it; a string to a number: the decimal number, NaN
         or INF in it, an error when the graph runs where there is none.
    (C6) between dtypes that carry cotangents dx is dy cast back, its real part where x is real.
    Source: Python array API 2024.12 `astype`; ONNX Cast-25 (round_mode up and down of float8e8m0 are not here).
    """

    dtype: DType
    saturate: bool = True
    strict: bool = False
    name = "cast"
    smoothness = "linear"

    def infer(self, x: Operand) -> TensorType:
        source = x.dtype.kind
        pair = (source, self.dtype.kind)
        if source == "complex" and pair[1] not in ("complex", "bool"):
            raise IRTypeError(f"cast of {x.dtype} to {self.dtype}", code="IR204", remedy="take its real part first")
        if "string" in pair and set(pair) & {"bool", "complex"}:
            raise IRTypeError(
                f"cast of {x.dtype} to {self.dtype}, expected an integer or float beside string", code="IR204"
            )
        return x.tensor.with_dtype(self.dtype)

    def known(self, x: Operand) -> Known:
        """The elements where both dtypes are integers or bool and no element wraps."""
        if self.dtype.kind not in ("bool", "int", "uint"):
            return None
        convert = _truth if self.dtype.kind == "bool" else _number
        return known_elementwise(convert, self.dtype, (x,))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (x,) = node.operands
        if not x.dtype.is_differentiable:
            return (None,)
        if dy.dtype.is_complex and not x.dtype.is_complex:
            dy = b.real(dy)
        return (dy if dy.dtype is x.dtype else b.cast(dy, dtype=x.dtype),)


def _truth(item: object) -> bool | None:
    if isinstance(item, int):
        return item != 0
    bound = item.lower_bound if isinstance(item, Dim) else None
    return True if bound is not None and bound > 0 else None


def _number(item: object) -> object:
    return int(item) if isinstance(item, bool) else item


@register
@dataclass(frozen=True)
class Bitcast(Op):
    """The bits of `x`, read as another dtype.

    Type: x: S[..] -> dtype[..]; neither is bool or string, both have the same number of bits, at least 8.
    (C1) no derivative is known between two dtypes that carry cotangents: an error, not a zero.
    Source: StableHLO `bitcast_convert`; ONNX BitCast-26.
    """

    dtype: DType
    name = "bitcast"

    def infer(self, x: Operand) -> TensorType:
        for t in (x.dtype, self.dtype):
            if t.kind in ("bool", "string") or t.bits < 8:
                raise IRTypeError(
                    f"bitcast of {x.dtype} to {self.dtype}, expected numbers of 8 bits or more", code="IR204"
                )
        if x.dtype.bits != self.dtype.bits:
            raise IRTypeError(
                f"bitcast of {x.dtype} to {self.dtype}, of {x.dtype.bits} and {self.dtype.bits} bits, expected as many",
                code="IR204",
            )
        return x.tensor.with_dtype(self.dtype)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (x,) = node.operands
        if not x.dtype.is_differentiable:
            return (None,)
        raise DerivativeError(
            f"bitcast of {x.dtype} to {self.dtype} has no derivative", code="IR701", where=str(node),
            remedy="put stop_gradient before it, if zero is meant",
        )  # fmt: skip


@register
@dataclass(frozen=True)
class StopGradient(Op):
    """`x`, whose derivative is zero by definition.

    Type: x: T -> T; T is any type.
    Source: what jax calls `stop_gradient` and torch `detach`.
    """

    name = "stop_gradient"
    smoothness = "zero"

    def infer(self, x: Operand) -> Type:
        return x.type

    def known(self, x: Operand) -> Known:
        """What is known of `x`."""
        return x.known

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (None,)


@register
@dataclass(frozen=True)
class Real(Unary):
    """Real part of each element.

    Type: x: T[..] -> R[..]; T is a complex dtype, R that of its parts.
    Source: Python array API 2024.12 `real`.
    """

    name = "real"
    smoothness = "linear"
    accepts = ("complex",)

    def infer(self, x: Operand) -> TensorType:
        return _parts(self._infer(x))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (b.cast(dy, dtype=node.operands[0].dtype),)


@register
@dataclass(frozen=True)
class Imag(Unary):
    """Imaginary part of each element.

    Type: x: T[..] -> R[..]; T is a complex dtype, R that of its parts.
    (C1) dx = i * dy.
    Source: Python array API 2024.12 `imag`.
    """

    name = "imag"
    smoothness = "linear"
    accepts = ("complex",)

    def infer(self, x: Operand) -> TensorType:
        return _parts(self._infer(x))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (b.complex(b.zeros_like(dy), dy),)


@register
@dataclass(frozen=True)
class Conj(Unary):
    """Complex conjugate of each element.

    Type: x: T[..] -> T[..]; T is a complex dtype.
    (C1) dx = conj(dy): cotangents are pairs of real ones.
    Source: Python array API 2024.12 `conj`.
    """

    name = "conj"
    smoothness = "linear"
    accepts = ("complex",)

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (b.conj(dy),)


@register
@dataclass(frozen=True)
class Complex(Binary):
    """Complex numbers of real parts `real` and imaginary parts `imag`.

    Type: real: R[..], imag: R[..] -> T[broadcast]; R is float32 or float64, T complex64 or complex128.
    (C1) the parts keep their bits: an infinity or NaN in one leaves the other as it is.
    Source: the inverse of array API `real` and `imag`.
    """

    name = "complex"
    smoothness = "linear"
    accepts = ("float32", "float64")

    def infer(self, real: Operand, imag: Operand) -> TensorType:
        found = self._infer(real, imag)
        return found.with_dtype(DTYPES[f"complex{2 * found.dtype.bits}"])

    def vjp(self, b: Emitter, node: NodeView, dz: Value) -> tuple[Value | None, ...]:
        return b.real(dz), b.imag(dz)


def _parts(t: TensorType) -> TensorType:
    return t.with_dtype(t.dtype.real)
