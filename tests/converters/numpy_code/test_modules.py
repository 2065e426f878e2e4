"""Whole modules: their functions, their layout, and names that would do harm."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.converters.numpy_code import to_numpy
from irlib.graph import Graph
from tests.converters.numpy_code.test_emit import module_of
from tests.ops.test_vectors import build
from tests.vectors import ALL

RNG = np.random.default_rng(0)
W1, W2 = RNG.standard_normal((4, 8)), RNG.standard_normal((8, 3))
X, T = RNG.standard_normal((5, 4)), RNG.standard_normal((5, 3))


def network(w1: str = "params.W1", h: str = "h", x: str = "x") -> Graph:
    b = irlib.Builder("mlp")
    inputs = b.input(x, "float64[batch, 4]")
    target = b.input("t", "float64[batch, 3]")
    hidden = b.tanh(inputs @ b.parameter(w1, W1) + b.parameter("params.b1", np.zeros(8)), name=h)
    y = b.softmax(hidden @ b.parameter("params.W2", W2), name="y")
    b.output("y", y)
    b.output("loss", b.mean(b.square(y - target)), role="loss")
    return b.build()


@pytest.mark.parametrize("style", ["fused", "nodes"])
def test_forward_backward_and_predict_agree_with_the_interpreter(style: str) -> None:
    graph = network()
    module = to_numpy(graph, style, gradient=True)
    names = module_of(module.source)
    feeds = {"x": X, "t": T}
    wanted = irlib.run(graph, feeds)
    outputs, saved = names["forward"](module.arrays, X, T)
    grads = names["backward"](module.arrays, saved)
    np.testing.assert_allclose(outputs["y"], wanted["y"], rtol=1e-14)
    np.testing.assert_allclose(names["predict"](module.arrays, X), wanted["y"], rtol=1e-14)
    gradient = irlib.run(irlib.gradient(graph, "loss"), feeds)
    assert set(grads) == {"params.W1", "params.b1", "params.W2"}
    for name, d in grads.items():
        np.testing.assert_allclose(d, gradient[f"d_{name}"], rtol=1e-12, atol=1e-16)
        assert names["PARAMS"][name] == d.shape


def test_a_cotangent_scales_the_derivative() -> None:
    module = to_numpy(network(), gradient=True)
    names = module_of(module.source)
    _, saved = names["forward"](module.arrays, X, T)
    once, thrice = (names["backward"](module.arrays, saved, d) for d in (1.0, 3.0))
    np.testing.assert_allclose(thrice["params.W1"], 3 * once["params.W1"], rtol=1e-11)


def test_a_model_with_gradient_outputs_has_a_backward_of_them() -> None:
    graph = irlib.gradient(network(), "loss", outputs=["loss"])
    module = to_numpy(graph)
    names = module_of(module.source)
    loss, saved = names["forward"](module.arrays, X, T)
    grads = names["backward"](module.arrays, saved, 2.0)
    wanted = irlib.run(graph, {"x": X, "t": T})
    np.testing.assert_allclose(loss, wanted["loss"])
    np.testing.assert_allclose(grads["params.W2"], 2 * wanted["d_params.W2"], rtol=1e-12)


def test_the_same_graph_gives_the_same_bytes() -> None:
    assert to_numpy(network(), gradient=True).source == to_numpy(network(), gradient=True).source


def test_compile_runs_emitted_numpy() -> None:
    graph = network()
    made = irlib.compile(graph, target="numpy")({"x": X, "t": T})
    wanted = irlib.run(graph, {"x": X, "t": T})
    for name, value in wanted.items():
        np.testing.assert_allclose(made[name], value, rtol=1e-14)


def test_a_missing_feed_is_refused() -> None:
    with pytest.raises(irlib.IRError, match="IR602"):
        irlib.compile(network(), target="numpy")({"x": X})


HOSTILE = [
    'x"""\nimport os\nos.system("touch /tmp/no")\n"""',
    "__import__('os').system('true')",
    "'); raise SystemExit(1)  #",
    "class",
    "np",
    "params",
    "print",
    "\\",
    "a\u2028b",
    "\uff2e\uff30",
    "x" * 4000,
    "${HOME}",
    "{0.__class__}",
    "% s",
    "_region0",
    "_softmax",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_a_name(name: str) -> None:
    name = "".join(c for c in name if c.isprintable())
    graph = network(w1=name, h=f"{name}h", x=f"{name}x")
    module = to_numpy(graph, gradient=True)
    assert module.source.isascii()
    names = module_of(module.source)
    outputs, saved = names["forward"](module.arrays, X, T)
    np.testing.assert_allclose(outputs["loss"], irlib.run(graph, {f"{name}x": X, "t": T})["loss"])
    assert name in names["backward"](module.arrays, saved)
    imports = [line for line in module.source.splitlines() if line.startswith(("import", "from"))]
    assert imports == ["import numpy as np"]


def test_constants_of_moderate_size_stand_in_the_module() -> None:
    table = RNG.standard_normal((30, 40)).astype(np.float32)
    b = irlib.Builder("table")
    b.output("y", b.input("x", "float32[30, 40]") + b.constant(table))
    module = to_numpy(b.build())
    assert dict(module.arrays) == {}
    zeros = np.zeros((30, 40), np.float32)
    np.testing.assert_array_equal(module_of(module)["predict"]({}, zeros), table)


def test_large_constants_stand_beside_the_module(tmp_path: Path) -> None:
    table = RNG.standard_normal((100, 200))
    b = irlib.Builder("table")
    x = b.input("x", "float64[100, 200]")
    b.output("y", x * b.constant(table))
    module = to_numpy(b.build())
    assert module_of(module)["PARAMS"] == {"constants.0": (100, 200)}
    module.save(tmp_path / "m.py")
    with np.load(tmp_path / "m.npz") as arrays:
        params = dict(arrays)
    names = module_of((tmp_path / "m.py").read_text())
    np.testing.assert_array_equal(names["predict"](params, np.ones((100, 200))), table)


def test_emitted_modules_are_formatted_and_lint_free(tmp_path: Path) -> None:
    ruff = pytest.importorskip("ruff").find_ruff_bin()
    sources: dict[str, None] = {}
    for style in ("fused", "nodes"):
        sources[to_numpy(network(), style, gradient=True).source] = None
        for vector in ALL[::7]:
            if vector.op.name != "regex_full_match":
                sources[to_numpy(build(vector, vector.operands), style).source] = None
    for k, source in enumerate(sources):
        (tmp_path / f"m{k}.py").write_text(source)
    for command in (["format", "--isolated", "--check"], ["check", "--isolated"]):
        done = subprocess.run([ruff, *command, str(tmp_path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:]


def test_convert_writes_a_module(tmp_path: Path) -> None:
    irlib.save(network(), tmp_path / "m.pb")
    done = subprocess.run(
        [sys.executable, "-m", "irlib.cli", "convert", str(tmp_path / "m.pb"), str(tmp_path / "m.py")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    names: dict[str, Any] = module_of((tmp_path / "m.py").read_text())
    with np.load(tmp_path / "m.npz") as arrays:
        outputs, _ = names["forward"](dict(arrays), X, T)
    np.testing.assert_allclose(outputs["y"], irlib.run(network(), {"x": X, "t": T})["y"])
