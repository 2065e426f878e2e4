"""The kernel of einsum: contractions of two operands at a time, each brought to one matmul or one multiply.

The order of contractions, permutations and shapes are decided once per tuple of operand shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, into, kernel
from irlib.ops.einsum import Einsum, Terms, terms_of

Shape = tuple[int, ...]
Step = Callable[[list[Any], Any], Any]
"""From the operands and the array to write into (or None) to the result; takes its operands off the list."""


@kernel(Einsum)
def einsum(op: Einsum, operands: Operands, results: Results) -> Bound:
    """The contraction, planned once for each tuple of shapes."""
    terms = terms_of(op.equation, tuple(x.rank for x in operands if x is not None and x.rank is not None))
    first = operands[0]
    assert first is not None
    return into(_half(terms, first.dtype.numpy) if first.dtype.is_half else _direct(terms))


def _direct(terms: Terms) -> Any:
    count = len(terms.inputs)
    plans: dict[tuple[Shape, ...], Callable[..., Any]] = {}

    def call(*arrays: Any) -> Any:
        out = arrays[count] if len(arrays) > count else None
        shapes = tuple([x.shape for x in arrays[:count]])
        plan = plans.get(shapes)
        if plan is None:
            if len(plans) > 64:
                plans.clear()
            plan = plans[shapes] = _planned(terms, shapes)
        return plan(list(arrays[:count]), out)

    return call


def _half(terms: Terms, to: Any) -> Any:
    """The sum accumulated in float32 and rounded once."""
    count = len(terms.inputs)
    direct = _direct(terms)

    def call(*arrays: Any) -> Any:
        made = direct(*[x.astype(np.float32) for x in arrays[:count]])
        if len(arrays) == count:
            return made.astype(to)
        arrays[count][...] = made
        return arrays[count]

    return call


def _planned(terms: Terms, shapes: Sequence[Shape]) -> Callable[[list[Any], Any], Any]:
    """The contraction for operands of these shapes."""
    sizes: dict[str, int] = {}
    for term, shape in zip(terms.inputs, shapes, strict=True):
        for letter, dim in zip(term, shape, strict=True):
            sizes[letter] = dim if sizes.get(letter, 1) == 1 else sizes[letter]
            if dim not in (1, sizes[letter]):
                raise ValueError(f"dims {dim} and {sizes[letter]} of {letter!r} in {terms}, expected equal dims or 1")
    views, current = [], []
    for term, shape in zip(terms.inputs, shapes, strict=True):
        view, left = _plain(term, shape, sizes)
        views.append(view)
        current.append(left)
    steps = _steps(current, terms.output, sizes)
    # a lone operand of which nothing is summed is a view
    copied = len(current) == 1 and set(current[0]) <= set(terms.output)

    def run(arrays: list[Any], out: Any) -> Any:
        made = [view(x) for view, x in zip(views, arrays, strict=True)]
        for k, step in steps[:-1]:
            made.append(step(*[made.pop(i) for i in k], None))
        k, step = steps[-1]
        result = step(*[made.pop(i) for i in k], out)
        if out is None:
            return result.copy() if copied else result
        if result is not out:
            out[...] = result
        return out

    return run


def _plain(term: str, shape: Shape, sizes: dict[str, int]) -> tuple[Callable[[Any], Any], str]:
    """A view with each letter once and without the axes that are broadcast, and its letters."""
    letters = "".join(dict.fromkeys(term))
    diagonal = len(letters) < len(term)
    for letter in letters if diagonal else "":
        found = {d for t, d in zip(term, shape, strict=True) if t == letter}
        if len(found) > 1:
            raise ValueError(f"dims {sorted(found)} of {letter!r} on a diagonal, expected equal")
    kept = "".join(letter for letter in letters if shape[term.index(letter)] == sizes[letter])
    if not diagonal and kept == letters:
        return lambda x: x, letters
    dims = tuple(sizes[letter] for letter in kept)

    def view(x: Any) -> Any:
        strides = tuple(sum(s for t, s in zip(term, x.strides, strict=True) if t == letter) for letter in kept)
        return np.lib.stride_tricks.as_strided(x, dims, strides, writeable=False)

    return view, kept


def _steps(terms: list[str], output: str, sizes: dict[str, int]) -> list[tuple[tuple[int, ...], Any]]:
    """Contractions: the positions of what each takes off the list, to be taken one after the other, and the call."""
    terms = list(terms)
    if len(terms) == 1:
        return [((0,), _reduction(terms[0], output))]
    steps: list[tuple[tuple[int, ...], Any]] = []
    for pair in _path(terms, output, sizes):
        j, i = sorted(pair, reverse=True)
        right, left = terms.pop(j), terms.pop(i)
        last = not terms
        needed = output if last else set(output).union(*terms)
        result = output if last else "".join(dict.fromkeys(c for c in left + right if c in needed))
        steps.append(((i, j - 1), _contraction(left, right, result, sizes)))
        terms.append(result)
    return steps


def _path(terms: list[str], output: str, sizes: dict[str, int]) -> list[tuple[int, int]]:
    """The pairs to contract, by positions on the shrinking list: numpy's greedy order."""
    if len(terms) == 2:
        return [(0, 1)]
    dummies = [np.broadcast_to(np.float32(0), tuple(sizes[c] for c in term)) for term in terms]
    found = np.einsum_path(f"{','.join(terms)}->{output}", *dummies, optimize="greedy")[0][1:]
    pairs: list[tuple[int, int]] = []
    count = len(terms)
    for group in found:
        left = sorted(group)
        while len(left) > 1:
            j, i = left.pop(), left.pop()
            pairs.append((i, j))
            # what is made goes to the end of the list, which is one shorter
            left.append(count - 2)
            count -= 1
    return pairs


