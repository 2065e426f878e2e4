"""Scattering, sorting, cumulation, einsum."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.export.row import emits, lowers
from irlib.types import DTYPES

_REDUCTION = {"set": None, "add": "add", "multiply": "mul", "max": "max", "min": "min"}
_INT64 = DTYPES["int64"]


@emits("scatter_along_axis")
def scatter_along_axis(e: Any, site: Any, x: Any, indices: Any, updates: Any) -> Any:
    op = site.op
    return e.op("ScatterElements", x, indices, updates, axis=op.axis, reduction=_REDUCTION[op.reduction])


@lowers("scatter")
def scatter(b: Any, site: Any, x: Any, indices: Any, updates: Any) -> Any:
    """One index for each element of the updates: the index of its slice, repeated."""
    if x.rank is None or indices.rank is None:
        raise site.unsupported("the rank of x or of the indices is not known", "use irlib.specialize before")
    axis, rank = site.op.axis % x.rank, x.rank
    if indices.rank != 1:
        lead, behind = _dims(b, x, 0, axis), _dims(b, x, axis + 1, rank)
        updates = b.reshape(updates, _vector(b, [*lead, -1, *behind]))
    if rank > 1 or indices.rank != 1:
        indices = b.reshape(indices, [1] * axis + [-1] + [1] * (rank - 1 - axis))
        indices = b.broadcast_to(indices, b.shape(updates))
    return b.scatter_along_axis(x, indices, updates, axis=axis, reduction=site.op.reduction)


def _dims(b: Any, x: Any, low: int, high: int) -> list[Any]:
    """Dims of x, as numbers where they are known."""
    return [d if isinstance(d, int) else b.take(b.shape(x), k) for k, d in list(enumerate(x.shape))[low:high]]


def _vector(b: Any, items: list[Any]) -> Any:
    return b.constant(items, "int64") if all(isinstance(i, int) for i in items) else b.lift(items)


@lowers("scatter_nd")
def scatter_nd(b: Any, site: Any, x: Any, indices: Any, updates: Any) -> Any:
    """Index tuples as places in x with its first dims made one: a scatter along that. Batches are further indices."""
    depth = None if indices.shape is None else indices.shape[-1]
    if x.rank is None or not isinstance(depth, int):
        raise site.unsupported(
            "the rank of x or the length of index tuples is not known", "use irlib.specialize before"
        )
    batches = site.op.batch_dims
    if indices.dtype is not _INT64:
        indices = b.cast(indices, dtype="int64")
    folded = batches + depth
    shape = _dims(b, x, 0, folded)
    place: Any = None
    for k in range(folded):
        size = b.lift(shape[k])
        if k < batches:
            one = [1] * k + [-1] + [1] * (indices.rank - 2 - k)
            at = b.reshape(b.iota(size), one)
        else:
            at = b.take(indices, k - batches, axis=-1)
            at = b.where(at < 0, at + size, at)
        place = at if place is None else place * size + at
    if place is None:
        place = b.broadcast_to(b.constant(0), b.slice(b.shape(indices), [0], [-1]))
    rest = _dims(b, x, folded, x.rank)
    flat = b.reshape(x, _vector(b, [-1, *rest]) if folded else _vector(b, [1, *rest]))
    made = b.scatter(
        flat, b.reshape(place, [-1]), b.reshape(updates, _vector(b, [-1, *rest])), axis=0, reduction=site.op.reduction
    )
    return b.reshape(made, b.shape(x))


@emits("gather_nd")
def gather_nd(e: Any, site: Any, x: Any, indices: Any) -> Any:
    """Of other indices than int64, which the row of `direct` is for."""
    if indices.dtype is _INT64:
        raise site.unsupported(f"ONNX does not gather {x.dtype} in opset {e.opset}", "cast x")
    wide = e.op("Cast", indices, to=7, type=indices.type.with_dtype(_INT64))
    return e.op("GatherND", x, wide, batch_dims=site.op.batch_dims or None, type=site.type)


@lowers("sort")
def sort(b: Any, site: Any, x: Any) -> Any:
    return _sorted(b, site, x)[0]


@lowers("argsort")
def argsort(b: Any, site: Any, x: Any) -> Any:
    return _sorted(b, site, x)[1]


def _sorted(b: Any, site: Any, x: Any) -> Any:
    op = site.op
    if x.dtype.kind == "bool":
        values, indices = _top(b, b.cast(x, dtype="int32"), op)
        return b.cast(values, dtype="bool"), indices
    return _top(b, x, op)


def _top(b: Any, x: Any, op: Any) -> Any:
    return b.top_k(x, b.take(b.shape(x), op.axis), axis=op.axis, largest=op.descending)


@emits("top_k")
def top_k(e: Any, site: Any, x: Any, k: Any) -> Any:
    op = site.op
    count = e.const(list(k.ints)) if k.ints is not None else e.op("Reshape", k, e.const([1]))
    values, indices = e.op("TopK", x, count, outputs=site.types, axis=op.axis, largest=int(op.largest), sorted=1)
    if not op.sorted:
        indices, _ = e.op("TopK", indices, count, outputs=(site.types[1],) * 2, axis=op.axis, largest=0, sorted=1)
        values = e.op("GatherElements", x, indices, axis=op.axis)
    return values, indices


@emits("unique")
def unique(e: Any, site: Any, x: Any) -> Any:
    return e.op("Unique", x, outputs=site.types, axis=site.op.axis, sorted=int(site.op.sorted))


@lowers("searchsorted")
def searchsorted(b: Any, site: Any, x: Any, values: Any) -> Any:
    """How many elements stand before."""
    against = b.unsqueeze(values, [-1])
    before = b.less(x, against) if site.op.side == "left" else b.less_equal(x, against)
    return b.sum(b.cast(before, dtype="int64"), [-1])


@emits("one_hot")
def one_hot(e: Any, site: Any, indices: Any, depth: Any, on: Any, off: Any) -> Any:
    if on.rank != 0 or off.rank != 0 or depth.rank != 0:
        return None
    ends = [e.op("Reshape", v, e.const([1])) for v in (off, on)]
    scalar = indices.rank == 0
    if scalar:
        indices = e.op("Reshape", indices, e.const([1]))
    made = e.op("OneHot", indices, depth, e.op("Concat", *ends, axis=0), axis=-1 if scalar else site.op.axis,
                type=site.type)  # fmt: skip
    return e.op("Reshape", made, e.const([-1]), type=site.type) if scalar else made


@emits("cumulative_sum")
def cumulative_sum(e: Any, site: Any, x: Any, axis: Any) -> Any:
    op = site.op
    return e.op("CumSum", x, axis, exclusive=int(op.exclusive) or None, reverse=int(op.reverse) or None)


@lowers("cumulative_prod", "cumulative_max", "cumulative_min", "linear_recurrence")
def cumulative(b: Any, site: Any, *operands: Any) -> Any:
    """A scan along the axis, which must be known, as the body of a scan stands apart from what is computed."""
    from irlib import regions

    op, axis = site.op, operands[-1].ints
    x = operands[-2]
    axis = (0,) if x.rank == 1 else axis
    if axis is None or x.rank is None:
        raise site.unsupported("the axis is computed, or the rank of x is not known", "make it a constant")
    along = axis[0] % x.rank
    start = b.sum(x, [along]) * 0 if op.name != "linear_recurrence" else b.sum(operands[0] * x, [along]) * 0
    start = b.where(b.isnan(start), 0, start) if x.dtype.is_float else start
    steps: dict[str, Any] = {
        "cumulative_prod": lambda c, v: c * v,
        "cumulative_max": lambda c, v: v.builder.maximum(c, v),
        "cumulative_min": lambda c, v: v.builder.minimum(c, v),
    }
    if op.name == "linear_recurrence":
        a, x = operands[0], operands[1]
        _, y = regions.scan(b, lambda r, c, s: (s[0] * c + s[1],) * 2, start, (a, x), reverse=op.reverse, axis=along)
        return y
    first = b.constant(_starts(op.name, x), x.dtype)
    step, exclusive = steps[op.name], getattr(op, "exclusive", False)

    def body(r: Any, c: Any, v: Any) -> Any:
        made = step(c, v)
        return made, c if exclusive else made

    _, y = regions.scan(b, body, start + first, x, reverse=op.reverse, axis=along)
    return y


def _starts(name: str, x: Any) -> Any:
    import numpy as np

    if name == "cumulative_prod":
        return 1
    if x.dtype.is_float:
        return -np.inf if name == "cumulative_max" else np.inf
    bounds = np.iinfo(x.dtype.numpy)
    return bounds.min if name == "cumulative_max" else bounds.max
