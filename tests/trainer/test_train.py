from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irlib
from irlib import nn, training
from irlib.errors import ExecutionError, FeedError, FileError, StructureError, UnsupportedError
from irlib.trainer import Trained, redrawn, train
from irlib.trainer.batches import Batches, permutation


def model(dtype: str = "float32") -> irlib.Graph:
    """A network of two layers on three inputs, with dropout."""
    b = irlib.Builder("net")
    x, t, key = b.input("x", f"{dtype}[n, 3]"), b.input("t", "int64[n]"), b.input("key", "uint32[2]")
    h = nn.dropout(b, b.tanh(nn.linear(b, x, 8, name="hidden")), 0.1, key)
    b.output("loss", b.cross_entropy(nn.linear(b, h, 2, name="scores"), t), role="loss")
    return b.build()


def data(count: int = 50) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((count, 3)).astype("float32")
    return {"x": x, "t": (x[:, 0] * x[:, 1] > 0).astype("int64")}


def values(graph: irlib.Graph) -> dict[str, bytes]:
    nodes = (*graph.parameters, *graph.buffers)
    return {str(n.name): n.variable.tensor.array.tobytes() for n in nodes if n.variable and n.variable.tensor}


def test_a_loss_goes_down() -> None:
    made = train(model(), data(200), optimizer=training.adam(0.02), epochs=30, batch_size=20)
    losses = [line["loss"] for line in made.history]
    assert losses[-1] < 0.5 * losses[0]
    assert made.stopped == "epochs"
    assert [line["step"] for line in made.history] == list(range(10, 301, 10))
    assert made.model.outputs == model().outputs


def test_the_facade_has_it() -> None:
    assert irlib.train is train


def test_equal_seeds_give_equal_bits_and_others_do_not() -> None:
    one, two = (train(model(), data(), epochs=2, seed=3) for _ in range(2))
    assert values(one.step) == values(two.step)
    assert values(one.step) != values(train(model(), data(), epochs=2, seed=4).step)


def test_each_epoch_has_every_row_once() -> None:
    batches = Batches(model(), data(50), 16, 0)
    assert batches.per_epoch == 4
    for epoch in (1, 2):
        seen = np.concatenate([feeds["x"] for feeds in batches.epoch(epoch)])
        np.testing.assert_array_equal(np.sort(seen, axis=0), np.sort(data(50)["x"], axis=0))
    first, second = (next(iter(batches.epoch(k)))["x"] for k in (1, 2))
    assert not np.array_equal(first, second)


def test_orders_are_the_same_everywhere() -> None:
    assert permutation(8, "epoch", 0, 1).tolist() == [6, 5, 3, 4, 2, 0, 1, 7]


def test_a_model_of_a_fixed_batch_gets_whole_batches() -> None:
    b = irlib.Builder("fixed")
    b.output("loss", b.sum(b.input("x", "float32[16, 3]") * b.parameter("w", np.ones(3, "float32"))), role="loss")
    batches = Batches(b.build(), {"x": data(50)["x"]}, 32, 0)
    assert [feeds["x"].shape for feeds in batches.epoch(1)] == [(16, 3)] * 3


class StoppedError(Exception):
    pass


def interrupted(at: int, path: Path, **options: Any) -> Trained:
    """A training that breaks off after step `at`, and is resumed."""

    def report(done: int, total: int, loss: float) -> None:
        if done == at:
            raise StoppedError

    with pytest.raises(StoppedError):
        train(model(), data(), checkpoint=path, report=report, **options)
    return train(model(), data(), checkpoint=path, resume=True, **options)


@pytest.mark.parametrize("at", [1, 4, 5, 7, 11])
def test_a_resumed_training_ends_in_the_same_bits(at: int, tmp_path: Path) -> None:
    options: dict[str, Any] = {
        "optimizer": training.adam(training.one_cycle(0.05, 12)), "epochs": 3, "batch_size": 13, "every": 2,
        "validation": 0.2, "clip_norm": 1.0,
    }  # fmt: skip
    whole = train(model(), data(), **options)
    made = interrupted(at, tmp_path / "run.ckpt", **options)
    assert values(made.step) == values(whole.step)
    assert values(made.model) == values(whole.model)
    told = [{k: v for k, v in line.items() if k != "seconds"} for line in made.history]
    assert told == [{k: v for k, v in line.items() if k != "seconds"} for line in whole.history]


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from tests.trainer.test_train import data, model
from irlib.trainer import train

def report(done, total, loss):
    if done == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

train(model(), data(), optimizer="adamw", epochs=4, batch_size=10, every=1, checkpoint=sys.argv[2], report=report)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_training_resumes_to_the_same_bits(tmp_path: Path) -> None:
    path, root = tmp_path / "run.ckpt", Path(__file__).parent.parent.parent
    done = subprocess.run([sys.executable, "-c", KILLED, str(root), str(path), "13"], check=False)
    assert done.returncode == -signal.SIGKILL
    made = train(model(), data(), optimizer="adamw", epochs=4, batch_size=10, checkpoint=path, resume=True)
    assert values(made.step) == values(train(model(), data(), optimizer="adamw", epochs=4, batch_size=10).step)


