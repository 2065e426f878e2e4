"""A graph as a Python module: numpy its only import, forward, backward and predict its functions."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from irlib import autodiff
from irlib.converters.numpy_code.carried import closure
from irlib.converters.numpy_code.emit import load_rules
from irlib.converters.numpy_code.emit.form import RULES, Expr, dtype_text
from irlib.converters.numpy_code.function import FunctionWriter
from irlib.converters.numpy_code.functions import Functions, definition, plain, tupled
from irlib.converters.numpy_code.layout import assignment, fits
from irlib.converters.numpy_code.literals import literal
from irlib.converters.numpy_code.names import Names
from irlib.converters.numpy_code.uses import Uses
from irlib.errors import UnsupportedError
from irlib.graph import Graph, OutputRole, Role
from irlib.serde.durable import Replacement
from irlib.serde.files import digest
from irlib.transforms.inline import inline
from irlib.types import TensorType, Type

__all__ = ["ModuleWriter", "NumpyModule", "to_numpy"]

STYLES = ("fused", "nodes")


@dataclass(frozen=True)
class NumpyModule:
    """Emitted source, and the arrays it runs on: parameters and large constants by their keys in ``params``."""

    source: str
    arrays: Mapping[str, Any]

    def __str__(self) -> str:
        return self.source

    def save(self, path: str | Path) -> None:
        """Write the module, and beside it the arrays as ``.npz`` where there are any."""
        path = Path(path)
        if self.arrays:
            packed = io.BytesIO()
            np.savez(packed, **dict(self.arrays))
            with Replacement(path.with_suffix(".npz")) as file:
                file.write([packed.getvalue()])
                file.commit()
        with Replacement(path) as file:
            file.write([self.source.encode()])
            file.commit()


def to_numpy(
    model: Graph, style: str = "fused", *, gradient: bool | Sequence[str] = False, of: str | Sequence[str] | None = None
) -> NumpyModule:
    """`model` as a Python module that imports numpy only.

    It has ``PARAMS``, ``forward(params, *inputs) -> (outputs, saved)``, ``predict(params, *inputs) -> outputs`` and,
    with `gradient`, ``backward(params, saved, d_out=1.0) -> grads``: the derivative of the outputs `of` by the
    parameters (or, where `gradient` names values, by these). In style ``nodes`` every node is a statement, in style
    ``fused`` what is used once stands where it is used.

    Raises: UnsupportedError for an op that numpy has no means for; DerivativeError.
    """
    if style not in STYLES:
        raise UnsupportedError(f"there is no style {style!r}", code="IR871", remedy=f"use one of: {', '.join(STYLES)}")
    load_rules()
    return ModuleWriter(model, fused=style == "fused").module(gradient=gradient, of=of)


def has_no_rule(op: Any) -> bool:
    return op.dialect != "irlib" or op.name not in RULES


class ModuleWriter:
    """What the functions of one module share: helpers, regions, constants, and the names of all of them."""

    def __init__(self, model: Graph, *, fused: bool) -> None:
        self.model = model
        self.fused = fused
        self.names = Names()
        self.arrays: dict[str, Any] = {}
        self._helpers: set[str] = set()
        self._regions: dict[int, tuple[Graph, str]] = {}
        self._region_lines: list[str] = []
        self._constants: dict[tuple[Any, ...], Expr] = {}
        self._constant_lines: list[str] = []

    # What rules ask for

    def helper(self, name: str) -> str:
        """The name of a helper function, which goes along into the module."""
        self._helpers.add(name)
        return name

    def small_dtype(self, name: str) -> str:
        """A dtype that numpy itself does not have: the one other import a module may need."""
        return f"ml_dtypes.{name}"

    def region(self, graph: Graph) -> str:
        """The name of the function that a region becomes."""
        found = self._regions.get(id(graph))
        if found is None:
            name = f"_region{len(self._regions)}"
            lines = self._region(graph, name)
            if any("params" in line for line in lines):
                # large constants are in `params`, which a region is handed before its own values
                lines = self._region(graph, name, params=True)
                name = f"(lambda *values: {name}(params, *values))"
            self._regions[id(graph)] = found = (graph, name)
            self._region_lines += ["", "", *lines]
        return found[1]

    def _region(self, graph: Graph, name: str, *, params: bool = False) -> list[str]:
        graph = inline(graph, has_no_rule)
        names = Names(self.names)
        bound: dict[int, Expr] = {}
        arguments = ["params"] if params else []
        for node in graph.inputs:
            arguments.append(names.fresh(node.name or "x"))
            bound[int(graph.first[node.index])] = Expr(arguments[-1])
        outputs = [graph.output_value(o) for o in graph.outputs]
        uses = Uses(graph)
        writer = FunctionWriter(self, graph, names, bound, uses, fused=self.fused)
        writer.write(uses.live(outputs), set(outputs))
        made = [writer.expression(v) for v in outputs]
        return [
            *definition(name, arguments),
            *writer.lines,
            *assignment("", f"return {tupled(made)}"),
        ]

    def constant_of(self, graph: Graph, value: int) -> Any:
        """The array of a constant; None for any other value."""
        kind = int(graph.kind[graph.owner[value]])
        variable = graph.variables[~kind] if kind < 0 else None
        if variable is None or variable.role is not Role.CONSTANT or variable.tensor is None:
            return None
        return variable.tensor.array

    def constant(self, graph: Graph, value: int, array: Any) -> Expr:
        """A constant by value: in place where it is a scalar, else a name of the module; a large one is in `params`."""
        t = graph.value_type(value)
        assert isinstance(t, TensorType)
        text = literal(array, dtype_text(t.dtype, self))
        if text is not None and array.ndim == 0:
            return Expr(text)
        key = (array.dtype.str, array.shape, array.tobytes()) if array.dtype != object else (id(array),)
        found = self._constants.get(key)
        if found is None:
            number = len(self._constants)
            if text is not None and (fits(f"_c{number} = {text}", 0) or array.dtype == object):
                self._constant_lines += assignment(f"_c{number}", text, 0)
                found = Expr(f"_c{number}")
            else:
                self.arrays[f"constants.{number}"] = array
                found = Expr(f'params["constants.{number}"]')
            self._constants[key] = found
        return found

    def comment(self, t: Type) -> str:
        """A type as a comment."""
        return plain(str(t))

    # The module

    def module(
        self, *, gradient: bool | Sequence[str], of: str | Sequence[str] | None, whole: bool = False
    ) -> NumpyModule:
        """The whole text and its arrays."""
        graph, seeds = self._graph(gradient=gradient, of=of)
        functions = Functions(self, graph, seeds, whole=whole)
        body = functions.lines()
        text = [*self._shared(), *body]
        for node in functions.stored:
            tensor = node.variable.tensor if node.variable is not None else None
            if tensor is not None:
                self.arrays[str(node.name)] = tensor.array
        lines = [*self._header(), *self._imports("\n".join(text)), *functions.table(), *text]
        return NumpyModule("\n".join(lines) + "\n", self.arrays)

    def _graph(self, *, gradient: bool | Sequence[str], of: str | Sequence[str] | None) -> tuple[Graph, dict[str, str]]:
        """The graph to write, and the name of the cotangent that is an input for each output with one."""
        model = self.model
        if gradient is False:
            return inline(model, has_no_rule), {}
        wrt = None if gradient is True else list(gradient)
        floats = [
            o.name
            for o in model.outputs
            if autodiff.carries_cotangent(model.value_type(model.output_value(o)))
            and o.role in (OutputRole.RESULT, OutputRole.LOSS)
        ]
        losses = [o.name for o in model.outputs if o.role is OutputRole.LOSS]
        ofs = [of] if isinstance(of, str) else list(of) if of is not None else losses or floats
        made = autodiff.gradient(model, ofs, wrt, cotangents=True, outputs=[o.name for o in model.outputs])
        fresh = [str(n.name) for n in made.inputs][len(model.inputs) :]
        return inline(made, has_no_rule), dict(zip(ofs, fresh, strict=True))

    def _header(self) -> list[str]:
        # the public face is loaded before any module of it, and no module may ask it for more
        version = sys.modules["irlib"].__version__
        return [
            f'"""The graph {plain(self.model.name)} as numpy code.',
            "",
            f"Written by irlib {version}; do not edit.",
            f"Graph: sha256 {digest(self.model)}",
            '"""',
            "",
        ]

    @staticmethod
    def _imports(text: str) -> list[str]:
        """numpy, and ml_dtypes where a dtype is one that numpy does not have."""
        names = [("ml_dtypes", "import ml_dtypes"), ("np", "import numpy as np")]
        found = [line for name, line in names if f"{name}." in text]
        return [*found, ""] if found else []

    def _shared(self) -> list[str]:
        """Constants, helpers and regions."""
        lines = ["", *self._constant_lines] if self._constant_lines else []
        for source in closure(self._helpers):
            lines += ["", "", *source.splitlines()]
        return lines + self._region_lines
