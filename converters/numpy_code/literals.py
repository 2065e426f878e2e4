"""Arrays as literals: a few numbers, one number in every place, or text."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.emit.form import MOST, quoted

__all__ = ["MOST_BYTES", "literal", "packed"]

MOST_BYTES = 65536
"""The largest constant that stands in source, packed."""
_ROW = 64


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
    if array.size > MOST:
        return _regular(array, dtype)
    return f"np.array({_nested(_listed(array), _number)}, {dtype})"


def _regular(array: Any, dtype: str) -> str | None:
    """Numbers that count, or an identity matrix."""
    if array.dtype.kind not in "iuf" or array.ndim > 2:
        return None
    if array.ndim == 2:
        same = array.shape[0] == array.shape[1] and np.array_equal(array, np.eye(len(array)))
        return f"np.eye({len(array)}, dtype={dtype})" if same else None
    start, step = array[0].item(), array[1].item() - array[0].item()
    if not step or int(start) != start or int(step) != step or abs(start) + abs(step) * array.size > 2**24:
        return None
    start, step, end = int(start), int(step), int(start) + int(step) * array.size
    if not np.array_equal(array, np.arange(start, end, step, dtype=array.dtype)):
        return None
    if step != 1:
        return f"np.arange({start}, {end}, {step}, dtype={dtype})"
    return f"np.arange({start}, {end}, dtype={dtype})" if start else f"np.arange({end}, dtype={dtype})"


def packed(name: str, array: Any, dtype: str) -> list[str]:
    """Statements that make `array` from its bytes, in lines that a formatter leaves alone."""
    text = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes().hex()
    if len(text) <= 58:
        lines = [f'{name} = bytes.fromhex("{text}")']
    else:
        # what fits in one line a formatter joins
        width = 80 if len(text) <= 80 else _ROW
        rows = [text[k : k + width] for k in range(0, len(text), width)]
        lines = [f"{name} = bytes.fromhex(", *(f'    "{row}"' for row in rows), ")"]
    shape = "" if array.ndim == 1 else f".reshape({array.shape})"
    return [*lines, f"{name} = np.frombuffer({name}, {dtype}){shape}"]


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
