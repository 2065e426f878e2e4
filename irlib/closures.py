"""Regions by type: what a closed graph gives for operands of given types, and how types of two paths join.

A region declares the types of its inputs. What is known of the operands narrows them, and the graph is inferred anew,
so that a region written once for ``float32[n, 4]`` gives ``float32[8, 4]`` where it is used on eight rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from irlib.builder import Builder
from irlib.dims import MaybeDim
from irlib.errors import IRError, IRTypeError, StructureError
from irlib.graph import Graph
from irlib.inference import unify
from irlib.op import Operand
from irlib.types import OptionalType, TensorType, Type

__all__ = ["carries_cotangent", "fixed_point", "joined", "results_of"]


def carries_cotangent(t: Type) -> bool:
    """Whether values of this type can have a cotangent: floats of 16 bits and more, complex, and containers of them."""
    while not isinstance(t, TensorType):
        t = t.element
    return t.dtype.is_differentiable


def results_of(region: Graph, operands: Sequence[Operand | None], what: str) -> tuple[Operand, ...]:
    """What inference finds for the outputs of `region` on these operands; `what` names the region in messages.

    Raises: StructureError when their number is wrong; IRTypeError when one is not of the input's type.
    """
    inputs = region.inputs
    if len(operands) < len(inputs) and all(isinstance(n.type, OptionalType) for n in inputs[len(operands) :]):
        operands = [*operands, *(None for _ in inputs[len(operands) :])]
    if len(operands) != len(region.inputs):
        raise StructureError(
            f"{what} has {len(region.inputs)} inputs, got {len(operands)} operands for it", code="IR233"
        )
    if len(region.variable_nodes) > len(region.inputs) and (region.parameters or region.buffers):
        free = (*region.parameters, *region.buffers)[0]
        raise StructureError(f"{what} has the free variable {free.name!r}, expected inputs and constants", code="IR107")
    given: list[Operand] = []
    for k, (node, operand) in enumerate(zip(region.inputs, operands, strict=True)):
        if isinstance(node.type, OptionalType) and (operand is None or not isinstance(operand.type, OptionalType)):
            # when a graph runs, an optional is its value, or nothing
            operand = Operand(node.type)
        if operand is None:
            raise StructureError(f"operand {k} of {what} is absent, expected a value", code="IR105")
        if not unify(node.type, operand.type):
            raise IRTypeError(
                f"input {node.name or k} of {what}: got {operand.type}, expected {node.type}", code="IR233"
            )
        given.append(Operand(narrowed(node.type, operand.type), operand.known))
    return _inferred(region, tuple(given))


@lru_cache(maxsize=4096)
def _inferred(region: Graph, operands: tuple[Operand, ...]) -> tuple[Operand, ...]:
    b = Builder(region.name)
    inputs = [b.input(f"x{k}", o.type, known=o.known) for k, o in enumerate(operands)]
    try:
        return tuple(v.operand for v in b.apply(region, inputs))
    except IRError as error:
        # the nodes are those of `region`: its name is already in the message
        raise error from None


def narrowed(declared: Type, given: Type) -> Type:
    """`given`, with what only the declaration knows as a number; the region's own symbols mean nothing outside."""
    if not isinstance(declared, TensorType) or not isinstance(given, TensorType):
        if isinstance(declared, TensorType) or isinstance(given, TensorType):
            return given
        return type(given)(narrowed(declared.element, given.element))
    if declared.shape is None:
        return given
    dims: Sequence[MaybeDim] = given.shape if given.shape is not None else (None,) * len(declared.shape)
    return given.with_shape(
        tuple(d if g is None and isinstance(d, int) else g for d, g in zip(declared.shape, dims, strict=True))
    )


def joined(a: Type, b: Type, what: str) -> Type:
    """The type of a value that is either: a dim or rank in which they differ is unknown. Raises: IRTypeError."""
    if a == b:
        return a
    if isinstance(a, TensorType) and isinstance(b, TensorType):
        if a.dtype is not b.dtype:
            raise IRTypeError(f"{what}: got {a} and {b}, expected one dtype", code="IR204")
        if a.shape is None or b.shape is None or len(a.shape) != len(b.shape):
            return a.with_shape(None)
        return a.with_shape(tuple(x if x == y else None for x, y in zip(a.shape, b.shape, strict=True)))
    if type(a) is not type(b) or isinstance(a, TensorType) or isinstance(b, TensorType):
        raise IRTypeError(f"{what}: got {a} and {b}, expected one type", code="IR203")
    return type(a)(joined(a.element, b.element, what))


def fixed_point(
    region: Graph, before: Sequence[Operand], carried: Sequence[Operand | None], after: Sequence[Operand | None]
) -> tuple[list[Type], tuple[Operand, ...]]:
    """The types that `carried` have at every step of a loop, and what its body then gives.

    The body takes before, carried, after. Its outputs are as many as before, then the carried of the next step, then
    others. A dim in which a carried value changes from step to step is unknown.

    Raises: IRTypeError when the dtype or declared type of a carried value changes.
    """
    what, first = "the body", len(before)
    carries = [o.type for o in carried if o is not None]
    if len(carries) != len(carried):
        raise StructureError(f"a carried value of {what} is absent, expected a value", code="IR105")
    while True:
        results = results_of(region, [*before, *map(Operand, carries), *after], what)
        if len(results) < first + len(carries):
            raise StructureError(
                f"{what} has {len(results)} outputs, expected at least {first + len(carries)}", code="IR233"
            )
        following = [
            joined(t, r.type, f"carried value {k} of {what}")
            for k, (t, r) in enumerate(zip(carries, results[first:], strict=False))
        ]
        if following == carries:
            return carries, results
        # dims and ranks only ever become unknown, so this ends
        carries = following