def test_a_finished_training_may_be_prolonged(tmp_path: Path) -> None:
    path = tmp_path / "run.ckpt"
    train(model(), data(), epochs=1, checkpoint=path)
    made = train(model(), data(), epochs=3, checkpoint=path, resume=True)
    assert values(made.step) == values(train(model(), data(), epochs=3).step)


def test_a_checkpoint_of_another_training_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.ckpt"
    train(model(), data(), epochs=1, checkpoint=path)
    with pytest.raises(FileError, match=r"another model, optimizer, data, batch size or seed.*\[IR519\]"):
        train(model(), data(), epochs=2, checkpoint=path, resume=True, seed=1)
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(FileError, match=r"it is no checkpoint.*\[IR501\]"):
        train(model(), data(), epochs=2, checkpoint=path, resume=True)


def test_training_stops_early_and_keeps_the_best_epoch() -> None:
    rng = np.random.default_rng(1)
    noise = {"x": rng.standard_normal((40, 3)).astype("float32"), "t": rng.integers(0, 2, 40)}
    made = train(model(), noise, optimizer=training.adam(0.1), epochs=200, validation=0.5, patience=3)
    assert made.stopped == "patience"
    judged = [line["validation"] for line in made.history]
    assert len(judged) == int(np.argmin(judged)) + 1 + 3
    assert values(made.model) != {k: v for k, v in values(made.step).items() if k in values(made.model)}


def test_the_log_has_a_line_for_each_epoch(tmp_path: Path) -> None:
    made = train(model(), data(), epochs=3, validation=0.2, log=tmp_path / "log.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert lines == made.history
    assert set(lines[0]) == {"epoch", "step", "loss", "validation", "rate", "seconds"}


def test_half_floats_come_back_from_a_checkpoint(tmp_path: Path) -> None:
    b = irlib.Builder("half")
    x, w = b.input("x", "bfloat16[n, 3]"), b.parameter("w", np.ones(3, irlib.dtype("bfloat16").numpy))
    b.output("loss", b.mean(b.square(x * w)), role="loss")
    half, rows = b.build(), {"x": data()["x"].astype(irlib.dtype("bfloat16").numpy)}
    train(half, rows, epochs=1, checkpoint=tmp_path / "run.ckpt")
    made = train(half, rows, epochs=2, checkpoint=tmp_path / "run.ckpt", resume=True)
    assert values(made.step) == values(train(half, rows, epochs=2).step)


def test_a_loss_that_is_not_finite_names_the_first_node() -> None:
    b = irlib.Builder("roots")
    x, w = b.input("x", "float64[n]"), b.parameter("w", np.array(1.0))
    b.output("loss", b.mean(b.log(b.subtract(x * w, 0.5, name="inside"), name="logarithm")), role="loss")
    with pytest.raises(ExecutionError, match=r"node %logarithm \(log\) is the first that is not finite.*\[IR614\]"):
        train(b.build(), {"x": np.array([1.0, 0.25])}, epochs=1)


def test_data_and_parameters_that_are_not_finite_are_named() -> None:
    rows = data()
    rows["x"][3, 1] = np.nan
    with pytest.raises(ExecutionError, match="the data for 'x' is not finite"):
        train(model(), rows)
    b = irlib.Builder("steep")
    w = b.parameter("w", np.array(3.0))
    b.output("loss", b.mean(b.exp(w * w) * b.input("x", "float64[n]")), role="loss")
    with pytest.raises(ExecutionError, match="the loss is inf"):
        train(b.build(), {"x": np.ones(4)}, optimizer=training.sgd(0.1), epochs=5, batch_size=1)


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ({"x": np.zeros((4, 3), "float32")}, r"no array for input 't' \(int64\[n\]\)"),
        ({"x": np.zeros((4, 3), "float32"), "t": np.zeros(5, "int64")}, r"got x\[4, 3\], t\[5\], expected"),
        ({"x": np.zeros((4, 3), "float32"), "t": np.zeros(4, "int64"), "z": np.zeros(4)}, "'z' feeds nothing"),
        ({"x": np.zeros((4, 3)), "t": np.zeros(4, "int64")}, r"got float64\[4, 3\], expected float32\[n, 3\]"),
    ],
)
def test_data_that_does_not_fit_is_refused(rows: dict[str, Any], what: str) -> None:
    with pytest.raises(FeedError, match=what):
        train(model(), rows)


