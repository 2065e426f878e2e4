"""Blocks of layers with skip connections."""

from __future__ import annotations

from typing import Any

from irlib.builder import Builder
from irlib.nn.convolution import conv2d
from irlib.nn.initializers import HeNormal
from irlib.nn.normalization import batch_norm
from irlib.nn.parameters import fresh_name, static_dim

__all__ = ["residual_block"]


def residual_block(
    b: Builder,
    x: Any,
    out_channels: int | None = None,
    *,
    stride: int = 1,
    pre_activation: bool = False,
    training: bool = True,
    name: str | None = None,
    seed: int = 0,
) -> Any:
    """Two 3 by 3 convolutions with batch norms and rectifiers, added to what they are given.

    Where channels or size change, that is brought to them by a 1 by 1 convolution (and, in the plain block, a batch
    norm). `pre_activation`: norm and rectifier stand before each convolution, and nothing behind the sum.
    Source: He and others 2015, 2016.
    """
    name = fresh_name(b, name, "residual_block")
    channels = static_dim(x, 1, name)
    out = channels if out_channels is None else out_channels

    def conv(x: Any, at: str, size: int, stride: int) -> Any:
        return conv2d(
            b, x, out, size, stride=stride, padding=size // 2, bias=False, name=f"{name}.{at}",
            weight_init=HeNormal(), seed=seed,
        )  # fmt: skip

    def norm(x: Any, at: str) -> Any:
        return batch_norm(b, x, training=training, name=f"{name}.{at}")

    changes = out != channels or stride != 1
    if pre_activation:
        ready = b.relu(norm(x, "norm1"))
        kept = conv(ready, "shortcut", 1, stride) if changes else x
        y = conv(b.relu(norm(conv(ready, "conv1", 3, stride), "norm2")), "conv2", 3, 1)
        return b.add(y, kept, name=name)
    y = b.relu(norm(conv(x, "conv1", 3, stride), "norm1"))
    y = norm(conv(y, "conv2", 3, 1), "norm2")
    kept = norm(conv(x, "shortcut", 1, stride), "shortcut_norm") if changes else x
    return b.relu(y + kept, name=name)
