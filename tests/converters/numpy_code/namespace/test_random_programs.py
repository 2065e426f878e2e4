"""Random programs of views, aliases and stores give what they give on numpy, or are refused: never another number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from irlib.converters.numpy_code.namespace.refusal import TraceError
from tests.converters.numpy_code.namespace import programs
from tests.converters.numpy_code.namespace.judge import lies_so

SHAPES = ((3, 4), (2, 3, 4), (6,), (4, 3, 1))
REASONS = {
    "IR880": "a loop over rows of which only a run knows how many",
    "IR881": "add.at of floats into integers at an index that may be there twice",
    "IR882": "a write where a view and a copy would differ, and which it is nobody knows",
}
"""Why a program may be refused."""


def same(found: Any, expected: Any) -> bool:
    expected = np.asarray(expected)
    return (
        found.dtype == expected.dtype
        and found.shape == expected.shape
        and np.array_equal(found, expected, equal_nan=found.dtype.kind == "f")
    )


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_traced_programs_do_what_numpy_does(first: int) -> None:
    refused = 0
    for seed in range(first, first + 20):
        shape = SHAPES[seed % len(SHAPES)]
        program = programs.random_program(np.random.default_rng(seed), 12, shape)
        x = np.arange(float(np.prod(shape))).reshape(shape)
        expected = programs.run(np, x, program)

        def traced(x: Any, program: Any = program) -> Any:
            return programs.run_on_numpy(x, program)

        try:
            model = irlib.trace(traced, x)
        except TraceError as error:
            if error.code not in REASONS:
                raise AssertionError(f"seed {seed}") from error
            refused += 1
            continue
        found = irlib.run(model, {"x": x}).values()
        wrong = [i for i, (a, b) in enumerate(zip(found, expected, strict=True)) if not same(a, b)]
        assert not wrong, f"seed {seed}, arrays {wrong} of {program}"
    assert refused < 10


def test_programs_outside_a_trace_do_what_numpy_does() -> None:
    for seed in range(1000, 1060):
        shape = SHAPES[seed % len(SHAPES)]
        program = programs.random_program(np.random.default_rng(seed), 12, shape)
        x = np.arange(float(np.prod(shape))).reshape(shape)
        expected = programs.run(np, x, program)
        try:
            made = programs.run(irlib.numpy, irlib.numpy.asarray(x), program)
            found = [np.asarray(a) for a in made]
        except TraceError as error:
            if error.code not in REASONS:
                raise AssertionError(f"seed {seed}") from error
            continue
        wrong = [i for i, (a, b) in enumerate(zip(found, expected, strict=True)) if not same(a, b)]
        assert not wrong, f"seed {seed}, arrays {wrong} of {program}"
        elsewhere = [i for i, (a, b) in enumerate(zip(made, expected, strict=True)) if not lies_so(a, np.asarray(b))]
        assert not elsewhere, f"seed {seed}, layouts of arrays {elsewhere} of {program}"


def test_programs_on_a_size_that_is_not_known_do_what_numpy_does_for_every_size() -> None:
    compared = 0
    for seed in range(2000, 2030):
        shape = SHAPES[seed % len(SHAPES)]
        program = programs.random_program(np.random.default_rng(seed), 10, shape)
        try:
            argument = irlib.spec(("float64", ("n", *shape[1:])))
            model = irlib.trace(lambda x, p=program: programs.run_on_numpy(x, p), argument, static=["p"])
        except TraceError as error:
            if error.code not in REASONS:
                raise AssertionError(f"seed {seed}") from error
            continue
        for n in (shape[0], shape[0] + 1, 1):
            x = np.arange(float(n * np.prod(shape[1:]))).reshape(n, *shape[1:])
            try:
                expected = programs.run(np, x, program)
            except (ValueError, IndexError):
                continue  # the program is for another size
            found = irlib.run(model, {"x": x}).values()
            wrong = [i for i, (a, b) in enumerate(zip(found, expected, strict=True)) if not same(a, b)]
            assert not wrong, f"seed {seed}, size {n}, arrays {wrong} of {program}"
            compared += 1
    assert compared > 30
