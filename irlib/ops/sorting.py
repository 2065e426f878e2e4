"""Sorting and searching. Order is stable, and NaN counts as larger than every number."""

from __future__ import annotations

from dataclasses import dataclass

from irlib.axes import require_int64, require_scalar
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Op, Operand, normalized_axis, register
from irlib.shapes import require_dtype, same_dtype
from irlib.types import DTYPES, TensorType

__all__ = ["Argsort", "Nonzero", "Searchsorted", "Sort", "TopK", "Unique"]

REAL = ("bool", "int", "uint", "float")


def _check_axis(x: Operand, axis: int) -> None:
    require_dtype(x, REAL, "x")
    if x.rank is not None:
        normalized_axis(axis, x.rank)


@register
@dataclass(frozen=True)
class Sort(Op):
    """The elements of `x` in order along `axis`, smallest first, or largest first with descending.

    Type: x: T[..] -> T[..]; T is bool, an integer or a float dtype.
    (C1) -rank(x) <= axis < rank(x).
    (C2) equal elements keep their order, in both directions; NaN counts as the largest.
    The derivative: each cotangent goes back to where its element stood, equal ones in that order.
    Source: Python array API 2024.12 `sort`.
    """

    axis: int = -1
    descending: bool = False

    name = "sort"
    smoothness = "other"

    def infer(self, x: Operand) -> TensorType:
        _check_axis(x, self.axis)
        return x.tensor

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        (x,) = node.operands
        order = b.argsort(x, axis=self.axis, descending=self.descending)
        return (b.scatter_along_axis(b.zeros_like(x), order, dy, axis=self.axis, reduction="add"),)


@register
@dataclass(frozen=True)
class Argsort(Op):
    """Where the elements of `sort(x)` stand in `x` along `axis`.

    Type: x: T[..] -> int64[..]; T is bool, an integer or a float dtype.
    (C1) -rank(x) <= axis < rank(x).
    (C2) equal elements keep their order, in both directions; NaN counts as the largest.
    Source: Python array API 2024.12 `argsort`.
    """

    axis: int = -1
    descending: bool = False

    name = "argsort"
    smoothness = "zero"

    def infer(self, x: Operand) -> TensorType:
        _check_axis(x, self.axis)
        return x.tensor.with_dtype(DTYPES["int64"])

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value) -> tuple[Value | None, ...]:
        return (None,)


@register
@dataclass(frozen=True)
class TopK(Op):
    """The `k` largest elements of `x` along `axis`, or the smallest, and where they stand.

    Type: x: T[..], k: int64[] -> values T[..], indices int64[..], with k at axis; T is an integer or float dtype.
    (C1) -rank(x) <= axis < rank(x), and 0 <= k <= the dim there.
    (C2) best first, where sorted is set; without it in the order they have in x. Of equal ones the first are taken.
    (C3) NaN counts as the largest.
    The derivative: each cotangent of values goes back to where its element stood.
    Source: ONNX TopK-24.
    """

    axis: int = -1
    largest: bool = True
    sorted: bool = True

    name = "top_k"
    results = ("values", "indices")
    smoothness = "other"

    def infer(self, x: Operand, k: Operand) -> tuple[TensorType, TensorType]:
        _check_axis(x, self.axis)
        require_int64(k, "k")
        require_scalar(k, "k")
        if x.shape is None:
            return x.tensor, x.tensor.with_dtype(DTYPES["int64"])
        axis = self.axis % len(x.shape)
        count, d = k.known, x.shape[axis]
        if isinstance(count, int) and (count < 0 or (isinstance(d, int) and count > d)):
            raise IRTypeError(f"k is {count}, expected 0 <= k <= the dim {d} of axis {axis}", code="IR205")
        assert not isinstance(count, tuple)
        made = x.tensor.with_shape((*x.shape[:axis], count, *x.shape[axis + 1 :]))
        return made, made.with_dtype(DTYPES["int64"])

    def vjp(self, b: Emitter, node: NodeView, dvalues: Value, dindices: None) -> tuple[Value | None, ...]:
        x, _ = node.operands
        indices = node.results[1]
        return b.scatter_along_axis(b.zeros_like(x), indices, dvalues, axis=self.axis, reduction="add"), None


