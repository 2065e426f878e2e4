"""Windows of signal processing."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.results import number_of
from irlib.converters.numpy_code.namespace.table import function

__all__: list[str] = []


def _cosines(name: str, *weights: float) -> None:
    """A window that is a sum of cosines, computed as numpy does."""

    def make(M: Any) -> Any:
        if isinstance(M, int | float | np.generic):
            return lift(getattr(np, name)(M))
        run = xp.arange(1 - M, M, 2)
        made: Any = weights[0]
        for k, w in enumerate(weights[1:], 1):
            made = made + w * xp.cos(np.pi * k * run / (M - 1))
        return made

    function(name)(make)


_cosines("hanning", 0.5, 0.5)
_cosines("hamming", 0.54, 0.46)
_cosines("blackman", 0.42, 0.5, 0.08)


@function("bartlett")
def bartlett(M: Any) -> Any:
    return lift(np.bartlett(number_of(M, "the length of a window")))


@function("kaiser")
def kaiser(M: Any, beta: Any) -> Any:
    return lift(np.kaiser(number_of(M, "the length of a window"), number_of(beta, "beta of a window")))
