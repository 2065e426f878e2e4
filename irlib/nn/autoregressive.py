"""Masked networks in which no result depends on an input behind it, and the flow that is made of them.

Source: Germain and others 2015 (the masks); Kingma and others 2016 (the inverse autoregressive flow).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irlib.builder import Builder
from irlib.errors import AttributeValueError
from irlib.nn.basic import linear
from irlib.nn.initializers import Fans, HeNormal, Normal, Zeros
from irlib.nn.parameters import Initial, activated, fresh_name, parameter, static_dim

__all__ = ["autoregressive", "inverse_autoregressive_flow", "masked_linear"]


def masked_linear(
    b: Builder,
    x: Any,
    mask: Any,
    *,
    bias: bool = True,
    name: str | None = None,
    weight_init: Initial = HeNormal(1.0),  # noqa: B008  frozen
    bias_init: Initial = Zeros(),  # noqa: B008
    seed: int = 0,
) -> Any:
    """X @ (weight * mask) + bias; `mask` is an array of 0 and 1 in the shape of the weight, [in, out]."""
    name = fresh_name(b, name, "masked_linear")
    kept = np.asarray(mask)
    size = static_dim(x, -1, name)
    if kept.ndim != 2 or kept.shape[0] != size:
        raise AttributeValueError(f"the mask has shape {list(kept.shape)}, expected [{size}, out]", code="IR302")
    fans = Fans(*kept.shape)
    w = parameter(b, f"{name}.weight", kept.shape, fans, weight_init, x, seed)
    c = parameter(b, f"{name}.bias", kept.shape[1:], fans, bias_init, x, seed) if bias else None
    return b.linear(x, w * b.constant(kept.astype(x.dtype.numpy)), c, name=name)


def autoregressive(
    b: Builder,
    x: Any,
    hidden: Sequence[int],
    results: int,
    *,
    context: Any = None,
    reverse: bool = False,
    activation: str = "relu",
    name: str | None = None,
    last_init: Initial = Normal(0.01),  # noqa: B008
    seed: int = 0,
) -> tuple[Any, ...]:
    """So many `results`, each of the shape of `x`: their element i depends on the elements of `x` before i alone.

    Layers of masked weights stand between, `hidden` units wide; some of what may be seen is lost where they are fewer
    than the elements of `x` less one. `context`, a value [batch, features], is added to the first of them by a linear
    map and bound by no order. `reverse`: element i depends on those behind it.
    """
    name = fresh_name(b, name, "autoregressive")
    size = static_dim(x, -1, name)
    if not hidden or min(hidden) < 1 or results < 1:
        raise AttributeValueError(f"hidden is {list(hidden)}, results {results}, expected 1 or more", code="IR302")
    order = np.arange(size)[::-1] if reverse else np.arange(size)
    degrees, h = order, x
    for k, width in enumerate(hidden):
        # a unit of degree d sees what stands at most at d; size - 1 would be seen by no result
        after = np.arange(width) % max(size - 1, 1)
        h = masked_linear(b, h, degrees[:, None] <= after, name=f"{name}.{k}", seed=seed)
        if k == 0 and context is not None:
            h = h + linear(b, context, width, name=f"{name}.context", bias=False, seed=seed)
        h, degrees = activated(b, activation, h), after
    last = np.tile(degrees[:, None] < order, (1, results))
    y = masked_linear(b, h, last, name=f"{name}.{len(hidden)}", weight_init=last_init, seed=seed)
    return tuple(b.split(y, axis=-1, count=results)) if results > 1 else (y,)


def inverse_autoregressive_flow(
    b: Builder,
    z: Any,
    hidden: Sequence[int],
    *,
    context: Any = None,
    reverse: bool = False,
    name: str | None = None,
    seed: int = 0,
) -> tuple[Any, Any]:
    """A step of the flow: sigma * z + (1 - sigma) * m, and the logarithm of its Jacobian's determinant, [batch].

    m and the logit of sigma come from an autoregressive network on `z`; sigma begins near 0.9, so that the step
    begins as nearly the identity. Steps one behind the other should take turns with `reverse`.
    """
    name = fresh_name(b, name, "inverse_autoregressive_flow")
    m, s = autoregressive(b, z, hidden, 2, context=context, reverse=reverse, name=name, seed=seed)
    s = s + 2.0
    gate = b.sigmoid(s)
    determinant = b.negative(b.sum(b.softplus(b.negative(s)), [-1]), name=f"{name}.log_determinant")
    return b.add(gate * z, (1 - gate) * m, name=name), determinant
