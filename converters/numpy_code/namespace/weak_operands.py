"""Operands as promotion sees them: Python's numbers take the dtype of the others."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.promotion import cast, result_type
from irlib.converters.numpy_code.namespace.tape import Tape

__all__ = ["common_type", "value_as", "weak"]


def weak(x: Any) -> Any:
    """`x` as promotion sees it: Python numbers stay weak."""
    return x if isinstance(x, bool | int | float | complex | Handle | np.generic) else lift(x)


def common_type(*operands: Any) -> Any:
    """Numpy's common dtype; that of Python's numbers where there is nothing else."""
    if all(isinstance(x, bool | int | float | complex) for x in operands):
        return np.result_type(*[np.asarray(x).dtype for x in operands])
    return result_type(*operands)


def value_as(x: Any, to: Any) -> Any:
    """The emitter value of an operand in a dtype. Raises: OverflowError where a Python number does not fit."""
    if isinstance(x, bool | int | float | complex):
        return Tape.current().b.constant(np.array(x, to))
    return cast(lift(x).value, to)
