"""What a training step has besides the formulas of its optimizer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irlib
from irlib import training
from irlib.errors import AttributeValueError, IRTypeError, UnsupportedError


def line(dtype: str = "float64") -> irlib.Graph:
    b = irlib.Builder("line")
    w = b.parameter("w", np.array([1.0, -2.0], dtype))
    b.output("loss", b.sum(b.square(w * b.input("x", f"{dtype}[2]"))), role="loss")
    return b.build()


def test_everything_a_step_remembers_is_in_it() -> None:
    optimizer = training.adamw(training.warm_up(training.reduce_on_plateau(0.1, every=2), 3))
    step = irlib.training_step(line(), loss="loss", optimizer=optimizer, clip_norm=1.0)
    buffers = {n.name for n in step.buffers}
    assert buffers == {
        "w.first_moment", "w.second_moment", "optimizer.step",
        "optimizer.rate", "optimizer.best", "optimizer.bad", "optimizer.cooldown", "optimizer.loss_sum",
    }  # fmt: skip
    assert {o.of for o in step.outputs if str(o.role) == "update-of"} == buffers | {"w"}


def test_an_optimizer_may_be_named() -> None:
    feeds = {"x": np.array([1.0, 2.0])}
    named = irlib.run(irlib.training_step(line(), "loss", "adam"), feeds)
    made = irlib.run(irlib.training_step(line(), "loss", training.adam()), feeds)
    np.testing.assert_array_equal(named["new_w"], made["new_w"])
    with pytest.raises(UnsupportedError, match="no optimizer 'adma'; use one of: sgd, momentum"):
        irlib.training_step(line(), "loss", "adma")


CONTINUED = """
import sys
import numpy as np
import irlib
from irlib import training
step = irlib.load(sys.argv[1])
for k in range(5, 10):
    step = training.with_values(step, training.updates(step, irlib.run(step, {"x": np.array([0.3, 0.1 * k])})))
irlib.save(step, sys.argv[1])
"""


def test_a_saved_step_continued_in_another_process_is_bitwise_equal(tmp_path: Path) -> None:
    optimizer = training.adam(training.one_cycle(0.1, 10), weight_decay=0.01)
    step = irlib.training_step(line(), optimizer=optimizer, clip_norm=0.5)
    for k in range(10):
        if k == 5:
            irlib.save(step, tmp_path / "step.pb")
        step = training.with_values(step, training.updates(step, irlib.run(step, {"x": np.array([0.3, 0.1 * k])})))
    subprocess.run([sys.executable, "-c", CONTINUED, str(tmp_path / "step.pb")], check=True)
    other = irlib.load(tmp_path / "step.pb")
    assert other == step
    for node in (*step.parameters, *step.buffers):
        assert node.variable.tensor.array.tobytes() == other.nodes[node.name].variable.tensor.array.tobytes()


def test_updates_of_the_model_stay() -> None:
    b = irlib.Builder("counted")
    count = b.buffer("count", np.array(7.0))
    w = b.parameter("w", np.array(2.0))
    b.output("loss", w * w, role="loss")
    b.output("after", count + 1.0, role="update-of", of="count")
    step = irlib.training_step(b.build(), optimizer="sgd")
    values = training.updates(step, irlib.run(step))
    assert float(values["count"]) == 8.0
    assert set(values) == {"count", "w"}


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", training.OPTIMIZERS)
def test_half_floats_are_updated_in_float32(name: str, dtype: str) -> None:
    b = irlib.Builder("half")
    w = b.parameter("w", np.array([1.0, 0.5], irlib.dtype(dtype).numpy))
    b.output("loss", b.sum(w * w), role="loss")
    step = irlib.training_step(b.build(), optimizer=training.OPTIMIZERS[name](0.05), clip_norm=10.0)
    assert {str(n.type.dtype) for n in step.buffers} <= {"float32", "int64"}
    values = training.updates(step, irlib.run(step))
    assert values["w"].dtype == irlib.dtype(dtype).numpy
    assert np.all(values["w"].astype(float) < [1.0, 0.5])


def test_names_of_slots_that_are_taken_are_numbered() -> None:
    b = irlib.Builder("taken")
    w, other = b.parameter("w", np.array(1.0)), b.parameter("w.velocity", np.array(1.0))
    b.output("loss", w * w + other * other, role="loss")
    step = irlib.training_step(b.build(), optimizer="momentum")
    assert [n.name for n in step.buffers] == ["w.velocity.2", "w.velocity.velocity"]
    assert irlib.run(step)["new_w.velocity.2"] == 2.0


def test_the_output_named_as_loss_has_its_role() -> None:
    b = irlib.Builder("unnamed")
    w = b.parameter("w", np.array(1.0))
    b.output("energy", w * w)
    step = irlib.training_step(b.build(), loss="energy")
    assert str(step.outputs_by_name["energy"].role) == "loss"


def test_a_parameter_without_a_value_has_slots_without_one() -> None:
    b = irlib.Builder("typed")
    w = b.parameter("w", "float32[n]")
    b.output("loss", b.sum(w * w), role="loss")
    step = irlib.training_step(b.build(), optimizer="momentum")
    assert step.nodes["w.velocity"].variable.tensor is None
    made = irlib.run(step, {"w": np.ones(3, np.float32), "w.velocity": np.zeros(3, np.float32)})
    np.testing.assert_allclose(made["new_w"], 0.8, rtol=1e-6)


def test_complex_parameters_are_for_optimizers_without_squares() -> None:
    b = irlib.Builder("complex")
    w = b.parameter("w", np.array(1.0 + 1.0j))
    b.output("loss", b.real(w * b.conj(w)), role="loss")
    step = irlib.training_step(b.build(), optimizer="momentum")
    assert abs(irlib.run(step)["new_w"]) < abs(1 + 1j)
    with pytest.raises(IRTypeError, match=r"'w' is complex128\[\], expected a real float"):
        irlib.training_step(b.build(), optimizer="adam")


WRONG: list[Any] = [
    lambda: training.sgd(-0.1),
    lambda: training.adam(beta1=1.0),
    lambda: training.rmsprop(alpha=1.5),
    lambda: training.momentum(weight_decay=-1.0),
    lambda: training.cosine(0.1, 0),
    lambda: training.one_cycle(0.1, 3),
    lambda: training.reduce_on_plateau(0.1, factor=1.0),
    lambda: irlib.training_step(line(), clip_norm=0.0),
]


@pytest.mark.parametrize("make", WRONG)
def test_numbers_that_make_no_sense_are_refused(make: Any) -> None:
    with pytest.raises(AttributeValueError, match=r"expected .* \[IR302\]"):
        make()
