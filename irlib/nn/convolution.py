"""Convolutions and their adjoints over one, two or three spatial axes. Layout: batch, channels, then the axes."""

from __future__ import annotations

from math import prod
from typing import Any

from irlib.builder import Builder
from irlib.errors import AttributeValueError
from irlib.nn.initializers import Fans, XavierUniform, Zeros
from irlib.nn.padding import known_mode
from irlib.nn.parameters import Initial, Ints, family, fresh_name, parameter, per_axis, static_dim

__all__ = ["conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]


def _conv(
    axes: int,
    b: Builder,
    x: Any,
    out_channels: int,
    kernel_size: Ints,
    *,
    stride: Ints = 1,
    padding: Ints | str = 0,
    dilation: Ints = 1,
    groups: int = 1,
    bias: bool = True,
    padding_mode: str = "constant",
    name: str | None = None,
    weight_init: Initial = XavierUniform(),  # noqa: B008  frozen
    bias_init: Initial = Zeros(),  # noqa: B008
    seed: int = 0,
) -> Any:
    """Cross-correlation of `x` with ``weight: [out_channels, in_channels / groups, *kernel_size]``, plus bias.

    `padding` is a number of elements on both sides, one for each axis, ``"valid"`` (none) or ``"same"`` (as many as
    keep the size, with stride 1); `padding_mode` is constant (zeros), reflect, edge or circular.
    """
    name = fresh_name(b, name, f"conv{axes}d")
    kernel, strides = per_axis(kernel_size, axes, "kernel_size"), per_axis(stride, axes, "stride")
    dilations = per_axis(dilation, axes, "dilation")
    channels = static_dim(x, 1, name)
    _check_groups(groups, channels, out_channels)
    fans = Fans(channels // groups * prod(kernel), out_channels // groups * prod(kernel))
    w = parameter(b, f"{name}.weight", (out_channels, channels // groups, *kernel), fans, weight_init, x, seed)
    pads = _pads(padding, axes, kernel, strides, dilations)
    mode = known_mode(padding_mode)
    if mode != "constant" and any(pads):
        x = b.pad(x, list(pads), axes=list(range(2, 2 + axes)), mode=mode)
        pads = ()
    attributes: dict[str, Any] = {"strides": strides, "dilations": dilations, "groups": groups}
    given = list(pads) if any(pads) else None
    if not bias:
        return b.convolution(x, w, given, **attributes, name=name)
    y = b.convolution(x, w, given, **attributes)
    return _biased(b, y, name, out_channels, axes, fans, bias_init, seed)


def _conv_transpose(
    axes: int,
    b: Builder,
    x: Any,
    out_channels: int,
    kernel_size: Ints,
    *,
    stride: Ints = 1,
    padding: Ints = 0,
    output_padding: Ints = 0,
    dilation: Ints = 1,
    groups: int = 1,
    bias: bool = True,
    name: str | None = None,
    weight_init: Initial = XavierUniform(),  # noqa: B008
    bias_init: Initial = Zeros(),  # noqa: B008
    seed: int = 0,
) -> Any:
    """The adjoint of a convolution: ``weight: [in_channels, out_channels / groups, *kernel_size]``, plus bias.

    The size is (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1.
    """
    name = fresh_name(b, name, f"conv_transpose{axes}d")
    kernel, strides = per_axis(kernel_size, axes, "kernel_size"), per_axis(stride, axes, "stride")
    dilations, cut = per_axis(dilation, axes, "dilation"), per_axis(padding, axes, "padding")
    further = per_axis(output_padding, axes, "output_padding")
    channels = static_dim(x, 1, name)
    _check_groups(groups, channels, out_channels)
    fans = Fans(channels // groups * prod(kernel), out_channels // groups * prod(kernel))
    w = parameter(b, f"{name}.weight", (channels, out_channels // groups, *kernel), fans, weight_init, x, seed)
    shape = None
    if any(further):
        reach = [d * (k - 1) + o + 1 - 2 * p for k, d, o, p in zip(kernel, dilations, further, cut, strict=True)]
        shape = (b.take(b.shape(x), list(range(2, 2 + axes)), axis=0) - 1) * list(strides) + reach
    attributes: dict[str, Any] = {"strides": strides, "dilations": dilations, "groups": groups}
    pads = [*cut, *cut] if any(cut) else None
    if not bias:
        return b.convolution_transpose(x, w, pads, shape, **attributes, name=name)
    y = b.convolution_transpose(x, w, pads, shape, **attributes)
    return _biased(b, y, name, out_channels, axes, fans, bias_init, seed)


def _biased(b: Builder, y: Any, name: str, channels: int, axes: int, fans: Fans, initial: Initial, seed: int) -> Any:
    c = parameter(b, f"{name}.bias", (channels,), fans, initial, y, seed)
    return b.add(y, b.reshape(c, [channels, *[1] * axes]), name=name)


def _check_groups(groups: int, into: int, out_of: int) -> None:
    if groups < 1 or into % groups or out_of % groups:
        raise AttributeValueError(
            f"groups is {groups}, expected a divisor of {into} and of {out_of} channels", code="IR302"
        )


def _pads(
    padding: Ints | str, axes: int, kernel: tuple[int, ...], strides: tuple[int, ...], dilations: tuple[int, ...]
) -> tuple[int, ...]:
    """Begins, then ends."""
    if not isinstance(padding, str):
        made = per_axis(padding, axes, "padding")
        return (*made, *made)
    if padding == "valid":
        return (0,) * (2 * axes)
    if padding != "same" or any(s != 1 for s in strides):
        raise AttributeValueError(
            f"padding is {padding!r} with strides {strides}, expected numbers, 'valid', or 'same' with stride 1",
            code="IR302",
        )
    total = [d * (k - 1) for k, d in zip(kernel, dilations, strict=True)]
    begins = [t // 2 for t in total]
    return (*begins, *[t - s for t, s in zip(total, begins, strict=True)])


conv1d, conv2d, conv3d = family(_conv, {"conv1d": 1, "conv2d": 2, "conv3d": 3})
conv_transpose1d, conv_transpose2d, conv_transpose3d = family(
    _conv_transpose, {"conv_transpose1d": 1, "conv_transpose2d": 2, "conv_transpose3d": 3}
)
