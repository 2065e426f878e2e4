"""A function that runs again and again for operands of one shape: its values written into buffers that are kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from irlib.converters.numpy_code.blocks import blocks_of
from irlib.converters.numpy_code.emit import form
from irlib.converters.numpy_code.emit.elementwise import UFUNCS
from irlib.converters.numpy_code.emit.form import LOOSE, Expr, dtype_text, quoted
from irlib.converters.numpy_code.emit.shape import summed
from irlib.converters.numpy_code.function_body import FunctionWriter
from irlib.converters.numpy_code.functions import definition
from irlib.converters.numpy_code.idioms import idioms
from irlib.converters.numpy_code.names import Names
from irlib.converters.numpy_code.sizes import Sizes
from irlib.converters.numpy_code.storage import FRESH, Storage
from irlib.converters.numpy_code.templates import Templates
from irlib.converters.numpy_code.values import ValueNames
from irlib.graph import Graph
from irlib.interpreters.numpy_ref.memory import LEAST
from irlib.types import TensorType

if TYPE_CHECKING:
    from irlib.converters.numpy_code.module import ModuleWriter

__all__ = ["BufferedWriter"]

_REDUCE = {"sum": "np.add.reduce", "prod": "np.multiply.reduce", "max": "np.maximum.reduce", "min": "np.minimum.reduce"}
_ROWS = ("softmax", "log_softmax")
_NO_INTEGERS = ("divide", "floor_divide", "remainder", "fmod", "power", "floor", "ceil", "round", "trunc", "reciprocal")


class BufferedWriter(FunctionWriter):
    """Writes ``make()``, which makes buffers and the function that runs in them.

    The function takes the inputs of the graph in order and gives its outputs by name, in memory of their own.
    """

    def __init__(self, module: ModuleWriter, graph: Graph) -> None:
        sizes = Sizes(graph)
        templates = Templates(graph, sizes, idioms(graph, sizes, means=False))
        names = ValueNames(graph, Names())
        self.arguments = [int(graph.first[n.index]) for n in graph.inputs]
        bound = {v: Expr(names.of(v)) for v in self.arguments}
        super().__init__(module, templates, names, bound, {}, fused=False)
        self._given = [graph.output_value(o) for o in graph.outputs]
        self._nodes = templates.live(self._given)
        self._mode = {v: how for n in self._nodes if (how := self._how(n)) for v in [int(graph.first[n])]}
        self._storage = Storage(templates, self._nodes, self._mode, set(self._given))
        self._bindings: dict[str, str] = {}
        self._views: dict[tuple[int, Any], str] = {}
        self._held: list[str] = []

    def source(self) -> list[str]:
        """The lines of ``make``."""
        first = self.graph.first.tolist()
        uses = Counter(v for n in self._nodes for v in self.templates.used(n))
        for node in self._nodes:
            count = first[node + 1] - first[node]
            if count == 1 and first[node] in self._mode:
                self._write_into(node, first[node])
            else:
                self._node(node, first[node], count, uses, set(self._given))
        rows = [
            f"        {quoted(o.name)}: {self._returned(self._given[k], k)}," for k, o in enumerate(self.graph.outputs)
        ]
        body = [*self.lines, "    return {", *rows, "    }"]
        used = {slot for slot, _ in self._views}
        buffers = [f"    _b{k} = np.empty({size}, np.uint8)" for k, size in enumerate(self._storage.sizes) if k in used]
        bindings = [f"    {name} = {text}" for text, name in self._bindings.items()]
        return [
            "def make():",
            *bindings,
            *buffers,
            *self._held,
            "",
            '    @np.errstate(all="ignore")',
            *("    " + line for line in definition("run", [self.bound[v].text for v in self.arguments])),
            *("    " + line for line in body),
            "",
            "    return run",
        ]

    def _how(self, node: int) -> str | None:
        """How the value of `node` is written into an array that is given, or None where it is not."""
        graph = self.graph
        op = graph.ops[int(graph.kind[node])]
        first = int(graph.first[node])
        t = graph.value_type(first)
        if (
            op.dialect != "irlib"
            or not isinstance(t, TensorType)
            or not _is_plain(t)
            or int(graph.first[node + 1]) - first != 1
        ):
            return None
        types = [graph.value_type(v) for v in self._ids(node) if v >= 0]
        x = types[0] if types else None
        if not isinstance(x, TensorType) or x.dtype.numpy.isbuiltin != 1 or x.dtype.is_half or not x.is_static:
            return None
        if op.name in UFUNCS:
            able = form.is_native(UFUNCS[op.name], x.dtype) and all(_is_native(u) for u in types)
            return "elementwise" if able and not (x.dtype.is_integer and op.name in _NO_INTEGERS) else None
        if op.name == "relu":
            return "elementwise"
        if op.name == "where":
            return "elementwise" if all(map(_is_native, types)) else None
        if op.name in _ROWS:
            return "elementwise" if x.dtype.kind == "float" else None
        if op.name == "matmul":
            return "whole" if x.dtype.kind == "float" and all(_is_matrix(u) for u in types) else None
        if op.name == "sum_to":
            found = summed(x, t) if x.dtype.kind == "float" else None
            return "whole" if found is not None and not (found[1] and x.rank != t.rank) else None
        if op.name in _REDUCE:
            return "whole" if x.dtype.kind == "float" and self._axes(node) is not None else None
        return None

    def _ids(self, node: int) -> list[int]:
        return list(self.templates.of(node).operands)

    def _axes(self, node: int) -> str | None:
        ids = self._ids(node)
        if len(ids) < 2 or ids[1] < 0:
            return "None"
        array = self.templates.constant(ids[1])
        if array is None:
            return None
        axes = tuple(int(a) for a in array.reshape(-1))
        return str(axes[0]) if len(axes) == 1 else repr(axes)

    # Statements

    def _f(self, text: str) -> str:
        """A function of numpy under a name that is found fast."""
        return self._bindings.setdefault(text, "_" + text.replace("np.", "").replace(".", "_"))

    def _add_line(self, text: str) -> None:
        self.lines.append(f"    {text}")

    def _out(self, value: int) -> str | None:
        """The array that `value` is written into; None where it is handed out, and numpy makes a new one."""
        root = self._storage.given.get(value)
        if root is not None:
            return self._taken(value) if value == root else self.names.of(root)
        slot = self._storage.slot.get(value)
        if slot is None:
            return None
        t = self.graph.value_type(value)
        assert isinstance(t, TensorType)
        key = (slot, int(self.graph.type[value]))
        found = self._views.get(key)
        if found is None:
            found = self._views[key] = f"_b{slot}_{len(self._views)}"
            size = int(np.prod(t.shape, dtype=np.int64)) * t.dtype.numpy.itemsize  # type: ignore[arg-type]
            self._held.append(f"    {found} = _b{slot}[:{size}].view({dtype_text(t.dtype)}).reshape({t.shape})")
        return found

    def _taken(self, value: int) -> str | None:
        """A large array to hand out, taken from those that nobody has any more; None for a small one."""
        t = self.graph.value_type(value)
        assert isinstance(t, TensorType)
        nbytes = int(np.prod(t.shape)) * t.dtype.numpy.itemsize  # type: ignore[arg-type]
        if nbytes < LEAST:
            return None
        name = self.names.of(value)
        take = self.names.names.fresh(f"take_{name}")
        self._held.append(f"    {take} = fresh({t.shape}, {dtype_text(t.dtype)}, {nbytes})")
        self._add_line(f"{name} = {take}()")
        return name

    def _called(self, value: int, function: str, *arguments: str, out_keyword: bool = False) -> None:
        """``function(*arguments, out)``, or a new array of it."""
        out = self._out(value)
        inside = ", ".join(arguments)
        if out is None:
            name = self.names.of(value)
            self._add_line(f"{name} = {self._f(function)}({inside})")
            self.bound[value] = Expr(name)
            return
        self._add_line(f"{self._f(function)}({inside}, {'out=' if out_keyword else ''}{out})")
        self.bound[value] = Expr(out)

    def _write_into(self, node: int, value: int) -> None:
        op = self.graph.ops[int(self.graph.kind[node])]
        ids = self._ids(node)
        if op.name in UFUNCS:
            ufunc = f"np.{UFUNCS[op.name].__name__}"
            self._called(value, ufunc, *map(self._array, ids), out_keyword=ufunc in ("np.maximum", "np.minimum"))
        elif op.name == "relu":
            self._called(value, "np.maximum", self._array(ids[0]), "0.0", out_keyword=True)
        elif op.name == "matmul":
            self._product(value, ids)
        elif op.name == "where":
            self._masked(value, ids)
        elif op.name in _ROWS:
            self._rows(value, op, self._array(ids[0]))
        else:
            self._reduced(node, value, op, ids)

    def _product(self, value: int, ids: list[int]) -> None:
        """A product, in blocks of rows or columns where that is faster."""
        x, y = (self.graph.value_type(v) for v in ids)
        assert isinstance(x, TensorType)
        assert isinstance(y, TensorType)
        blocks = None
        if x.rank == y.rank == 2 and x.dtype.name in ("float32", "float64"):
            (m, k), n = x.shape, y.shape[1]  # type: ignore[misc,index]
            blocks = blocks_of(m, k, n)  # type: ignore[arg-type]
        if blocks is None:
            self._called(value, "np.matmul", *map(self._array, ids))
            return
        parts = blocks.parts
        left, right = map(self._array, ids)
        out = self._out(value)
        view = f".reshape({m}, {parts}, {n // parts}).transpose(1, 0, 2)"  # type: ignore[operator]
        if blocks.of_rows:
            left = f"{left}.reshape({parts}, {m // parts}, {k})"  # type: ignore[operator]
            view = f".reshape({parts}, {m // parts}, {n})"  # type: ignore[operator]
        else:
            right = f"{right}.reshape({k}, {parts}, {n // parts}).transpose(1, 0, 2)"  # type: ignore[operator]
        if out is None:
            out = self.names.of(value)
            self._add_line(f"{out} = {self._f('np.empty')}(({m}, {n}), {dtype_text(x.dtype)})")
            made = f"{out}{view}"
        elif value in self._storage.given:
            made = f"{out}{view}"
        else:
            made = f"{out}_blocks{'_of_rows' if blocks.of_rows else ''}"
            line = f"    {made} = {out}{view}"
            if line not in self._held:
                # a product is not made in place: what it is written to is a buffer
                self._held.append(line)
        self._add_line(f"{self._f('np.matmul')}({left}, {right}, {made})")
        self.bound[value] = Expr(out)

    def _reduced(self, node: int, value: int, op: Any, ids: list[int]) -> None:
        if op.name == "sum_to":
            found = summed(self.graph.value_type(ids[0]), self.graph.value_type(value))
            assert found is not None
            axes, keepdims = repr(found[0][0]) if len(found[0]) == 1 else repr(found[0]), found[1]
            function = "np.add.reduce"
        else:
            axes, keepdims, function = str(self._axes(node)), op.keepdims, _REDUCE[op.name]
        given = [self._array(ids[0]), axes, "None", self._out(value) or "None"]
        text = f"{self._f(function)}({', '.join([*given, *(['True'] if keepdims else [])])})"
        if given[-1] == "None":
            name = self.names.of(value)
            self._add_line(f"{name} = {text}")
            self.bound[value] = Expr(name)
        else:
            self._add_line(text)
            self.bound[value] = Expr(given[-1])

    def _masked(self, value: int, ids: list[int]) -> None:
        """``where(condition, x, y)``: one of them in place, the other put where the mask says."""
        condition, x, y = map(self._array, ids)
        taken = self._storage.in_place.get(value)
        shapes = {getattr(self.graph.value_type(v), "shape", None) for v in ids}
        if taken not in ids[1:] or ids.count(taken) != 1:
            name = self.names.of(value)
            self._add_line(f"{name} = {self._f('np.where')}({condition}, {x}, {y})")
            self.bound[value] = Expr(name)
            return
        stays, comes = (x, y) if taken == ids[1] else (y, x)
        mask = f"{self._f('np.logical_not')}({condition})" if taken == ids[1] else condition
        if len(shapes) == 1:
            self._add_line(f"{self._f('np.putmask')}({stays}, {mask}, {comes})")
        else:
            self._add_line(f"{self._f('np.copyto')}({stays}, {comes}, where={mask})")
        self.bound[value] = Expr(stays)

    def _rows(self, value: int, op: Any, x: str) -> None:
        """A softmax, or its logarithm: a row of -inf gives zeros, as its largest element is held at a finite number."""
        t = self.graph.value_type(value)
        assert isinstance(t, TensorType)
        if 0 in (t.shape or ()):
            name = self.names.of(value)
            self._add_line(f"{name} = np.empty({t.shape}, {dtype_text(t.dtype)})")
            self.bound[value] = Expr(name)
            return
        maximum, reduced = self._f("np.maximum"), self._f("np.add.reduce")
        least = f"{float(np.finfo(t.dtype.numpy).min)!r}"
        rows = self.names.names.fresh("rows")
        self._add_line(f"{rows} = {self._f('np.maximum.reduce')}({x}, {op.axis}, None, None, True)")
        self._add_line(f"{maximum}({rows}, {least}, out={rows})")
        subtract, buffer = self._f("np.subtract"), self._out(value)
        out = self.names.of(value) if buffer is None else buffer
        self._add_line(f"{out} = {subtract}({x}, {rows})" if buffer is None else f"{subtract}({x}, {rows}, {out})")
        exp = self._f("np.exp")
        if op.name == "softmax":
            self._add_line(f"{exp}({out}, {out})")
            self._add_line(f"{rows} = {reduced}({out}, {op.axis}, None, None, True)")
            self._add_line(f"{maximum}({rows}, 1.0, out={rows})")
            self._add_line(f"{self._f('np.divide')}({out}, {rows}, {out})")
        else:
            self._add_line(f"{rows} = {reduced}({exp}({out}), {op.axis}, None, None, True)")
            self._add_line(f"{maximum}({rows}, 1.0, out={rows})")
            self._add_line(f"{subtract}({out}, {self._f('np.log')}({rows}, {rows}), {out})")
        self.bound[value] = Expr(out)

    # Operands and results

    def _array(self, value: int) -> str:
        return self._expr(value).at(LOOSE)

    def _expr(self, value: int) -> Expr:
        found = self.bound.get(value)
        if found is None:
            found = super()._expr(value)
            if value >= 0 and found.text.startswith(("np.", "params[")):
                name = f"_k{len(self._held)}"
                self._held.append(f"    {name} = {found.text}")
                found = self.bound[value] = Expr(name)
        return found

    def _returned(self, value: int, place: int) -> str:
        """An output in memory of its own."""
        text = self._array(value)
        node = int(self.graph.owner[value])
        kind = int(self.graph.kind[node])
        is_new = (
            kind >= 0
            and self.templates.sizes.of(value) is None
            and (self.graph.ops[kind].name in FRESH or value in self._mode)
        )
        if self._given.index(value) < place or not is_new:
            self.module.needs(["_own"])
            return f"_own({text})"
        t = self.graph.value_type(value)
        return text if isinstance(t, TensorType) and t.rank else f"np.asarray({text})"


def _is_plain(t: Any) -> bool:
    """Whether arrays of the type can be buffers."""
    return isinstance(t, TensorType) and t.is_static and bool(t.shape) and t.dtype.numpy.isbuiltin == 1


def _is_matrix(t: Any) -> bool:
    return isinstance(t, TensorType) and t.shape is not None and len(t.shape) >= 2


def _is_native(t: Any) -> bool:
    return isinstance(t, TensorType) and t.dtype.numpy.isbuiltin == 1
