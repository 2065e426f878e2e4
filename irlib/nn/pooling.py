"""Pools over one, two or three spatial axes. Layout: batch, channels, then the axes."""

from __future__ import annotations

from typing import Any

from irlib.builder import Builder
from irlib.nn.parameters import Ints, family, fresh_name, per_axis

__all__ = [
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d",
    "global_avg_pool", "max_pool1d", "max_pool2d", "max_pool3d",
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


def global_avg_pool(b: Builder, x: Any, *, keepdims: bool = False, name: str | None = None) -> Any:
    """The mean over all spatial axes, whatever their number and size."""
    axes = list(range(2, x.rank))
    return b.mean(x, axes, keepdims=keepdims, name=fresh_name(b, name, "global_avg_pool"))


max_pool1d, max_pool2d, max_pool3d = family(_max_pool, {"max_pool1d": 1, "max_pool2d": 2, "max_pool3d": 3})
avg_pool1d, avg_pool2d, avg_pool3d = family(_avg_pool, {"avg_pool1d": 1, "avg_pool2d": 2, "avg_pool3d": 3})
adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d = family(
    _adaptive_avg_pool, {"adaptive_avg_pool1d": 1, "adaptive_avg_pool2d": 2, "adaptive_avg_pool3d": 3}
)
