"""Convolution over spatial axes, and its adjoint. Layout: batch, channels, then one axis per spatial dim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from irlib.axes import vector_dims
from irlib.dims import DimLike, MaybeDim, floor_div
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Op, Operand, register
from irlib.shapes import join_dims, require_dtype, same_dtype
from irlib.types import TensorType

__all__ = ["Convolution", "ConvolutionTranspose", "window_count"]

NUMERIC = ("int", "uint", "float", "complex")


@dataclass(frozen=True)
class _Convolving(Op):
    """What a convolution and its adjoint share: their attributes."""

    strides: tuple[int, ...] | None = None
    dilations: tuple[int, ...] | None = None
    groups: int = 1

    def __post_init__(self) -> None:
        for what, numbers in (("strides", self.strides), ("dilations", self.dilations), ("groups", (self.groups,))):
            if numbers is not None and any(n < 1 for n in numbers):
                raise AttributeValueError(f"{what} {numbers}, expected numbers of 1 or more", code="IR302")

    def per_axis(self, count: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Strides and dilations for so many spatial axes; 1 where absent."""
        made = []
        for what, numbers in (("strides", self.strides), ("dilations", self.dilations)):
            if numbers is not None and len(numbers) != count:
                raise AttributeValueError(
                    f"{what} {numbers}, expected one for each of {count} spatial axes", code="IR302"
                )
            made.append(numbers or (1,) * count)
        return made[0], made[1]

    def _ranks_agree(self, x: Operand, w: Operand) -> int | None:
        """The rank of both operands. Raises: IRTypeError when they differ or have no spatial axes."""
        rank = x.rank if x.rank is not None else w.rank
        for operand in (x, w):
            if operand.rank is not None and (operand.rank < 3 or operand.rank != rank):
                raise IRTypeError(f"got ranks {x.rank} and {w.rank}, expected equal ranks of 3 or more", code="IR207")
        return rank

    def _pads(self, pads: Operand | None, count: int) -> tuple[tuple[MaybeDim, ...], tuple[MaybeDim, ...]]:
        """Begins and ends; 0 where `pads` is absent."""
        found = (0,) * (2 * count) if pads is None else vector_dims(pads, "pads")
        if found is None:
            found = (None,) * (2 * count)
        if len(found) != 2 * count:
            raise IRTypeError(f"pads has {len(found)} elements, expected {2 * count}: begins, then ends", code="IR207")
        return found[:count], found[count:]


@register
@dataclass(frozen=True)
class Convolution(_Convolving):
    """Cross-correlation of `x` with the kernels `w` over the spatial axes.

    Type: x: T[n, c, s1..sk], w: T[m, c/groups, w1..wk], pads: int64[2k] (absent: zeros) -> T[n, m, o1..ok], where
    o = (s + begin + end - dilation*(w - 1) - 1) // stride + 1; T is an integer, float or complex dtype.
    (C1) y[n, m, o] is the sum over c and w of x[n, c, o*stride + w*dilation - begin] * w[m, c, w], where x is 0
    outside.
    (C2) pads are begins, then ends; a negative one crops. The padded input is not smaller than the dilated kernel.
    (C3) groups divides c and m: group g of the kernels sees group g of the channels.
    (C4) half floats accumulate in float32; integers wrap around (two's complement).
    The cotangent of `x` is `convolution_transpose`; that of `w` is a convolution of x by dy, with batch and channels,
    and strides and dilations, exchanged.
    Source: ONNX Conv-22 with explicit pads.
    """

    name = "convolution"
    smoothness = "smooth"

    def infer(self, x: Operand, w: Operand, pads: Operand | None = None) -> TensorType:
        found = same_dtype(x, w)
        require_dtype(x, NUMERIC, "operand")
        rank = self._ranks_agree(x, w)
        if rank is None:
            return TensorType(found, None)
        count = rank - 2
        strides, dilations = self.per_axis(count)
        begins, ends = self._pads(pads, count)
        xs, ws = x.shape or (None,) * rank, w.shape or (None,) * rank
        if xs[1] is not None and ws[1] is not None:
            join_dims(xs[1], ws[1] * self.groups, f"channels of x, and of w times {self.groups} groups")
        if isinstance(ws[0], int) and ws[0] % self.groups:
            raise IRTypeError(f"{ws[0]} kernels in {self.groups} groups, expected a multiple", code="IR207")
        spatial = tuple(map(window_count, xs[2:], ws[2:], begins, ends, strides, dilations))
        return TensorType(found, (xs[0], ws[0], *spatial))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        x, w, *rest = node.operands
        pads = rest[0] if rest else None
        _known_rank(x)
        dx = dw = None
        if node.needs[0]:
            dx = b.convolution_transpose(dy, b.adjoint(w), pads, _spatial(b, x), **self.attribute_values())
        if node.needs[1]:
            dw = _kernel_cotangent(b, self, b.adjoint(x), w, pads, dy)
        return dx, dw, None


