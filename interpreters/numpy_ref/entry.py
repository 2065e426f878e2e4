"""Entries: what a plan finds out once per signature (op, operand types, known values, modes), not once per node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irlib.builder import body_of
from irlib.errors import IRError
from irlib.graph import Graph
from irlib.inference import Inference
from irlib.interpreters.numpy_ref.kernel import KERNELS, Bound, Style
from irlib.interpreters.numpy_ref.steps import is_bindable
from irlib.op import Op, Operand
from irlib.tensor import Array
from irlib.types import TensorType, Type

__all__ = ["CONST", "LATE", "STATIC", "Entries", "Entry", "constant_of"]

CONST, STATIC, LATE = 0, 1, 2
"""The modes of a value; the plan says what they are."""

LEAST_IN_PLACE = 64
"""Elements from which a result is written over an operand: what it saves is cache."""


class Entry:
    """What one signature becomes."""

    __slots__ = (
        "bound", "cost", "count", "dtype", "elementwise", "late", "nbytes", "results", "shape", "static", "type",
        "value",
    )  # fmt: skip

    def __init__(self) -> None:
        self.bound: Bound | None = None
        self.results: tuple[int, ...] = ()
        self.value: Array | None = None
        """The one result where its type alone says what it is, as a shape does."""
        self.static = False
        """Whether the one result can be written into an array made beforehand."""
        self.elementwise = False
        """Whether that array may be one that is read: each element is read before it is written."""
        self.late = False
        """Whether an operand is late."""
        self.nbytes = 0
        self.cost = 0
        self.count = 0
        self.shape: tuple[int, ...] = ()
        self.dtype: Any = None
        self.type: Any = None
        """What arrays that can stand for one another have in common."""


class Entries:
    """The entries of a graph, and the numbers by which a signature speaks of operands: one per (type, known, mode)."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.inference = Inference(body_of)
        self.made: dict[tuple[int, ...], Entry] = {}
        self.modes: list[int] = []
        self._described: dict[tuple[int, int], int] = {}
        self._of: list[int] = []  # description of inference behind each number

    def describe(self, t: Type, known: Any, mode: int) -> int:
        """The number of an operand of this type, of which so much is known."""
        key = (self.inference.describe(t, known), mode)
        number = self._described.get(key)
        if number is None:
            number = self._described[key] = len(self._of)
            self._of.append(key[0])
            self.modes.append(mode)
        return number

    def operand(self, number: int) -> Operand:
        """What a number stands for."""
        return self.inference.described[self._of[number]]

    def entry(self, node: int, kind: int, key: tuple[int, ...]) -> Entry:
        """The entry of a signature met for the first time, at `node`; `key` is the kind and its operands' numbers.

        Raises: IRError where the types do not fit.
        """
        graph, numbers = self.graph, key[1:]
        op, body = graph.ops[kind], graph.bodies[kind]
        entry = self.made[key] = Entry()
        present = [d for d in numbers if d >= 0]
        entry.late = any(self.modes[d] == LATE for d in present)
        operands = tuple(None if d < 0 else self.operand(d) for d in numbers)
        try:
            found = self.inference.infer(op, [-1 if d < 0 else self._of[d] for d in numbers], body)
            results = tuple(self.inference.described[d] for d in found.results)
            entry.bound = _bind(op, operands, results)
        except IRError as error:
            raise error.at(f"graph {graph.name!r}, {graph.nodes[node]}") from None
        constant = all(self.modes[d] == CONST for d in present)
        if not constant and len(results) == 1:
            entry.value = constant_of(results[0])
            constant = entry.value is not None
        _sized(entry, operands, results, constant=constant)
        mode = CONST if constant else STATIC if entry.static else LATE
        entry.results = tuple(self.describe(r.type, r.known, mode) for r in results)
        return entry


def _bind(op: Op, operands: tuple[Operand | None, ...], results: tuple[Operand, ...]) -> Bound | None:
    """The kernel, where every type is known; None: the node is bound when it runs."""
    binder = KERNELS.get(type(op))
    if binder is None or not all(is_bindable(o) for o in operands):
        return None
    return binder(op, operands, tuple(r.type for r in results))


def _sized(entry: Entry, operands: Sequence[Operand | None], results: Sequence[Operand], *, constant: bool) -> None:
    """What is to be known of the array for the one result, where its shape is."""
    if len(results) != 1 or not isinstance(results[0].type, TensorType) or not results[0].type.is_static:
        return
    t = results[0].tensor
    size = int(t.size)  # type: ignore[arg-type]
    entry.shape = tuple(int(d) for d in t.shape or ())  # type: ignore[arg-type]
    entry.dtype = t.dtype.numpy
    entry.nbytes = size * t.dtype.numpy.itemsize
    sizes = [o.tensor.size for o in operands if o is not None and isinstance(o.type, TensorType)]
    entry.cost = max([size, *(n for n in sizes if isinstance(n, int))])
    entry.type = (t.dtype.name, entry.shape)
    bound = entry.bound
    entry.static = bound is not None and bound.style is Style.INTO and not constant
    # a ufunc with a signature (matmul) reads elements again; for single numbers numpy looks long at what overlaps
    call = None if bound is None else bound.call
    entry.elementwise = isinstance(call, np.ufunc) and call.signature is None and size >= LEAST_IN_PLACE


def constant_of(result: Operand) -> Array | None:
    """The array, where it is an integer tensor all of whose elements inference knows."""
    t, ints = result.type, result.ints
    if ints is None or not isinstance(t, TensorType) or not t.is_static or not t.dtype.is_integer:
        return None
    made = np.array(ints, t.dtype.numpy).reshape([int(str(d)) for d in t.shape or ()])
    made.flags.writeable = False
    return made
