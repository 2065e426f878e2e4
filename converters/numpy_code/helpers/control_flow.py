"""Helpers of control flow: regions are functions from values to a tuple."""

# mypy: ignore-errors

import numpy as np


def _stacked(rows, axis, reverse, empty, dtype):
    """The values of the steps along a new axis; `empty`: the shape of no steps."""
    rows = rows[::-1] if reverse else rows
    return np.stack(rows, axis) if rows else np.zeros(empty, dtype)


def _scan(body, carried, scanned, others, axes, reverse, outputs):
    """`body` over slices of `scanned`, handing `carried` on; `outputs`: stacking."""
    slices = [
        np.moveaxis(x, a, 0)[:: -1 if r else 1]
        for x, a, r in zip(scanned, axes, reverse, strict=True)
    ]
    if len({len(s) for s in slices}) > 1:
        raise ValueError(f"lengths {[len(s) for s in slices]}, expected equal")
    count = len(carried)
    stacks = [[] for _ in outputs]
    for row in zip(*slices, strict=True):
        made = body(*carried, *row, *others)
        carried = made[:count]
        for stack, value in zip(stacks, made[count:], strict=True):
            stack.append(value)
    return (
        *carried,
        *(_stacked(s, *how) for s, how in zip(stacks, outputs, strict=True)),
    )


def _while_loop(body, trips, going_on, carried, others, most, outputs):
    """`body` for `trips` steps or until it says stop; more than `most` are an error."""
    count, step = len(carried), 0
    stacks = [[] for _ in outputs]
    while going_on and (trips is None or step < trips):
        if step >= most:
            raise RuntimeError(f"the loop has not ended after {most} steps")
        going_on, *made = body(np.array(step), *carried, *others)
        carried = made[:count]
        for stack, value in zip(stacks, made[count:], strict=True):
            stack.append(value)
        step += 1
    return (
        *carried,
        *(_stacked(s, *how) for s, how in zip(stacks, outputs, strict=True)),
    )