@register
@dataclass(frozen=True)
class ConvolutionTranspose(_Convolving):
    """The adjoint of `convolution` with respect to its input: every element of `y` spreads a kernel.

    Type: y: T[n, m, o1..ok], w: T[m, c/groups, w1..wk], pads: int64[2k] (absent: zeros), output_shape: int64[k]
    (absent: the least) -> T[n, c, s1..sk]; T is an integer, float or complex dtype.
    (C1) x[n, c, o*stride + w*dilation - begin] is the sum of all y[n, m, o] * w[m, c, w] that fall on it.
    (C2) the least output shape is s = (o - 1)*stride + dilation*(w - 1) + 1 - begin - end.
    (C3) `convolution` of an input of shape `output_shape` with these pads has the spatial shape of `y`: it is the least
    plus less than a stride.
    (C4) half floats accumulate in float32; integers wrap around (two's complement).
    Source: ONNX ConvTranspose-22 with explicit pads; output_shape takes the place of output_padding.
    """

    name = "convolution_transpose"
    smoothness = "smooth"

    def infer(
        self, y: Operand, w: Operand, pads: Operand | None = None, output_shape: Operand | None = None
    ) -> TensorType:
        found = same_dtype(y, w)
        require_dtype(y, NUMERIC, "operand")
        rank = self._ranks_agree(y, w)
        if rank is None:
            return TensorType(found, None)
        count = rank - 2
        strides, dilations = self.per_axis(count)
        begins, ends = self._pads(pads, count)
        ys, ws = y.shape or (None,) * rank, w.shape or (None,) * rank
        join_dims(ys[1], ws[0], "channels of y and kernels of w")
        least = tuple(map(_least, ys[2:], ws[2:], begins, ends, strides, dilations))
        given = None if output_shape is None else vector_dims(output_shape, "output_shape")
        if given is not None:
            if len(given) != count:
                raise IRTypeError(f"output_shape has {len(given)} elements, expected {count}", code="IR207")
            for wanted, low, stride in zip(given, least, strides, strict=True):
                if isinstance(wanted, int) and isinstance(low, int) and not low <= wanted < low + stride:
                    raise IRTypeError(
                        f"output_shape has {wanted}, expected {low} to {low + stride - 1}", code="IR207",
                        remedy="change the pads",
                    )  # fmt: skip
        spatial = least if output_shape is None else given or (None,) * count
        return TensorType(found, (ys[0], None if ws[1] is None else ws[1] * self.groups, *spatial))

    def vjp(self, b: Emitter, node: NodeView, dx: Value) -> tuple[Value | None, ...]:
        y, w, *rest = node.operands
        pads = rest[0] if rest else None
        _known_rank(y)
        dy = dw = None
        if node.needs[0]:
            dy = b.convolution(dx, b.adjoint(w), pads, **self.attribute_values())
        if node.needs[1]:
            dw = _kernel_cotangent(b, self, dx, w, pads, b.adjoint(y))
        return dy, dw, None, None


