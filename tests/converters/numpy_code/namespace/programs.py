"""Random programs of views, aliases and stores, to be run on numpy and traced: numpy says what is to come out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.exceptions import ComplexWarning

Statement = tuple[Any, ...]


def random_program(rng: np.random.Generator, length: int, shape: tuple[int, ...]) -> list[Statement]:
    """Statements that run on numpy without an error, found by running them there."""
    program: list[Statement] = []
    x = np.arange(float(np.prod(shape))).reshape(shape)
    arrays = start(np, x)
    while len(program) < length:
        kind = KINDS[rng.integers(len(KINDS))]
        at = int(rng.integers(len(arrays)))
        statement = kind(rng, arrays, at)
        if statement is None:
            continue
        try:
            with np.errstate(all="ignore"):
                arrays = run(np, x, [*program, statement])
        except (ValueError, IndexError, TypeError, ComplexWarning):
            continue
        program.append(statement)
        if len(arrays) > 16 or any(a.size > 300 for a in arrays):
            break
    return program


def start(xp: Any, x: Any) -> list[Any]:
    whole = xp.zeros((2, 6), dtype=int)
    whole[1] = 3
    return [x * 1.0, xp.zeros((3, 4)), x.T * 2.0, whole, x + 1j * x]


def run(xp: Any, x: Any, program: list[Statement]) -> list[Any]:
    """All arrays of the program at its end."""
    arrays = start(xp, x)
    for statement in program:
        step(xp, arrays, statement)
    return arrays


def run_on_numpy(x: Any, program: list[Statement]) -> list[Any]:
    """As `run`, with the numpy that this module's globals hold: in a trace another."""
    return run(np, x, program)


def step(xp: Any, arrays: list[Any], statement: Statement) -> None:
    name, at, *rest = statement
    made = STEPS[name](xp, arrays, arrays[at], *rest)
    if made is not None:
        arrays.append(made)


def _store(xp: Any, arrays: list[Any], a: Any, key: Any, new: Any) -> None:
    a[key] = new


def _store_of(xp: Any, arrays: list[Any], a: Any, key: Any, other: int, other_key: Any) -> None:
    a[key] = arrays[other][other_key]


def _add_in_place(xp: Any, arrays: list[Any], a: Any, key: Any, other: int, other_key: Any) -> None:
    a[key] += arrays[other][other_key]


def _whole_in_place(xp: Any, arrays: list[Any], a: Any, at: int, other: int) -> None:
    arrays[at] *= 2.0
    arrays[at] += arrays[other]


def _mask_store(xp: Any, arrays: list[Any], a: Any, bound: float, new: float) -> None:
    a[a > bound] = new


def _add_at(xp: Any, arrays: list[Any], a: Any, key: Any, new: Any) -> None:
    xp.add.at(a, key, new)


def _out(xp: Any, arrays: list[Any], a: Any, other: int) -> None:
    xp.multiply(arrays[other], 0.5, out=a)


def _rows_in_place(xp: Any, arrays: list[Any], a: Any) -> None:
    for row in a:
        row += 1


def _take_by(xp: Any, arrays: list[Any], a: Any, other: int) -> Any:
    return a[xp.abs(arrays[other]).astype(int) % a.shape[0]]


def _put_by(xp: Any, arrays: list[Any], a: Any, other: int, new: float) -> None:
    a[xp.abs(arrays[other]).astype(int) % a.shape[0]] = new


def _add_by(xp: Any, arrays: list[Any], a: Any, other: int) -> None:
    xp.add.at(a, xp.abs(arrays[other]).astype(int) % a.shape[0], 1)


def _flat_store(xp: Any, arrays: list[Any], a: Any, at: int, new: float) -> None:
    a.flat[at] = new


def _one_by(xp: Any, arrays: list[Any], a: Any, other: int, new: float) -> None:
    row = a[xp.argmax(arrays[other]) % a.shape[0]]
    row += new


