"""``irlib info``: what a model is, in a screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irlib.cli.files import existing, opened, suffix_of
from irlib.cli.verb import verb

if TYPE_CHECKING:
    from irlib import Graph

__all__ = ["command"]


@verb(
    "info",
    "irlib info model.pb",
)
@existing()
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="For people, or for programs.",
)  # fmt: skip
@click.option("--ops", "most", type=click.IntRange(0), default=20, show_default=True, help="List this many ops.")
def command(*, file: Path, form: str, most: int) -> None:
    """Sum up a model.

    Its signature, parameters, ops, sizes and digest; --format json for programs.
    """
    found = summary(file, opened(file))
    if form == "json":
        import json

        click.echo(json.dumps(found, indent=2))
        return
    for line in lines(found, most):
        click.echo(line)


def summary(path: Path, graph: Graph) -> dict[str, Any]:
    """What there is to say about a model, as JSON values."""
    import irlib

    return {
        "name": graph.name,
        "file": str(path),
        "file_bytes": path.stat().st_size,
        "sidecar": weights_file(path),
        "digest": irlib.digest(graph),
        "nodes": len(graph),
        "edges": int((graph.operand >= 0).sum()),
        "inputs": {str(n.name): str(n.type) for n in graph.inputs},
        "outputs": {
            o.name: {"type": str(graph.value_type(graph.output_value(o))), "role": str(o.role), "of": o.of}
            for o in graph.outputs
        },
        "parameters": _state(graph, "parameters"),
        "buffers": _state(graph, "buffers"),
        "constants": _constants(graph),
        "symbols": {s.name: [s.minimum, s.maximum] for s in graph.symbols},
        "ops": op_counts(graph),
        "metadata": dict(graph.metadata),
    }


def weights_file(path: Path) -> dict[str, Any] | None:
    """The weights file that a .pb or .json model names, and its size as the model says."""
    from importlib import import_module

    decoders = {".pb": "irlib.serde.binary", ".json": "irlib.serde.json"}
    if suffix_of(path) not in decoders:
        return None
    raw, _ = import_module(decoders[suffix_of(path)]).decode(path.read_bytes())
    return {"file": raw.weights.file, "bytes": raw.weights.length} if raw is not None and raw.weights else None


def _state(graph: Graph, role: str) -> dict[str, Any]:
    nodes = getattr(graph, role)
    tensors = [n.variable.tensor for n in nodes if n.variable is not None and n.variable.tensor is not None]
    return {
        "count": len(nodes),
        "elements": sum(int(t.array.size) for t in tensors),
        "bytes": sum(t.nbytes for t in tensors),
        "without_value": len(nodes) - len(tensors),
    }


def _constants(graph: Graph) -> dict[str, int]:
    from irlib import Role

    tensors = [v.tensor for v in graph.variables if v.role is Role.CONSTANT and v.tensor is not None]
    return {"count": len(tensors), "bytes": sum(t.nbytes for t in tensors)}


def op_counts(graph: Graph) -> dict[str, int]:
    """How many nodes each op has, the most frequent first."""
    import numpy as np

    counts: dict[str, int] = {}
    per_kind = np.bincount(graph.kind[graph.kind >= 0], minlength=len(graph.ops))
    for op, count in zip(graph.ops, per_kind.tolist(), strict=True):
        name = op.name if op.dialect == "irlib" else f"{op.dialect}.{op.name}"
        counts[name] = counts.get(name, 0) + count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def lines(found: dict[str, Any], most: int) -> list[str]:
    """The summary as text."""
    from irlib.cli.failure import one_line

    sidecar = found["sidecar"]
    beside = f", weights in {sidecar['file']} ({size(sidecar['bytes'])})" if sidecar else ""
    made = [
        f"graph {found['name']!r}: {found['nodes']} nodes, {found['edges']} edges",
        f"file       {found['file']} ({size(found['file_bytes'])}{beside})",
        f"digest     {found['digest']}",
    ]
    made += _block("inputs", [f"{name}: {t}" for name, t in found["inputs"].items()])
    made += _block("outputs", [_output(name, o) for name, o in found["outputs"].items()])
    made += [_state_line(role, found[role]) for role in ("parameters", "buffers") if found[role]["count"]]
    constants = found["constants"]
    if constants["count"]:
        made.append(f"constants  {constants['count']}, {size(constants['bytes'])}")
    made += _block("symbols", [_symbol(name, *bounds) for name, bounds in found["symbols"].items()])
    ops = [f"{count:>7} {name}" for name, count in found["ops"].items()]
    rest = [f"        and {len(ops) - most} more"] if len(ops) > most else []
    made += _block("ops", [*ops[:most], *rest])
    made += _block("metadata", [f"{key}: {value}" for key, value in found["metadata"].items()])
    return [one_line(line) for line in made]


def _block(title: str, items: list[str]) -> list[str]:
    return [f"{title if i == 0 else '':<10} {item}" for i, item in enumerate(items)]


def _output(name: str, output: dict[str, Any]) -> str:
    role = "" if output["role"] == "result" else f"  ({output['role']}{' ' + output['of'] if output['of'] else ''})"
    return f"{name}: {output['type']}{role}"


def _state_line(role: str, state: dict[str, int]) -> str:
    without = f", {state['without_value']} without a value" if state["without_value"] else ""
    return f"{role:<10} {state['count']}, {state['elements']} elements, {size(state['bytes'])}{without}"


def _symbol(name: str, minimum: int, maximum: int | None) -> str:
    return f"{name}: {minimum} to {'any' if maximum is None else maximum}"


def size(count: float) -> str:
    """A number of bytes as people say it."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    raise AssertionError(count)