def _reduction(term: str, output: str) -> Any:
    """The sum over the letters that the output does not have, its axes in the output's order."""
    axes = tuple(i for i, c in enumerate(term) if c not in output)
    left = [c for c in term if c in output]
    order = tuple(left.index(c) for c in output)

    def call(x: Any, out: Any) -> Any:
        made = np.add.reduce(x, axis=axes, dtype=x.dtype) if axes else x
        return np.transpose(made, order)

    return call


def _contraction(left: str, right: str, output: str, sizes: dict[str, int]) -> Any:
    """The product of two operands summed over the letters that `output` does not have."""
    alone_left = tuple(i for i, c in enumerate(left) if c not in right and c not in output)
    alone_right = tuple(i for i, c in enumerate(right) if c not in left and c not in output)
    left = "".join(c for c in left if c in right or c in output)
    right = "".join(c for c in right if c in left or c in output)
    summed = [c for c in left if c in right and c not in output]
    product = _matmul(left, right, output, sizes) if summed else _multiply(left, right, output)
    if not alone_left and not alone_right:
        return product

    def call(x: Any, y: Any, out: Any) -> Any:
        x = np.add.reduce(x, axis=alone_left, dtype=x.dtype) if alone_left else x
        y = np.add.reduce(y, axis=alone_right, dtype=y.dtype) if alone_right else y
        return product(np.asarray(x), np.asarray(y), out)

    return call


def _multiply(left: str, right: str, output: str) -> Any:
    """Nothing is summed over: a broadcast product, its axes in the output's order from the start."""
    place_left, place_right = _placed(left, output), _placed(right, output)

    def call(x: Any, y: Any, out: Any) -> Any:
        x, y = place_left(x), place_right(y)
        if out is None:
            return np.asarray(np.multiply(x, y))
        return np.multiply(x, y, out) if _fills(x, y, out) else np.multiply(x, y)

    return call


def _fills(x: Any, y: Any, out: Any) -> bool:
    return all(max(a, c) == d or 0 in (a, c, d) for a, c, d in zip(x.shape, y.shape, out.shape, strict=True))


def _placed(term: str, output: str) -> Callable[[Any], Any]:
    """A view with one axis for each letter of the output, 1 where the term does not have it."""
    order = tuple(term.index(c) for c in output if c in term)
    gaps = tuple(slice(None) if c in term else None for c in output)
    if order == tuple(range(len(order))) and None not in gaps:
        return lambda x: x
    return lambda x: np.transpose(x, order)[gaps]


def _matmul(left: str, right: str, output: str, sizes: dict[str, int]) -> Any:
    """One matmul: batch axes, rows of the left, columns of the right."""
    if output and output[-1] in left and output[-1] not in right:
        # the result's last axis must be a column's, lest the whole result be permuted
        swapped = _matmul(right, left, output, sizes)
        return lambda x, y, out: swapped(y, x, out)
    batch = [c for c in output if c in left and c in right]
    rows = [c for c in output if c in left and c not in right]
    columns = [c for c in output if c in right and c not in left]
    longer = left if prod(sizes[c] for c in left) >= prod(sizes[c] for c in right) else right
    inner = [c for c in longer if c in left and c in right and c not in output]
    place_left = _folded(left, batch, rows, inner, sizes)
    place_right = _folded(right, batch, inner, columns, sizes)
    made = [*batch, *rows, *columns]
    shape = tuple(sizes[c] for c in made)
    flat = (*(sizes[c] for c in batch), prod(sizes[c] for c in rows), prod(sizes[c] for c in columns))
    order = tuple(made.index(c) for c in output)
    in_order = order == tuple(range(len(output)))

    def call(x: Any, y: Any, out: Any) -> Any:
        x, y = place_left(x), place_right(y)
        if out is not None and in_order and out.flags.c_contiguous:
            np.matmul(x, y, out.reshape(flat))
            return out
        return np.transpose(np.matmul(x, y).reshape(shape), order)

    return call


def _folded(
    term: str, batch: Sequence[str], first: Sequence[str], second: Sequence[str], sizes: dict[str, int]
) -> Callable[[Any], Any]:
    """Permuted to (batch, first, second), with the axes of `first` folded into one, and those of `second`."""
    order = tuple(term.index(c) for c in [*batch, *first, *second])
    shape = (*(sizes[c] for c in batch), prod(sizes[c] for c in first), prod(sizes[c] for c in second))
    if order == tuple(range(len(order))):
        return (lambda x: x) if len(first) == len(second) == 1 else (lambda x: x.reshape(shape))
    if len(first) == len(second) == 1:
        return lambda x: np.transpose(x, order)
    return lambda x: np.transpose(x, order).reshape(shape)
