"""How each op is written in numpy: one table per family of ops."""

from __future__ import annotations

from importlib import import_module

__all__ = ["load_rules"]

_FAMILIES = (
    "elementwise", "conversion", "shape", "reduction", "sorting", "indexing", "linalg", "convolution", "control_flow",
    "sequence", "random", "strings", "activation", "image",
)  # fmt: skip


def load_rules() -> None:
    """Have every rule entered in its table."""
    for family in _FAMILIES:
        import_module(f"irlib.converters.numpy_code.emit.{family}")
