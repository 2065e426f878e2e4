"""What the Python array API asks a namespace about itself."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["NamespaceInfo"]

_KINDS = {
    "bool": ("bool",),
    "signed integer": ("int8", "int16", "int32", "int64"),
    "unsigned integer": ("uint8", "uint16", "uint32", "uint64"),
    "real floating": ("float32", "float64"),
    "complex floating": ("complex64", "complex128"),
}
_GROUPS = {
    "integral": ("signed integer", "unsigned integer"),
    "numeric": ("signed integer", "unsigned integer", "real floating", "complex floating"),
}


class NamespaceInfo:
    """What `__array_namespace_info__` gives."""

    def capabilities(self) -> dict[str, Any]:
        """What may or may not be there: masks and sizes that only the elements tell are."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 32}

    def default_device(self) -> str:
        """The one device."""
        return "cpu"

    def devices(self) -> list[str]:
        """All devices."""
        return ["cpu"]

    def default_dtypes(self, *, device: str | None = None) -> dict[str, Any]:
        """The dtypes that arrays get when none is said."""
        _check_device(device)
        return {
            "real floating": np.dtype("float64"),
            "complex floating": np.dtype("complex128"),
            "integral": np.dtype("int64"),
            "indexing": np.dtype("int64"),
        }

    def dtypes(self, *, device: str | None = None, kind: str | tuple[str, ...] | None = None) -> dict[str, Any]:
        """The dtypes of the standard, of one kind or several. Raises: ValueError where there is no such kind."""
        _check_device(device)
        kinds = tuple(_KINDS) if kind is None else (kind,) if isinstance(kind, str) else kind
        names: list[str] = []
        for k in kinds:
            if k not in _KINDS and k not in _GROUPS:
                raise ValueError(f"there is no kind {k!r} of dtypes")
            names += [n for part in _GROUPS.get(k, (k,)) for n in _KINDS[part]]
        return {n: np.dtype(n) for n in names}


def _check_device(device: str | None) -> None:
    if device not in (None, "cpu"):
        raise ValueError(f"got device {device!r}, expected 'cpu'")
