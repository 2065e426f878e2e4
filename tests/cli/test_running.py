from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

import irlib
from irlib.cli.arrays import read_npz, write_npz
from tests.cli.conftest import Command


def test_run_writes_the_outputs(command: Command, model: Path, inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.npz"
    assert command("run", model, "--inputs", inputs, "-o", out) == (0, "", "")
    expected = irlib.run(irlib.load(model), {"x": np.load(inputs)["x"]})
    with np.load(out) as got:
        assert set(got) == {"h", "loss"}
        assert got["h"].tobytes() == expected["h"].tobytes()


def test_run_prints_the_outputs_without_a_file(command: Command, model: Path, inputs: Path) -> None:
    ran = command("run", model, "--inputs", inputs)
    assert "h: float32[2, 3]\n" in ran.out
    assert "loss: float32[] " in ran.out


def test_the_same_run_gives_the_same_bytes(command: Command, model: Path, inputs: Path, tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        command("run", model, "--inputs", inputs, "-o", tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_parameter_may_be_fed(command: Command, model: Path, inputs: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "zero.npz", x=np.load(inputs)["x"], w=np.zeros((4, 3), "float32"))
    assert "loss: float32[] 0.0\n" in command("run", model, "--inputs", tmp_path / "zero.npz").out


def test_another_dtype_is_refused_unless_cast(command: Command, model: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "wide.npz", x=np.ones((2, 4)))
    ran = command("run", model, "--inputs", tmp_path / "wide.npz")
    assert ran.status == 1
    assert "got float64[2, 4], expected float32[batch, 4]; cast it, or let --cast do so [IR603]" in ran.err
    assert command("run", model, "--cast", "--inputs", tmp_path / "wide.npz").status == 0


def test_a_cast_that_would_change_integers_is_refused(command: Command, tmp_path: Path) -> None:
    b = irlib.Builder("indices")
    b.output("y", b.input("i", "int32[n]"))
    irlib.save(b.build(), tmp_path / "m.pb")
    np.savez(tmp_path / "in.npz", i=np.array([0.5, 1.0]))
    ran = command("run", tmp_path / "m.pb", "--cast", "--inputs", tmp_path / "in.npz")
    assert (ran.status, "[IR603]" in ran.err) == (1, True)


def test_an_array_nothing_asks_for_is_refused(command: Command, model: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "more.npz", x=np.ones((2, 4), "float32"), y=np.ones(3))
    assert (
        "array 'y' feeds nothing, expected one of: x, w [IR601]"
        in command("run", model, "--inputs", tmp_path / "more.npz").err
    )


def test_python_objects_are_never_read(command: Command, model: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "objects.npz", x=np.array([{"a": 1}], dtype=object))
    ran = command("run", model, "--inputs", tmp_path / "objects.npz")
    assert (ran.status, "[IR510]" in ran.err) == (1, True)


def test_an_array_that_says_it_is_larger_than_it_is_allocates_nothing(
    command: Command, model: Path, tmp_path: Path
) -> None:
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 4), }".ljust(117) + b"\n"
    member = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    with zipfile.ZipFile(tmp_path / "liar.npz", "w") as archive:
        archive.writestr("x.npy", member)
    ran = command("run", model, "--inputs", tmp_path / "liar.npz")
    assert (ran.status, "[IR220]" in ran.err) == (1, True)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip"])
def test_what_is_no_npz_is_an_error(command: Command, model: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.npz").write_bytes(content)
    ran = command("run", model, "--inputs", tmp_path / "x.npz")
    assert (ran.status, "[IR501]" in ran.err) == (1, True)


def test_a_member_that_is_no_array_is_an_error(command: Command, model: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("x.npy", b"hello")
    ran = command("run", model, "--inputs", tmp_path / "x.npz")
    assert (ran.status, "[IR501]" in ran.err) == (1, True)


def test_arrays_may_have_any_name_and_kind(tmp_path: Path) -> None:
    import ml_dtypes

    path = tmp_path / "a.npz"
    arrays = {
        "file": np.arange(3),
        "self": np.array(1, np.float32),
        "größe/x": np.array([1 + 2j]),
        "text": np.array(["a", "bc"], dtype=object),
        "small": np.array([1.5, 2], ml_dtypes.bfloat16),
    }
    with path.open("wb") as file:
        write_npz(file, arrays)
    got = read_npz(path)
    assert list(got) == list(arrays)
    assert got["text"].tolist() == ["a", "bc"]
    assert got["small"].view(ml_dtypes.bfloat16).tolist() == [1.5, 2.0]
    assert got["größe/x"].tolist() == [1 + 2j]


def test_a_bfloat16_output_can_be_fed_again(command: Command, tmp_path: Path) -> None:
    b = irlib.Builder("half")
    b.output("x", b.input("x", "bfloat16[n]"))
    irlib.save(b.build(), tmp_path / "m.pb")
    import ml_dtypes

    with (tmp_path / "in.npz").open("wb") as file:
        write_npz(file, {"x": np.array([1.5], ml_dtypes.bfloat16)})
    for source, target in (("in", "out"), ("out", "again")):
        paths = tmp_path / f"{source}.npz", tmp_path / f"{target}.npz"
        assert command("run", tmp_path / "m.pb", "--inputs", paths[0], "-o", paths[1]).status == 0


def test_a_budget_is_kept_and_the_old_output_stays(command: Command, model: Path, inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.npz"
    out.write_bytes(b"old")
    ran = command("run", model, "--inputs", inputs, "-o", out, "--budget-bytes", 1)
    assert (ran.status, "[IR620]" in ran.err) == (1, True)
    assert out.read_bytes() == b"old"
    assert not list(tmp_path.glob(".*.part"))


def test_outputs_are_written_as_npz_alone(command: Command, model: Path, inputs: Path) -> None:
    assert command("run", model, "--inputs", inputs, "-o", "out.txt").status == 2


def test_trace_shows_each_value(command: Command, model: Path, inputs: Path, tmp_path: Path) -> None:
    ran = command("run", model, "--inputs", inputs, "--trace", "-o", tmp_path / "out.npz")
    lines = ran.out.splitlines()
    assert [line.split()[1] for line in lines] == ["%x", "%w", "%2", "%h", "%4"]
    assert lines[3].startswith("v(3) %h = tanh(%2) : float32[2, 3] ")


def test_nan_check_names_the_first_node_that_is_not_finite(command: Command, tmp_path: Path) -> None:
    b = irlib.Builder("pole")
    x = b.input("x", "float64[2]")
    b.output("y", b.tanh(b.reciprocal(x, name="pole")))
    irlib.save(b.build(), tmp_path / "m.pb")
    np.savez(tmp_path / "in.npz", x=np.array([0.0, 1.0]))
    assert command("run", tmp_path / "m.pb", "--inputs", tmp_path / "in.npz").status == 0
    ran = command("run", tmp_path / "m.pb", "--inputs", tmp_path / "in.npz", "--nan-check")
    assert ran.status == 1
    assert "node %pole (reciprocal): of 2 elements 0 are NaN and 1 infinite" in ran.err


def test_grad_writes_a_graph_that_runs(command: Command, model: Path, inputs: Path, tmp_path: Path) -> None:
    made = tmp_path / "grad.pb"
    assert command("grad", model, "--of", "loss", "--wrt", "w,x", "--keep", "loss", "-o", made).status == 0
    gradient = irlib.load(made)
    assert [(o.name, o.of) for o in gradient.outputs] == [("loss", None), ("d_w", "w"), ("d_x", "x")]
    _, expected = irlib.value_and_grad(irlib.load(model), {"x": np.load(inputs)["x"]}, of="loss", wrt=["w"])
    got = irlib.run(gradient, {"x": np.load(inputs)["x"]})
    np.testing.assert_array_equal(got["d_w"], expected["w"])


def test_grad_with_cotangents_has_an_input_for_each_output(command: Command, model: Path, tmp_path: Path) -> None:
    made = tmp_path / "grad.pb"
    assert command("grad", model, "--of", "h", "--cotangents", "-o", made).status == 0
    assert [n.name for n in irlib.load(made).inputs] == ["x", "d_h"]


def test_grad_traces_the_backward_pass(command: Command, model: Path, inputs: Path) -> None:
    ran = command("grad", model, "--trace", "--inputs", inputs)
    lines = ran.out.splitlines()
    assert lines[0] == "d(4) %4 = sum(%h) : float32[] 1.0"
    assert [line.split()[1] for line in lines[:-1]] == ["%4", "%h", "%2", "%w"]
    assert lines[-1].startswith("d_w : float32[4, 3] ")


def test_grad_needs_somewhere_to_write_or_something_to_watch(command: Command, model: Path) -> None:
    assert command("grad", model).status == 2


def test_grad_of_what_is_not_there_is_an_error(command: Command, model: Path, tmp_path: Path) -> None:
    ran = command("grad", model, "--of", "los", "-o", tmp_path / "g.pb")
    assert (ran.status, "[IR113]" in ran.err) == (1, True)
    assert not (tmp_path / "g.pb").exists()


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (b"\x93NUMPY\x01\x00\x10\x00{'shape': (2,    ", "it is no .npy array"),
        (b"\x93NUMPY\x01\x00\x03\x00(((", "it is no .npy array"),
    ],
)
def test_a_header_that_is_no_dict_is_an_error(
    command: Command, model: Path, tmp_path: Path, member: bytes, words: str
) -> None:
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("x.npy", member)
    ran = command("run", model, "--inputs", tmp_path / "x.npz")
    assert ran.status == 1
    assert words in ran.err


def test_records_are_not_taken_for_the_numbers_in_them(command: Command, tmp_path: Path) -> None:
    b = irlib.Builder("m")
    b.output("y", b.tanh(b.input("x", "float64[2]")))
    irlib.save(b.build(), tmp_path / "m.pb")
    np.savez(tmp_path / "x.npz", x=np.zeros(2, [("a", "float32"), ("b", "int32")]))
    ran = command("run", tmp_path / "m.pb", "--inputs", tmp_path / "x.npz")
    assert ran.status == 1
    assert "records" in ran.err
