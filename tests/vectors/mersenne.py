"""Vectors of the Mersenne twister: two words of each seed as published, and numpy's generator."""

from typing import Any

import numpy as np

from irlib.ops import mersenne as ops
from tests.vectors.vector import v


def drawn(seed: int) -> Any:
    return lambda shape: np.random.RandomState(seed).random_sample(tuple(shape))


VECTORS = [
    *[
        v(
            ops.MersenneUniform(seed=seed),
            np.array(s, np.int64),
            expected=drawn(seed),
            name=f"mersenne_uniform:{seed}:{s}",
        )
        for seed, s in ((0, [3]), (1, [2, 3]), (2**32 - 1, [700]), (7, []), (7, [0, 4]))
    ],
    # the generator's authors start it by 5489 and give its 10000th word, 4123659995, to check by: it is the second of
    # the 5000th float, of which 26 bits are kept
    v(
        ops.MersenneUniform(seed=5489),
        np.array([5000]),
        expected=drawn(5489),
        name="mersenne_uniform:published",
    ),
]
