"""A graph as a Python module: numpy its only import, forward, backward and predict its functions."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from irlib import autodiff
from irlib.converters.numpy_code.buffered import BufferedWriter
from irlib.converters.numpy_code.carried import closure, helper_names
from irlib.converters.numpy_code.emit import load_rules
from irlib.converters.numpy_code.emit.form import Expr, dtype_text
from irlib.converters.numpy_code.functions import Functions, plain
from irlib.converters.numpy_code.idioms import idioms
from irlib.converters.numpy_code.layout import assignment, fits
from irlib.converters.numpy_code.literals import MOST_BYTES, literal, packed
from irlib.converters.numpy_code.region import RegionWriter, written_out
from irlib.converters.numpy_code.sizes import Sizes
from irlib.converters.numpy_code.templates import Templates
from irlib.errors import DerivativeError, StructureError, UnsupportedError
from irlib.graph import Graph, OutputRole, Role
from irlib.serde.durable import Replacement
from irlib.serde.files import digest
from irlib.types import DType, TensorType, Type

__all__ = ["ModuleWriter", "NumpyModule", "to_numpy"]

DEEPEST = 64
"""How deep graphs may nest, in files as in modules."""
STYLES = ("fused", "nodes")


class NumpyModule(str):
    """Emitted source, and the arrays it runs on: parameters and large constants by their keys in ``params``."""

    __slots__ = ("arrays",)
    arrays: Mapping[str, Any]

    def __new__(cls, source: str, arrays: Mapping[str, Any]) -> Self:
        made = super().__new__(cls, source)
        object.__setattr__(made, "arrays", MappingProxyType(dict(arrays)))
        return made

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    @property
    def source(self) -> str:
        """The text, as a plain string."""
        return str.__str__(self)

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
    model: Graph,
    style: str = "fused",
    *,
    gradient: bool | Sequence[str] | None = None,
    of: str | Sequence[str] | None = None,
) -> NumpyModule:
    """`model` as a Python module that imports numpy only.

    It has ``PARAMS``, ``forward(params, *inputs) -> (outputs, saved)``, ``predict(params, *inputs) -> outputs`` and,
    with `gradient`, ``backward(params, saved, d_out=1.0) -> grads``: the derivative of the outputs `of` by the
    parameters (or, where `gradient` names values, by these). Where `gradient` is None there is a backward for a model
    with parameters that has a derivative; True insists on one. In style ``nodes`` every node is a statement, in
    style ``fused`` what is used once stands where it is used.

    Raises: UnsupportedError for an op that numpy has no means for; DerivativeError.
    """
    if style not in STYLES:
        raise UnsupportedError(f"there is no style {style!r}", code="IR871", remedy=f"use one of: {', '.join(STYLES)}")
    load_rules()
    fused = style == "fused"
    if gradient is None and (of is not None or _trains(model)):
        try:
            return ModuleWriter(model, fused=fused).module(gradient=True, of=of)
        except (DerivativeError, UnsupportedError):
            if of is not None:
                raise
    return ModuleWriter(model, fused=fused).module(gradient=gradient or False, of=of)


class ModuleWriter:
    """What the functions of one module share: helpers, regions, constants, and the names of all of them."""

    def __init__(self, model: Graph, *, fused: bool) -> None:
        self.model = model
        self.fused = fused
        self.arrays: dict[str, Any] = {}
        self._plain_dtype = _usual_dtype(model)
        self._helpers: dict[str, None] = {}
        self._regions: dict[tuple[int, str], tuple[Graph, str]] = {}
        self._region_names: set[str] = set()
        self._depth = 0
        self._region_lines: list[str] = []
        self._constants: dict[tuple[Any, ...], Expr] = {}
        self._constant_lines: list[str] = []

    # What functions ask for

    def templates(self, graph: Graph, automatic: Container[str] = ()) -> Templates:
        """How the nodes of `graph` are written; `automatic` has the names that nobody gave."""
        sizes = Sizes(graph)
        return Templates(graph, sizes, idioms(graph, sizes, automatic) if self.fused else None)

    def needs(self, helpers: Iterable[str]) -> None:
        """Helper functions that go along into the module."""
        self._helpers.update(dict.fromkeys(helpers))

    def region(self, graph: Graph, name: str = "", *, hint: str = "region") -> str:
        """The name of the function that a region becomes, or, with the `name` of a composite, its body.

        `hint` is what a region may be called.
        """
        key = (id(graph), name)
        found = self._regions.get(key)
        if found is None:
            identifier = self._region_name(name or hint)
            self._depth += 1
            if self._depth > DEEPEST:
                raise StructureError(
                    f"graphs nest more than {DEEPEST} deep", code="IR517", where=f"graph {self.model.name!r}"
                )
            writer = RegionWriter(self, graph, identifier, name)
            lines = writer.lines()
            if any('params["constants.' in line or "(params, " in line for line in lines):
                # large constants are in `params`, which a region is handed before its own values
                lines = writer.lines(params=True)
                identifier = f"(lambda *values: {identifier}(params, *values))"
            self._depth -= 1
            self._regions[key] = found = (graph, identifier)
            self._region_lines += ["", "", *lines]
        return found[1]

    def _region_name(self, name: str) -> str:
        base = re.sub(r"[^a-z0-9]+", "_", _snake(name).lower())[:40].strip("_")
        base = f"_{base}" if base else "_region"
        found, k = base, 1
        while found in self._region_names or found in helper_names():
            k += 1
            found = f"{base}_{k}"
        self._region_names.add(found)
        return found

    def constant(self, t: Type, array: Any) -> Expr:
        """A constant by value: in place where it is a scalar, else a name of the module; a large one is in `params`."""
        assert isinstance(t, TensorType)
        dtype = dtype_text(t.dtype)
        text = literal(array, dtype)
        if text is not None and array.ndim == 0:
            return Expr(text)
        key = (array.dtype.str, array.shape, array.tobytes()) if array.dtype != object else (id(array),)
        found = self._constants.get(key)
        if found is None:
            number = len(self._constants)
            name = f"_c{number}"
            if text is not None and (fits(f"{name} = {text}", 0) or array.dtype == object):
                self._constant_lines += assignment(name, text, 0)
                found = Expr(name)
            elif array.nbytes <= MOST_BYTES and array.dtype != object:
                self._constant_lines += packed(name, array, dtype)
                found = Expr(name)
            else:
                self.arrays[f"constants.{number}"] = array
                found = Expr(f'params["constants.{number}"]')
            self._constants[key] = found
        return found

    def comment(self, t: Type) -> str:
        """A type as a comment: its shape alone where the dtype is that of most of the module."""
        if self.fused and isinstance(t, TensorType) and t.dtype is self._plain_dtype and t.shape is not None:
            return plain(f"[{', '.join('?' if d is None else str(d) for d in t.shape)}]")
        return plain(str(t))

    # The module

    def module(
        self, *, gradient: bool | Sequence[str], of: str | Sequence[str] | None, whole: bool = False
    ) -> NumpyModule:
        """The whole text and its arrays."""
        graph, seeds, automatic = self._graph(gradient=gradient, of=of)
        functions = Functions(self, graph, seeds, automatic, whole=whole)
        body = functions.lines()
        text = [*self._shared(), *body]
        lines = [*self._header(), *self._imports("\n".join(text)), *functions.table(), *text]
        arrays = {}
        for node in functions.stored:
            tensor = node.variable.tensor if node.variable is not None else None
            if tensor is not None:
                arrays[str(node.name)] = tensor.array
        return NumpyModule("\n".join(lines) + "\n", {**arrays, **self.arrays})

    def routine(self, graph: Graph) -> NumpyModule:
        """A module with ``make()``, which gives a function of the inputs of `graph` that runs in buffers."""
        body = BufferedWriter(self, graph).source()
        text = [*self._shared(), "", "", *body]
        return NumpyModule("\n".join([*self._imports("\n".join(text)), *text]) + "\n", self.arrays)

    def _graph(
        self, *, gradient: bool | Sequence[str], of: str | Sequence[str] | None
    ) -> tuple[Graph, dict[str, str], frozenset[str]]:
        """The graph to write, the cotangent that is an input for each output with one, and names nobody gave."""
        model = self.model
        if gradient is False:
            return written_out(model), {}, frozenset()
        wrt = None if gradient is True else list(gradient)
        floats = [
            o.name
            for o in model.outputs
            if autodiff.carries_cotangent(model.value_type(model.output_value(o)))
            and o.role in (OutputRole.RESULT, OutputRole.LOSS)
        ]
        losses = [o.name for o in model.outputs if o.role is OutputRole.LOSS]
        ofs = [of] if isinstance(of, str) else list(of) if of is not None else losses or floats
        if not ofs:
            raise DerivativeError(
                "no output has a derivative", code="IR704", where=f"graph {model.name!r}", remedy="name one as `of`"
            )
        names = [o.name for o in model.outputs]
        made = autodiff.gradient(model, ofs, wrt, cotangents=True, outputs=names, named=True)
        fresh = [str(n.name) for n in made.inputs][len(model.inputs) :]
        given = {*model.names.values()}
        automatic = frozenset(n for n in made.names.values() if n not in given and n not in fresh)
        return written_out(made), dict(zip(ofs, fresh, strict=True)), automatic

    def _header(self) -> list[str]:
        # the public face is loaded before any module of it, and no module may ask it for more
        version = sys.modules["irlib"].__version__
        return [
            f'"""The graph {plain(self.model.name)[:60]} as numpy code.',
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
        for source in closure(set(self._helpers)):
            lines += ["", "", *source.splitlines()]
        return lines + self._region_lines


def _trains(model: Graph) -> bool:
    """Whether there is something to differentiate by, and the model is no gradient itself."""
    own = all(o.role is not OutputRole.GRADIENT for o in model.outputs)
    return own and any(autodiff.carries_cotangent(p.type) for p in model.parameters)


def _usual_dtype(model: Graph) -> DType | None:
    """The float dtype that most inputs and parameters have."""
    found: dict[DType, int] = {}
    for v in model.variables:
        if isinstance(v.type, TensorType) and v.type.dtype.kind == "float" and v.role is not Role.CONSTANT:
            found[v.type.dtype] = found.get(v.type.dtype, 0) + 1
    return max(found, key=lambda dtype: found[dtype]) if found else None


def _snake(name: str) -> str:
    """``BatchNormalization`` as ``batch_normalization``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
