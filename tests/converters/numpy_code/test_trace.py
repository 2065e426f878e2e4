"""What `irlib.trace` takes: nested arguments, closures, classes, imports by any name; and what it leaves untouched."""

from __future__ import annotations

import functools
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy  # noqa: ICN001  all ways to import it are tried
import numpy as np
import pytest
from numpy import exp, zeros
from numpy.linalg import norm

import irlib

X = np.linspace(-1, 2, 6).reshape(2, 3)


def agrees(fn: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """The graph's one output is what the function returns; the graph."""
    model = irlib.trace(fn, *args, **options)
    feeds = {"x": args[0]}
    (found,) = irlib.run(model, feeds).values()
    expected = fn(*args)
    assert found.dtype == np.asarray(expected).dtype
    np.testing.assert_allclose(found, expected, rtol=1e-13)
    return model


def names_imported(x: Any) -> Any:
    out = zeros(x.shape)
    out[0] = exp(x[0]) / norm(x)
    return numpy.maximum(out, 0.5)


def imported_inside(x: Any) -> Any:
    import numpy as inner  # noqa: ICN001
    from numpy import ones

    out = inner.zeros((2, 3))
    out[:, 1] = x[:, 0]
    out += ones(3)
    return out


def helper(x: Any) -> Any:
    buffer = np.empty_like(x)
    buffer[:] = x
    return buffer


def calls_a_helper(x: Any) -> Any:
    return helper(x) * 2


def made_in_a_closure() -> Callable[..., Any]:
    import numpy as closed  # noqa: ICN001

    scale = closed.array([1.0, 2.0, 3.0])

    def inner(x: Any) -> Any:
        out = closed.zeros(3)
        out += (x * scale).sum(axis=0)
        return out

    return inner


class Dense:
    def __init__(self, w: Any) -> None:
        self.w = w
        self.seen: Any = None

    def __call__(self, x: Any) -> Any:
        self.seen = np.zeros(x.shape) + x
        return np.tanh(self.seen @ self.w)


class Network:
    def __init__(self) -> None:
        self.layers = [Dense(np.eye(3) * 0.5), Dense(np.ones((3, 2)))]
        self.calls = 0

    def forward(self, x: Any) -> Any:
        self.calls += 1
        for layer in self.layers:
            x = layer(x)
        return x


@pytest.mark.parametrize(
    "fn",
    [
        names_imported,
        imported_inside,
        calls_a_helper,
        made_in_a_closure(),
        lambda x: np.concatenate([np.zeros((1, 3)), x]),
        functools.partial(lambda x, k: x * k, k=np.array([1.0, 2.0, 3.0])),
        Dense(np.ones((3, 2))),
        Network().forward,
    ],
)
def test_a_callable_becomes_its_graph(fn: Callable[..., Any]) -> None:
    agrees(fn, X)


def test_numpy_is_itself_again_afterwards() -> None:
    def fails(x: Any) -> Any:
        np.zeros(3)
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        irlib.trace(fails, X)
    assert np is numpy
    assert isinstance(zeros(2), np.ndarray)
    import numpy as again  # noqa: ICN001

    assert type(again) is type(threading)


def test_other_threads_see_numpy_while_a_trace_runs() -> None:
    found: list[Any] = []

    def f(x: Any) -> Any:
        thread = threading.Thread(target=lambda: found.append((np.zeros(2), np.linalg.norm([3.0, 4.0]))))
        thread.start()
        thread.join()
        return np.zeros(3) + x

    irlib.trace(f, X)
    assert isinstance(found[0][0], np.ndarray)
    assert found[0][1] == 5.0


def test_an_object_keeps_its_state() -> None:
    net = Network()
    irlib.trace(net.forward, X)
    assert net.calls == 0
    assert net.layers[0].seen is None
    assert isinstance(net.layers[0].w, np.ndarray)


def test_arrays_of_an_object_become_parameters_by_name() -> None:
    model = irlib.trace(Network().forward, X, parameters=["self.layers.1"])
    assert [n.name for n in model.parameters] == ["self.layers.1.w"]
    assert [n.name for n in model.inputs] == ["x"]


class Pair(NamedTuple):
    a: Any
    b: Any


@dataclass
class State:
    w: Any
    rate: float


def test_inputs_and_outputs_are_named_by_what_leads_to_them() -> None:
    def f(
        x: Any, params: Any, pair: Pair, layers: Any, state: State, *rest: Any, mode: str = "sum", **more: Any
    ) -> Any:
        assert mode == "sum"
        total = x * params["W1"] + pair.a + pair.b + layers[0]["w"] * state.rate + state.w + rest[0] + more["bias"]
        return {"y": total, "parts": [total[0], Pair(total, None)], "k": 3, "name": mode}

    one = np.ones(3)
    model = irlib.trace(
        f,
        X,
        {"W1": one},
        Pair(one, one),
        [{"w": one}],
        State(one, 0.5),
        one,
        bias=one,
        parameters=["params", "state.w"],
    )
    assert [n.name for n in model.parameters] == ["params.W1", "state.w"]
    assert sorted(str(n.name) for n in model.inputs) == ["bias", "layers.0.w", "pair.a", "pair.b", "rest.0", "x"]
    assert [o.name for o in model.outputs] == ["out.y", "out.parts.0", "out.parts.1.a", "out.k"]


def test_specs_stand_for_arrays() -> None:
    model = irlib.trace(lambda x, w: x @ w, irlib.spec("float64[batch, 3]"), irlib.spec("float64[3, 2]"))
    assert str(model.outputs[0].name) == "out"
    assert irlib.run(model, {"x": np.ones((5, 3)), "w": np.ones((3, 2))})["out"].shape == (5, 2)


def test_static_arguments_steer_python() -> None:
    def f(x: Any, taps: Any, flag: bool) -> Any:
        total = np.zeros_like(x)
        for k in taps:
            total += x * k if flag else x
        return total

    model = irlib.trace(f, X, np.array([1, 2, 3]), flag=True, static=["taps"])
    assert [n.name for n in model.inputs] == ["x"]
    np.testing.assert_allclose(irlib.run(model, {"x": X})["out"], X * 6)


def test_an_argument_that_is_written_into_stays_the_callers() -> None:
    def f(x: Any) -> Any:
        x[0] = 0
        x *= 2
        return x

    before = X.copy()
    model = irlib.trace(f, X)
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(irlib.run(model, {"x": X})["out"], f(X.copy()))


def test_what_constants_decide_is_computed_and_may_steer_python() -> None:
    def f(x: Any) -> Any:
        table = np.arange(6.0).reshape(2, 3)
        table[0] *= 2
        if table.sum() > 3 and np.gcd(4, 6) == 2:  # no op says gcd: numpy's own is asked
            return x + table
        return x

    model = agrees(f, X)
    assert [n.op.name for n in model.nodes if n.op is not None] == ["add"]


def test_a_huge_constant_is_a_node_and_never_made() -> None:
    model = irlib.trace(lambda x: np.zeros(10**12)[:3] + x, np.ones(3))
    assert "broadcast_to" in [n.op.name for n in model.nodes if n.op is not None]


@pytest.mark.parametrize(
    ("fn", "message"),
    [
        (lambda x: x if x.sum() > 0 else -x, r"test_trace.py:\d+: the truth of an array .* irlib.cond"),
        (lambda x: [x[i] for i in range(x[0, 0].astype(int))], r"an index or count of .* irlib.scan"),
        (lambda x: x + np.random.default_rng(0).normal(size=3), r"random numbers are not drawn .* argument"),
        (lambda x: np.busday_count(x, x), r"numpy.busday_count is not traced"),
        (lambda x: x[5], r"index 5 is out of bounds for axis 0 with size 2"),
        (lambda x: x["a"], r"got a str as an index"),
        (lambda x: None, r"returns NoneType, expected arrays"),
        (lambda x: np.add(x, 1, out=X), r"into a numpy array from outside the trace"),
    ],
)
def test_a_refusal_says_where_what_and_what_to_do(fn: Callable[..., Any], message: str) -> None:
    with pytest.raises(irlib.IRError, match=message):
        irlib.trace(fn, X)


def test_wrong_names_and_calls_are_refused() -> None:
    with pytest.raises(irlib.IRError, match="there is no argument 'y'; the arguments are: x"):
        irlib.trace(lambda x: x, X, parameters=["y"])
    with pytest.raises(irlib.IRError, match="missing a required argument"):
        irlib.trace(lambda x, y: x, X)
    with pytest.raises(irlib.IRError, match="static="):
        irlib.trace(lambda x: x, np.array(["a"]))


def numbers_of_python(x: Any) -> Any:
    total = float(x.sum())
    assert isinstance(total, float)
    assert not isinstance(total, int)
    kept = np.zeros(3, dtype=float)
    kept[0] = int(total * 10)
    kept[1] = max(total, 0.5, float("-inf"))
    single = x[0].astype(np.float32) * total  # a Python float does not widen
    assert single.dtype == np.float32
    return kept * round(total, 1) + single[0]


def test_python_numbers_stay_python_numbers() -> None:
    agrees(numbers_of_python, X)
    names: dict[str, Any] = {"np": np}
    exec("def f(x):\n    return x * float(x[0, 0])", names)
    agrees(names["f"], X)
    assert "float" not in names
    exec("def g(x, k=2.0):\n    return x * k if type(k) is float else x", names)
    agrees(names["g"], X)  # which the stand-in could not answer: there is none then


def squashed(v: Any) -> Any:
    e = np.exp(-v)
    return 1 / (1 + e)


def two_layers(x: Any, params: Any) -> Any:
    a = x
    for w in params:
        z = a @ w
        a = squashed(z) + squashed(
            z * 2,
        )
    out = a - x
    return out  # noqa: RET504  the name is what is tested


def test_nodes_have_the_names_and_lines_of_the_source() -> None:
    model = irlib.trace(two_layers, X, [np.eye(3), np.eye(3)], parameters=["params"])
    named = {n.name: n.op.name for n in model.nodes if n.op is not None and n.name}
    assert named == {
        "z": "matmul", "e": "exp", "e_1": "exp", "a": "add",
        "z_1": "matmul", "e_2": "exp", "e_3": "exp", "a_1": "add", "out": "subtract",
    }  # fmt: skip
    first = two_layers.__code__.co_firstlineno
    at = {n.name: model.locations[n.index] for n in model.nodes if n.name in ("z_1", "out")}
    assert at["z_1"] == ("test_trace.py", first + 3)
    assert at["out"] == ("test_trace.py", first + 7)


def test_an_argument_may_not_be_called_as_an_output() -> None:
    with pytest.raises(irlib.IRError, match="an argument is called 'out'"):
        irlib.trace(lambda out: out + 1, X)


def test_a_default_may_be_a_parameter_and_is_a_constant_otherwise() -> None:
    def f(x: Any, w: Any = np.ones(3)) -> Any:  # noqa: B008  a default is what is tested
        return x * w

    assert [n.name for n in irlib.trace(f, X, parameters=["w"]).parameters] == ["w"]
    assert irlib.trace(f, X).parameters == ()


def test_classes_are_told_by_what_things_stand_for() -> None:
    def f(x: Any) -> Any:
        n = x.shape[0]
        s = x[0, 0]
        found = [
            isinstance(v, c) for v in (x, s, n, n / 2, x > 0) for c in (np.ndarray, np.floating, np.generic, int, float)
        ]
        assert found == [
            *(True, False, False, False, False), *(False, True, True, False, True), *(False, False, False, True, False),
            *(False, False, False, False, True), *(True, False, False, False, False),
        ]  # fmt: skip
        assert isinstance(x, (list, np.ndarray))
        assert isinstance(n, int | str)
        assert not isinstance("a", np.ndarray)
        return x

    irlib.trace(f, irlib.spec("float64[n, 3]"))
    irlib.trace(f, irlib.spec("float64[n, 3]"))  # and all is as it was


def test_a_refusal_is_not_swallowed_by_the_code() -> None:
    def f(x: Any) -> Any:
        try:
            return x if x.sum() > 0 else -x
        except (TypeError, ValueError):
            return x * 0

    with pytest.raises(irlib.IRError, match="the truth of"):
        irlib.trace(f, X)


GENERATOR = np.random.default_rng(0)


@pytest.mark.parametrize(
    "draw", [lambda rng: GENERATOR.normal(), lambda rng: rng.normal(), lambda rng: random.random()]
)
def test_random_numbers_are_refused_and_never_drawn_once_for_all(draw: Any) -> None:
    def f(x: Any, rng: Any) -> Any:
        return x + draw(rng)

    with pytest.raises(irlib.IRError, match="random numbers are not drawn in a trace; pass them in"):
        irlib.trace(f, X, GENERATOR)
    assert isinstance(GENERATOR, np.random.Generator)


def test_a_generator_that_is_static_draws() -> None:
    model = irlib.trace(lambda x, rng: x + rng.normal(size=3), X, np.random.default_rng(1), static=["rng"])
    expected = X + np.random.default_rng(1).normal(size=3)
    np.testing.assert_array_equal(irlib.run(model, {"x": X})["out"], expected)


def test_arguments_that_share_memory_are_not_told_apart_wrongly() -> None:
    def f(x: Any, y: Any) -> Any:
        x += 1
        return x

    def g(x: Any, y: Any) -> Any:
        return f(x, y) + y

    whole = X.copy()
    model = irlib.trace(f, whole[:, 1:], whole)  # the other is not read
    np.testing.assert_array_equal(irlib.run(model, {"x": X[:, 1:], "y": X})["out"], X[:, 1:] + 1)
    with pytest.raises(irlib.IRError, match=r"in the memory of one that was written in test_trace.py:\d+; .*copy"):
        irlib.trace(g, whole, whole)
    irlib.trace(g, whole, X.copy())
