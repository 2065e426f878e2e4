"""Pools over one, two or three spatial axes. Layout: batch, channels, then the axes."""

from __future__ import annotations

from typing import Any

from irlib.builder import Builder
from irlib.nn.parameters import Ints, family, fresh_name, per_axis, static_dim

__all__ = [
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d", "adaptive_max_pool2d",
    "adaptive_max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d", "global_avg_pool", "global_max_pool",
    "max_pool1d", "max_pool2d", "max_pool3d",
]  # fmt: skip


def _max_pool(
    axes: int,
    b: Builder,
    x: Any,
    kernel_size: Ints,
    *,
    stride: Ints | None = None,
    padding: Ints = 0,
    dilation: Ints = 1,
    ceil_mode: bool = False,
    name: str | None = None,
) -> Any:
    """The largest element of each window; the stride is the window where it is None."""
    cut = per_axis(padding, axes, "padding")
    return b.max_pool(
        x,
        [*cut, *cut] if any(cut) else None,
        window=per_axis(kernel_size, axes, "kernel_size"),
        strides=per_axis(kernel_size if stride is None else stride, axes, "stride"),
        dilations=per_axis(dilation, axes, "dilation"),
        ceil_mode=ceil_mode,
        name=fresh_name(b, name, f"max_pool{axes}d"),
    )


def _avg_pool(
    axes: int,
    b: Builder,
    x: Any,
    kernel_size: Ints,
    *,
    stride: Ints | None = None,
    padding: Ints = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    name: str | None = None,
) -> Any:
    """The mean of each window; the stride is the window where it is None."""
    cut = per_axis(padding, axes, "padding")
    return b.avg_pool(
        x,
        [*cut, *cut] if any(cut) else None,
        window=per_axis(kernel_size, axes, "kernel_size"),
        strides=per_axis(kernel_size if stride is None else stride, axes, "stride"),
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
        name=fresh_name(b, name, f"avg_pool{axes}d"),
    )


def _adaptive_avg_pool(axes: int, b: Builder, x: Any, output_size: Ints, *, name: str | None = None) -> Any:
    """Means over windows that divide each axis into `output_size` parts."""
    size = per_axis(output_size, axes, "output_size")
    return b.adaptive_avg_pool(x, output_size=size, name=fresh_name(b, name, f"adaptive_avg_pool{axes}d"))


def _adaptive_max_pool(axes: int, b: Builder, x: Any, output_size: Ints, *, name: str | None = None) -> Any:
    """The largest elements of windows that divide each axis into `output_size` parts; the sizes must be known.

    Part i of n on s elements is those from floor(i*s/n) to before ceil((i+1)*s/n).
    """
    name = fresh_name(b, name, f"adaptive_max_pool{axes}d")
    parts = per_axis(output_size, axes, "output_size")
    sizes = [static_dim(x, axis - axes, name) for axis in range(axes)]
    if all(size % n == 0 for size, n in zip(sizes, parts, strict=True)):
        window = tuple(size // n for size, n in zip(sizes, parts, strict=True))
        return b.max_pool(x, None, window=window, strides=window, dilations=(1,) * axes, name=name)
    for axis, (size, n) in enumerate(zip(sizes, parts, strict=True), start=-axes):
        cuts = [(i * size // n, -(-(i + 1) * size // n)) for i in range(n)]
        largest = [b.max(b.slice(x, [low], [high], [axis]), [axis], keepdims=True) for low, high in cuts]
        x = largest[0] if n == 1 else b.concat(*largest, axis=axis)
    return b.named(x, name)


def global_max_pool(b: Builder, x: Any, *, keepdims: bool = False, name: str | None = None) -> Any:
    """The largest element over all spatial axes, whatever their number and size."""
    axes = list(range(2, x.rank))
    return b.max(x, axes, keepdims=keepdims, name=fresh_name(b, name, "global_max_pool"))


def global_avg_pool(b: Builder, x: Any, *, keepdims: bool = False, name: str | None = None) -> Any:
    """The mean over all spatial axes, whatever their number and size."""
    axes = list(range(2, x.rank))
    return b.mean(x, axes, keepdims=keepdims, name=fresh_name(b, name, "global_avg_pool"))


max_pool1d, max_pool2d, max_pool3d = family(_max_pool, {"max_pool1d": 1, "max_pool2d": 2, "max_pool3d": 3})
avg_pool1d, avg_pool2d, avg_pool3d = family(_avg_pool, {"avg_pool1d": 1, "avg_pool2d": 2, "avg_pool3d": 3})
adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d = family(
    _adaptive_avg_pool, {"adaptive_avg_pool1d": 1, "adaptive_avg_pool2d": 2, "adaptive_avg_pool3d": 3}
)
adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d = family(
    _adaptive_max_pool, {"adaptive_max_pool1d": 1, "adaptive_max_pool2d": 2, "adaptive_max_pool3d": 3}
)
