"""What reading any graph of a model needs: opsets, functions, symbols, the folder, and the findings so far."""

from __future__ import annotations

from math import prod
from typing import Any

from irlib.converters.onnx_model import schemas
from irlib.converters.onnx_model.attributes import Reading
from irlib.converters.onnx_model.dtypes import Symbols
from irlib.converters.onnx_model.tensors import DENSE_LIMIT, ExternalData
from irlib.errors import IRError, SafetyError
from irlib.op import Op
from irlib.validate.finding import Finding, Severity
from irlib.validate.place import shown

__all__ = ["A_BODY", "MAX_DEPTH", "MAX_VALUES", "FunctionKey", "Model"]

MAX_VALUES = 2**16
"""The most operands, and the most outputs, of a node."""
MAX_DEPTH = 64
"""How deep subgraphs and function calls may nest."""
_MAX_FINDINGS = 1000
_NODES = 50_000
"""The nodes that bodies may have in any file."""
A_BODY = 24
"""What a body costs besides its nodes."""
_BYTES_A_NODE = 16
"""One more for so many bytes of the file."""
_MOST_VERSION = 2**31 - 1  # schemas are looked up by 32-bit numbers

FunctionKey = tuple[str, str, str]
"""Domain, name and overload of a function."""


class Model:
    """The model being read.

    `strict`: an operand whose type the operator's schema does not list, and a declared type that does not hold, are
    errors.
    """

    def __init__(self, proto: Any, external: ExternalData | None, *, strict: bool = True) -> None:
        self.findings: list[Finding] = []
        self.strict = strict
        self.symbols = Symbols()
        self.reading = Reading(self.symbols, external)
        self.ir_version = int(proto.ir_version)
        self.opsets = self._imports(proto.opset_import, "model")
        if not self.opsets and self.ir_version < 3:
            self.opsets = {"": 1}  # models of the first versions import nothing
        self.functions: dict[FunctionKey, Any] = {}
        self.function_opsets: dict[FunctionKey, dict[str, int]] = {}
        self._left = _NODES + proto.ByteSize() // _BYTES_A_NODE
        self._dense_left = DENSE_LIMIT
        self.orders: dict[int, tuple[int, Any]] = {}
        """The order of the derivative that each graph of a Gradient node is, by its identity, and the graph."""
        self.ops: dict[Any, Op] = {}
        self.bodies: dict[Any, Any] = {}
        for function in proto.functions:
            self._add_function(function)
        self._check_calls()

    @property
    def is_full(self) -> bool:
        """Whether there are as many findings as are told."""
        return len(self.findings) >= _MAX_FINDINGS

    def spend(self, nodes: int) -> None:
        """Take note of so many nodes made for a function body, a subgraph or a gradient.

        Raises: SafetyError when a small file asks for too many: bodies are made anew for operands of other types.
        """
        self._left -= nodes
        if self._left < 0:
            raise SafetyError(
                "the bodies of its functions, subgraphs and gradients have too many nodes", code="IR511",
                remedy="call functions with operands of fewer types",
            )  # fmt: skip

    def spend_dense(self, dims: Any) -> None:
        """Take note that a sparse tensor of these dims is made dense.

        Raises: SafetyError when all of them together are too large.
        """
        self._dense_left -= prod(int(d) for d in dims if d > 0)
        if self._dense_left < 0:
            raise SafetyError(f"sparse tensors of more than {DENSE_LIMIT} elements in all", code="IR511")

    def add(self, code: str, where: str, what: str, remedy: str = "", severity: Severity = "error") -> None:
        """Note a finding."""
        if len(self.findings) < _MAX_FINDINGS:
            self.findings.append(Finding(code, severity, where, what, remedy))

    def add_error(self, error: IRError, where: str) -> None:
        """Note an error as a finding."""
        if len(self.findings) < _MAX_FINDINGS:
            self.findings.append(Finding.of(error, where))

    def _imports(self, imports: Any, where: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for entry in imports:
            domain, version = normal(entry.domain), int(entry.version)
            if found.get(domain, version) != version:
                self.add("IR851", where, f"opset {shown(domain or 'ai.onnx')!r} is imported in two versions")
            newest = schemas.newest(domain)
            most = newest or _MOST_VERSION
            if not 1 <= version <= most:
                what = f"opset {shown(domain or 'ai.onnx')!r} version {version}, this reader knows 1 to {most}"
                self.add("IR852", where, what, "install a newer onnx" if newest and version > newest else "")
            found[domain] = min(max(version, 0), _MOST_VERSION)
        return found

    def _add_function(self, proto: Any) -> None:
        key = (normal(proto.domain), proto.name, proto.overload)
        where = f"function {shown(proto.domain)}.{shown(proto.name)}"
        if not proto.name:
            self.add("IR857", where, "a function without a name")
        if key in self.functions:
            self.add("IR857", where, "defined twice")
        self.functions[key] = proto
        self.function_opsets[key] = self._imports(proto.opset_import, where) or dict(self.opsets)

    def _check_calls(self) -> None:
        """No function calls itself, by however many steps; iterative, for the functions are the file's."""
        calls = {key: self._called_by(f) for key, f in self.functions.items()}
        state: dict[FunctionKey, int] = {}
        for start in calls:
            stack = [start]
            while stack:
                key = stack[-1]
                if state.get(key, 0) == 0:
                    state[key] = 1
                    for callee in calls[key]:
                        if state.get(callee, 0) == 1:
                            where = f"function {shown(callee[0])}.{shown(callee[1])}"
                            self.add(
                                "IR856", where, f"it calls itself, by {shown(key[1])}", "functions may not be recursive"
                            )
                            self.functions.pop(callee, None)
                        elif state.get(callee, 0) == 0:
                            stack.append(callee)
                else:
                    state[key] = 2
                    stack.pop()

    def _called_by(self, function: Any) -> list[FunctionKey]:
        found = []
        waiting = [function.node]
        while waiting:
            for node in waiting.pop():
                key = (normal(node.domain), node.op_type, node.overload)
                if key in self.functions:
                    found.append(key)
                for a in node.attribute:
                    if a.HasField("g"):
                        waiting.append(a.g.node)
                    waiting.extend(g.node for g in a.graphs)
        return found


def normal(domain: str) -> str:
    """A domain under its one name: that of the standard ops is empty."""
    return "" if domain == "ai.onnx" else domain


__all__ += ["normal"]
