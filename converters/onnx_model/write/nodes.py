"""The nodes of an irlib graph as nodes of an ONNX scope, one after the other.

A node is written as the ONNX op it came from; else as the one op a row of `direct` names; else by its row in `export`;
else as its body. What came in under names leaves under them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from irlib.converters.onnx_model.direct import rows_to
from irlib.converters.onnx_model.export.row import Row, find_export
from irlib.converters.onnx_model.schemas import schema
from irlib.converters.onnx_model.write.decide import Deciding
from irlib.converters.onnx_model.write.foreign import foreign
from irlib.converters.onnx_model.write.recall import Recalled
from irlib.converters.onnx_model.write.scope import Scope
from irlib.converters.onnx_model.write.values import Site, Val
from irlib.errors import IRError, IRTypeError, UnsupportedError
from irlib.graph import Graph, Role
from irlib.op import Composite, ForeignOp, Operand
from irlib.types import TensorType, Type

__all__ = ["Writer"]


class Writer:
    """Writes irlib graphs into one scope. `place` is how messages call it."""

    def __init__(self, scope: Scope, place: str) -> None:
        self.scope = scope
        self.model = scope.model
        self.place = place

    # A graph whose names are kept

    def graph(self, graph: Graph, bound: Mapping[int, Val], recalled: Recalled) -> list[Val]:
        """Every value of `graph`, its nodes appended under their names; `bound` are its variables that stand."""
        values: list[Any] = [None] * len(graph.type)
        wanted = _names_of_outputs(graph)
        used = {int(v) for v in graph.operand} | {graph.output_value(o) for o in graph.outputs}
        for node in graph.nodes:
            at = int(graph.first[node.index])
            variable = node.variable
            if node.index in bound:
                values[at] = bound[node.index]
            elif variable is not None:
                assert variable.role is Role.CONSTANT
                values[at] = self._constant(node, recalled, unused=at not in used)
            else:
                key = node.name
                count = int(graph.first[node.index + 1]) - at
                names = recalled.outputs(key, count) if key is not None else []
                names += [wanted.get(at + k) for k in range(len(names), count)]
                operands = [None if v < 0 else values[v] for v in graph.operand_values(node.index).tolist()]
                assert node.op is not None
                site = Site(node.op, node.body, node.types, f"{self.place}, {node}")
                start = len(self.scope.nodes)
                results = self._node(site, operands, names, recalled.extras(key))
                values[at : at + count] = results
                if not any(v in used for v in range(at, at + count)):
                    self.scope.staying.update(id(n) for n in self.scope.nodes[start:])
        return values

    def _constant(self, node: Any, recalled: Recalled, *, unused: bool) -> Val:
        made = self.scope.variable(node.variable.tensor, node.name)
        attribute = recalled.constants.get(node.name or "")
        if attribute is not None or (unused and node.name is not None):
            self.scope.hold(made, attribute)
            if attribute is not None:
                recalled.describe(self.scope.constants[-1], node.name)
        return made

    def _node(self, site: Site, operands: Sequence[Val | None], names: Sequence[str | None], extras: Any) -> list[Val]:
        scope = self.scope
        start = len(scope.nodes)
        made = self.one(site, operands, names, extras)
        results: list[Val] = []
        for v, name in zip(made, names, strict=True):
            if name and v.name != name:
                scope.rename(v, name, start)
            results.append(v)
        return results

    # One node

    def one(
        self, site: Site, operands: Sequence[Val | None], names: Sequence[str | None] = (), extras: Any = None
    ) -> Sequence[Val]:
        """The results of an op, appended as what ONNX has for it. `names` and `extras` are for what leaves as it is."""
        scope, op = self.scope, site.op
        outer, scope.site = scope.site, site
        try:
            if isinstance(op, ForeignOp):
                made = foreign(self, site, operands, names, extras)
            else:
                made = self._own(site, operands, extras)
            if made is None:
                made = self._as_body(site, operands)
        except IRError as error:
            if not error.where:
                error.where = site.label
            raise
        finally:
            scope.site = outer
        for v, t in zip(made, site.types, strict=True):
            if v.tensor is None:
                v.type = _closer(v.type, t)
        return made

    def _own(self, site: Site, operands: Sequence[Val | None], extras: Any) -> Sequence[Val] | None:
        row = find_export(site.op.name)
        made = self._by_row(row, site, operands) if row is not None and row.first and extras is None else None
        made = made or self._direct(site, operands, extras)
        return made if made or row is None else self._by_row(row, site, operands)

    def _direct(self, site: Site, operands: Sequence[Val | None], extras: Any) -> Sequence[Val] | None:
        op, types = site.op, tuple(None if v is None else v.type for v in operands)
        for row in rows_to(op.name):
            found = schema("", row.onnx, self.model.opset)
            if found is None or not row.since <= found.since <= row.until:
                continue
            values = op.attribute_values()
            if any(values.pop(k) != v for k, v in row.fixed.items()):
                continue
            attributes = {a.onnx: a.write(v) for a in row.attributes if (v := values.pop(a.irlib)) is not None}
            left = {f.name: f.default for f in op.attributes() if f.name in values}
            if any(values[k] != default for k, default in left.items()):
                continue
            written = extras.defaults if extras is not None else ()
            attributes = {
                k: v for k, v in attributes.items()
                if k in found.attributes and (found.defaults.get(k, _NOTHING) != v or k in written)
            }  # fmt: skip
            if found.misfit(types) or not row.admits(types, {**found.defaults, **attributes}):
                continue
            made = self.scope.op(row.onnx, *operands, **attributes)
            if extras is not None:
                extras.describe(self.scope.nodes[-1])
            return [made]
        return None

    def _by_row(self, row: Row, site: Site, operands: Sequence[Val | None]) -> Sequence[Val] | None:
        given = list(operands)
        if row.operands > len(given):
            given += [None] * (row.operands - len(given))
        if row.lowers:
            return self.inlined(self._lowered(row, site, given), [v for v in given if v is not None])
        try:
            made = row.write(Emit(self), site, *given)
        except UnsupportedError:
            if isinstance(site.op, Composite) and site.body is not None:
                return None  # the body says it in other ops
            if _wider(site.types, operands) is not None:
                return None  # `_as_body` computes it in a wider dtype
            raise
        if made is None:
            return None
        return list(made) if isinstance(made, tuple) else [made]

    def lowered_row(self, write: Any, site: Site, operands: Sequence[Val | None]) -> tuple[Val, ...]:
        """The results of an op said in other ops of irlib by the function `write`."""
        lowered = self._lowered(Row(write, len(operands), lowers=True), site, operands)
        return tuple(self.inlined(lowered, [v for v in operands if v is not None]))

    def _lowered(self, row: Row, site: Site, operands: Sequence[Val | None]) -> Graph:
        described = tuple(None if v is None else Operand(v.type, v.known) for v in operands)  # type: ignore[arg-type]
        fills = tuple(None if v is None else v.fill for v in operands)
        key = (row.write, site.op, site.types, described, fills)
        found = self.model.lowered.get(key)
        if found is None:
            b = Deciding(site.op.name, share=True)
            values = [None if d is None else b.input(f"x{k}", d.type, known=d.known) for k, d in enumerate(described)]
            made = row.write(b, site, fills, *values) if row.fills else row.write(b, site, *values)
            results = made if isinstance(made, tuple) else (made,)
            for k, v in enumerate(results):
                b.output(f"y{k}", v)
            found = self.model.lowered[key] = b.build(prune=True)
        return found

    def _as_body(self, site: Site, operands: Sequence[Val | None]) -> Sequence[Val]:
        op, body = site.op, site.body
        if not isinstance(op, Composite):
            if op.name != "cast" and _wider(site.types, operands) is not None:
                return self._in_wider(site, operands)
            raise self._nothing_for(site, operands)
        if body is None:
            raise site.unsupported(
                f"the body of {op.name} is not made yet: the types of its operands are not known",
                "use irlib.specialize before",
            )
        present = [v for v in operands if v is not None]
        if self.model.inline or isinstance(op, ForeignOp):
            return self.inlined(body, present)
        return self.model.functions.called(self, site, present)

    def _in_wider(self, site: Site, operands: Sequence[Val | None]) -> Sequence[Val]:
        """The results of an op whose dtypes the ops of ONNX do not take, computed in one that they take."""
        try:
            return self.lowered_row(_widened, site, operands)
        except IRTypeError:  # the op is about that dtype
            raise self._nothing_for(site, operands) from None

    def _nothing_for(self, site: Site, operands: Sequence[Val | None]) -> IRError:
        """Why there is no way to say an op: no op of ONNX means it, or the one there is does not take the dtypes."""
        types = tuple(None if v is None else v.type for v in operands)
        for row in rows_to(site.op.name):
            found = schema("", row.onnx, self.model.opset)
            misfit = found.misfit(types) if found is not None else ""
            if found is not None and misfit:
                return site.unsupported(f"ONNX cannot say it: {row.onnx}-{found.since}: {misfit}", "cast the operand")
        return site.unsupported(f"ONNX has no op for {site.op.name}, nor ops to make it of")

    def inlined(self, graph: Graph, operands: Sequence[Val]) -> list[Val]:
        """The outputs of `graph`, its nodes appended without names."""
        values: list[Any] = [None] * len(graph.type)
        inputs = {n.index: v for n, v in zip(graph.inputs, operands, strict=True)}
        for node in graph.nodes:
            at = int(graph.first[node.index])
            if node.index in inputs:
                values[at] = inputs[node.index]
            elif node.variable is not None:
                assert node.variable.tensor is not None
                values[at] = self.scope.variable(node.variable.tensor, None)
            else:
                given = [None if v < 0 else values[v] for v in graph.operand_values(node.index).tolist()]
                outer = self.scope.site
                label = outer.label if outer is not None else self.place
                assert node.op is not None
                made = self.one(Site(node.op, node.body, node.types, label), given)
                values[at : at + len(made)] = made
        return [values[graph.output_value(o)] for o in graph.outputs]


class Emit:
    """What a row appends with: `op` and `const` of the scope, and regions."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.scope = writer.scope
        self.op = writer.scope.op
        self.const = writer.scope.const
        self.opset = writer.model.opset

    def value(self, type: Type, name: str) -> Val:
        """The value that a node appended to the scope itself makes under `name`."""
        return Val(self.scope, type, name)

    def region(self, graph: Graph, bound: Sequence[Val | None], *, first: Sequence[Any] = ()) -> Any:
        """A GraphProto of a region: inputs for which `bound` is None are its own, the others stand outside."""
        from irlib.converters.onnx_model.write.regions import region

        return region(self.writer, graph, bound, first=first)

    def inlined(self, graph: Graph, operands: Sequence[Val]) -> tuple[Val, ...]:
        return tuple(self.writer.inlined(graph, operands))


