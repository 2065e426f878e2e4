"""Values with operators, in a graph under construction or computed, and the node that a derivative rule looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from irlib.errors import IRTypeError
from irlib.subscripts import subscript

if TYPE_CHECKING:
    from irlib.dims import DimLike
    from irlib.methods import Emitter
    from irlib.op import Known, Op, Operand
    from irlib.types import DType, Type

__all__ = ["NodeView", "Value"]


class Value:
    """A value of an emitter: in a graph under construction, or computed. Operators append ops."""

    __slots__ = ("builder",)
    builder: Emitter
    __array_ufunc__ = None  # numpy arrays on the left hand leave the operation to us

    @property
    def operand(self) -> Operand:
        """Type and known value, as inference sees them."""
        raise NotImplementedError

    @property
    def type(self) -> Type:
        return self.operand.type

    @property
    def dtype(self) -> DType:
        return self.operand.tensor.dtype

    @property
    def shape(self) -> tuple[DimLike | None, ...] | None:
        return self.operand.tensor.shape

    @property
    def rank(self) -> int | None:
        return self.operand.tensor.rank

    @property
    def known(self) -> Known:
        return self.operand.known

    @property
    def ints(self) -> tuple[int, ...] | None:
        return self.operand.ints

    def __bool__(self) -> bool:
        raise IRTypeError("the truth of a value is not known while a graph is built", remedy="use cond or where")

    def __iter__(self) -> Any:
        raise IRTypeError("a value cannot be iterated over", remedy="use split, or index it")

    def __add__(self, other: Any) -> Value:
        return self.builder.add(self, other)

    def __radd__(self, other: Any) -> Value:
        return self.builder.add(other, self)

    def __sub__(self, other: Any) -> Value:
        return self.builder.subtract(self, other)

    def __rsub__(self, other: Any) -> Value:
        return self.builder.subtract(other, self)

    def __mul__(self, other: Any) -> Value:
        return self.builder.multiply(self, other)

    def __rmul__(self, other: Any) -> Value:
        return self.builder.multiply(other, self)

    def __truediv__(self, other: Any) -> Value:
        return self.builder.divide(self, other)

    def __rtruediv__(self, other: Any) -> Value:
        return self.builder.divide(other, self)

    def __floordiv__(self, other: Any) -> Value:
        return self.builder.floor_divide(self, other)

    def __rfloordiv__(self, other: Any) -> Value:
        return self.builder.floor_divide(other, self)

    def __mod__(self, other: Any) -> Value:
        return self.builder.remainder(self, other)

    def __rmod__(self, other: Any) -> Value:
        return self.builder.remainder(other, self)

    def __pow__(self, other: Any) -> Value:
        return self.builder.power(self, other)

    def __rpow__(self, other: Any) -> Value:
        return self.builder.power(other, self)

    def __matmul__(self, other: Any) -> Value:
        return self.builder.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Value:
        return self.builder.matmul(other, self)

    def __neg__(self) -> Value:
        return self.builder.negative(self)

    def __abs__(self) -> Value:
        return self.builder.abs(self)

    def __lt__(self, other: Any) -> Value:
        return self.builder.less(self, other)

    def __le__(self, other: Any) -> Value:
        return self.builder.less_equal(self, other)

    def __gt__(self, other: Any) -> Value:
        return self.builder.greater(self, other)

    def __ge__(self, other: Any) -> Value:
        return self.builder.greater_equal(self, other)

    def __and__(self, other: Any) -> Value:
        return self._logic("and", self, other)

    def __rand__(self, other: Any) -> Value:
        return self._logic("and", other, self)

    def __or__(self, other: Any) -> Value:
        return self._logic("or", self, other)

    def __ror__(self, other: Any) -> Value:
        return self._logic("or", other, self)

    def __xor__(self, other: Any) -> Value:
        return self._logic("xor", self, other)

    def __rxor__(self, other: Any) -> Value:
        return self._logic("xor", other, self)

    def __invert__(self) -> Value:
        return self._logic("not", self)

    def _logic(self, name: str, *operands: Any) -> Value:
        kind = "logical" if self.dtype.name == "bool" else "bitwise"
        made: Value = getattr(self.builder, f"{kind}_{name}")(*operands)
        return made

    def __getitem__(self, key: Any) -> Value:
        made: Value = subscript(self.builder, self, key)
        return made

    # == and != compare identity, as for any object that is a dict key; write b.equal(x, y)


class NodeView:
    """The node a derivative rule differentiates: its op, operands and results as values of the emitter."""

    __slots__ = ("_label", "needs", "op", "operands", "results")

    def __init__(
        self,
        op: Op,
        operands: tuple[Any, ...],
        results: tuple[Any, ...],
        needs: tuple[bool, ...] | None = None,
        label: str = "",
    ) -> None:
        self.op = op
        self.operands = operands
        """Values, None where absent."""
        self.results = results
        self.needs = (True,) * len(operands) if needs is None else needs
        """Whether the cotangent of each operand is wanted; a costly rule may return None for the others."""
        self._label = label

    def __str__(self) -> str:
        return self._label or f"node of {self.op.name}"
