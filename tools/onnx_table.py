"""Writes `docs/onnx.md`: every operator of ONNX and every op of irlib, and how each fares, from tables and scores.

python -m tools.onnx_table [--check]

The scores are those that were recorded when the suites ran last: `python -m tests.external.suite --update`,
`python -m tests.external.gradients --update` and `python -m tests.converters.onnx_model.vector_suite --update`.
"""

from __future__ import annotations

import sys
from typing import Any

from irlib.converters.onnx_model.direct import DIRECT
from irlib.converters.onnx_model.export.row import find_export
from irlib.converters.onnx_model.rules.rule import find_rule
from irlib.converters.onnx_model.schemas import DIALECT_OF
from irlib.op import REGISTRY, Composite
from irlib.ops import load_all
from tools.generated import ROOT, command

TARGET = ROOT / "docs" / "onnx.md"

HEAD = """\
# ONNX

Generated from the tables of rules and the recorded scores by `python -m tools.onnx_table`; do not edit.

`irlib.from_onnx` reads models, `irlib.to_onnx` writes them, `irlib convert`, `check`, `run`, `show`, `info` and
`grad` take `.onnx` files as they take irlib's. {operators} operators of ONNX can be read in all their {versions}
versions, up to opset {newest}{refused}.

## What import keeps, and what it refuses

- **Kept**: nodes with operator, version, attributes, names and docstrings; inputs, outputs and initializers with
  their names and declared types, and those of values between nodes; names of dims; subgraphs; functions; sparse
  tensors; metadata, producer, opset imports, IR version. A model that is read, saved as an irlib file, loaded and
  written at its own opset is the model it was, up to the order of nodes and initializers; of the 2,033 cases of
  ONNX's suite all that can be read are, but for the two with a `Gradient` node, which leaves as the gradient that
  it asks for.
- **Not kept**: annotations of quantization and of devices, training information, the order of nodes and of
  attributes, and in which field of a tensor its elements stood.
- **Roles**: float initializers are parameters, statistics of `BatchNormalization` buffers, others constants. An
  initializer that is an input too can be fed. The metadata property `irlib.roles` says what a reader would not
  guess.
- **Outer values** that a subgraph uses become operands of the node that holds it, after its own.
- **Refused, each with a code** ([codes.md](codes.md)): what is invalid; values of map, opaque and sparse type;
  operators without a rule; external data outside the model's folder, through links, or beyond the end of its file;
  and what a small file must not ask for: bodies of more than 50,000 nodes (and one more for 16 bytes of the file),
  sparse tensors of more than 2^23 elements in all, nodes of more than 65,536 operands, derivatives beyond the
  eighth order.

## What export keeps, and what it refuses

- Ops that came from ONNX leave as they came where the target opset has them with the same meaning, else as their
  bodies. Composites of irlib leave as the operator that is equal, where there is one, else as the nodes of their
  bodies, or with `inline=False` as functions of the model. Primitives leave by the rows listed below. Targets are
  opsets 17 to {newest}.
- The result passes `onnx.checker` with `full_check`. Names are kept; those made are unique across subgraphs. A dim
  that is a symbol is a `dim_param`, another expression is left open.
- **Refused, naming the node (IR320)**: arithmetic of complex numbers and Fourier transforms, decompositions of
  matrices, and what an older opset lacks, with the opset that has it.
- **Not promised**: what ONNX leaves open and runtimes decide differently. onnxruntime drops NaN in `ReduceMax`,
  `ReduceMin`, `ArgMax` and `MaxPool`, gives NaN for the softmax of a row of -inf where irlib gives zeros (written
  so where a row may be masked), saturates other floats in casts to integers, and has no kernels for many dtypes.

## Operators of ONNX

- **forward**: how many of ONNX's own cases of the operator pass, functions expanded to nodes included. Those of
  random draws cannot: no two engines draw the same numbers.
- **gradient**: *right*: ONNX's cases, judged by finite differences in float64, find it right; *right (ours)*: where
  those cases cannot decide, a case of ours; *zero*: results do not depend on the values of operands; *none*: asking
  for it is an error; empty: there are no floats to differentiate by, or no case.
- **in irlib**: the primitive that it is, where the meaning is exactly equal for some operands; else a composite
  with a body.
- **export**: *as it came*, or what else.
"""

IRLIB = """\
## Ops of irlib

How each op leaves: as an operator, by a row of other ops, or as its body. Counted are test vectors without complex
numbers that hold, of all: the exported model is valid, and onnxruntime (where it has no kernel, ONNX's reference
evaluator) computes what the interpreter does. `tests/converters/onnx_model/export_failures.tsv` says why the others
do not: mostly a runtime has no kernel for the dtype, or the axis of a cumulation is computed.

| op | leaves as | opset 17 | opset {newest} | gradient |
|---|---|---|---|---|
"""


