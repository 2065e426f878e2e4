"""Every test vector through inference, kernel, and first and second derivatives."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

import irlib.interpreters.numpy_ref.kernels  # noqa: F401  registers the kernels
from irlib import autodiff
from irlib.builder import Builder
from irlib.graph import Graph
from irlib.inference import unify
from irlib.interpreters.numpy_ref.eager import run_nodes
from irlib.types import DTYPES, OptionalType, TensorType, Type, type_of
from tests.ops.judge import TOLERANCE, judged
from tests.vectors import ALL
from tests.vectors.vector import Vector

DIFFERENTIABLE = [v for v in ALL if v.wrt != () and v.op.smoothness != "zero"]


def _float64(x: Any) -> Any:
    """Derivatives are judged in float64: the vector's floats widened, the rest as they are."""
    if isinstance(x, list):
        return [_float64(item) for item in x]
    if x is None or x.dtype.kind not in "fV" or x.dtype.name.startswith(("float8", "float6", "float4", "int", "uint")):
        return x
    return x.astype(np.float64)


def build(vector: Vector, operands: tuple[Any, ...], *, symbolic: bool = False) -> Graph:
    """The graph of the one op; static operands are constants, the others inputs x0, x1, .."""
    b = Builder("vector")
    values: list[Any] = []
    for k, operand in enumerate(operands):
        if operand is None:
            values.append(None)
        elif k in vector.static:
            values.append(b.constant(operand))
        else:
            t: Type = type_of(operand)
            if symbolic and isinstance(t, TensorType) and t.shape is not None:
                t = TensorType(t.dtype, tuple(None for _ in t.shape))
            values.append(b.input(f"x{k}", t))
    for r, value in enumerate(b.emit(vector.op, values)):
        b.output(f"y{r}", value)
    return b.build()


def _dynamic(vector: Vector, operands: tuple[Any, ...]) -> list[Any]:
    return [o for k, o in enumerate(operands) if o is not None and k not in vector.static]


def _same(actual: Any, expected: Any, vector: Vector) -> None:
    if isinstance(expected, list):
        assert isinstance(actual, list)
        assert len(actual) == len(expected)
        for a, e in zip(actual, expected, strict=True):
            _same(a, e, vector)
        return
    if expected is None:
        assert actual is None
        return
    assert isinstance(actual, np.ndarray)
    assert (actual.dtype, actual.shape) == (expected.dtype, expected.shape)
    if expected.dtype.kind in "fcV":
        wide = np.complex128 if expected.dtype.kind == "c" else np.float64
        np.testing.assert_allclose(actual.astype(wide), expected.astype(wide), rtol=vector.rtol, atol=vector.atol)
    else:
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("vector", ALL, ids=str)
def test_inference_gives_the_type_of_the_result(vector: Vector) -> None:
    for symbolic in (False, True):
        graph = build(vector, vector.operands, symbolic=symbolic)
        for output, expected in zip(graph.outputs, vector.expected, strict=True):
            found = graph.value_type(graph.output_value(output))
            if isinstance(found, OptionalType):
                found = found.element  # when a graph runs, an optional is its value
            if expected is not None and not (isinstance(expected, list) and not expected):
                assert unify(type_of(expected), found), f"{found} for {type_of(expected)}"


@pytest.mark.parametrize("vector", ALL, ids=str)
def test_kernel_gives_the_expected_result(vector: Vector) -> None:
    graph = build(vector, vector.operands)
    before = [o.copy() if isinstance(o, np.ndarray) else o for o in vector.operands]
    with np.errstate(all="ignore"):
        results = run_nodes(graph, _dynamic(vector, vector.operands))
    for actual, expected in zip(results, vector.expected, strict=True):
        _same(actual, expected, vector)
    for operand, copy in zip(vector.operands, before, strict=True):
        if isinstance(operand, np.ndarray):
            # bit for bit: NaN does not equal itself
            assert operand.tolist() == copy.tolist() if operand.dtype == object else operand.tobytes() == copy.tobytes()