def window_count(
    size: MaybeDim, window: MaybeDim, begin: MaybeDim, end: MaybeDim, stride: int, dilation: int
) -> MaybeDim:
    """How many dilated windows there are along an axis. Raises: IRTypeError when the axis is too short for one."""
    if size is None or window is None or begin is None or end is None:
        return None
    room: DimLike = size + begin + end - dilation * (window - 1) - 1
    if isinstance(room, int) and room < 0:
        raise IRTypeError(
            f"a window of {dilation * (window - 1) + 1} on {size + begin + end} elements, expected it to fit",
            code="IR207",
        )
    return floor_div(room, stride) + 1


def _least(o: MaybeDim, window: MaybeDim, begin: MaybeDim, end: MaybeDim, stride: int, dilation: int) -> MaybeDim:
    if o is None or window is None or begin is None or end is None:
        return None
    made: DimLike = (o - 1) * stride + dilation * (window - 1) + 1 - begin - end
    if isinstance(made, int) and made < 0:
        raise IRTypeError(f"pads {begin} and {end} crop all {made + begin + end} elements", code="IR207")
    return made


def _known_rank(x: Any) -> None:
    if x.rank is None:
        raise IRTypeError(
            "the rank of the operand is not known", code="IR210", remedy="declare its type, or use irlib.specialize"
        )


def _spatial(b: Emitter, x: Any) -> Any:
    """The spatial dims of `x` as a vector."""
    dims = x.shape[2:]
    if all(isinstance(d, int) for d in dims):
        return b.constant(list(dims))
    return b.take(b.shape(x), list(range(2, x.rank)), axis=0)


def _kernel_cotangent(b: Emitter, op: _Convolving, x: Any, w: Any, pads: Any, dy: Any) -> Any:
    """The cotangent of the kernels.

    dw[m, c, w] is the sum over n and o of dy[n, m, o] * x[n, c, o*stride + w*dilation].
    That is a convolution of x by dy in which the strides dilate and the dilations stride; its end pads are such that as
    many windows come out as the kernel is long.
    """
    count = x.rank - 2
    strides, dilations = op.per_axis(count)
    order = (1, 0, *range(2, x.rank))
    swapped = b.transpose(x, perm=order) if op.groups == 1 else _groups_first(b, x, op.groups)
    made = b.convolution(
        swapped,
        b.transpose(dy, perm=order),
        _exact_pads(b, x, w, pads, dy, strides, dilations),
        strides=dilations,
        dilations=strides,
        groups=op.groups,
    )
    return b.transpose(made, perm=order)


def _groups_first(b: Emitter, x: Any, groups: int) -> Any:
    """x[n, g*c, ..] as [c, g*n, ..]: groups of batches take the place of groups of channels."""
    spatial = [_dim(b, x, i) for i in range(2, x.rank)]
    batch, channels = _dim(b, x, 0), _dim(b, x, 1)
    each = channels // groups
    parted = b.reshape(x, [batch, groups, each, *spatial])
    turned = b.transpose(parted, perm=(2, 1, 0, *range(3, x.rank + 1)))
    return b.reshape(turned, [each, batch * groups, *spatial])


def _dim(b: Emitter, x: Any, axis: int) -> Any:
    """A dim of `x`: a number, or a scalar where it is not known."""
    known = x.shape[axis]
    return known if isinstance(known, int) else b.take(b.shape(x), axis, axis=0)


def _exact_pads(
    b: Emitter, x: Any, w: Any, pads: Any, dy: Any, strides: Sequence[int], dilations: Sequence[int]
) -> Any:
    count = len(strides)
    sizes = [v.shape[2:] for v in (x, w, dy)]
    known = (0,) * count if pads is None else None if pads.ints is None else pads.ints[:count]
    if known is not None and all(isinstance(d, int) for dims in sizes for d in dims):
        ends = [
            stride * (o - 1) + 1 + dilation * (k - 1) - s - begin
            for s, k, o, begin, stride, dilation in zip(*sizes, known, strides, dilations, strict=True)
        ]
        return b.constant([*known, *ends])
    begins = b.constant([0] * count) if pads is None else b.take(pads, list(range(count)), axis=0)
    size, window, windows = (_spatial(b, v) for v in (x, w, dy))
    reach = (windows - 1) * b.constant(list(strides)) + (window - 1) * b.constant(list(dilations)) + 1
    return b.concat(begins, reach - size - begins, axis=0)
