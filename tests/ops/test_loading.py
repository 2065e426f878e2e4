from __future__ import annotations

import subprocess
import sys

import pytest

import irlib
from irlib.errors import UnknownOpError
from irlib.op import REGISTRY, lookup
from irlib.ops import load_all
from irlib.ops.index import FAMILY_OF


def in_a_new_process(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_an_op_is_loaded_when_it_is_looked_up() -> None:
    script = (
        "import sys, irlib.ops; from irlib.op import REGISTRY, lookup; assert not REGISTRY;"
        "print(lookup('irlib', 'tanh', 1).__name__, 'irlib.ops.convolution' in sys.modules)"
    )
    assert in_a_new_process(script) == "Tanh False"


def test_a_method_is_there_when_it_is_called() -> None:
    script = (
        "import irlib.ops; from irlib.builder import Builder; b = Builder();"
        "print(b.tanh(b.input('x', 'float32[2]')).type)"
    )
    assert in_a_new_process(script) == "float32[2]"


def test_an_index_that_is_out_of_date_costs_time_and_nothing_else() -> None:
    script = (
        "import irlib.ops; from irlib.op import lookup; irlib.ops.FAMILY_OF.pop('tanh');"
        "irlib.ops.FAMILY_OF['sin'] = 'shape'; print(lookup('irlib', 'tanh', 1).name, lookup('irlib', 'sin', 1).name)"
    )
    assert in_a_new_process(script) == "tanh sin"


def test_the_public_builder_has_every_op_as_a_method() -> None:
    script = "import irlib; print(callable(irlib.Builder.convolution), callable(irlib.Builder.tanh))"
    assert in_a_new_process(script) == "True True"


def test_what_is_no_op_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="there is no op 'tahn'"):
        irlib.Builder().tahn  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(UnknownOpError, match="no version 9"):
        lookup("irlib", "tanh", 9)


def test_every_op_is_in_the_index() -> None:
    load_all()
    assert {n for d, n, _ in REGISTRY if d == "irlib" and REGISTRY[d, n, _].__module__.startswith("irlib.ops")} == set(
        FAMILY_OF
    )
