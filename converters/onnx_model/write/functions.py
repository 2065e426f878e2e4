"""Local functions of the model written: those it came with, and bodies of irlib's own composites."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from irlib.converters.onnx_model.notes import recalled
from irlib.converters.onnx_model.write.recall import Recalled
from irlib.converters.onnx_model.write.scope import Scope
from irlib.converters.onnx_model.write.values import Site, Val
from irlib.graph import Graph
from irlib.op import ForeignOp

if TYPE_CHECKING:
    from irlib.converters.onnx_model.write.models import ModelWriter
    from irlib.converters.onnx_model.write.nodes import Writer

__all__ = ["DOMAIN", "Functions"]

DOMAIN = "irlib"
"""The domain of functions made of irlib's composites."""


class Functions:
    """The functions of one model."""

    def __init__(self, model: ModelWriter, metadata: dict[str, str]) -> None:
        self.model = model
        self.imported: dict[tuple[str, str, str], Any] = {}
        self.used: set[tuple[str, str, str]] = set()
        self.made: list[Any] = []
        self._names: dict[Any, Any] = {}
        self._of_body: dict[Any, str] = {}
        self._kept: list[Any] = []  # what the keys above name by identity
        self._read(metadata)

    def _read(self, metadata: dict[str, str]) -> None:
        import onnx

        try:
            packed = recalled(metadata, "onnx.functions") or []
            for text in packed:
                proto = onnx.FunctionProto.FromString(base64.b64decode(text))
                self.imported[self._key(proto.domain, proto.name, proto.overload)] = proto
        except Exception:  # noqa: BLE001  metadata may hold anything; bodies say the same
            self.imported.clear()

    @staticmethod
    def _key(domain: str, name: str, overload: str) -> tuple[str, str, str]:
        return "" if domain == "ai.onnx" else domain, name, overload

    def _of(self, op: ForeignOp) -> tuple[str, str, str]:
        name, _, overload = op.op_name.partition(":")
        domain = op.op_dialect
        if domain in ("onnx.", "onnx.irlib"):
            domain = domain.removeprefix("onnx.")
        return domain, name, overload

    def has(self, op: ForeignOp) -> bool:
        """Whether the op is a call of a function that the model came with."""
        return self._of(op) in self.imported

    def fits(self, op: ForeignOp) -> bool:
        """Whether that function, and those it calls, can stand as they are beside the target opset."""
        waiting, seen = [self._of(op)], set()
        while waiting:
            key = waiting.pop()
            if key in seen:
                continue
            seen.add(key)
            proto = self.imported[key]
            versions = {i.domain: i.version for i in proto.opset_import}
            if versions.get("", versions.get("ai.onnx", self.model.opset)) != self.model.opset:
                return False
            waiting += [k for k in self.called_by(proto) if k in self.imported]
        return True

    def use(self, op: ForeignOp) -> tuple[str, str, str]:
        """Have the function of `op` in the model; returns its domain, name and overload."""
        key = self._of(op)
        waiting = [key]
        while waiting:
            at = waiting.pop()
            if at not in self.used:
                self.used.add(at)
                for i in self.imported[at].opset_import:
                    self.model.imports.setdefault("" if i.domain == "ai.onnx" else i.domain, i.version)
                waiting += [k for k in self.called_by(self.imported[at]) if k in self.imported]
        self.model.imports.setdefault(key[0], op.op_version)
        return key

    def called_by(self, proto: Any) -> list[tuple[str, str, str]]:
        found, waiting = [], [proto.node]
        while waiting:
            for node in waiting.pop():
                found.append(self._key(node.domain, node.op_type, node.overload))
                for a in node.attribute:
                    if a.HasField("g"):
                        waiting.append(a.g.node)
                    waiting.extend(g.node for g in a.graphs)
        return found

    # Functions of ours

    def called(self, writer: Writer, site: Site, operands: Sequence[Val]) -> list[Val]:
        """The results of a call of the function that is a composite's body."""
        assert site.body is not None
        key = (str(site.op), id(site.body))
        name = self._of_body.get(key)
        if name is None:
            name = self._of_body[key] = self._write(site)
            self._kept.append(site.body)
        self.model.imports[DOMAIN] = 1
        scope = writer.scope
        names = [scope.temporary(site.op.name) for _ in site.types]
        proto = scope.proto(name, [scope.name_of(v) for v in operands], names)
        proto.domain = DOMAIN
        scope.append(proto)
        return [Val(scope, t, n) for t, n in zip(site.types, names, strict=True)]

    def _write(self, site: Site) -> str:
        import onnx

        from irlib.converters.onnx_model.write.nodes import Writer

        body: Graph = site.body  # type: ignore[assignment]
        name, k = site.op.name, 2
        while name in self._names:
            name, k = f"{site.op.name}_{k}", k + 1
        self._names[name] = site.op
        scope = Scope(self.model, closed=True)
        scope.promise(body)
        inputs = {n.index: Val(scope, n.type, scope.claim(str(n.name))) for n in body.inputs}
        writer = Writer(scope, f"function {name}")
        scope.site = Site(site.op, body, site.types, writer.place)
        values = writer.graph(body, inputs, Recalled({}))
        outputs: list[str] = []
        for o in body.outputs:
            v = scope.op("Identity", values[body.output_value(o)])
            scope.rename(v, o.name, 0)
            outputs.append(str(v.name))
        imports = [onnx.OperatorSetIdProto(domain=d, version=v) for d, v in self._imports(scope)]
        self.made.append(
            onnx.FunctionProto(
                name=name, domain=DOMAIN, input=[str(v.name) for v in inputs.values()], output=outputs,
                node=scope.swept(outputs), opset_import=imports, doc_string=str(site.op),
            )
        )  # fmt: skip
        return name

    def _imports(self, scope: Scope) -> list[tuple[str, int]]:
        used = {n.domain for n in scope.nodes} | {""}
        return [(d, self.model.imports.get(d, 1)) for d in sorted(used)]

    def protos(self) -> list[Any]:
        """The FunctionProtos of the model."""
        return [p for k, p in self.imported.items() if k in self.used] + self.made
