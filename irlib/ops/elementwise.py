"""What elementwise ops share: operands broadcast by numpy's rule, dtypes agree, integer values are followed.

The ops themselves are in the families `arithmetic`, `exponential`, `trigonometric`, `special`, `safe_math`, `rounding`,
`comparison`, `logic`, `bitwise`, `selection` and `conversion`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from irlib.dims import DimLike
from irlib.methods import Emitter, NodeView, Value
from irlib.op import MAX_KNOWN, Composite, Known, Op, Operand
from irlib.shapes import elementwise_type, require_dtype, same_dtype
from irlib.types import DTYPES, DType, TensorType

__all__ = [
    "INTEGERS", "NUMBERS", "REALS", "Analytic", "Binary", "BroadcastComposite", "Elementwise", "Unary",
    "known_elementwise",
]  # fmt: skip

INTEGERS = ("int", "uint")
REALS = ("int", "uint", "float")
NUMBERS = ("int", "uint", "float", "complex")

Item = DimLike | bool | None


class Elementwise(Op):
    """An op on corresponding elements.

    `accepts` names the dtype kinds (or dtypes) taken, `result` the result's dtype where it is not the operands'.
    `on_known` gives the result for one element of each operand, as far as they are known before the graph runs.
    """

    broadcasts: ClassVar[bool] = True
    accepts: ClassVar[tuple[str, ...]] = NUMBERS
    result: ClassVar[str | None] = None
    on_known: ClassVar[Callable[..., Item] | None] = None

    def _infer(self, *operands: Operand) -> TensorType:
        found = same_dtype(*operands)
        require_dtype(operands[0], self.accepts, "operand")
        return elementwise_type(operands, DTYPES[self.result] if self.result else found)

    def known(self, *operands: Any) -> Known:
        """The elements, each from those of the operands; None where the dtype cannot be one of a shape."""
        on_known = type(self).on_known
        if on_known is None:
            return None
        dtype = DTYPES[self.result] if self.result else operands[0].dtype
        return known_elementwise(on_known, dtype, operands)


class Unary(Elementwise):
    """An elementwise op of one operand."""

    def infer(self, x: Operand) -> TensorType:
        return self._infer(x)


class Binary(Elementwise):
    """An elementwise op of two operands of one dtype."""

    def infer(self, x: Operand, y: Operand) -> TensorType:
        return self._infer(x, y)


class Analytic(Unary):
    """A function of one float or complex element whose derivative at `x`, given the result `y`, is `slope`."""

    smoothness: ClassVar[str] = "smooth"
    accepts: ClassVar[tuple[str, ...]] = ("float", "complex")

    def slope(self, b: Emitter, x: Value, y: Value) -> Value:
        """dy/dx."""
        raise NotImplementedError

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        slope = self.slope(b, node.operands[0], node.results[0])
        return (b.multiply(dy, b.adjoint(slope)),)


class BroadcastComposite(Composite):
    """A composite on corresponding elements: a number takes the dtype of values beside it; the sweep un-broadcasts."""

    broadcasts: ClassVar[bool] = True


def known_elementwise(on_known: Callable[..., Any], dtype: DType, operands: tuple[Operand, ...]) -> Known:
    """What is known of an elementwise result of `dtype`: scalars stand beside every element of a vector."""
    columns: list[tuple[Item, ...]] = []
    vectors = [o for o in operands if o.rank != 0]
    for operand in operands:
        if operand.dtype.kind not in ("bool", "int", "uint"):
            return None
        if operand.rank == 0:
            columns.append((operand.known,))  # type: ignore[arg-type]
            continue
        items = operand.dims
        if operand.rank != 1 or items is None:
            return None
        columns.append(items)
    length = max((len(c) for c in columns), default=1)
    if any(len(c) == 0 for c in columns):
        length = 0
    if length > MAX_KNOWN or any(len(c) not in (1, length) for c in columns):
        return None
    stretched = [c * length if len(c) == 1 else c for c in columns]
    items = tuple(_within(dtype, on_known(*row)) for row in zip(*stretched, strict=True))
    if vectors:
        return items if any(i is not None for i in items) else None
    return items[0]


def _within(dtype: DType, item: Item) -> Item:
    """The item, where the dtype holds it: an overflow is not followed, and only wide integers carry expressions."""
    if item is None or dtype.kind == "bool":
        return item
    if isinstance(item, int):
        low, high = (-(2 ** (dtype.bits - 1)), 2 ** (dtype.bits - 1)) if dtype.kind == "int" else (0, 2**dtype.bits)
        return item if low <= item < high else None
    return item if dtype.bits >= 32 else None