def made() -> str:
    """The text of the page."""
    load_all()
    schemas = _schemas()
    read = [key for key in schemas if not _missing(key, schemas[key])]
    versions = sum(len(schemas[key]) for key in read)
    newest = _newest()
    head = HEAD.format(operators=len(read), versions=versions, refused=_listed(schemas, read), newest=newest)
    parts = [head]
    for domain in sorted({d for d, _ in schemas}):
        names = sorted(n for d, n in schemas if d == domain)
        parts.append(_table(domain, {n: schemas[domain, n] for n in names}))
    return "\n".join([*parts, IRLIB.format(newest=newest) + _ops()])


def _newest() -> int:
    import onnx

    return onnx.defs.onnx_opset_version()


def _schemas() -> dict[tuple[str, str], list[Any]]:
    """The versions of each operator, oldest first."""
    import onnx

    found: dict[tuple[str, str], list[Any]] = {}
    for schema in onnx.defs.get_all_schemas_with_history():
        found.setdefault((schema.domain, schema.name), []).append(schema)
    return {key: sorted(all_, key=lambda s: int(s.since_version)) for key, all_ in found.items()}


def _missing(key: tuple[str, str], versions: list[Any]) -> bool:
    """Whether there is a version that cannot be read."""
    domain, name = key
    if name in _READ_OTHERWISE:
        return False
    dialect = DIALECT_OF.get(domain, domain)
    direct = [(d.since, d.until) for d in DIRECT if domain == "" and d.onnx == name]
    return not all(
        find_rule(dialect, name, s.since_version) is not None
        or any(low <= s.since_version <= high for low, high in direct)
        for s in versions
    )


_READ_OTHERWISE = {"Constant": "a constant of the graph", "Gradient": "a call of the gradient it asks for"}


def _listed(schemas: dict[tuple[str, str], list[Any]], read: list[tuple[str, str]]) -> str:
    """What cannot be read, as the end of a sentence; nothing where all can."""
    names = ", ".join(f"`{name}`" for domain, name in schemas if (domain, name) not in read)
    return f"; {names} cannot" if names else ""


def _table(domain: str, operators: dict[str, list[Any]]) -> str:
    from tests.external.gradients import DECIDED
    from tests.external.suite import recorded
    from tests.external.test_differentiable_ops import BODIES, INDEPENDENT, WITHOUT

    decided = set(DECIDED.read_text(encoding="utf-8").split())
    counts = recorded()
    rows = []
    for name, versions in operators.items():
        cases, passed = counts.get(name, (0, 0))
        gradient = (
            "right" if name in decided else "right (ours)" if name in BODIES
            else "zero" if name in INDEPENDENT else "none" if name in WITHOUT else ""
        )  # fmt: skip
        forward = f"{passed} of {cases}" if cases else ""
        if _missing((domain, name), versions):
            forward, gradient = "not read", ""
        numbers = ", ".join(str(s.since_version) for s in versions)
        rows.append(
            f"| `{name}` | {numbers} | {forward} | {gradient} | {_inside(domain, name)} | {_leaves(domain, name)} |"
        )
    head = "| operator | versions | forward | gradient | in irlib | export |\n|---|---|---|---|---|---|\n"
    return f"### {domain or 'ai.onnx'}\n\n{head}" + "\n".join(rows) + "\n"


def _inside(domain: str, name: str) -> str:
    if name in _READ_OTHERWISE:
        return _READ_OTHERWISE[name]
    direct = sorted({d.irlib for d in DIRECT if domain == "" and d.onnx == name})
    return ", ".join(f"`{d}`" for d in direct)


def _leaves(domain: str, name: str) -> str:
    if name == "Gradient":
        return "as the ops of the gradient"
    return "as it came"


def _ops() -> str:
    from tests.converters.onnx_model.export_lists import NEWEST, recorded

    counts, lines = recorded(), []
    for name in sorted({c.name for c in REGISTRY.values() if c.dialect == "irlib"}):
        parts = [counts.get((*part, name)) for part in (("forward", 17), ("forward", NEWEST), ("gradient", NEWEST))]
        cells = ["" if part is None else f"{part[1]} of {part[0]}" for part in parts]
        lines.append(f"| `{name}` | {_way(name)} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _way(name: str) -> str:
    direct = sorted({d.onnx for d in DIRECT if d.irlib == name})
    if direct:
        return ", ".join(f"`{d}`" for d in direct)
    if find_export(name) is not None:
        return "a row"
    composite = any(c.name == name and issubclass(c, Composite) for c in REGISTRY.values())
    return "its body" if composite else "refused"


if __name__ == "__main__":
    sys.exit(command(TARGET, made, sys.argv[1:]))
