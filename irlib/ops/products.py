"""Products of all but one: what the derivatives of products are made of. Quotients would fail at zeros."""

from __future__ import annotations

from irlib.methods import Emitter, Value

__all__ = ["products_of_others", "products_of_others_along"]


def products_of_others_along(b: Emitter, x: Value, axis: Value | int) -> Value:
    """For each element the product of the others along `axis`: those before it times those behind it."""
    before = b.cumulative_prod(x, axis, exclusive=True)
    return before * b.cumulative_prod(x, axis, exclusive=True, reverse=True)


def products_of_others(b: Emitter, x: Value, groups: Value, count: Value) -> Value:
    """For each element of the vector `x` the product of the others in its group, 0 <= group < count.

    The members of a group are put side by side in a row of a table padded with 1.
    """
    order = b.argsort(groups)
    along = b.iota(b.prod(b.shape(x)))
    held = b.take(groups, order)
    before = b.concat(b.constant([-1], "int64"), held, axis=0)
    starts = b.where(b.equal(held, b.slice(before, [0], [-1])), 0, along)
    turn = b.scatter(along, order, along - b.cumulative_max(starts, 0))
    width = b.max(b.concat(turn, b.constant([0], "int64"), axis=0)) + 1
    cells = groups * width + turn
    blank = b.broadcast_to(b.constant(1, x.dtype), b.reshape(count * width, [1]))
    table = b.scatter(blank, cells, x)
    table = b.reshape(table, b.concat(b.reshape(count, [1]), b.reshape(width, [1]), axis=0))
    return b.take(b.reshape(products_of_others_along(b, table, 1), [-1]), cells)
