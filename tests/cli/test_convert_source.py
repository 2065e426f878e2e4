"""``irlib convert net.py net.pb``: source in, a model out, nothing of it run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import irlib
from tests.cli.conftest import Command

NET = '''"""A network."""

import numpy as np


def forward(x, params, slope=0.1, kind="leaky"):
    h = x @ params["W"] + params["b"]
    if kind == "leaky":
        h = np.where(h > 0, h, slope * h)
    loss = np.mean(h**2)
    return loss


if __name__ == "__main__":
    open("ran", "w").write("it was run")
'''


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.py"
    path.write_text(NET)
    np.savez(tmp_path / "params.npz", W=np.full((3, 2), 0.5), b=np.array([1.0, -9.0]))
    return path


def arguments(net: Path, *more: str) -> list[str]:
    params = f"params={net.with_name('params.npz')}"
    return ["--function", "forward", "--arg", "x=float64[batch, 3]", "--arg", params, *more]


def test_source_becomes_a_model_with_parameters_that_runs(command: Command, net: Path) -> None:
    target = net.with_suffix(".pb")
    ran = command("convert", net, target, *arguments(net, "--parameters", "params", "--arg", "slope=0.5"))
    assert (ran.status, ran.err) == (0, "")
    model = irlib.load(target)
    assert [str(n.name) for n in model.parameters] == ["params.W", "params.b"]
    x = np.arange(6.0).reshape(2, 3)
    h = x @ np.full((3, 2), 0.5) + [1.0, -9.0]
    expected = np.mean(np.where(h > 0, h, 0.5 * h) ** 2)
    np.testing.assert_allclose(irlib.run(model, {"x": x})["out"], expected, rtol=1e-15)
    assert not (net.parent / "ran").exists()


def test_what_was_read_goes_on_to_every_other_form(command: Command, net: Path) -> None:
    for suffix in (".json", ".py"):
        target = net.with_name(f"out{suffix}")
        assert command("convert", net, target, *arguments(net)).status == 0
        assert target.exists()
    again = command("grad", net.with_name("out.json"), "--of", "out", "--wrt", "params.W", "-o", net.with_name("g.pb"))
    assert again.status == 0


def test_names_and_lines_of_the_source_are_in_the_model(command: Command, net: Path) -> None:
    target = net.with_suffix(".json")
    command("convert", net, target, *arguments(net))
    text = irlib.text(irlib.load(target))
    assert "%loss = mean@" in text
    assert 'at "net.py":10' in text


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "import os\ndef forward(x):\n    return x\n",
            "net.py:1: import of 'os'; only numpy and math are there [IR894]",
        ),
        ("def forward(x):\n    return open('pwned', 'w')\n", "net.py:2, in 'forward': there is no name 'open' here"),
        ("def forward(x):\n    return x.__class__\n", "net.py:2: the attribute '__class__' begins with an underscore"),
        ("def forward(y):\n    return y\n", "forward() lacks the argument 'y'"),
        ("def other(x):\n    return x\n", "has no function 'forward'; it has other"),
        ("def forward(x:\n", "net.py:1: is not Python"),
    ],
)
def test_a_refusal_says_file_line_and_reason_and_leaves_no_file(
    command: Command, tmp_path: Path, source: str, said: str
) -> None:
    path = tmp_path / "net.py"
    path.write_text(source)
    ran = command("convert", path, tmp_path / "net.pb", "--function", "forward", "--arg", "x=float64[3]")
    assert ran.status == 1
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert [p.name for p in tmp_path.iterdir()] == ["net.py"]


def test_an_error_when_it_runs_points_into_the_source(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text("def f(x, i):\n    y = x * 2\n    z = y[i]\n    return z\n")
    types = ["--arg", "x=float64[3]", "--arg", "i=int64[]"]
    assert command("convert", path, tmp_path / "net.pb", "--function", "f", *types).status == 0
    np.savez(tmp_path / "in.npz", x=np.zeros(3), i=np.array(7))
    ran = command("run", tmp_path / "net.pb", "--inputs", tmp_path / "in.npz", "-o", tmp_path / "out.npz")
    assert ran.status == 1
    assert "net.py:3" in ran.err
    assert "%z" in ran.err
