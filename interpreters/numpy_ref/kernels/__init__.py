"""The numpy kernels, one module per family of ops, under the family's name."""

from __future__ import annotations

from importlib import import_module

from irlib.ops import FAMILIES

# the names are a literal table of ours, never data
for _family in FAMILIES:
    import_module(f"irlib.interpreters.numpy_ref.kernels.{_family}")
