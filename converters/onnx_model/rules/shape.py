"""Shape, Reshape, Flatten, Squeeze, Unsqueeze, DepthToSpace: elements that stay, in other shapes."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import dims_of, element, int64s, length_of
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, Value
from irlib.types import MAX_RANK


@rule("Identity", 1)
def identity(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return x


@rule("Shape", 1)
def shape(b: Emitter, n: OnnxOp, x: Value) -> Any:
    start, end = (n["start"], n["end"]) if n.version >= 15 else (0, None)
    if not start and end is None:
        return b.shape(x)
    rank = rank_of(x)
    first, last = _clamped(start or 0, rank), _clamped(rank if end is None else end, rank)
    return b.slice(b.shape(x), [first], [max(first, last)], [0])


def _clamped(index: int, rank: int) -> int:
    return max(0, min(index + rank if index < 0 else index, rank))


@rule("Size", 1)
def size(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.size(x)


@rule("Reshape", 1, until=4)
def reshape_attribute(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return _reshaped(b, x, int64s(b, n["shape"] or ()), zero_copies=True)


@rule("Reshape", 5)
def reshape(b: Emitter, n: OnnxOp, x: Value, to: Value) -> Any:
    return _reshaped(b, x, to, zero_copies=not (n.version >= 14 and n["allowzero"]))


def _reshaped(b: Emitter, x: Value, to: Value, *, zero_copies: bool) -> Any:
    """`x` in shape `to`; a 0 in it stands for the dim of `x` at that place."""
    if not zero_copies or (to.ints is not None and 0 not in to.ints):
        return b.reshape(x, to)
    rank, length = rank_of(x), length_of(to)
    if length is None:
        raise IRTypeError("the length of the target shape is not known", code="IR210")
    if to.ints is not None and 0 in to.ints[rank:]:
        raise IRTypeError(f"0 in shape {list(to.ints)} beyond the rank of {x.type}", code="IR207")
    source = b.shape(x)
    if length < rank:
        source = dims_of(b, x, range(length))
    elif length > rank:
        if length > MAX_RANK:
            raise IRTypeError(f"a shape of {length} dims, expected at most {MAX_RANK}", code="IR205")
        source = b.concat(source, int64s(b, [0] * (length - rank)), axis=0)
    return b.reshape(x, b.where(b.equal(to, 0), source, to))


@rule("Flatten", 1)
def flatten(b: Emitter, n: OnnxOp, x: Value) -> Any:
    rank, axis = rank_of(x), n["axis"]
    axis = axis + rank if axis < 0 else axis
    if not 0 <= axis <= rank:
        raise IRTypeError(f"axis {n['axis']} for {x.type}, expected {-rank} to {rank}", code="IR303")
    return b.reshape(x, [b.prod(dims_of(b, x, range(axis))), b.prod(dims_of(b, x, range(axis, rank)))])


@rule("Squeeze", 1, until=12)
def squeeze_attribute(b: Emitter, n: OnnxOp, x: Value) -> Any:
    axes = n["axes"]
    return b.squeeze(x, int64s(b, axes))


@rule("Squeeze", 13)
def squeeze(b: Emitter, n: OnnxOp, x: Value, axes: Value | None) -> Any:
    return b.squeeze(x, axes)


@rule("Unsqueeze", 1, until=12)
def unsqueeze_attribute(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.unsqueeze(x, int64s(b, n["axes"]))


@rule("Unsqueeze", 13)
def unsqueeze(b: Emitter, n: OnnxOp, x: Value, axes: Value) -> Any:
    return b.unsqueeze(x, axes)


@rule("DepthToSpace", 1)
def depth_to_space(b: Emitter, n: OnnxOp, x: Value) -> Any:
    mode = _mode(n, 11)
    size, (batch, channels, rows, columns) = _image(b, n, x)
    less = b.floor_divide(channels, size * size)
    made, perm = (
        ([batch, size, size, less, rows, columns], (0, 3, 4, 1, 5, 2))
        if mode == "DCR"
        else ([batch, less, size, size, rows, columns], (0, 1, 4, 2, 5, 3))
    )
    apart = b.transpose(b.reshape(x, made), perm=perm)
    return b.reshape(apart, [batch, less, rows * size, columns * size])


@rule("SpaceToDepth", 1)
def space_to_depth(b: Emitter, n: OnnxOp, x: Value) -> Any:
    mode = _mode(n, 28)
    size, (batch, channels, rows, columns) = _image(b, n, x)
    rows, columns = b.floor_divide(rows, size), b.floor_divide(columns, size)
    perm = (0, 3, 5, 1, 2, 4) if mode == "DCR" else (0, 1, 3, 5, 2, 4)
    apart = b.transpose(b.reshape(x, [batch, channels, rows, size, columns, size]), perm=perm)
    return b.reshape(apart, [batch, channels * (size * size), rows, columns])


def _mode(n: OnnxOp, since: int) -> str:
    """How a block is laid out in channels: (row, column, channel), or (channel, row, column) with CRD."""
    mode = str(n["mode"]) if n.version >= since else "DCR"
    if mode not in ("DCR", "CRD"):
        raise AttributeValueError(f"mode {mode!r}, expected DCR or CRD", code="IR302")
    return mode


def _image(b: Emitter, n: OnnxOp, x: Value) -> tuple[int, list[Any]]:
    """The block size, and the four dims of an image as scalars."""
    size = n["blocksize"]
    if size < 1:
        raise AttributeValueError(f"blocksize {size}, expected 1 or more", code="IR302")
    if rank_of(x) != 4:
        raise IRTypeError(f"got {x.type}, expected rank 4", code="IR207")
    return size, [element(b, b.shape(x), k) for k in range(4)]
