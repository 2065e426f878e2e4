"""Selection: one of two values by a condition, and values held within bounds."""

from __future__ import annotations

from dataclasses import dataclass

from irlib.errors import AttributeValueError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Known, Operand, register
from irlib.ops.elementwise import REALS, Elementwise, known_elementwise
from irlib.shapes import elementwise_type, require_dtype, same_dtype
from irlib.types import TensorType

__all__ = ["Clip", "Where"]


@register
@dataclass(frozen=True)
class Where(Elementwise):
    """`x` where `condition` holds, `y` elsewhere, element by element.

    Type: condition: bool[..], x: T[..], y: T[..] -> T[broadcast]; T is any dtype.
    (C1) the cotangent is selected, never multiplied: that of the operand not selected is exactly 0.
    (C2) what computed the operand not selected may still turn that 0 into NaN (0 * inf): guard its operand as well.
    Source: Python array API 2024.12 `where`; ONNX Where-16.
    """

    name = "where"
    smoothness = "linear"

    def infer(self, condition: Operand, x: Operand, y: Operand) -> TensorType:
        require_dtype(condition, ("bool",), "condition")
        return elementwise_type((condition, x, y), same_dtype(x, y))

    def known(self, condition: Operand, x: Operand, y: Operand) -> Known:
        """Each element where the condition is known, or where both choices are the same."""
        return known_elementwise(_select, x.dtype, (condition, x, y))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        condition = node.operands[0]
        _, for_x, for_y = node.needs
        return None, b.where(condition, dy, 0) if for_x else None, b.where(condition, 0, dy) if for_y else None


def _select(condition: object, x: object, y: object) -> object:
    if condition is None:
        return x if x is not None and x == y else None
    return x if condition else y


@register
@dataclass(frozen=True)
class Clip(Elementwise):
    """`x` held within `lo` and `hi`, either of which may be absent: minimum(maximum(x, lo), hi).

    Type: x: T[..], lo: T[..], hi: T[..] -> T[broadcast]; T is an integer or float dtype.
    (C1) lo <= hi where both are known before the graph runs; otherwise `hi` where lo > hi.
         NaN where any operand is NaN.
    (C2) the cotangent goes to `x` inside and at the bounds, to a bound only where it strictly holds `x` off (to `hi`
         where lo > hi); it is selected, never multiplied. Where any operand is NaN, every cotangent is NaN.
    Source: Python array API 2024.12 `clip`; ONNX Clip-13.
    """

    name = "clip"
    accepts = REALS

    def infer(self, x: Operand, lo: Operand | None = None, hi: Operand | None = None) -> TensorType:
        given = tuple(o for o in (x, lo, hi) if o is not None)
        found = same_dtype(*given)
        require_dtype(x, self.accepts, "x")
        if lo is not None and hi is not None and _out_of_order(lo, hi):
            raise AttributeValueError(f"lo is {lo.known} and hi is {hi.known}, expected lo <= hi", code="IR305")
        return elementwise_type(given, found)

    def known(self, x: Operand, lo: Operand | None = None, hi: Operand | None = None) -> Known:
        """As `maximum` and `minimum` have it."""
        from irlib.ops.known import maximum, minimum

        found = x
        for bound, choose in ((lo, maximum), (hi, minimum)):
            if bound is not None:
                t = elementwise_type((found, bound), x.dtype)
                found = Operand(t, known_elementwise(choose, x.dtype, (found, bound)))
        return found.known

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, lo, hi = (*node.operands, None, None)[:3]
        below = None if lo is None else b.less(x, lo)
        held = x if lo is None else b.maximum(x, lo)
        above = None if hi is None else b.greater(held, hi)
        off = _either(b, below, above)
        nan = b.isnan(node.results[0])
        poisoned = b.where(nan, float("nan"), b.zeros_like(dy))
        dx = b.where(nan, poisoned, dy if off is None else b.where(off, 0, dy))
        d_lo = d_hi = None
        if below is not None:
            by_lo = below if above is None else b.logical_and(below, b.logical_not(above))
            d_lo = b.where(by_lo, dy, poisoned)
        if above is not None:
            d_hi = b.where(above, dy, poisoned)
        return (dx, d_lo, d_hi)[: len(node.operands)]


def _either(b: Emitter, x: Value | None, y: Value | None) -> Value | None:
    return y if x is None else x if y is None else b.logical_or(x, y)


def _out_of_order(lo: Operand, hi: Operand) -> bool:
    lows, highs = lo.ints, hi.ints
    return (
        lows is not None
        and highs is not None
        and len(lows) == len(highs)
        and any(low > high for low, high in zip(lows, highs, strict=True))
    )