@register
@dataclass(frozen=True)
class Unique(Op):
    """The distinct elements of `x`, or its distinct slices along `axis`, and how they make `x`.

    Type: x: T[..] -> values T[u] (with axis: T[.., u, ..]), first int64[u], inverse int64[n], counts int64[u]; T is
    bool, string, an integer or a float dtype; n is the number of elements of x, or of slices along axis.
    (C1) sorted: in ascending order, slices by their first element that differs. Otherwise as they first occur.
    (C2) values are those at `first`; values at `inverse` make x again; counts says how often each occurs.
    (C3) NaN equals NaN, and is the largest. Strings are in the order of their code points.
    The derivative: the cotangent of a value goes to its first occurrence.
    Source: ONNX Unique-11; Python array API 2024.12 `unique_all`.
    """

    axis: int | None = None
    sorted: bool = True

    name = "unique"
    results = ("values", "first", "inverse", "counts")
    smoothness = "other"

    def infer(self, x: Operand) -> tuple[TensorType, ...]:
        require_dtype(x, (*REAL, "string"), "x")
        int64 = DTYPES["int64"]
        found = TensorType(int64, (None,))
        if self.axis is None:
            return x.tensor.with_shape((None,)), found, TensorType(int64, (x.tensor.size,)), found
        if x.shape is None:
            return x.tensor, found, found, found
        axis = normalized_axis(self.axis, len(x.shape))
        values = x.tensor.with_shape((*x.shape[:axis], None, *x.shape[axis + 1 :]))
        return values, found, TensorType(int64, (x.shape[axis],)), found

    def vjp(self, b: Emitter, node: NodeView, dvalues: Value, *others: None) -> tuple[Value | None, ...]:
        (x,), first = node.operands, node.results[1]
        if self.axis is not None:
            return (b.scatter(b.zeros_like(x), first, dvalues, axis=self.axis, reduction="add"),)
        flat = b.reshape(b.zeros_like(x), [-1])
        return (b.reshape(b.scatter(flat, first, dvalues, reduction="add"), b.shape(x)),)


@register
@dataclass(frozen=True)
class Nonzero(Op):
    """Where `x` is not zero: one column of indices for each such element, in row-major order.

    Type: x: T[..] -> int64[rank(x), n]; T is bool, an integer, float or complex dtype.
    (C1) NaN is not zero. A scalar gives int64[0, 1] or int64[0, 0].
    Source: ONNX NonZero-13; Python array API 2024.12 `nonzero`, whose results are the rows.
    """

    name = "nonzero"
    smoothness = "zero"

    def infer(self, x: Operand) -> TensorType:
        require_dtype(x, (*REAL, "complex"), "x")
        return TensorType(DTYPES["int64"], (x.rank, None))

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value) -> tuple[Value | None, ...]:
        return (None,)


@register
@dataclass(frozen=True)
class Searchsorted(Op):
    """Where each of `values` would be put into the sorted vector `x` so that it stays sorted.

    Type: x: T[n], values: T[..] -> int64[..]; T is an integer or float dtype.
    (C1) side left: before equal elements; right: behind them. NaN counts as the largest.
    (C2) x is in ascending order; of one that is not the result is some index from 0 to n.
    Source: Python array API 2024.12 `searchsorted`.
    """

    side: str = "left"

    name = "searchsorted"
    smoothness = "zero"

    def infer(self, x: Operand, values: Operand) -> TensorType:
        if self.side not in ("left", "right"):
            raise AttributeValueError(f"side is {self.side!r}, expected left or right", code="IR302")
        same_dtype(x, values)
        require_dtype(x, REAL, "x")
        if x.rank not in (None, 1):
            raise IRTypeError(f"x has rank {x.rank}, expected a vector", code="IR207")
        return values.tensor.with_dtype(DTYPES["int64"])

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value) -> tuple[Value | None, ...]:
        return None, None
