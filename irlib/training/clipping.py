"""Gradients kept small: each element of them, or the length of them all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from irlib.methods import Emitter, Value

__all__ = ["clipped_by_norm", "clipped_by_value", "global_norm"]


def clipped_by_value(b: Emitter, gradients: Mapping[str, Value], limit: float) -> dict[str, Value]:
    """Each element brought between -limit and limit. Source: torch.nn.utils.clip_grad_value_."""
    return {name: b.clip(d, b.constant(-limit, d.dtype), b.constant(limit, d.dtype)) for name, d in gradients.items()}


def clipped_by_norm(b: Emitter, gradients: Mapping[str, Value], limit: float) -> dict[str, Value]:
    """All multiplied by one number, so that the length of all together is not above `limit`.

    Source: torch.nn.utils.clip_grad_norm_.
    """
    if not gradients:
        return {}
    factor = b.minimum(limit / (global_norm(b, gradients) + 1e-6), 1.0)
    return {name: d * b.cast(factor, dtype=d.dtype) for name, d in gradients.items()}


def global_norm(b: Emitter, gradients: Mapping[str, Value]) -> Value:
    """The length of all gradients as one vector, in float64."""
    # half floats overflow when squared, so they are widened before and not after
    wide = [b.cast(d, dtype="float32") if d.dtype.is_half else d for d in gradients.values()]
    squares = [b.cast(b.sum(b.square(d)), dtype="float64") for d in wide]
    return b.sqrt(reduce(b.add, squares))
