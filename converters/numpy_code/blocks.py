"""Products in blocks: where BLAS has faster kernels for small matrices, a product of middling size runs on these.

OpenBLAS on processors with AVX-512 multiplies matrices of up to a million multiplications without packing them first.
A product 32 x 784 x 128 in four blocks of columns takes 60 us there instead of 77. Its kernels for other processors
have no such path, and blocks only cost.
"""

from __future__ import annotations

import os
from functools import cache
from typing import NamedTuple

import numpy as np

__all__ = ["Blocks", "blocks_of"]

_SMALL = 1_000_000
_LARGE = 16 * _SMALL
"""Beyond this a packed kernel, or threads, do as well."""
_NARROWEST = 16


class Blocks(NamedTuple):
    """How the result m x n of a product is cut: `parts` blocks of rows or of columns."""

    parts: int
    of_rows: bool


def blocks_of(m: int, k: int, n: int) -> Blocks | None:
    """The blocks in which to compute a product m x k times k x n; None for all at once."""
    if not _SMALL < m * k * n <= _LARGE or not has_small_kernels():
        return None
    for parts in range(2, 65):
        if m * k * n > _SMALL * parts:
            continue
        if m % parts == 0 and m // parts >= _NARROWEST:
            return Blocks(parts, of_rows=True)
        if n % parts == 0 and n // parts >= _NARROWEST:
            return Blocks(parts, of_rows=False)
    return None


@cache
def has_small_kernels() -> bool:
    """Whether numpy's BLAS is one that is known to be faster on small matrices."""
    core = os.environ.get("OPENBLAS_CORETYPE", "")
    if core and core.lower() not in ("skylakex", "cooperlake", "sapphirerapids"):
        return False
    try:
        from numpy._core._multiarray_umath import __cpu_features__ as features  # type: ignore[import-not-found]

        blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"]
    except (ImportError, AttributeError, KeyError, TypeError):
        return False
    return "openblas" in str(blas) and bool(features.get("AVX512_SKX"))