_NOTHING: Any = object()
_SMALL = ("int2", "uint2", "int4", "uint4", "int8", "int16", "uint8", "uint16", "uint32")
_HALF = ("float16", "bfloat16")
_WIDER = {**dict.fromkeys(_SMALL, "int64"), **dict.fromkeys(_HALF, "float32")}


def _wider(types: Sequence[Type], operands: Sequence[Val | None]) -> str | None:
    """The dtype that holds what it is about, where that is small integers or half floats: many ops do not take them."""
    found = [*types, *(v.type for v in operands if v is not None)]
    if not all(isinstance(t, TensorType) for t in found):
        return None
    names = {t.dtype.name for t in found if isinstance(t, TensorType)}
    kinds = {t.dtype.kind for t in found if isinstance(t, TensorType)}
    if names & set(_HALF):
        return "float32" if kinds <= {"float", "int", "uint", "bool"} else None
    return "int64" if names & set(_SMALL) and kinds <= {"bool", "int", "uint"} else None


def _widened(b: Any, site: Site, *operands: Any) -> Any:
    """The op in int64, its results cast back, which wraps as the small integers do; half floats in float32."""
    halves = any(v is not None and v.dtype.name in _HALF for v in operands)
    narrow = _HALF if halves else _SMALL
    wide = [None if v is None else b.cast(v, dtype=_WIDER[v.dtype.name]) if v.dtype.name in narrow else v
            for v in operands]  # fmt: skip
    made = b.emit(site.op, wide)
    results = [
        b.cast(v, dtype=t.dtype) if isinstance(t, TensorType) and v.dtype is not t.dtype else v
        for v, t in zip(made, site.types, strict=True)
    ]
    return tuple(results)


def _closer(made: Any, inferred: Any) -> Any:
    """What a row says of a result's type where inference does not know its shape."""
    if isinstance(made, TensorType) and isinstance(inferred, TensorType) and inferred.shape is None:
        return made if made.shape is not None and made.dtype is inferred.dtype else inferred
    return inferred


def _names_of_outputs(graph: Graph) -> dict[int, str]:
    """What values without a name of their own are called: as the first output that each is."""
    found: dict[int, str] = {}
    for o in graph.outputs:
        if o.node not in graph.names or o.result:
            found.setdefault(graph.output_value(o), o.name)
    for node, name in graph.names.items():
        found[int(graph.first[node])] = name
    return found
