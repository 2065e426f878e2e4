"""What was recorded when every vector was exported last: how many hold, and how many do not and why."""

from __future__ import annotations

from pathlib import Path

import onnx

__all__ = ["COUNTS", "KNOWN", "NEWEST", "known", "recorded"]

COUNTS = Path(__file__).parent / "export_counts.tsv"
KNOWN = Path(__file__).parent / "export_failures.tsv"
NEWEST = onnx.defs.onnx_opset_version()


def known() -> dict[tuple[str, int, str, str], int]:
    """How many vectors are known to fail, by part, op and kind. The numbers may only become smaller."""
    rows = [line.split("\t") for line in KNOWN.read_text(encoding="utf-8").splitlines()[1:]] if KNOWN.exists() else []
    return {(mode, NEWEST if opset == "newest" else int(opset), op, kind): int(count)
            for mode, opset, op, kind, count, _ in rows}  # fmt: skip


def recorded() -> dict[tuple[str, int, str], tuple[int, int]]:
    """By part and op: how many vectors there were when the lists were written, and how many held."""
    rows = [line.split("\t") for line in COUNTS.read_text(encoding="utf-8").splitlines()[1:]]
    return {(mode, NEWEST if opset == "newest" else int(opset), op): (int(cases), int(held))
            for mode, opset, op, cases, held in rows}  # fmt: skip
