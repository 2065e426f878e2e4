"""The ops: one module per family, imported when an op of it is asked for, or all of them by `load_all`."""

from __future__ import annotations

from importlib import import_module

from irlib.op import REGISTRY, on_missing
from irlib.ops.index import FAMILY_OF

__all__ = ["FAMILIES", "load_all"]

FAMILIES = (
    "arithmetic",
    "exponential",
    "trigonometric",
    "special",
    "safe_math",
    "rounding",
    "comparison",
    "logic",
    "bitwise",
    "selection",
    "conversion",
    "shape",
    "joining",
    "slicing",
    "reduction",
    "statistics",
    "cumulative",
    "sorting",
    "indexing",
    "scattering",
    "creation",
    "masking",
    "linalg",
    "einsum",
    "convolution",
    "window",
    "pooling",
    "control_flow",
    "sequence",
    "optional",
    "activation",
    "softmax",
    "normalization",
    "nn",
    "recurrent",
    "loss",
    "density",
    "strings",
    "decomposition",
    "fourier",
    "random",
    "mersenne",
    "image",
    "solving",
)
"""The families; the kernels, the ONNX rules and the vectors of a family are in modules of the same name."""


def load_all() -> None:
    """Register every op of irlib."""
    for family in FAMILIES:
        import_module(f"irlib.ops.{family}")


def _load(name: str) -> None:
    """Register the op called `name`, with its family; the index may be older than the families."""
    if name in FAMILY_OF:
        import_module(f"irlib.ops.{FAMILY_OF[name]}")
    if not any(key[:2] == ("irlib", name) for key in REGISTRY):
        load_all()


on_missing(_load)
