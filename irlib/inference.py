"""Type inference with a memory: an op's rule runs once per distinct (op, operand types, known values), not per node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from irlib.dims import Dim, substitute
from irlib.errors import IRError, IRTypeError, StructureError
from irlib.graph import Graph
from irlib.op import Composite, ForeignOp, Known, Op, Operand, known_value, signature_of
from irlib.types import TensorType, Type, within_limits

__all__ = ["Entry", "Inference", "check_operands", "known_of_variable"]

BodyMaker = Callable[[Composite, tuple[Operand | None, ...]], "Graph | None"]


class Entry:
    """What inference found for one signature: the results, and the body where the op is a composite."""

    __slots__ = ("body", "results")

    def __init__(self, results: tuple[int, ...], body: Graph | None) -> None:
        self.results = results
        """Descriptions (see `Inference.describe`) of the results."""
        self.body = body


class Inference:
    """Descriptions (type and known value, numbered) and what each signature over them gives."""

    def __init__(self, make_body: BodyMaker) -> None:
        self.described: list[Operand] = []
        self._numbers: dict[tuple[Type, Known], int] = {}
        self._make_body = make_body

    def describe(self, type: Type, known: Known = None) -> int:
        """The number of a description."""
        # True == 1 in Python, so a known bool must not meet a known int of the same type: types differ, which suffices
        key = (type, known)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.described)
            self.described.append(Operand(type, known))
        return number

    def infer(self, op: Op, descriptions: Sequence[int], body: Graph | None = None) -> Entry:
        """The entry for `op` on operands so described, -1 where absent. A composite's `body`, where given, is kept.

        Raises: IRError as the op's rule does.
        """
        operands = tuple(None if d < 0 else self.described[d] for d in descriptions)
        check_operands(op, operands)
        if isinstance(op, Composite):
            if body is None:
                body = self._make_body(op, operands)
            if body is not None:
                return Entry(self._results_of_body(op, body, operands), body)
        try:
            types = op.infer(*operands)
        except IRError as error:
            raise (error if op.name in error.where else error.at(op.name)) from None
        known: Any = op.known(*operands)
        if isinstance(types, tuple):
            knowns = known if isinstance(known, tuple) and len(known) == len(types) else (None,) * len(types)
            return Entry(tuple(self._result(op, t, k) for t, k in zip(types, knowns, strict=True)), None)
        return Entry((self._result(op, types, known),), None)

    def _result(self, op: Op, t: Type, known: Known) -> int:
        if isinstance(t, TensorType):
            try:
                within_limits(t)
            except IRTypeError as error:
                raise error.at(op.name) from None
        return self.describe(t, known)

    def _results_of_body(self, op: Op, body: Graph, operands: Sequence[Operand | None]) -> tuple[int, ...]:
        knowns, sizes = body_knowns(body), _sizes(body, operands)
        types = [body.value_type(body.output_value(o)) for o in body.outputs]
        return tuple(self._result(op, _sized(t, sizes), k) for t, k in zip(types, knowns, strict=True))


def _sizes(body: Graph, operands: Sequence[Operand | None]) -> dict[str, int]:
    """What the symbols of a body are for operands of these types, as far as a dim that is one has a number here."""
    found: dict[str, int] = {}
    for node, operand in zip(body.inputs, [o for o in operands if o is not None], strict=False):
        declared = node.type
        if operand.type is declared or not isinstance(declared, TensorType) or not isinstance(operand.type, TensorType):
            continue
        for dim, size in zip(declared.shape or (), operand.type.shape or (), strict=False):
            if not (isinstance(dim, Dim) and isinstance(size, int) and str(dim) in dim.symbols):
                continue
            if found.setdefault(str(dim), size) != size:
                return {}  # they contradict one another: what runs says so
    return found


def _sized(t: Type, sizes: dict[str, int]) -> Type:
    """`t` with its symbols replaced by `sizes`."""
    if not sizes or not isinstance(t, TensorType) or t.shape is None:
        return t
    return TensorType(t.dtype, tuple(substitute(d, sizes) for d in t.shape))


_BODY_KNOWNS: dict[int, tuple[Graph, tuple[Known, ...]]] = {}


def remember_body_knowns(body: Graph, knowns: tuple[Known, ...]) -> None:
    """Keep what was known of a body's outputs when it was built; a body read from a file knows nothing."""
    if any(k is not None for k in knowns):
        _BODY_KNOWNS[id(body)] = (body, knowns)


def body_knowns(body: Graph) -> tuple[Known, ...]:
    """What is known of the values of a body's outputs."""
    found = _BODY_KNOWNS.get(id(body))
    return found[1] if found is not None else (None,) * len(body.outputs)


def check_operands(op: Op, operands: Sequence[Operand | None]) -> None:
    """Raises: StructureError when the number of operands is wrong or one that must be there is absent."""
    if isinstance(op, ForeignOp):
        return
    signature = signature_of(type(op))
    if not signature.accepts(len(operands)):
        expected = f"{signature.required}" if signature.required == len(signature.operands) else (
            f"at least {signature.required}" if signature.variadic
            else f"{signature.required} to {len(signature.operands)}"
        )  # fmt: skip
        raise StructureError(
            f"{op.name} got {len(operands)} operands, expected {expected} ({', '.join(signature.operands)})",
            code="IR104",
        )
    for name, operand in zip(signature.operands[: signature.required], operands, strict=False):
        if operand is None:
            raise StructureError(f"{op.name}: operand {name!r} is absent, expected a value", code="IR105")


def known_of_variable(tensor: Any) -> Known:
    """What inference knows of a constant's tensor; None for a variable without one."""
    return None if tensor is None else known_value(np.asarray(tensor.array))


def unify(declared: Type, inferred: Type) -> bool:
    """Whether a declared type may stand where inference found `inferred`: equal wherever both are known as numbers.

    A declared dim that inference leaves open is an assertion, checked when the graph runs.
    """
    if isinstance(declared, TensorType) and isinstance(inferred, TensorType):
        if declared.dtype is not inferred.dtype:
            return False
        if declared.shape is None or inferred.shape is None:
            return True
        return len(declared.shape) == len(inferred.shape) and all(
            not (isinstance(a, int) and isinstance(b, int)) or a == b
            for a, b in zip(declared.shape, inferred.shape, strict=True)
        )
    if type(declared) is not type(inferred):
        return False
    return unify(declared.element, inferred.element)  # type: ignore[union-attr]


def require_rank(operand: Operand, what: str = "operand") -> int:
    """The rank of a tensor operand. Raises: IRTypeError when it is not known."""
    rank = operand.rank
    if rank is None:
        raise IRTypeError(
            f"the rank of {what} is not known", code="IR210", remedy="declare its type, or use irlib.specialize"
        )
    return rank
