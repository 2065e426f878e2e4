"""Running sums and products, differences, and what is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array, wrap
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import as_dtype, cast
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.results import (
    axes_of,
    axis_of,
    delivered,
    inexact,
    is_default,
    number_of,
    with_axis,
)
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__: list[str] = []


def _running(name: str, op: str, a: Any, axis: Any, dtype: Any, out: Any) -> Any:
    x = lift(a)
    to = as_dtype(dtype) if dtype is not None else x.dtype
    if dtype is None and to.kind in "biu":
        to = np.result_type(to, np.uint64 if to.kind == "u" else np.int64)
    b = Tape.current().b
    value = cast(x.value, to)
    if axis is None:
        value, place = b.reshape(value, [-1]), 0
    else:
        value = with_axis(wrap(value)).value
        place = axis_of(axis, value.rank)
    return delivered(name, getattr(b, op)(value, place), out, casting="unsafe")


@function("cumsum")
def cumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    return _running("cumsum", "cumulative_sum", a, axis, dtype, out)


@function("cumprod")
def cumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    return _running("cumprod", "cumulative_prod", a, axis, dtype, out)


def _standard(name: str, op: str, first: int) -> None:
    def make(x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: bool = False) -> Any:
        a = xp.atleast_1d(x)
        if axis is None:
            if a.ndim != 1:
                raise ValueError(f"{name} of an array of rank {a.ndim} without axis=")
            axis = 0
        made = _running(name, op, a, axis, dtype, None)
        if include_initial:
            place = axis_of(axis, a.ndim)
            shape = list(made.shape)
            shape[place] = 1
            made = xp.concatenate([xp.full(tuple(shape), first, made.dtype), made], place)
        return made if out is None else delivered(name, made.value, out)

    function(name)(make)


_standard("cumulative_sum", "cumulative_sum", 0)
_standard("cumulative_prod", "cumulative_prod", 1)


@function("diff")
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    x = lift(a)
    times = number_of(n, "n=")
    if times == 0:
        return x
    if times < 0:
        raise ValueError(f"diff: got n={times}, expected at least 0")
    if x.ndim == 0:
        raise ValueError("diff of an array of rank 0")
    place = axis_of(axis, x.ndim)
    parts = [p if p is x else _edge(p, x, place) for p in (prepend, x, append) if not is_default(p)]
    x = parts[0] if len(parts) == 1 else xp.concatenate(parts, place)
    rest: tuple[Any, ...] = (slice(None),) * place
    for _ in range(times):
        late, early = x[(*rest, slice(1, None))], x[(*rest, slice(None, -1))]
        x = xp.not_equal(late, early) if x.dtype.kind == "b" else xp.subtract(late, early)
    return x


def _edge(part: Any, x: Array, place: int) -> Array:
    made = lift(part)
    if made.ndim:
        return made
    shape = list(x.shape)
    shape[place] = 1
    return xp.broadcast_to(made, tuple(shape))  # type: ignore[no-any-return]


@function("ediff1d")
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    x = xp.ravel(ary)
    made = x[1:] - x[:-1]
    parts = [p if p is made else xp.astype(xp.ravel(p), x.dtype) for p in (to_begin, made, to_end) if p is not None]
    return made if len(parts) == 1 else xp.concatenate(parts)


@function("trapezoid", "trapz")
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    values = lift(y)
    place = axis_of(axis, values.ndim)
    if x is None:
        width = dx
    else:
        at = lift(x)
        if at.ndim == 1:
            width = xp.reshape(diff(at), (*((1,) * place), -1, *((1,) * (values.ndim - place - 1))))
        else:
            width = diff(at, axis=axis)
    rest: tuple[Any, ...] = (slice(None),) * place
    both = values[(*rest, slice(1, None))] + values[(*rest, slice(None, -1))]
    return xp.sum(width * both / 2.0, axis=place)


@function("gradient")
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    x = inexact(f)
    axes = tuple(range(x.ndim)) if axis is None else axes_of(axis, x.ndim) or ()
    if len(varargs) == 0:
        steps: list[Any] = [1.0] * len(axes)
    elif len(varargs) == 1 and lift(varargs[0]).ndim == 0:
        steps = list(varargs) * len(axes)
    elif len(varargs) == len(axes):
        steps = list(varargs)
    else:
        raise TypeError(
            f"gradient: got {len(varargs)} distances, expected none, one, or one for each of {len(axes)} axes"
        )
    if edge_order not in (1, 2):
        raise ValueError(f"gradient: got edge_order={edge_order}, expected 1 or 2")
    made = tuple(_slope(x, h, i, edge_order) for i, h in zip(axes, steps, strict=True))
    return made[0] if len(axes) == 1 else made


def _slope(f: Array, h: Any, axis: int, edge_order: int) -> Array:
    """Central differences along `axis`, one-sided ones at its ends."""
    size = f.shape[axis]
    if isinstance(size, int) and size < edge_order + 1:
        raise ValueError(f"gradient along an axis of size {size}, expected at least {edge_order + 1}")
    f = xp.moveaxis(f, axis, -1)
    step = lift(h)
    if step.ndim == 1:
        gaps = diff(inexact(step))
        left, right = gaps[:-1], gaps[1:]
        a = -right / (left * (left + right))
        mid = (right - left) / (left * right)
        c = left / (right * (left + right))
        inner = a * f[..., :-2] + mid * f[..., 1:-1] + c * f[..., 2:]
        first_gap, second_gap, near_gap, last_gap = gaps[0], gaps[1:2], gaps[-2:-1], gaps[-1]
    elif step.ndim == 0:
        inner = (f[..., 2:] - f[..., :-2]) / (2.0 * h)
        first_gap = last_gap = h
    else:
        raise ValueError(f"gradient: distances of rank {step.ndim}, expected 0 or 1")
    if edge_order == 1:
        start = (f[..., 1:2] - f[..., 0:1]) / first_gap
        end = (f[..., -1:] - f[..., -2:-1]) / last_gap
    elif step.ndim == 0:
        start = (-1.5 * f[..., 0:1] + 2.0 * f[..., 1:2] - 0.5 * f[..., 2:3]) / h
        end = (0.5 * f[..., -3:-2] - 2.0 * f[..., -2:-1] + 1.5 * f[..., -1:]) / h
    else:
        p, q = gaps[0:1], second_gap
        start = (
            -(2.0 * p + q) / (p * (p + q)) * f[..., 0:1]
            + (p + q) / (p * q) * f[..., 1:2]
            - p / (q * (p + q)) * f[..., 2:3]
        )
        p, q = near_gap, gaps[-1:]
        end = (
            q / (p * (p + q)) * f[..., -3:-2]
            - (q + p) / (p * q) * f[..., -2:-1]
            + (2.0 * q + p) / (q * (p + q)) * f[..., -1:]
        )
    made = xp.concatenate([start, inner, end], -1)
    return xp.moveaxis(made, -1, axis)  # type: ignore[no-any-return]


@function("unwrap")
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: Any = 2 * np.pi) -> Any:
    x = inexact(p)
    place = axis_of(axis, x.ndim)
    steps = diff(x, axis=place)
    limit = period / 2 if discont is None else xp.maximum(discont, period / 2)
    low, high = -period / 2, period / 2
    turned = xp.mod(steps - low, period) + low
    turned = xp.where((turned == low) & (steps > 0), high, turned)
    jump = xp.where(xp.abs(steps) < limit, 0.0, turned - steps)
    rest: tuple[Any, ...] = (slice(None),) * place
    made = xp.array(x, copy=True)
    made[(*rest, slice(1, None))] = x[(*rest, slice(1, None))] + xp.cumsum(jump, axis=place)
    return made


@function("convolve")
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    x, y = _vectors(a, v)
    if _is_longer(y, x):
        x, y = y, x
    return _slid(x, xp.flip(y), mode)


@function("correlate")
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    x, y = _vectors(a, v)
    if _is_longer(y, x):
        # numpy slides the shorter one, and turns the result round for it
        return xp.copy(xp.flip(xp.conjugate(_slid(y, xp.conjugate(x), mode))))
    if mode == "same" and not isinstance(x.shape[0], int):
        raise refused("correlate: mode='same' of a vector whose length is not known", code="IR880",
                      remedy="give its shape as a number")  # fmt: skip
    return _slid(x, xp.conjugate(y), mode)


def _vectors(a: Any, v: Any) -> tuple[Array, Array]:
    x, y = xp.atleast_1d(a), xp.atleast_1d(v)
    if x.ndim != 1 or y.ndim != 1:
        raise ValueError(f"vectors of rank {x.ndim} and {y.ndim}, expected 1")
    for z, which in ((x, "a"), (y, "v")):
        if z.value.shape == (0,):
            raise ValueError(f"the vector {which} has no elements")
    to = xp.result_type(x, y)
    return xp.astype(x, to), xp.astype(y, to)


def _is_longer(x: Array, y: Array) -> bool:
    """Whether `x` is the one to slide over; of two lengths the one that is not known is that of the signal."""
    m, n = x.shape[0], y.shape[0]
    return m > n if isinstance(m, int) and isinstance(n, int) else not isinstance(m, int)


def _slid(x: Array, y: Array, mode: str) -> Array:
    """Sums of products of `y` with each window of `x`, filled with zeros outside as `mode` says."""
    m, n = x.shape[0], y.shape[0]
    if mode not in ("full", "same", "valid"):
        raise ValueError(f"got mode {mode!r}, expected 'full', 'same' or 'valid'")
    if not isinstance(n, int):
        raise refused(
            "convolve with a kernel whose length is not known", code="IR880", remedy="give its shape as a number"
        )
    if isinstance(m, int):
        before, after = {"full": (n - 1, n - 1), "same": (n // 2, n - 1 - n // 2), "valid": (0, 0)}[mode]
        return _windowed(xp.pad(x, (before, after)) if mode != "valid" else x, y)
    full = _windowed(xp.pad(x, (n - 1, n - 1)), y)
    if mode == "full":
        return full
    short, long = xp.minimum(m, n), xp.maximum(m, n)
    start, length = (short - 1, long - short + 1) if mode == "valid" else (short - 1 - short // 2, long)
    return full[start : start + length]  # type: ignore[no-any-return]


def _windowed(x: Array, y: Array) -> Array:
    b = Tape.current().b
    n = y.shape[0]
    if x.dtype.kind in "biu":
        windows = wrap(b.sliding_window(cast(x.value, np.int64), window=(n,)))
        return xp.astype(xp.matmul(windows, xp.astype(y, np.int64)), x.dtype)  # type: ignore[no-any-return]
    return wrap(b.matmul(b.sliding_window(x.value, window=(n,)), y.value))
