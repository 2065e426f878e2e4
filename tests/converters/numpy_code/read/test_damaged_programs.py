"""Programs with words changed at random: they are read or refused, and nothing else is raised."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

import irlib
from tests.converters.numpy_code.read.programs import PROGRAMS
from tests.converters.numpy_code.read.random_programs import drawn

WORDS = (
    "0", "1", "-1", "None", "x", "[]", "{}", "()", "f", '""', "np", "lambda: 0", "True", "...", "x[0]", "*", "**", "==",
    "in", "is", "not", "and", "if", "else", "for", "range(3)", "self", "super()", "__init__", "object", "int",
    "slice(1)", "1j", "print", "len", "del", "nonlocal", "class", "return", "while", "break", ":", ",", "=", "+=",
    "yield", "import",
)  # fmt: skip


def damaged(r: random.Random) -> str:
    """One of the programs with one to three words taken away or exchanged."""
    source = r.choice([*PROGRAMS.values(), drawn(r.randrange(100))])
    parts = re.findall(r"\w+|[^\w\s]|\s+", source)
    for _ in range(r.randint(1, 3)):
        i, how = r.randrange(len(parts)), r.random()
        parts[i] = "" if how < 0.3 else r.choice(WORDS) if how < 0.7 else r.choice(parts)
    return "".join(parts) + "\n"


def test_a_damaged_del_of_nothing_is_refused() -> None:
    with pytest.raises(irlib.IRError, match="name 'y' is not defined"):
        irlib.from_numpy("def f(x):\n    del y\n    return x\n", "f", np.ones(3))


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_program_is_read_or_refused(seed: int) -> None:
    r = random.Random(seed)
    for turn in range(60):
        source = damaged(r)
        x = np.arange(6.0) if "class O" in source else np.arange(6.0).reshape(2, 3)
        try:
            irlib.from_numpy(source, "f", x, limits={"seconds": 1, "steps": 50_000})
        except irlib.IRError:
            continue
        except Exception as error:
            error.add_note(f"seed {seed}, turn {turn}:\n{source}")
            raise
