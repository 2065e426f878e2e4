"""What every kernel promises the plan: to fill what it is given to write into, and to return what is its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib.interpreters.numpy_ref.kernels  # noqa: F401  registers the kernels
from irlib.builder import Builder
from irlib.interpreters.numpy_ref.kernel import KERNELS, Bound, Style
from irlib.interpreters.numpy_ref.program import Program
from irlib.op import Operand, known_value
from irlib.types import TensorType, type_of
from tests.vectors import ALL
from tests.vectors.vector import Vector

WITH_KERNEL = [v for v in ALL if type(v.op) in KERNELS]


def bound(vector: Vector, *, known: bool) -> Bound:
    """The vector's kernel, bound as the plan does (`known`) or as the eager builder does."""
    operands = tuple(
        None if o is None else Operand(type_of(o), known_value(o) if known and isinstance(o, np.ndarray) else None)
        for o in vector.operands
    )
    results = tuple(TensorType(type_of(e).dtype, None) if e is None else type_of(e) for e in vector.expected)  # type: ignore[union-attr]
    return KERNELS[type(vector.op)](vector.op, operands, results)


def same_bits(a: Any, e: Any) -> bool:
    return bool(np.array_equal(a, e)) if a.dtype == object else a.dtype == e.dtype and a.tobytes() == e.tobytes()


def is_float(a: Any) -> bool:
    return isinstance(a, np.ndarray) and a.dtype.kind == "f"


def arrays_in(value: Any) -> list[Any]:
    if isinstance(value, tuple | list):
        return [a for item in value for a in arrays_in(item)]
    return [value] if isinstance(value, np.ndarray) else []


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("vector", WITH_KERNEL, ids=str)
def test_kernel_keeps_its_promise(vector: Vector, known: bool) -> None:
    made = bound(vector, known=known)
    with np.errstate(all="ignore"):
        result = made.call(*vector.operands)
        if made.style is Style.INTO:
            again = np.empty_like(np.asarray(result))
            again.view(np.uint8).fill(0xAB) if again.ndim and again.dtype != object else None
            made.call(*vector.operands, again)
            assert same_bits(again, np.asarray(result)), "what it writes is not what it returns"
    containers = any(isinstance(x, list) for x in (*vector.operands, *vector.expected))
    containers = containers or vector.op.name.startswith("optional")
    # the plan copies what goes into containers and what comes out of them
    if made.style is not Style.VIEW and not containers:
        results = arrays_in(result)
        for k, a in enumerate(results):
            others = [*arrays_in(list(vector.operands)), *results[:k]]
            assert not any(np.may_share_memory(a, o) for o in others), "a result that is not its own memory"


@pytest.mark.parametrize("vector", ALL, ids=str)
def test_plan_gives_the_expected_result_again_and_again(vector: Vector) -> None:
    b = Builder("vector")
    values: list[Any] = []
    feeds: dict[str, Any] = {}
    for k, operand in enumerate(vector.operands):
        if operand is None:
            values.append(None)
        elif k in vector.static:
            values.append(b.constant(operand))
        else:
            values.append(b.input(f"x{k}", type_of(operand)))
            feeds[f"x{k}"] = operand
    for r, value in enumerate(b.emit(vector.op, values)):
        b.output(f"y{r}", value)
    program = Program(b.build())
    first = list(program(feeds).values())
    kept = [a.copy() if isinstance(a, np.ndarray) else a for a in first]
    program({n: a + a.dtype.type(0.125) if is_float(a) else a for n, a in feeds.items()})
    for a, e in zip(first, kept, strict=True):
        assert not isinstance(a, np.ndarray) or same_bits(a, e), "a result changed when the program ran again"
    for e, a in zip(vector.expected, first, strict=True):
        if isinstance(e, np.ndarray) and e.dtype.kind in "fcV":
            wide = np.complex128 if e.dtype.kind == "c" else np.float64
            np.testing.assert_allclose(a.astype(wide), e.astype(wide), rtol=vector.rtol, atol=vector.atol)
        elif isinstance(e, np.ndarray):
            np.testing.assert_array_equal(a, e)
