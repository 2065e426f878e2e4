"""Names that numpy had before version 2, in code that was written for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.own import xp
from irlib.converters.numpy_code.namespace.table import CONSTANTS, function

__all__: list[str] = []

CONSTANTS.update(
    {
        "Inf": np.inf, "Infinity": np.inf, "infty": np.inf, "PINF": np.inf, "NINF": -np.inf, "NaN": np.nan,
        "NAN": np.nan, "NZERO": -0.0, "PZERO": 0.0,
        "float": float, "int": int, "complex": complex, "float_": np.float64, "complex_": np.complex128,
        "cfloat": np.complex128, "singlecomplex": np.complex64, "bool8": np.bool, "int0": np.intp, "uint0": np.uintp,
        "True_": np.True_, "False_": np.False_, "uintc": np.uintc, "ulonglong": np.ulonglong,
        "linalg.LinAlgError": np.linalg.LinAlgError,
    }
)  # fmt: skip


@function("product")
def product(*args: Any, **options: Any) -> Any:
    return xp.prod(*args, **options)


@function("cumproduct")
def cumproduct(*args: Any, **options: Any) -> Any:
    return xp.cumprod(*args, **options)


@function("sometrue")
def sometrue(*args: Any, **options: Any) -> Any:
    return xp.any(*args, **options)


@function("alltrue")
def alltrue(*args: Any, **options: Any) -> Any:
    return xp.all(*args, **options)


@function("round_")
def round_(a: Any, decimals: int = 0, out: Any = None) -> Any:
    return xp.round(a, decimals, out)


@function("msort")
def msort(a: Any) -> Any:
    return xp.sort(a, axis=0)


@function("asscalar")
def asscalar(a: Any) -> Any:
    return lift(a).item()


@function("asfarray")
def asfarray(a: Any, dtype: Any = float) -> Any:
    kind = np.dtype(dtype)
    return xp.asarray(a, dtype=kind if kind.kind in "fc" else float)


@function("find_common_type")
def find_common_type(array_types: Any, scalar_types: Any) -> Any:
    return np.result_type(*array_types, *scalar_types)
