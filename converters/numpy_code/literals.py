"""Arrays as literals: a few numbers, one number in every place, or text."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.emit.form import quoted

__all__ = ["literal"]

_MOST = 8
"""The most numbers that stand in source."""


def literal(array: Any, dtype: str) -> str | None:
    """`array` as an expression, `dtype` being how its dtype is written; None where it has too many numbers."""
    if array.dtype == object:
        return f"np.array({_nested(array.tolist(), _text)}, object)" + (
            "" if array.size else f".reshape({array.shape})"
        )
    if array.ndim == 0:
        return f"{dtype}({_number(array[()])})"
    if array.size == 0:
        return f"np.zeros({array.shape}, {dtype})"
    same = array.reshape(-1)[:1].tobytes() * array.size == array.tobytes()
    if array.size > 1 and same:
        first = array.reshape(-1)[0]
        if not np.any(array.view(np.uint8) if array.flags.c_contiguous else array):
            return f"np.zeros({array.shape}, {dtype})"
        return f"np.full({array.shape}, {_number(first)}, {dtype})"
    if array.size > _MOST:
        return None
    return f"np.array({_nested(_listed(array), _number)}, {dtype})"


def _listed(array: Any) -> Any:
    """Nested lists of numpy scalars, which know how they are written."""
    return [_listed(row) for row in array] if array.ndim > 1 else list(array)


def _nested(items: Any, write: Any) -> str:
    if isinstance(items, list):
        return f"[{', '.join(_nested(item, write) for item in items)}]"
    return str(write(items))


def _number(value: Any) -> str:
    """The shortest number that makes `value` again."""
    kind = value.dtype.kind
    if kind == "b":
        return str(bool(value))
    if kind == "c":
        real, imag = _real(value.real), _real(value.imag)
        return f"complex({real}, {imag})"
    if kind in "iu" or "int" in value.dtype.name:
        return str(int(value))
    return _real(value)


def _real(value: Any) -> str:
    if np.isnan(value):
        return "np.nan"
    if np.isinf(value):
        return "-np.inf" if value < 0 else "np.inf"
    text = str(value) if value.dtype.kind == "f" else repr(float(value))
    return text.replace("e+", "e")


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return 'b"' + "".join(f"\\x{byte:02x}" for byte in value) + '"'
    return quoted(value)
