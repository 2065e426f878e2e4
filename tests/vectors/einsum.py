"""Vectors of einsum."""

from typing import Any

import ml_dtypes
import numpy as np

from irlib.ops.einsum import Einsum
from tests.vectors.vector import Vector, v

RNG = np.random.default_rng(21)


def case(equation: str, *shapes: tuple[int, ...], dtype: Any = np.float64, **how: Any) -> Vector:
    xs = [RNG.standard_normal(s).astype(dtype) for s in shapes]
    return v(Einsum(equation), *xs, expected=lambda *a: np.einsum(equation, *a), rtol=1e-11, **how)


VECTORS = [
    case("ij,jk->ik", (2, 3), (3, 4)),
    case("ij,jk", (2, 3), (3, 4)),
    case("ba", (2, 3)),
    case("ij->", (2, 3)),
    case("->", ()),
    case(",i->i", (), (3,)),
    case("ij->j", (2, 3)),
    case("ii->i", (3, 3)),
    case("ii", (3, 3)),
    case("iji->j", (2, 3, 2)),
    case("iij,j->i", (2, 2, 3), (3,)),
    case("iii->", (2, 2, 2)),
    case("i,j->ji", (2,), (3,)),
    case("i,i->i", (3,), (3,)),
    case("...ij,...jk->...ik", (5, 2, 3), (3, 4)),
    case("...ij,...jk", (1, 2, 3), (5, 3, 4)),
    case("bhqd,bhkd->bhqk", (2, 3, 4, 5), (2, 3, 6, 5)),
    case("bqhd,bkhd->bhqk", (2, 4, 3, 5), (2, 6, 3, 5)),
    case("ij,ij->", (2, 3), (2, 3)),
    case("ij,kl->ki", (2, 3), (4, 5)),
    case("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)),
    case("i,j,k,ijk->", (2,), (3,), (4,), (2, 3, 4)),
    case("ij,ij->j", (1, 3), (2, 3)),
    case("...i->...", (2, 3)),
    case("i...->...i", (2, 3, 4)),
    case("ij,jk->ik", (0, 3), (3, 4)),
    case("ij,jk->ik", (2, 0), (0, 4)),
    case(" i j , j -> i ", (2, 3), (3,)),
    v(
        Einsum("...i->"), np.arange(6.0).reshape(2, 3), expected=np.array(15.0), name="einsum:ellipsis_summed_over",
    ),
    v(
        Einsum("ij,jk->ik"), np.arange(6, dtype=np.int8).reshape(2, 3) * 20, np.ones((3, 2), np.int8),
        expected=np.matmul, name="einsum:int8_wraps",
    ),
    v(
        Einsum("i->"), np.ones(3000, ml_dtypes.bfloat16), expected=np.array(3000, ml_dtypes.bfloat16),
        name="einsum:bfloat16_accumulates_in_float32", wrt=(),
    ),
    v(
        Einsum("ij,j->i"), np.full((2, 4000), 0.1, np.float16), np.ones(4000, np.float16),
        expected=np.full(2, np.float32(np.float16(0.1)) * 4000, np.float16),
        name="einsum:float16_accumulates_in_float32", wrt=(), rtol=1e-3,
    ),
    v(
        Einsum("ij,jk->ik"), RNG.standard_normal((2, 3)) * (1 + 2j), RNG.standard_normal((3, 2)) * (2 - 1j),
        expected=np.matmul, name="einsum:complex", judge="other",
    ),
]  # fmt: skip
