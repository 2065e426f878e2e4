"""A test vector: an op on given operands, what comes out, and how its derivative is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from irlib.op import Op

__all__ = ["Vector", "v"]


@dataclass(frozen=True)
class Vector:
    """One case of one op; drives inference, kernel, first and second derivatives, and file round trips."""

    op: Op
    operands: tuple[Any, ...]
    """Arrays, lists of arrays (sequences), None where absent."""
    expected: tuple[Any, ...]
    """The results, exact in dtype and shape."""
    name: str
    static: tuple[int, ...] = ()
    """Operands that are constants of the graph (axes, shapes); the others are inputs."""
    wrt: tuple[int, ...] | None = None
    """Operands to differentiate by; None: every float or complex one. Empty: none (a kink is a row of the law)."""
    judge: str | None = None
    """smooth, linear or other, where it is not what the op class says."""
    rtol: float = 1e-12
    atol: float = 0.0

    def __str__(self) -> str:
        return self.name


def v(
    op: Op,
    *operands: Any,
    expected: Any,
    name: str = "",
    static: tuple[int, ...] = (),
    wrt: tuple[int, ...] | None = None,
    judge: str | None = None,
    rtol: float = 1e-12,
    atol: float = 0.0,
) -> Vector:
    """A vector. `expected` is an array, a tuple of them, or a function of the operands that gives either."""
    made = tuple(None if o is None else o if isinstance(o, list) else np.asarray(o) for o in operands)
    results: Any = expected(*made) if isinstance(expected, Callable) else expected  # type: ignore[arg-type]
    results = results if isinstance(results, tuple) else (results,)
    results = tuple(r if isinstance(r, list) or r is None else np.asarray(r) for r in results)
    shapes = "-".join("x".join(map(str, o.shape)) or "scalar" for o in made if isinstance(o, np.ndarray))
    dtype = next((o.dtype.name for o in made if isinstance(o, np.ndarray)), "")
    return Vector(op, made, results, name or f"{op}:{dtype}:{shapes}", static, wrt, judge, rtol, atol)
