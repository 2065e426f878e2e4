"""Resize and Upsample: each axis by itself, places of the output looked up between those of the input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from irlib.converters.onnx_model.rules.interpolation import NEAREST, Kernel, interpolated
from irlib.converters.onnx_model.rules.operands import as_int64, dims_of, element, length_of
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.errors import AttributeValueError
from irlib.methods import Emitter, Value


@dataclass(frozen=True, slots=True)
class _Axis:
    """What is known of one axis: all scalars, `places` the vector 0 .. resized - 1; all in float64 but `size`."""

    size: Any
    original: Any
    resized: Any
    """The length of the output; with scales that is not rounded, and `whole` is the rounded one."""
    whole: Any
    scale: Any
    places: Any
    start: Any
    end: Any


def _half_pixel(b: Emitter, a: _Axis) -> Any:
    return b.subtract(b.divide(b.add(a.places, 0.5), a.scale), 0.5)


def _symmetric(b: Emitter, a: _Axis) -> Any:
    shift = b.multiply(b.multiply(a.original, 0.5), b.subtract(1.0, b.divide(a.whole, a.resized)))
    return b.add(shift, _half_pixel(b, a))


def _pytorch_half_pixel(b: Emitter, a: _Axis) -> Any:
    return b.where(b.greater(a.resized, 1.0), _half_pixel(b, a), 0.0)


def _between_ends(b: Emitter, a: _Axis) -> Any:
    """How far each place is from the first to the last, in elements of the input; one alone is at the first."""
    steps = b.subtract(a.resized, 1.0)
    alone = b.equal(steps, 0.0)
    ratio = b.divide(b.subtract(a.original, 1.0), b.where(alone, 1.0, steps))
    return b.multiply(a.places, b.where(alone, 0.0, ratio))


def _crop(b: Emitter, a: _Axis) -> Any:
    last = b.subtract(a.original, 1.0)
    inner = b.add(b.multiply(a.start, last), b.multiply(_between_ends(b, a), b.subtract(a.end, a.start)))
    return b.where(b.greater(a.resized, 1.0), inner, b.multiply(b.multiply(b.add(a.start, a.end), 0.5), last))


_TRANSFORMS: dict[str, Callable[[Emitter, _Axis], Any]] = {
    "half_pixel": _half_pixel,
    "half_pixel_symmetric": _symmetric,
    "pytorch_half_pixel": _pytorch_half_pixel,
    "align_corners": _between_ends,
    "asymmetric": lambda b, a: b.divide(a.places, a.scale),
    "tf_half_pixel_for_nn": lambda b, a: b.divide(b.add(a.places, 0.5), a.scale),
    "tf_crop_and_resize": _crop,
}


@dataclass(frozen=True, slots=True)
class _Manner:
    """The attributes of a resize, in the newest version's names."""

    mode: str
    transform: str = "asymmetric"
    nearest: str = "floor"
    cubic: float = -0.75
    exclude: bool = False
    antialias: bool = False
    extrapolation: float = 0.0
    policy: str = "stretch"
    old: bool = False
    """Until Resize-10: the nearest element is the one before, but when sizing down the one behind."""

    def __post_init__(self) -> None:
        for what, given, known in (
            ("mode", self.mode, ("nearest", "linear", "cubic")),
            ("coordinate_transformation_mode", self.transform, _TRANSFORMS),
            ("nearest_mode", self.nearest, NEAREST),
            ("keep_aspect_ratio_policy", self.policy, ("stretch", "not_larger", "not_smaller")),
        ):
            if given not in known:
                raise AttributeValueError(f"{what} {given!r}, expected one of {', '.join(known)}", code="IR302")


@rule("Upsample", 1, until=6)
def upsample_image(b: Emitter, n: OnnxOp, x: Value) -> Any:
    scales = b.constant([1.0, 1.0, n["height_scale"], n["width_scale"]], "float32")
    return _resized(b, x, _upsampling(n), list(range(4)), None, scales, None)


@rule("Upsample", 7, until=8)
def upsample_attribute(b: Emitter, n: OnnxOp, x: Value) -> Any:
    scales = b.constant(list(n["scales"]), "float32")
    return _resized(b, x, _upsampling(n), _axes(x), None, scales, None, fixed=tuple(n["scales"]))


@rule("Upsample", 9)
@rule("Resize", 10, until=10)
def upsample(b: Emitter, n: OnnxOp, x: Value, scales: Value) -> Any:
    return _resized(b, x, _upsampling(n), _axes(x), None, scales, None, fixed=n.scales)


def _upsampling(n: OnnxOp) -> _Manner:
    return _Manner("linear" if n["mode"] == "bilinear" else n["mode"], old=True)


def _axes(x: Value) -> list[int]:
    return list(range(rank_of(x)))


@rule("Resize", 11)
def resize(b: Emitter, n: OnnxOp, x: Value, roi: Value | None, scales: Value | None, sizes: Value | None) -> Any:
    manner = _Manner(
        n["mode"],
        n["coordinate_transformation_mode"],
        n["nearest_mode"],
        n["cubic_coeff_a"],
        bool(n["exclude_outside"]),
        bool(n["antialias"]) if n.version >= 18 else False,
        n["extrapolation_value"],
        n["keep_aspect_ratio_policy"] if n.version >= 18 else "stretch",
    )
    axes = n["axes"] if n.version >= 18 else None
    chosen = _axes(x) if axes is None else [a % rank_of(x) for a in axes]
    if sizes is not None and length_of(sizes) != 0:
        scales = None  # the versions that want both have an empty vector for it
    else:
        sizes = None
    if sizes is None and scales is None:
        raise AttributeValueError("neither scales nor sizes are given, expected one of them", code="IR302")
    return _resized(b, x, manner, chosen, roi, scales, sizes, fixed=n.scales)


