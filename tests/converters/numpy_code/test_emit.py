"""Emitted modules against the test vectors and the interpreter: values, gradients, layout."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
import irlib.interpreters.numpy_ref.kernels
from irlib.converters.numpy_code import to_numpy
from irlib.converters.numpy_code.compiled import Program
from irlib.converters.numpy_code.emit import load_rules
from irlib.converters.numpy_code.emit.form import RULES
from irlib.errors import UnsupportedError
from irlib.op import REGISTRY, Composite
from irlib.types import TensorType, type_of
from tests.ops.test_vectors import DIFFERENTIABLE, _dynamic, _same, build
from tests.vectors import ALL
from tests.vectors.vector import Vector

WITHOUT_NUMPY = {"decode_image", "regex_full_match"}
OPEN_TYPES = {"trace", "matrix_power", "avg_pool", "lp_pool", "adaptive_avg_pool"}
"""Composites whose body is not made before types are known."""


def module_of(text: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "emitted"}
    exec(compile(text, "emitted.py", "exec"), namespace)
    return namespace


def emitted(graph: Any, style: str, feeds: dict[str, Any]) -> dict[str, Any]:
    """The outputs, by name, of the module that `graph` becomes."""
    module = to_numpy(graph, style, gradient=False)
    with np.errstate(all="ignore"):
        outputs, _ = module_of(module)["forward"](dict(module.arrays), *feeds.values())
    made = outputs if len(graph.outputs) != 1 else {graph.outputs[0].name: outputs}
    return {name: v if isinstance(v, list) or v is None else np.asarray(v) for name, v in made.items()}


def test_every_primitive_has_a_rule() -> None:
    load_rules()
    primitives = {n for (d, n, _), c in REGISTRY.items() if d == "irlib" and not issubclass(c, Composite)}
    assert primitives - set(RULES) == set()


@pytest.mark.parametrize("vector", ALL, ids=str)
def test_a_vector_emitted_gives_what_is_expected(vector: Vector) -> None:
    graph = build(vector, vector.operands)
    if vector.op.name in WITHOUT_NUMPY:
        with pytest.raises(UnsupportedError):
            to_numpy(graph)
        return
    names = [str(n.name) for n in graph.inputs]
    feeds = dict(zip(names, _dynamic(vector, vector.operands), strict=True))
    for style in ("fused", "nodes"):
        made = emitted(graph, style, feeds)
        for k, expected in enumerate(vector.expected):
            _same(made[f"y{k}"], expected, vector)


@pytest.mark.parametrize("vector", ALL[::3], ids=str)
def test_a_vector_compiled_gives_what_is_expected_in_memory_of_its_own(vector: Vector) -> None:
    if vector.op.name in WITHOUT_NUMPY:
        pytest.skip("numpy has no means for it")
    graph = build(vector, vector.operands)
    names = [str(n.name) for n in graph.inputs]
    feeds = dict(zip(names, _dynamic(vector, vector.operands), strict=True))
    program = Program(graph)
    first, again = program(feeds), program(feeds)
    given = [v for v in feeds.values() if isinstance(v, np.ndarray)]
    for k, expected in enumerate(vector.expected):
        _same(first[f"y{k}"], expected, vector)
        _same(again[f"y{k}"], expected, vector)
        if isinstance(first[f"y{k}"], np.ndarray):
            given.append(first[f"y{k}"])
            assert not any(np.shares_memory(again[f"y{k}"], other) for other in given)


@pytest.mark.parametrize("vector", ALL, ids=str)
def test_a_vector_of_unknown_dims_gives_what_is_expected(vector: Vector) -> None:
    if vector.op.name in WITHOUT_NUMPY:
        pytest.skip("numpy has no means for it")
    graph = build(vector, vector.operands, symbolic=True)
    names = [str(n.name) for n in graph.inputs]
    feeds = dict(zip(names, _dynamic(vector, vector.operands), strict=True))
    try:
        made = emitted(graph, "fused", feeds)
    except UnsupportedError:
        assert vector.op.name in OPEN_TYPES
        return
    for k, expected in enumerate(vector.expected):
        if vector.op.name == "while_loop" and made[f"y{k}"].size == 0:
            continue  # the stack of no steps has the dims that are known
        _same(made[f"y{k}"], expected, vector)


def _randomly_like(rng: np.random.Generator, array: Any) -> Any:
    made = rng.standard_normal(array.shape)
    if array.dtype.kind == "c":
        made = made + 1j * rng.standard_normal(array.shape)
    return made.astype(array.dtype)


def _carries(array: Any) -> bool:
    t = type_of(array)
    return isinstance(t, TensorType) and t.dtype.is_differentiable


def _differentiable(vector: Vector) -> list[str]:
    kept = [k for k, o in enumerate(vector.operands) if o is not None and k not in vector.static]
    return [
        f"x{k}"
        for k in kept
        if isinstance(vector.operands[k], np.ndarray)
        and vector.operands[k].dtype.name in ("float32", "float64", "complex64", "complex128")
        and (vector.wrt is None or k in vector.wrt)
    ]


@pytest.mark.parametrize("vector", DIFFERENTIABLE, ids=str)
def test_backward_emitted_gives_the_cotangents_of_the_gradient_graph(vector: Vector) -> None:
    wrt = _differentiable(vector)
    graph = build(vector, vector.operands)
    carrying = [
        (k, o.name)
        for k, o in enumerate(graph.outputs)
        if isinstance(vector.expected[k], np.ndarray) and _carries(vector.expected[k])
    ]
    if not wrt or not carrying or len(carrying) != len(vector.expected):
        pytest.skip("nothing to differentiate")
    ofs = [name for _, name in carrying]
    gradient = irlib.gradient(graph, ofs, wrt, cotangents=True)
    rng = np.random.default_rng(1)
    seeds = {name: _randomly_like(rng, vector.expected[k]) for k, name in carrying}
    feeds = dict(zip([str(n.name) for n in graph.inputs], _dynamic(vector, vector.operands), strict=True))
    given = {str(n.name) for n in gradient.inputs}
    wanted = irlib.run(
        gradient,
        {n: v for n, v in {**feeds, **{f"d_{name}": d for name, d in seeds.items()}}.items() if n in given},
    )
    module = to_numpy(graph, gradient=wrt, of=ofs)
    names = module_of(module.source)
    with np.errstate(all="ignore"):
        _, saved = names["forward"](module.arrays, *feeds.values())
        d_out = seeds if len(seeds) > 1 else next(iter(seeds.values()))
        grads = names["backward"](module.arrays, saved, d_out)
    for name in wrt:
        expected = wanted[f"d_{name}"]
        assert np.asarray(grads[name]).dtype == expected.dtype
        assert np.shape(grads[name]) == expected.shape
        scale = max(1.0, float(np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected))))
        np.testing.assert_allclose(grads[name], expected, rtol=1e-9, atol=scale * _atol(expected.dtype))


def _atol(dtype: Any) -> float:
    return 1e-5 if dtype.itemsize // (2 if dtype.kind == "c" else 1) == 4 else 1e-11
