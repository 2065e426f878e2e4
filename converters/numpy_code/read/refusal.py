"""How source that is not taken is refused: with its file, line and reason."""

from __future__ import annotations

import ast

from irlib.errors import IRError

__all__ = ["SourceError", "refused", "where_of"]


class SourceError(IRError, ValueError):
    """Source that cannot be read as a graph, or may not be."""

    default_code = "IR891"


def where_of(file: str, node: ast.AST | None) -> str:
    """The place of a node as ``net.py:7``."""
    line = getattr(node, "lineno", None)
    return file if line is None else f"{file}:{line}"


def refused(what: str, *, remedy: str = "", code: str = "IR890") -> SourceError:
    """The refusal of a construct that reading source does not allow."""
    return SourceError(what, code=code, remedy=remedy)
