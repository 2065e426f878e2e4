"""Scan-8, which had a batch: for each of its elements the scan of later versions, over as many steps as it is long."""

from __future__ import annotations

from typing import Any

from irlib.builder import Builder
from irlib.converters.onnx_model.rules.operands import as_int64, element, int64s
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.graph import Graph
from irlib.methods import Emitter, Value
from irlib.types import TensorType


@rule("Scan", 8, until=8)
def scan_of_batch(b: Emitter, n: OnnxOp, lengths: Value | None, *values: Value) -> Any:
    batched, captured = values[: len(values) - n.captures], values[len(values) - n.captures :]
    for v in batched:
        rank_of(v, "a scanned value")
    rows = [*([] if lengths is None else [as_int64(b, lengths)]), *batched]
    body = _one_row(n, rows, captured, has_length=lengths is not None)
    count = len(body.outputs)
    return b.scan(
        *rows, *captured, body=body, carries=0, scanned=len(rows), input_axes=(0,) * len(rows),
        output_axes=(0,) * count, input_reverse=(False,) * len(rows), output_reverse=(False,) * count,
    )  # fmt: skip


def _one_row(n: OnnxOp, rows: list[Any], captured: tuple[Value, ...], *, has_length: bool) -> Graph:
    """One element of the batch: its length where there are lengths, its states, its sequences."""
    inner, scanned = n.graph("body"), n["num_scan_inputs"]
    b = Builder(f"{inner.name}.row")
    given = [b.input(f"x{k}", _row_type(v)) for k, v in enumerate(rows)]
    outside = [b.input(f"captured{k}", v.type) for k, v in enumerate(captured)]
    length, given = (given[0], given[1:]) if has_length else (None, given)
    carries = len(given) - scanned
    states: list[Any] = given[:carries]
    sequences: list[Any] = given[carries:]
    steps = element(b, b.shape(sequences[0]), 0)
    if length is not None:
        sequences = [b.slice(s, int64s(b, [0]), b.reshape(length, [1]), int64s(b, [0])) for s in sequences]
    stacked = len(inner.outputs) - carries
    made: Any = b.scan(
        *states, *sequences, *outside, body=inner, carries=carries, scanned=scanned, input_axes=(0,) * scanned,
        output_axes=(0,) * stacked, input_reverse=tuple(d == 1 for d in n["directions"] or (0,) * scanned),
        output_reverse=(False,) * stacked,
    )  # fmt: skip
    for k, v in enumerate(made if isinstance(made, (tuple, list)) else [made]):
        if k >= carries and length is not None:  # what follows a sequence's end means nothing: zeros
            after = b.reshape(b.subtract(steps, length), [1])
            v = b.pad(v, b.concat(int64s(b, [0]), after, axis=0), None, int64s(b, [0]), mode="constant")
        b.output(f"y{k}", v)
    return b.build()


def _row_type(x: Value) -> TensorType:
    assert isinstance(x.type, TensorType)
    return x.type.with_shape(None if x.type.shape is None else x.type.shape[1:])
