"""Expected results in bfloat16: computed in float32 and rounded once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["rounded_once"]


def rounded_once(f: Callable[..., Any]) -> Callable[..., Any]:
    """`f` of operands of a small float dtype, computed in float32 and cast to that dtype once."""
    return lambda *xs: np.asarray(f(*[x.astype(np.float32) for x in xs])).astype(xs[0].dtype)