def _resized(
    b: Emitter, x: Value, manner: _Manner, axes: list[int], roi: Value | None, scales: Value | None,
    sizes: Value | None, *, fixed: tuple[float, ...] | None = None,
) -> Any:  # fmt: skip
    """`fixed` are the scales where they are known beforehand: an axis whose scale is 1 is left alone."""
    crop = manner.transform == "tf_crop_and_resize"
    count = len(axes)
    if crop or sizes is not None or fixed is None or len(fixed) != count:
        fixed = None
    dims = dims_of(b, x, axes)
    original = b.cast(dims, dtype="float64")
    start, end = (
        b.broadcast_to(b.constant(0.0, "float64"), [count]),
        b.broadcast_to(b.constant(1.0, "float64"), [count]),
    )
    if crop and roi is not None and length_of(roi) != 0:
        corners = b.reshape(b.cast(roi, dtype="float64"), [2, count])
        start, end = b.take(corners, 0, axis=0), b.take(corners, 1, axis=0)
    if sizes is not None:
        to = as_int64(b, sizes)
        ratio = b.divide(b.cast(to, dtype="float64"), original)
        resized = b.cast(to, dtype="float64")
        if manner.policy != "stretch":
            ratio = (b.min if manner.policy == "not_larger" else b.max)(ratio, [0], keepdims=True)
            ratio = b.broadcast_to(ratio, [count])
            resized = b.multiply(ratio, original)
            to = b.cast(b.floor(b.add(_rounded(b, resized), 0.5)), dtype="int64")
    else:
        ratio = b.cast(b.lift(scales), dtype="float64")
        resized = b.multiply(original, ratio)
        if crop:
            resized = b.multiply(resized, b.subtract(end, start))
        to = b.cast(b.floor(_rounded(b, resized)), dtype="int64")
        if fixed is not None:
            to = b.concat(*(_scaled(b, x, axis, fixed[i], to, i) for i, axis in enumerate(axes)), axis=0)
    exact = x.dtype.name in ("float32", "float64") or manner.mode == "nearest"
    y: Any = x if exact else b.cast(x, dtype="float32" if x.dtype.is_float else "float64")
    outside: Any = None
    kept = to.ints if sizes is not None and not crop and manner.policy == "stretch" else None
    for i, axis in enumerate(axes):
        if fixed[i] == 1.0 if fixed is not None else kept is not None and kept[i] == (x.shape or ())[axis]:
            continue
        size, length = element(b, dims, i), element(b, to, i)
        numbers = [element(b, v, i) for v in (original, resized, ratio, start, end)]
        places = b.cast(b.iota(length), dtype="float64")
        whole = b.cast(length, dtype="float64")
        a = _Axis(size, numbers[0], numbers[1], whole, numbers[2], places, numbers[3], numbers[4])
        at = _TRANSFORMS[manner.transform](b, a)
        if crop:
            beyond = b.logical_or(b.less(at, 0.0), b.greater(at, b.subtract(a.original, 1.0)))
            at = b.where(beyond, 0.0, at)  # far outside no weight is left to divide by
            beyond = b.reshape(beyond, [-1] + [1] * (rank_of(x) - 1 - axis))
            outside = beyond if outside is None else b.logical_or(outside, beyond)
        y = _along(b, y, at, a, axis, manner)
    if outside is not None:
        y = b.where(outside, b.constant(manner.extrapolation, y.dtype), y)
    if exact:
        return y
    # integers are cut off, as onnxruntime does: what is off by a rounding error alone must not lose 1
    return b.cast(y if x.dtype.is_float else _rounded(b, y), dtype=x.dtype)


def _scaled(b: Emitter, x: Value, axis: int, scale: float, to: Any, i: int) -> Any:
    """A dim times a scale that is known, rounded down, as a vector of one: a number or symbol where the dim is one."""
    dim = (x.shape or ())[axis]
    if scale == int(scale):
        return b.multiply(dims_of(b, x, [axis]), int(scale))
    if isinstance(dim, int):
        return b.constant([int(np.floor(np.float32(dim * scale)))], "int64")
    return b.slice(to, [i], [i + 1])


def _along(b: Emitter, x: Any, at: Any, a: _Axis, axis: int, manner: _Manner) -> Any:
    if manner.mode == "nearest":
        exact = _rounded(b, at)
        near = NEAREST[manner.nearest](b, exact)
        place = b.cast(b.where(b.less(a.scale, 1.0), b.ceil(exact), near) if manner.old else near, dtype="int64")
        return b.take(x, b.clip(place, b.constant(0, "int64"), b.subtract(a.size, 1)), axis=axis)
    kernel = Kernel(manner.cubic if manner.mode == "cubic" else None)
    squeeze = b.minimum(a.scale, 1.0) if manner.antialias else None
    return interpolated(b, x, at, a.size, axis, kernel, squeeze=squeeze, exclude=manner.exclude)


def _rounded(b: Emitter, number: Any) -> Any:
    """To float32, before it is rounded to an integer: a scale of 0.7 is meant, where the file has 0.69999999."""
    return b.cast(b.cast(number, dtype="float32"), dtype="float64")
