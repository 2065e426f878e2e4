"""Ops on arrays, at once: what runs a node whose types are not known before, and a derivative rule on numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from irlib import autodiff
from irlib.builder import body_of
from irlib.errors import ExecutionError, IRError, UnsupportedError
from irlib.graph import Graph
from irlib.inference import check_operands
from irlib.interpreters.numpy_ref.budget import require_room
from irlib.interpreters.numpy_ref.kernel import KERNELS
from irlib.methods import Emitter, Value
from irlib.op import Composite, Known, Op, Operand, known_value
from irlib.types import TensorType, Type, dtype_of, type_of

__all__ = ["EagerBuilder", "EagerValue", "execute", "run_nodes"]

_BOUND: dict[tuple[Any, ...], Callable[..., Any]] = {}
_MOST_BOUND = 65536


def execute(op: Op, arrays: Sequence[Any], body: Graph | None = None) -> tuple[Any, ...]:
    """The results of `op` on runtime values (arrays, lists for sequences, None where absent).

    Raises: IRError as the op does; ExecutionError, naming op and operand types, for whatever else fails.
    """
    while arrays and arrays[-1] is None:
        arrays = arrays[:-1]
    key = (op, id(body), *[_key(a) for a in arrays])
    call = _BOUND.get(key)
    if call is None:
        if len(_BOUND) >= _MOST_BOUND:
            _BOUND.clear()
        call = _BOUND[key] = _bind(op, arrays, body)
    try:
        result = call(*arrays)
    except IRError:
        raise
    except (ArithmeticError, ValueError, IndexError, TypeError, MemoryError, np.linalg.LinAlgError) as error:
        types = ", ".join("absent" if a is None else str(type_of(a)) for a in arrays)
        raise ExecutionError(f"{op.name}({types}): {error}", code="IR610") from error
    if isinstance(result, tuple):
        return tuple(as_runtime(r) for r in result)
    return (as_runtime(result),)


def as_runtime(value: Any) -> Any:
    """0-d results as arrays, never numpy scalars; lists (sequences) and None (an absent optional) as they are."""
    return value if isinstance(value, np.ndarray | list) or value is None else np.asarray(value)


def _key(array: Any) -> Any:
    if isinstance(array, np.ndarray):
        return (array.dtype, array.shape)
    return None if array is None else type_of(array)


def _bind(op: Op, arrays: Sequence[Any], body: Graph | None) -> Callable[..., Any]:
    operands = tuple(None if a is None else Operand(type_of(a)) for a in arrays)
    import irlib.interpreters.numpy_ref.kernels  # noqa: F401  whoever comes first finds them registered

    binder = KERNELS.get(type(op))
    if binder is not None:
        check_operands(op, operands)
        types = _result_types(op, operands, arrays)
        require_room(types)
        return guarded(op, operands, types, binder(op, operands, types).call)
    if not isinstance(op, Composite):
        raise UnsupportedError(f"{op.name} has no kernel", code="IR321")
    if body is not None:
        return lambda *values: run_nodes(body, [v for v in values if v is not None])
    return lambda *values: run_nodes(_body_for(op, values), [v for v in values if v is not None])


def guarded(
    op: Op, operands: Sequence[Operand | None], results: Sequence[Type], call: Callable[..., Any]
) -> Callable[..., Any]:
    """`call`, its results weighed against the run's budget before it: those that the values of operands give a size.

    Raises, when called: BudgetError.
    """
    counted = [k for k, o in enumerate(operands) if o is not None and _may_give_a_size(o)]
    if not counted or isinstance(op, Composite) or all(_is_sized(t) for t in results):
        return call

    def weighed(*arrays: Any) -> Any:
        known = [
            o if o is None or k not in counted else Operand(o.type, known_of(arrays[k])) for k, o in enumerate(operands)
        ]
        types = op.infer(*known)
        require_room(types if isinstance(types, tuple) else (types,))
        return call(*arrays)

    return weighed


def _may_give_a_size(o: Operand) -> bool:
    t = o.type
    return isinstance(t, TensorType) and t.dtype.is_integer and t.rank in (0, 1) and o.known is None


def _is_sized(t: Type) -> bool:
    return not isinstance(t, TensorType) or t.is_static


def _result_types(op: Op, operands: tuple[Operand | None, ...], arrays: Sequence[Any]) -> tuple[Type, ...]:
    if isinstance(op, Composite) and type(op).infer is Op.infer:
        body = _body_for(op, arrays)
        return tuple(body.value_type(body.output_value(o)) for o in body.outputs)
    try:
        types = op.infer(*operands)
    except IRError:
        # an empty list does not say what it would hold; its kernels do not ask for result types
        if any(isinstance(a, list) and not a for a in arrays):
            return ()
        # what operands are may settle it: a loop of no steps need not fit
        known = [o if o is None else Operand(o.type, known_of(a)) for o, a in zip(operands, arrays, strict=True)]
        types = op.infer(*known)
    return types if isinstance(types, tuple) else (types,)


def _body_for(op: Composite, arrays: Sequence[Any]) -> Graph:
    """The body for these very values: integer operands may decide its structure."""
    operands = tuple(None if a is None else Operand(type_of(a), known_of(a)) for a in arrays)
    body = body_of(op, operands)
    if body is None:
        raise UnsupportedError(f"{op.name} has no body for these operands", code="IR322")
    return body


def known_of(array: Any) -> Known:
    return known_value(array) if isinstance(array, np.ndarray) else None


def run_nodes(graph: Graph, inputs: Sequence[Any]) -> tuple[Any, ...]:
    """The outputs of a graph whose variables are inputs, given in order, and constants. Node by node, no plan."""
    values: list[Any] = [None] * len(graph.type)
    feed = iter(inputs)
    first, start, operand = graph.first.tolist(), graph.start.tolist(), graph.operand.tolist()
    for node, kind in enumerate(graph.kind.tolist()):
        if kind < 0:
            tensor = graph.variables[~kind].tensor
            values[first[node]] = next(feed) if tensor is None else tensor.array
            continue
        ids = operand[start[node] : start[node + 1]]
        arrays = [None if i < 0 else values[i] for i in ids]
        values[first[node] : first[node + 1]] = execute(graph.ops[kind], arrays, graph.bodies[kind])
    return tuple(values[graph.output_value(o)] for o in graph.outputs)


class EagerValue(Value):
    """A computed value."""

    __slots__ = ("_operand", "array")

    def __init__(self, builder: Emitter, array: Any) -> None:
        self.builder = builder
        self.array = array
        self._operand: Operand | None = None

    @property
    def operand(self) -> Operand:
        if self._operand is None:
            array = self.array
            made: Type = TensorType(dtype_of(array), array.shape) if isinstance(array, np.ndarray) else type_of(array)
            self._operand = Operand(made, known_of(array))
        return self._operand

    def __repr__(self) -> str:
        return f"<{self.type}>"


class EagerBuilder(Emitter):
    """The emitter that computes at once; the interpreter's backward runs derivative rules on it."""

    def emit(self, op: Op, operands: Sequence[Any], name: str | None = None) -> tuple[EagerValue, ...]:
        arrays = [None if v is None else v.array for v in operands]
        return tuple([EagerValue(self, r) for r in execute(op, arrays)])

    def constant(self, value: Any, dtype: Any = None, name: str | None = None) -> EagerValue:
        from irlib.builder import as_array

        return EagerValue(self, as_array(value, dtype))

    def pullback(self, graph: Graph, wrt: Sequence[int]) -> Graph:
        return autodiff.pullback(graph, tuple(wrt))
