"""A scan as the loop that one would write: results made before it, filled step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from irlib.converters.numpy_code.emit.form import LOOSE, TIGHT, Expr, dtype_text
from irlib.converters.numpy_code.layout import assignment, fits
from irlib.dims import Dim
from irlib.types import TensorType, Type

if TYPE_CHECKING:
    from irlib.converters.numpy_code.function_body import FunctionWriter

__all__ = ["is_plain_scan", "loop"]


def is_plain_scan(op: Any, results: list[Type], scanned: list[Type], symbols: Any) -> bool:
    """Whether a scan runs over first axes, all in one direction, and the shapes of what it stacks can be said."""
    if op.name != "scan" or op.dialect != "irlib" or any(op.axes_in) or any(op.axes_out):
        return False
    if len({*op.reverse_in, *op.reverse_out}) != 1:
        return False
    lengths = {t.shape[0] if isinstance(t, TensorType) and t.shape else None for t in scanned}
    return None not in lengths and len(lengths) == 1 and all(_is_said(t, symbols) for t in results[op.carries :])


def _is_said(t: Type, symbols: Any) -> bool:
    """Whether the dims of a step's value are numbers, or made of `symbols`."""
    return (
        isinstance(t, TensorType)
        and bool(t.shape)
        and all(
            isinstance(d, int) or (isinstance(d, Dim) and all(s in symbols for s in d.symbols))
            for d in (t.shape or ())[1:]
        )
    )


def loop(writer: FunctionWriter, op: Any, body: str, ids: tuple[int, ...], first: int, wanted: list[bool]) -> list[str]:
    """The statements of a plain scan; its results are bound to names."""
    count, last = op.carries, op.carries + op.scanned
    names, fresh = writer.names, writer.names.names.fresh
    carried = [names.of(first + k) if wanted[k] else fresh("state") for k in range(count)]
    lines = []
    for name, v in zip(carried, ids[:count], strict=True):
        lines += assignment(name, writer.operand(v).at(LOOSE))
    scanned = [writer.operand(v).at(TIGHT) for v in ids[count:last]]
    step = fresh("step")
    targets = list(carried)
    for k in range(count, len(wanted)):
        if not wanted[k]:
            targets.append("_")
            continue
        t = writer.graph.value_type(first + k)
        assert isinstance(t, TensorType)
        name = names.of(first + k)
        shape = ", ".join([f"len({scanned[0]})", *map(writer.dim, (t.shape or ())[1:])])
        shape = f"({shape},)" if t.rank == 1 else f"({shape})"
        lines += assignment(name, f"np.empty({shape}, {dtype_text(t.dtype)})")
        targets.append(f"{name}[{step}]")
    over = f"range(len({scanned[0]}))"
    lines.append(f"    for {step} in {f'reversed({over})' if op.reverse_in[0] else over}:")
    given = [*carried, *(f"{x}[{step}]" for x in scanned), *(writer.operand(v).at(LOOSE) for v in ids[last:])]
    lines += _body(targets, f"{body}({', '.join(given)})", step, fresh)
    for k, want in enumerate(wanted):
        if want:
            writer.bound[first + k] = Expr(names.of(first + k))
    return lines


def _body(targets: list[str], call: str, step: str, fresh: Any) -> list[str]:
    """``a, b[step] = call``; where that is too long, the call's result is taken apart on a line of its own."""
    head = f"({targets[0]},)" if len(targets) == 1 else ", ".join(targets)
    if fits(f"{head} = {call}", 8) or fits(f"{head} = {call.partition('(')[0]}(", 8):
        return assignment(head, call, 8)
    made = fresh("made")
    return [
        *assignment(made, call, 8),
        *(line for k, t in enumerate(targets) if t != "_" for line in assignment(t, f"{made}[{k}]", 8)),
    ]
