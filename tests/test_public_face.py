"""The names that scripts outside the project call, used as the design writes them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irlib


def mlp() -> irlib.Graph:
    rng = np.random.default_rng(0)
    b = irlib.Builder("mlp")
    x = b.input("x", "float32[batch, 64]")
    w = b.parameter("w", rng.standard_normal((64, 3)).astype(np.float32))
    c = b.constant(np.zeros(3, np.float32))
    y = b.tanh(x @ w + c)
    b.output("y", y)
    b.output("loss", b.mean(b.square(y)), role="loss")
    return b.build()


FEEDS = {"x": np.ones((2, 64), np.float32)}


@pytest.mark.parametrize("name", sorted(irlib.__all__))
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(irlib, name) is not None


def test_files_keep_the_model(tmp_path: Path) -> None:
    model = mlp()
    for suffix in (".pb", ".json"):
        path = tmp_path / f"mlp{suffix}"
        irlib.save(model, path)
        loaded = irlib.load(path)
        assert loaded == model
        assert irlib.digest(loaded) == irlib.digest(model)
        assert irlib.diff(loaded, model).equal
        report = irlib.check(path)
        assert report.ok
        assert not [f for f in report.findings if f.severity == "error"]
    assert "tanh" in irlib.text(model)


def test_check_never_raises_on_bad_content(tmp_path: Path) -> None:
    path = tmp_path / "bad.pb"
    path.write_bytes(b"\x00\x01not a model")
    report = irlib.check(path)
    assert not report.ok
    assert report.findings


def test_run_compile_and_derivatives() -> None:
    model = mlp()
    outs = irlib.run(model, FEEDS)
    f = irlib.compile(model, target="reference")
    np.testing.assert_array_equal(f(FEEDS)["y"], outs["y"])
    outs, grads = irlib.value_and_grad(model, FEEDS, of="loss", wrt=["w"], cotangents=None)
    assert grads["w"].shape == (64, 3)
    grad_model = irlib.gradient(model, of="loss", wrt=["w"])
    assert [(o.name, str(o.role), o.of) for o in grad_model.outputs] == [("d_w", "gradient-of", "w")]
    assert [n.name for n in irlib.gradient(model, of="y", wrt=["w"], cotangents=True).inputs] == ["x", "d_y"]
    assert all(check.ok for check in irlib.check_gradients(model, FEEDS, "loss"))


def test_networkx_sees_the_graph() -> None:
    pytest.importorskip("networkx")
    assert irlib.to_networkx(mlp()).number_of_nodes() == len(mlp())


def test_importing_irlib_imports_neither_onnx_nor_scipy_nor_its_own_ops() -> None:
    code = (
        "import sys, irlib; loaded = set(sys.modules);"
        "print(sorted(loaded & {'onnx', 'onnxruntime', 'jax', 'scipy', 'networkx', 'rich', 'click', 'irlib.ops'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_numpy_code_becomes_a_graph() -> None:
    def loss(x: Any, w: Any) -> Any:
        h = np.zeros((len(x), 2))
        h[:, 0] = np.tanh(x @ w)
        return np.mean(h**2)

    model = irlib.trace(loss, irlib.spec("float64[batch, 3]"), np.ones(3), parameters=["w"])
    x = np.ones((4, 3))
    np.testing.assert_allclose(irlib.run(model, {"x": x})["out"], loss(x, np.ones(3)), rtol=1e-14)
    assert irlib.numpy.zeros(3).__array_namespace__().zeros is irlib.numpy.zeros


def test_an_onnx_model_is_checked_as_any_other(tmp_path: Path) -> None:
    path = tmp_path / "mlp.onnx"
    irlib.to_onnx(mlp(), path)
    assert irlib.check(path).ok
    path.write_bytes(path.read_bytes()[:-40])
    report = irlib.check(path)
    assert not report.ok
    assert report.subject == str(path)
