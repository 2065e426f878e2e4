"""The ops: one module per family. Importing this package registers them all."""

from __future__ import annotations

from importlib import import_module

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
    "control_flow",
    "sequence",
    "optional",
    "activation",
    "decomposition",
    "fourier",
    "random",
    "solving",
)
"""The families; the kernels, the ONNX rules and the vectors of a family are in modules of the same name."""

for _family in FAMILIES:
    import_module(f"irlib.ops.{_family}")