def _is_float64(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype == np.float64


def _widened(t: Type) -> Type:
    return TensorType(DTYPES["complex128"], t.shape) if isinstance(t, TensorType) and t.dtype.name == "float64" else t


def complexified(graph: Graph) -> Graph:
    """The same ops with every float64 variable complex128: the function that the complex step evaluates."""
    b = Builder(graph.name)
    bound = {n.index: b.input(str(n.name), _widened(n.type)) for n in graph.inputs}
    for i in graph.variable_nodes:
        tensor = graph.nodes[i].variable.tensor
        if tensor is not None and tensor.dtype.name == "float64":
            bound[i] = b.constant(tensor.array.astype(np.complex128))
    # bodies are of the operands' types: they are made anew
    values = b.absorb(dataclasses.replace(graph, bodies=(None,) * len(graph.bodies)), bound)
    for o in graph.outputs:
        b.output(o.name, values[graph.output_value(o)])
    return b.build()


def _parts(values: list[Any]) -> list[Any]:
    """The arrays among values, those in sequences one by one; an optional that is absent has none."""
    parts: list[Any] = []
    for value in values:
        parts.extend(_parts(value) if isinstance(value, list) else [] if value is None else [value])
    return parts


def _filled(shapes: list[Any], parts: list[Any]) -> list[Any]:
    """Values of the same make as `shapes`, from their arrays; the inverse of `_parts`."""
    left = iter(parts)

    def fill(shape: Any) -> Any:
        return [fill(item) for item in shape] if isinstance(shape, list) else None if shape is None else next(left)

    return [fill(shape) for shape in shapes]


class _Case:
    """A vector's float inputs as a function of them alone, and its gradient graph."""

    def __init__(self, graph: Graph, inputs: list[Any], wrt: list[str]) -> None:
        self.graph = graph
        self.names = [str(n.name) for n in graph.inputs]
        self.inputs = dict(zip(self.names, inputs, strict=True))
        self.wrt = wrt
        self.floats = [
            k
            for k, o in enumerate(graph.outputs)
            if autodiff.carries_cotangent(graph.value_type(graph.output_value(o)))
        ]
        self.of = [graph.outputs[k].name for k in self.floats]
        self.gradient = autodiff.gradient(graph, of=self.of, wrt=wrt, cotangents=True)

    @property
    def xs(self) -> list[Any]:
        return _parts([self.inputs[n] for n in self.wrt])

    def _feeds(self, xs: list[Any]) -> dict[str, Any]:
        made = _filled([self.inputs[n] for n in self.wrt], xs)
        return {**self.inputs, **dict(zip(self.wrt, made, strict=True))}

    def results(self, xs: list[Any]) -> list[Any]:
        """The float results, sequences as they are."""
        feeds = self._feeds(xs)
        graph = self.graph
        if any(np.iscomplexobj(x) for x in xs) and not any(np.iscomplexobj(x) for x in self.xs):
            graph = complexified(graph)
            feeds = {n: x.astype(np.complex128) if _is_float64(x) else x for n, x in feeds.items()}
        with np.errstate(all="ignore"):
            results = run_nodes(graph, [feeds[n] for n in self.names])
        return [results[k] for k in self.floats]

    def forward(self, xs: list[Any]) -> list[Any]:
        return _parts(self.results(xs))

    def vjp(self, xs: list[Any], cotangents: list[Any]) -> list[Any]:
        made = _filled(self.results(xs), cotangents)
        feeds = self._feeds(xs) | {f"d_{n}": c for n, c in zip(self.of, made, strict=True)}
        with np.errstate(all="ignore"):
            return _parts(list(run_nodes(self.gradient, [feeds[str(n.name)] for n in self.gradient.inputs])))


def _case(vector: Vector) -> _Case:
    operands = tuple(_float64(o) for o in vector.operands)
    graph = build(vector, operands)
    wrt = [
        n.name for n in graph.inputs
        if autodiff.carries_cotangent(n.type)
        and (vector.wrt is None or int(str(n.name)[1:]) in vector.wrt)
    ]  # fmt: skip
    return _Case(graph, _dynamic(vector, operands), [str(n) for n in wrt])


@pytest.mark.parametrize("vector", DIFFERENTIABLE, ids=str)
def test_first_derivative_is_right(vector: Vector) -> None:
    case = _case(vector)
    if not case.wrt or not case.of:
        pytest.skip("no float operand or result")
    kind = vector.judge or vector.op.smoothness
    assert judged(kind, case.forward, case.xs, case.vjp) <= TOLERANCE[kind]


@pytest.mark.parametrize("vector", DIFFERENTIABLE, ids=str)
def test_second_derivative_is_right(vector: Vector) -> None:
    case = _case(vector)
    if not case.wrt or not case.of:
        pytest.skip("no float operand or result")
    kind = vector.judge or vector.op.smoothness
    rng = np.random.default_rng(1)
    results = case.results(case.xs)
    random = [rng.standard_normal(np.shape(y)).astype(y.dtype) for y in _parts(results)]
    cotangents = {f"d_{n}": c for n, c in zip(case.of, _filled(results, random), strict=True)}
    inputs = [{**case.inputs, **cotangents}[str(n.name)] for n in case.gradient.inputs]
    second = _Case(case.gradient, inputs, [*case.wrt, *cotangents])
    assert judged(kind, second.forward, second.xs, second.vjp) <= TOLERANCE[kind]
