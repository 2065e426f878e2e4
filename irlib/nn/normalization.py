"""Normalizations with their parameters, and running statistics as buffers that a training step updates."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.builder import Builder
from irlib.nn.initializers import Constant, Fans, Initializer, Normal, Zeros
from irlib.nn.parameters import buffer, fresh_name, parameter, static_dim, updated
from irlib.synonyms import also_called

__all__ = ["batch_norm", "group_norm", "instance_norm", "layer_norm", "rms_norm", "spectral_norm"]

ONES, ZEROS = Constant(1.0), Zeros()


def _vector(b: Builder, name: str, shape: tuple[int, ...], initial: Initializer, x: Any) -> Any:
    return parameter(b, name, shape, Fans(1, 1), initial, x, 0)


def _plain(b: Builder, channels: int, value: float, x: Any) -> Any:
    return b.constant(np.full(channels, value), x.dtype)


@also_called(eps="epsilon")
def batch_norm(
    b: Builder,
    x: Any,
    *,
    training: bool = True,
    momentum: float = 0.1,
    epsilon: float = 1e-5,
    affine: bool = True,
    axis: int = 1,
    name: str | None = None,
) -> Any:
    """Each channel (dim `axis`) brought to mean 0 and variance 1 over the batch, times weight plus bias.

    `training`: with the statistics of the batch; those running, buffers ``running_mean`` and ``running_var``, go the
    part `momentum` of the way to them, as outputs of role update-of. Else with those running. The running variance is
    that without bias, divided by n - 1.
    """
    name = fresh_name(b, name, "batch_norm")
    channels = static_dim(x, axis, name)
    scale = _vector(b, f"{name}.weight", (channels,), ONES, x) if affine else _plain(b, channels, 1.0, x)
    bias = _vector(b, f"{name}.bias", (channels,), ZEROS, x) if affine else _plain(b, channels, 0.0, x)
    mean = buffer(b, f"{name}.running_mean", np.zeros(channels), x)
    var = buffer(b, f"{name}.running_var", np.ones(channels), x)
    if not training:
        return b.batch_norm_inference(x, scale, bias, mean, var, axis=axis, epsilon=epsilon, name=name)
    # a momentum of 0 there: the statistics of this batch alone
    y, of_batch, spread = b.batch_norm_training(
        x, scale, bias, mean, var, axis=axis, epsilon=epsilon, momentum=0.0, name=name
    )
    count = b.cast(b.floor_divide(b.size(x), channels), dtype=x.dtype)
    unbiased = spread * (count / (count - 1.0))
    updated(b, f"{name}.running_mean", mean + momentum * (of_batch - mean))
    updated(b, f"{name}.running_var", var + momentum * (unbiased - var))
    return y


@also_called(eps="epsilon", elementwise_affine="affine")
def layer_norm(
    b: Builder, x: Any, *, axis: int = -1, epsilon: float = 1e-5, affine: bool = True, name: str | None = None
) -> Any:
    """Mean 0 and variance 1 over all axes from `axis` on, times weight plus bias."""
    name = fresh_name(b, name, "layer_norm")
    scale = bias = None
    if affine:
        shape = _trailing(x, axis, name)
        scale, bias = _vector(b, f"{name}.weight", shape, ONES, x), _vector(b, f"{name}.bias", shape, ZEROS, x)
    return b.layer_norm(x, scale, bias, axis=axis, epsilon=epsilon, name=name)


@also_called(eps="epsilon", elementwise_affine="affine")
def rms_norm(
    b: Builder, x: Any, *, axis: int = -1, epsilon: float = 1e-5, affine: bool = True, name: str | None = None
) -> Any:
    """`x` divided by the root of the mean of its squares over all axes from `axis` on, times weight."""
    name = fresh_name(b, name, "rms_norm")
    scale = _vector(b, f"{name}.weight", _trailing(x, axis, name), ONES, x) if affine else None
    return b.rms_norm(x, scale, axis=axis, epsilon=epsilon, name=name)


@also_called(eps="epsilon")
def group_norm(
    b: Builder, x: Any, num_groups: int, *, epsilon: float = 1e-5, affine: bool = True, name: str | None = None
) -> Any:
    """Mean 0 and variance 1 over groups of channels and all axes behind them, times weight plus bias."""
    name = fresh_name(b, name, "group_norm")
    scale = bias = None
    if affine:
        shape = (static_dim(x, 1, name),)
        scale, bias = _vector(b, f"{name}.weight", shape, ONES, x), _vector(b, f"{name}.bias", shape, ZEROS, x)
    return b.group_norm(x, scale, bias, groups=num_groups, epsilon=epsilon, name=name)


@also_called(eps="epsilon")
def instance_norm(b: Builder, x: Any, *, epsilon: float = 1e-5, affine: bool = False, name: str | None = None) -> Any:
    """Each channel of each example brought to mean 0 and variance 1; `affine`: times weight plus bias."""
    name = fresh_name(b, name, "instance_norm")
    channels = static_dim(x, 1, name)
    scale = _vector(b, f"{name}.weight", (channels,), ONES, x) if affine else _plain(b, channels, 1.0, x)
    bias = _vector(b, f"{name}.bias", (channels,), ZEROS, x) if affine else _plain(b, channels, 0.0, x)
    return b.instance_norm(x, scale, bias, epsilon=epsilon, name=name)


def _trailing(x: Any, axis: int, name: str) -> tuple[int, ...]:
    rank = x.rank if x.rank is not None else 0
    return tuple(static_dim(x, a, name) for a in (range(axis, 0) if axis < 0 else range(axis, rank)))


@also_called(eps="epsilon", n_power_iterations="iterations")
def spectral_norm(
    b: Builder,
    w: Any,
    *,
    training: bool = True,
    iterations: int = 1,
    axis: int = 0,
    epsilon: float = 1e-12,
    name: str | None = None,
    seed: int = 0,
) -> Any:
    """The weight `w` divided by its largest singular value, as a matrix of dim `axis` by all others.

    The value comes from power iteration; its vector ``u`` is a buffer, and `training` steps it further with an output
    of role update-of. No derivative goes through the iteration. Source: Miyato and others 2018.
    """
    name = fresh_name(b, name, "spectral_norm")
    rows = static_dim(w, axis, name)
    rank = w.rank
    order = (axis % rank, *[a for a in range(rank) if a != axis % rank])
    matrix = b.reshape(w if order == tuple(range(rank)) else b.transpose(w, perm=order), [rows, -1])
    drawn = Normal().draw((rows,), Fans(1, 1), f"{name}.u", seed)
    u = buffer(b, f"{name}.u", drawn / np.sqrt(np.add.accumulate(drawn * drawn)[-1]), w)
    fixed = b.stop_gradient(matrix)
    left, right = u, _unit(b, b.matmul(u, fixed), epsilon)
    if training:
        for k in range(iterations):
            right = _unit(b, b.matmul(left, fixed), epsilon) if k else right
            left = _unit(b, b.matmul(fixed, right), epsilon)
        updated(b, f"{name}.u", left)
    sigma = b.sum(left * b.matmul(matrix, right))
    return b.divide(w, sigma, name=name)


def _unit(b: Builder, v: Any, epsilon: float) -> Any:
    return v / b.maximum(b.norm(v), epsilon)
