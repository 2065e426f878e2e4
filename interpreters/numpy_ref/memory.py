"""Memory of what is handed out: new for each run, and of middling size taken up again when nobody has it any more.

The system gives back pages that are free and clears them when they are asked for again, which costs as much as reading
and writing them two or three times. So the blocks that a plan's results lay in are kept, and one is used again when the
array that was handed out, and every view of it, is gone: they hold a reference to the block, which is counted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from irlib.interpreters.numpy_ref.steps import Uses
from irlib.tensor import Array

__all__ = ["LEAST", "Fresh", "maker"]

LEAST = 1 << 16
"""Bytes from which it pays: smaller arrays come from the allocator's own free lists."""

MOST = 1 << 22
"""Bytes from which numpy asks for huge pages, and clearing them costs little."""

KEPT = 2
"""Blocks kept per output: one that is fed to the step which fills the other."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """An output written by a kernel: what makes its array for each run, and where that array goes."""

    make: Callable[[], Array]
    uses: Uses
    cell: list[Any]


def maker(shape: tuple[int, ...], dtype: Any, nbytes: int) -> Callable[[], Array]:
    """A function that gives an array which nobody else has, each time it is called."""
    # without a global lock, counts of references are not what others may rely on
    locked = getattr(sys, "_is_gil_enabled", lambda: True)()
    if not locked or not LEAST <= nbytes < MOST or np.dtype(dtype).hasobject:
        return partial(np.empty, shape, dtype)
    return _Blocks(shape, dtype, nbytes).take


class _Blocks:
    """The blocks of one output."""

    def __init__(self, shape: tuple[int, ...], dtype: Any, nbytes: int) -> None:
        self.shape, self.dtype, self.nbytes = shape, dtype, nbytes
        self.blocks: list[Array] = []

    def take(self) -> Array:
        blocks = self.blocks
        for k in range(len(blocks)):
            if _references(blocks, k) == _UNUSED:
                return np.ndarray(self.shape, self.dtype, blocks[k])
        block = np.empty(self.nbytes, np.uint8)
        if len(blocks) < KEPT:
            blocks.append(block)
        return np.ndarray(self.shape, self.dtype, block)


def _references(blocks: list[Array], k: int) -> int:
    return sys.getrefcount(blocks[k])


_UNUSED = _references([np.empty(1, np.uint8)], 0)
"""What is counted for a block that only the list has; how many that is differs between versions of Python."""
