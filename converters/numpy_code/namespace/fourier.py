"""Discrete Fourier transforms: `numpy.fft`."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.array import Array
from irlib.converters.numpy_code.namespace.dims import one_int
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.promotion import cast
from irlib.converters.numpy_code.namespace.results import axes_of, axis_of, delivered
from irlib.converters.numpy_code.namespace.table import function
from irlib.converters.numpy_code.namespace.tape import Tape

__all__: list[str] = []


def _spectrum(x: Array, *, real: bool) -> Any:
    """The value in the dtype that numpy transforms it in: double but for what is single already."""
    if real:
        if x.dtype.kind == "c":
            raise TypeError(f"a transform of real numbers got {x.dtype}")
        return cast(
            x.value,
            x.dtype if x.dtype.kind == "f" and x.itemsize >= 4 else np.float32 if x.dtype == np.float16 else np.float64,
        )
    kind = np.complex64 if x.dtype in (np.float16, np.float32, np.complex64) else np.complex128
    return cast(x.value, kind)


def _one(name: str, op: str, *, real: bool = False) -> None:
    def make(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
        x = lift(a)
        place = axis_of(axis, x.ndim)
        length = None if n is None else one_int(n, "n")
        if isinstance(length, int) and length < 1:
            raise ValueError(f"fft.{name}: got n={length}, expected at least 1")
        b = Tape.current().b
        made = getattr(b, op)(_spectrum(x, real=real), length, axis=place, norm=_norm(norm))
        return delivered(name, made, out)

    function(f"fft.{name}")(make)


def _norm(norm: Any) -> str:
    if norm not in (None, "backward", "ortho", "forward"):
        raise ValueError(f"got norm={norm!r}, expected 'backward', 'ortho' or 'forward'")
    return norm or "backward"


_one("fft", "fft")
_one("ifft", "ifft")
_one("rfft", "rfft", real=True)
_one("irfft", "irfft")


@function("fft.hfft")
def hfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    x = lift(a)
    length = (x.shape[axis] - 1) * 2 if n is None else n
    made = xp.fft.irfft(xp.conjugate(x), length, axis, norm=_swapped(norm))
    return made if out is None else delivered("hfft", made.value, out)


@function("fft.ihfft")
def ihfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    made = xp.conjugate(xp.fft.rfft(a, n, axis, norm=_swapped(norm)))
    return made if out is None else delivered("ihfft", made.value, out)


def _swapped(norm: Any) -> str:
    return {"backward": "forward", "forward": "backward"}.get(_norm(norm), "ortho")


def _several(a: Any, s: Any, axes: Any) -> tuple[Array, list[tuple[int, Any]]]:
    x = lift(a)
    if axes is None:
        axes = tuple(range(x.ndim)) if s is None else tuple(range(-len(s), 0))
    places = [axis_of(i, x.ndim) for i in axes]
    sizes = [None] * len(places) if s is None else [None if n == -1 else n for n in s]
    if len(sizes) != len(places):
        raise ValueError(f"got {len(sizes)} lengths for {len(places)} axes")
    return x, list(zip(places, sizes, strict=True))


def _many(name: str, each: str) -> None:
    def make(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
        x, steps = _several(a, s, axes)
        made: Any = x
        for place, n in reversed(steps):
            made = getattr(xp.fft, each)(made, n, place, norm)
        if not steps:
            made = xp.astype(x, np.complex128)
        return made if out is None else delivered(name, made.value, out)

    function(f"fft.{name}n")(make)

    def plane(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
        return make(a, s, axes, norm, out)

    function(f"fft.{name}2")(plane)


_many("fft", "fft")
_many("ifft", "ifft")


@function("fft.rfftn")
def rfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    x, steps = _several(a, s, axes)
    made = xp.fft.rfft(x, steps[-1][1], steps[-1][0], norm)
    for place, n in reversed(steps[:-1]):
        made = xp.fft.fft(made, n, place, norm)
    return made if out is None else delivered("rfftn", made.value, out)


@function("fft.irfftn")
def irfftn(a: Any, s: Any = None, axes: Any = None, norm: Any = None, out: Any = None) -> Any:
    x, steps = _several(a, s, axes)
    made: Any = x
    for place, n in steps[:-1]:
        made = xp.fft.ifft(made, n, place, norm)
    made = xp.fft.irfft(made, steps[-1][1], steps[-1][0], norm)
    return made if out is None else delivered("irfftn", made.value, out)


@function("fft.rfft2")
def rfft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    return rfftn(a, s, axes, norm, out)


@function("fft.irfft2")
def irfft2(a: Any, s: Any = None, axes: Any = (-2, -1), norm: Any = None, out: Any = None) -> Any:
    return irfftn(a, s, axes, norm, out)


@function("fft.fftfreq")
def fftfreq(n: Any, d: Any = 1.0, device: Any = None, *, dtype: Any = None) -> Any:
    run = xp.arange(n)
    half = (n - 1) // 2 + 1
    made = xp.where(run < half, run, run - n) * (1.0 / (n * d))
    return made if dtype is None else xp.astype(made, dtype)


@function("fft.rfftfreq")
def rfftfreq(n: Any, d: Any = 1.0, device: Any = None, *, dtype: Any = None) -> Any:
    made = xp.arange(n // 2 + 1) * (1.0 / (n * d))
    return made if dtype is None else xp.astype(made, dtype)


def _shifted(x: Any, axes: Any, sign: int) -> Any:
    a = lift(x)
    places = tuple(range(a.ndim)) if axes is None else axes_of(axes, a.ndim) or ()
    sizes = a.shape
    shift = tuple(sizes[i] // 2 if sign > 0 else -(sizes[i] // 2) for i in places)
    return xp.roll(a, shift, places) if places else a


@function("fft.fftshift")
def fftshift(x: Any, axes: Any = None) -> Any:
    return _shifted(x, axes, 1)


@function("fft.ifftshift")
def ifftshift(x: Any, axes: Any = None) -> Any:
    return _shifted(x, axes, -1)
