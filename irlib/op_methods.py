"""The class that holds one method per registered op; `methods.py` makes the methods, `op_methods.pyi` types them."""

from __future__ import annotations

__all__ = ["OpMethods"]


class OpMethods:
    """One method per registered op: operands (by position or name), then attributes by keyword, then ``name=``."""