def test_the_log_tells_the_learning_rate() -> None:
    made = train(model(), data(), optimizer=training.sgd(training.exponential(0.1, 0.5)), epochs=2, batch_size=50)
    assert [line["rate"] for line in made.history] == [0.05, 0.025]
    plateau = training.reduce_on_plateau(0.1, patience=0, threshold=0.9, factor=0.5)
    made = train(model(), data(), optimizer=training.sgd(plateau), epochs=4, batch_size=50)
    assert [line["rate"] for line in made.history] == [0.1, 0.05, 0.025, 0.0125]
    assert {line["rate"] for line in train(model(), data(), optimizer="adam", epochs=2).history} == {1e-3}


def test_every_engine_trains_and_the_losses_agree() -> None:
    options: dict[str, Any] = {"optimizer": training.adam(0.02), "epochs": 3, "validation": 0.2, "clip_norm": 1.0}
    reference, emitted = (train(model(), data(), engine=e, **options) for e in ("reference", "numpy"))
    for ours, theirs in zip(reference.history, emitted.history, strict=True):
        assert ours["loss"] == pytest.approx(theirs["loss"], rel=1e-5)
        assert ours["validation"] == pytest.approx(theirs["validation"], rel=1e-5)
    with pytest.raises(UnsupportedError, match=r"reference.*\[IR323\]"):
        train(model(), data(), engine="abacus")


def test_a_restart_has_the_same_values_in_another_order() -> None:
    one, two, again = redrawn(model(), 1), redrawn(model(), 2), redrawn(model(), 1)
    assert values(one) == values(again)
    for n in model().parameters:
        before, first, second = (g.nodes[n.name].variable.tensor.array for g in (model(), one, two))
        np.testing.assert_array_equal(np.sort(first, axis=None), np.sort(before, axis=None))
        assert np.ptp(before) == 0 or not (np.array_equal(first, before) or np.array_equal(first, second))
    kept = redrawn(model(), 1, ["hidden.weight"])
    changed = [n.name for n in model().parameters if values(kept)[str(n.name)] != values(model())[str(n.name)]]
    assert changed == ["hidden.weight"]


def test_of_several_restarts_the_best_is_returned() -> None:
    options: dict[str, Any] = {"optimizer": training.adam(0.02), "epochs": 3, "validation": 0.2}
    made = train(model(), data(), restarts=3, **options)
    alone = [train(redrawn(model(), k) if k else model(), data(), **options) for k in range(3)]
    assert values(made.members[0]) == values(alone[0].model)
    assert len({m.outputs == model().outputs for m in made.members}) == 1
    assert len({values(m)["scores.weight"] for m in made.members}) == 3
    assert values(made.model) == values(made.members[made.best])
    with_every_seed = [train(model(), data(), restarts=k + 1, **options).history[-1]["validation"] for k in range(3)]
    assert with_every_seed == sorted(with_every_seed, reverse=True)


def test_an_ensemble_is_the_mean_of_its_members(tmp_path: Path) -> None:
    b = irlib.Builder("two heads")
    x, t = b.input("x", "float32[n, 3]"), b.input("t", "int64[n]")
    scores = nn.linear(b, b.tanh(nn.linear(b, x, 8, name="hidden")), 2, name="last")
    b.output("scores", scores)
    b.output("class", b.argmax(scores, axis=1))
    b.output("loss", b.cross_entropy(scores, t), role="loss")
    made = train(b.build(), data(), epochs=2, restarts=3, ensemble=True)
    irlib.save(made.model, tmp_path / "ensemble.pb")
    both = irlib.load(tmp_path / "ensemble.pb")
    assert [o.name for o in both.outputs] == ["scores", "loss"]
    each = [irlib.run(m, data()) for m in made.members]
    mean = irlib.run(both, data())
    for name in ("scores", "loss"):
        np.testing.assert_allclose(mean[name], np.mean([e[name] for e in each], axis=0), rtol=1e-5)


def test_models_that_differ_are_no_ensemble() -> None:
    b = irlib.Builder("other")
    b.output("loss", b.sum(b.input("x", "float32[n, 3]")), role="loss")
    with pytest.raises(StructureError, match=r"member 1 .*other inputs.*\[IR118\]"):
        training.ensemble([model(), b.build()])
    with pytest.raises(StructureError, match=r"no float output 'scores'.*\[IR118\]"):
        training.ensemble([model()], ["scores"])


def test_restarts_that_are_broken_off_are_resumed_to_the_same_bits(tmp_path: Path) -> None:
    options: dict[str, Any] = {"epochs": 2, "batch_size": 13, "every": 2, "restarts": 3}
    whole = train(model(), data(), **options)
    made = interrupted(13, tmp_path / "run.ckpt", log=tmp_path / "log.jsonl", **options)
    assert [values(m) for m in made.members] == [values(m) for m in whole.members]
    assert made.best == whole.best
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(line["restart"], line["epoch"]) for line in lines] == [(k, e) for k in range(3) for e in (1, 2)]
