"""ONNX models, read and written with their own ops and names. The only importer of `onnx`, and only when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from irlib.converters.onnx_model.read import check as check
    from irlib.converters.onnx_model.read import from_onnx as from_onnx
    from irlib.converters.onnx_model.write import to_onnx as to_onnx

__all__ = ["check", "from_onnx", "to_onnx"]

_WHERE = {"check": "read", "from_onnx": "read", "to_onnx": "write"}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