STEPS: dict[str, Callable[..., Any]] = {
    "view": lambda xp, arrays, a, key: a[key],
    "take": lambda xp, arrays, a, key: a[key],
    "copy": lambda xp, arrays, a: a.copy(),
    "transpose": lambda xp, arrays, a, perm: a.transpose(perm),
    "T": lambda xp, arrays, a: a.T,
    "reshape": lambda xp, arrays, a, shape: a.reshape(shape),
    "ravel": lambda xp, arrays, a: a.ravel(),
    "flip": lambda xp, arrays, a: xp.flip(a),
    "expand": lambda xp, arrays, a, axis: xp.expand_dims(a, axis),
    "squeeze": lambda xp, arrays, a: xp.squeeze(a),
    "alias": lambda xp, arrays, a: xp.asarray(a),
    "compute": lambda xp, arrays, a: a + 1.0,
    "scalar": lambda xp, arrays, a, key: a[key] * 1.0,
    "store": _store,
    "store_of": _store_of,
    "add_in_place": _add_in_place,
    "whole_in_place": _whole_in_place,
    "mask_store": _mask_store,
    "add_at": _add_at,
    "out": _out,
    "swapaxes": lambda xp, arrays, a, i, j: a.swapaxes(i, j),
    "moveaxis": lambda xp, arrays, a, i, j: xp.moveaxis(a, i, j),
    "first_half": lambda xp, arrays, a: xp.split(a, 2)[0],
    "diagonal": lambda xp, arrays, a: xp.diagonal(a),
    "broadcast": lambda xp, arrays, a: xp.broadcast_to(a, (2, *a.shape)),
    "real": lambda xp, arrays, a: a.real,
    "imag": lambda xp, arrays, a: a.imag,
    "astype": lambda xp, arrays, a, to: a.real.astype(to),
    "contiguous": lambda xp, arrays, a: xp.ascontiguousarray(a),
    "atleast": lambda xp, arrays, a: xp.atleast_2d(a),
    "matmul": lambda xp, arrays, a: a @ a.T,
    "sum": lambda xp, arrays, a: a.sum(axis=0),
    "sort": lambda xp, arrays, a: a.sort(axis=0),
    "rows_in_place": _rows_in_place,
    "take_by": _take_by,
    "put_by": _put_by,
    "add_by": _add_by,
    "one_by": _one_by,
    "flat_store": _flat_store,
    "fill": lambda xp, arrays, a, new: a.fill(new),
}


def random_key(rng: np.random.Generator, shape: tuple[int, ...], *, advanced: bool = False) -> Any:
    """An index for an array of this shape: ints, slices, newaxis, Ellipsis, and where `advanced` arrays and masks."""
    entries: list[Any] = []
    axis = 0
    while axis < len(shape):
        d = shape[axis]
        choice = rng.integers(10)
        if advanced and choice < 3 and d:
            size = [(2,), (3,), (2, 1), (1,), (2, 2)][rng.integers(5)] if choice else (2,)
            entries.append(rng.integers(-d, d, size))
        elif advanced and choice == 3:
            width = int(rng.integers(1, 3))
            if axis + width > len(shape):
                continue
            entries.append(rng.integers(0, 2, shape[axis : axis + width]).astype(bool))
            axis += width
            continue
        elif choice < 6 and d:
            entries.append(int(rng.integers(-d, d)))
        else:
            entries.append(_random_slice(rng, d))
        axis += 1
    if rng.integers(4) == 0 and entries:
        entries[-1:] = []
    if rng.integers(5) == 0:
        entries.insert(int(rng.integers(len(entries) + 1)), None)
    if rng.integers(4) == 0:
        at = int(rng.integers(len(entries) + 1))
        gone = int(rng.integers(0, 2))
        entries[at : at + gone] = [Ellipsis]
    return entries[0] if len(entries) == 1 else tuple(entries)


def _random_slice(rng: np.random.Generator, d: int) -> slice:
    def bound() -> int | None:
        return None if rng.integers(2) else int(rng.integers(-d - 1, d + 2))

    return slice(bound(), bound(), [None, None, 1, 2, -1, -2][rng.integers(6)])


def _number(rng: np.random.Generator) -> float:
    return float(rng.integers(-9, 10))


def _view(rng: Any, arrays: Any, at: int) -> Any:
    return "view", at, random_key(rng, arrays[at].shape)


def _take(rng: Any, arrays: Any, at: int) -> Any:
    return "take", at, random_key(rng, arrays[at].shape, advanced=True)


