from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

import irlib
from irlib.cli import VERBS, check, command, failure, main
from irlib.cli.verb import Verb
from tests.cli.conftest import Command

PYTHON = [sys.executable, "-m", "irlib.cli"]


def verb_named(name: str) -> Verb:
    found = command.get_command(click.Context(command), name)
    assert isinstance(found, Verb)
    return found


def test_help_imports_neither_numpy_nor_an_op() -> None:
    script = (
        "import sys; from irlib.cli import main; main(['--help']); main(['run', '--help']);"
        "sys.stderr.write(' '.join(m for m in sys.modules if m.split('.')[0] in ('numpy', 'rich', 'onnx')"
        " or m == 'irlib.ops'))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "irlib run model.pb --inputs in.npz" in done.stdout


def test_check_imports_no_library_it_does_not_need(model: Path) -> None:
    script = f"import sys; from irlib.cli import main; main(['check', {str(model)!r}]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {"rich", "onnx", "scipy", "networkx", "jsonschema", "safetensors", "onnxruntime", "jax"}


def test_check_imports_the_families_of_the_ops_in_the_file_alone(model: Path) -> None:
    script = f"import sys; from irlib.cli import main; main(['check', {str(model)!r}]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    families = {name for name in done.stdout.split() if name.startswith("irlib.ops.")}
    assert "irlib.ops.trigonometric" in families
    assert not families & {"irlib.ops.convolution", "irlib.ops.control_flow", "irlib.ops.random"}


def test_help_lists_every_verb(command: Command) -> None:
    assert [line.split()[0] for line in command("--help").out.partition("Commands:")[2].splitlines() if line] == [
        *VERBS
    ]


def test_version_is_the_package_s(command: Command) -> None:
    assert command("--version").out == f"irlib {irlib.__version__}\n"


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_says_how_it_is_used(name: str, command: Command) -> None:
    ran = command(name, "--help")
    assert ran.status == 0
    assert verb_named(name).examples
    for example in verb_named(name).examples:
        assert example in ran.out


@pytest.mark.parametrize("name", VERBS)
def test_every_option_is_described(name: str) -> None:
    for parameter in verb_named(name).params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.name}"


@pytest.mark.parametrize("example", [e for name in VERBS for e in verb_named(name).examples])
def test_examples_have_options_that_exist(example: str) -> None:
    _, name, *words = shlex.split(example.partition("|")[0])
    known = {o for p in verb_named(name).params for o in (*p.opts, *p.secondary_opts)}
    assert {w for w in words if re.match(r"--?[a-z]", w)} <= known


def test_an_unknown_verb_is_a_usage_error_with_a_guess(command: Command) -> None:
    ran = command("chekc")
    assert ran.status == 2
    assert "did you mean 'check'?" in ran.err


def test_a_missing_file_is_a_usage_error(command: Command) -> None:
    assert command("check", "nothing.pb").status == 2


def test_an_error_is_one_line_with_code_and_remedy(command: Command, model: Path) -> None:
    ran = command("run", model)
    assert ran.status == 1
    assert ran.out == ""
    assert re.fullmatch(r"error: .*no array for input 'x' .*; give it with --inputs \[IR602\]\n", ran.err)


def test_hostile_text_in_an_error_cannot_reach_the_terminal() -> None:
    assert failure.one_line("a\x1b[31m\nb\u202e") == "a\\x1b[31m\\nb\\u202e"


def test_a_bug_is_told_as_one(command: Command, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(check, "_report", broken)
    ran = command("check", model)
    assert ran.status == 70
    assert ran.err.startswith("internal error: ZeroDivisionError: boom; irlib --traceback")
    assert "Traceback" not in ran.err
    assert "Traceback" in command("--traceback", "check", model).err


def test_an_interrupt_is_quiet(command: Command, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "_report", interrupted)
    ran = command("check", model)
    assert ran.status == 130
    assert ran.err.strip() == ""


def test_running_out_of_memory_is_an_error_not_a_bug(
    command: Command, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(check, "_report", full)
    assert command("check", model).status == 1


def test_a_broken_pipe_is_quiet(model: Path) -> None:
    process = subprocess.Popen(
        [*PYTHON, "show", str(model), "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr as stream:
        assert stream.read() == b""
    assert process.wait() != 70


def test_a_name_the_terminal_cannot_show_is_escaped(tmp_path: Path) -> None:
    b = irlib.Builder("größe日")
    b.output("y", b.input("x", "float32[]"))
    irlib.save(b.build(), tmp_path / "m.pb")
    done = subprocess.run(
        [*PYTHON, "info", str(tmp_path / "m.pb")], capture_output=True, env={"PYTHONIOENCODING": "latin-1"}, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "größe".encode("latin-1") + b"\\u65e5" in done.stdout


def test_main_returns_its_status() -> None:
    assert main(["--version"]) == 0
