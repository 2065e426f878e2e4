"""Random programs, read once and run on several inputs: Python's results, or a refusal; the seed is the test's name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from tests.converters.numpy_code.read.random_programs import drawn
from tests.converters.numpy_code.read.test_language import executed


def judged(seed: int, loops: str) -> bool:
    """Whether the program of this seed is read; asserts that it then gives what Python gives."""
    source = drawn(seed)
    rng = np.random.default_rng(seed)
    inputs = [rng.normal(size=6) * 1.5 for _ in range(4)]
    try:
        graph = irlib.from_numpy(source, "f", inputs[0], loops=loops, limits={"seconds": 30})
    except irlib.IRError:
        return False
    for x in inputs:
        with np.errstate(all="ignore"):
            expected: Any = executed(source, "f", x.copy())
        got = irlib.run(graph, {"x": x} if "x" in graph.by_name else {})
        assert len(got) == len(expected)
        for (name, value), wanted in zip(got.items(), expected, strict=True):
            np.testing.assert_allclose(value, wanted, rtol=1e-9, atol=1e-9, err_msg=f"{name} of seed {seed}\n{source}")
    return True


@pytest.mark.parametrize("loops", ["unroll", "scan"])
@pytest.mark.parametrize("decade", range(4))
def test_ten_random_programs(decade: int, loops: str) -> None:
    assert sum(judged(seed, loops) for seed in range(10 * decade, 10 * decade + 10)) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("loops", ["unroll", "scan"])
def test_many_random_programs(loops: str) -> None:
    assert sum(judged(seed, loops) for seed in range(40, 300)) >= 120