def _shape(rng: Any, arrays: Any, at: int) -> Any:
    name = ["T", "ravel", "flip", "squeeze", "alias", "copy", "compute"][rng.integers(7)]
    return name, at


def _transpose(rng: Any, arrays: Any, at: int) -> Any:
    return "transpose", at, tuple(int(i) for i in rng.permutation(arrays[at].ndim))


def _reshape(rng: Any, arrays: Any, at: int) -> Any:
    n = arrays[at].size
    options = [(n,), (-1,), (2, -1), (-1, 3), (3, -1, 2), (1, n), (-1, 1)]
    return "reshape", at, options[rng.integers(len(options))]


def _expand(rng: Any, arrays: Any, at: int) -> Any:
    return "expand", at, int(rng.integers(arrays[at].ndim + 1))


def _put(rng: Any, arrays: Any, at: int) -> Any:
    return "store", at, random_key(rng, arrays[at].shape, advanced=bool(rng.integers(2))), _number(rng)


def _put_array(rng: Any, arrays: Any, at: int) -> Any:
    """A store of fresh numbers in the shape of what is named, or one that broadcasts to it."""
    key = random_key(rng, arrays[at].shape, advanced=bool(rng.integers(2)))
    try:
        part = np.asarray(arrays[at][key])
    except IndexError:
        return None
    shape = tuple(d if rng.integers(4) else 1 for d in part.shape)[int(rng.integers(2)) :]
    return "store", at, key, rng.integers(-9, 10, shape).astype(float)


def _put_other(rng: Any, arrays: Any, at: int) -> Any:
    other = int(rng.integers(len(arrays)))
    key = random_key(rng, arrays[at].shape, advanced=rng.integers(3) == 0)
    return ["store_of", "add_in_place"][rng.integers(2)], at, key, other, random_key(rng, arrays[other].shape)


def _whole(rng: Any, arrays: Any, at: int) -> Any:
    return "whole_in_place", at, at, int(rng.integers(len(arrays)))


def _masked(rng: Any, arrays: Any, at: int) -> Any:
    return "mask_store", at, _number(rng), _number(rng)


def _at(rng: Any, arrays: Any, at: int) -> Any:
    return "add_at", at, random_key(rng, arrays[at].shape, advanced=True), _number(rng)


def _to_out(rng: Any, arrays: Any, at: int) -> Any:
    return "out", at, int(rng.integers(len(arrays)))


def _filled(rng: Any, arrays: Any, at: int) -> Any:
    return ("fill", at, _number(rng)) if arrays[at].ndim else None


def _more_views(rng: Any, arrays: Any, at: int) -> Any:
    a = arrays[at]
    name = ["swapaxes", "moveaxis", "first_half", "diagonal", "broadcast", "real", "imag", "atleast"][rng.integers(8)]
    if name in ("swapaxes", "moveaxis"):
        return (name, at, *[int(i) for i in rng.integers(0, max(a.ndim, 1), 2)]) if a.ndim else None
    return name, at


def _more_values(rng: Any, arrays: Any, at: int) -> Any:
    name = ["astype", "contiguous", "sum"][rng.integers(3)]
    return (name, at, ["int32", "float32", "bool"][rng.integers(3)]) if name == "astype" else (name, at)


def _more_stores(rng: Any, arrays: Any, at: int) -> Any:
    a, other = arrays[at], int(rng.integers(len(arrays)))
    name = ["sort", "rows_in_place", "take_by", "put_by", "add_by", "one_by", "flat_store"][rng.integers(7)]
    if not a.ndim or not a.size or arrays[other].dtype.kind == "c" or arrays[other].size == 0:
        return None
    match name:
        case "sort" | "rows_in_place":
            return (name, at) if a.dtype.kind != "c" else None
        case "take_by" | "add_by":
            return name, at, other
        case "flat_store":
            return name, at, int(rng.integers(-a.size, a.size)), _number(rng)
        case _:
            return name, at, other, _number(rng)


KINDS = (
    *(_view, _view, _take, _shape, _shape, _transpose, _reshape, _expand, _more_views, _more_views, _more_values),
    *(_put, _put, _put_array, _put_array, _put_other, _put_other, _whole, _masked, _at, _to_out, _filled),
    *(_more_stores, _more_stores),
)
