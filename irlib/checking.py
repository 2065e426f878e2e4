"""Everything that is wrong with a file, in whichever form it holds a model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from irlib.validate import Report

__all__ = ["check"]


def check(path: str | os.PathLike[str], *, verify: bool = True) -> Report:
    """Everything that is wrong with a model file, .pb, .json or .onnx; never raises on what the file contains.

    `verify` has the SHA-256 of a weights file of our own forms compared too. That the package onnx is missing, which
    an .onnx file needs, is a finding too (IR324).
    """
    if Path(path).suffix.lower() != ".onnx":
        from irlib import serde

        return serde.check(path, verify=verify)
    from irlib.converters.onnx_model.read import read
    from irlib.validate import Report, check_graph

    graph, report = read(path)
    return report if graph is None else Report((*report.findings, *check_graph(graph).findings), report.subject)
