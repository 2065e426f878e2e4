"""First values: their distributions, their seeds, and that their bits are the same everywhere."""

from __future__ import annotations

import hashlib
from math import sqrt
from typing import Any

import numpy as np
import pytest
from scipy import stats

import irlib
from irlib import nn
from irlib.errors import AttributeValueError, IRTypeError
from irlib.nn.initializers import _log

FANS = nn.Fans(300, 200)
SHAPE = (300, 200)


def drawn(initializer: nn.Initializer, seed: int = 0) -> Any:
    return initializer.draw(SHAPE, FANS, "w", seed)


@pytest.mark.parametrize(
    ("initializer", "bound"),
    [(nn.xavier_uniform(), sqrt(6 / 500)), (nn.he_uniform(), sqrt(6 / 300)), (nn.uniform(-2.0, 2.0), 2.0)],
)
def test_uniform_values_fill_their_interval(initializer: nn.Initializer, bound: float) -> None:
    values = drawn(initializer).ravel()
    assert stats.kstest(values, stats.uniform(-bound, 2 * bound).cdf).pvalue > 0.01
    assert np.abs(values).max() <= bound


@pytest.mark.parametrize(
    ("initializer", "std"),
    [(nn.xavier_normal(), sqrt(2 / 500)), (nn.he_normal(), sqrt(2 / 300)), (nn.normal(3.0), 3.0)],
)
def test_normal_values_have_their_deviation(initializer: nn.Initializer, std: float) -> None:
    assert stats.kstest(drawn(initializer).ravel(), stats.norm(0, std).cdf).pvalue > 0.01


@pytest.mark.parametrize("shape", [(40, 20), (20, 40), (8, 2, 3, 3), (16, 16)])
def test_orthogonal_values_are_orthonormal(shape: tuple[int, ...]) -> None:
    q = nn.orthogonal(2.0).draw(shape, FANS, "w").reshape(shape[0], -1) / 2.0
    gram = q @ q.T if q.shape[0] <= q.shape[1] else q.T @ q
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-14)
    with pytest.raises(AttributeValueError, match="two dims or more"):
        nn.orthogonal().draw((3,), FANS, "c")


def test_names_and_seeds_give_other_values_and_the_same_ones_the_same() -> None:
    one = drawn(nn.he_normal())
    np.testing.assert_array_equal(one, drawn(nn.he_normal()))
    assert not np.any(one == drawn(nn.he_normal(), seed=1))
    assert not np.any(one == nn.he_normal().draw(SHAPE, FANS, "v"))


def test_the_logarithm_of_the_draw_is_one() -> None:
    x = np.concatenate([np.random.default_rng(0).random(10_000), [5e-324, 1e-300, 0.5, np.nextafter(1, 0)]])
    np.testing.assert_allclose(_log(x), np.log(x), rtol=4e-16 * 4, atol=0)


BITS = {
    "uniform": "d94bb048ae4f267f",
    "normal": "48e62edc38eb4243",
    "xavier_uniform": "b6c397b9da139519",
    "xavier_normal": "bda5ccb47d78bd0f",
    "he_uniform": "064aea5292a3f0b8",
    "he_normal": "423651561fe065fe",
    "orthogonal": "a856af2b5a8ad442",
}


@pytest.mark.parametrize("name", BITS)
def test_the_bits_are_the_same_on_every_platform(name: str) -> None:
    values = drawn(getattr(nn, name)(), seed=3)
    assert hashlib.sha256(values.astype("<f8").tobytes()).hexdigest()[:16] == BITS[name]


@pytest.mark.parametrize(
    ("build", "into", "out_of"),
    [
        (lambda b, w: nn.linear(b, b.input("x", "float64[n, 30]"), 20, weight_init=w), 30, 20),
        (lambda b, w: nn.conv2d(b, b.input("x", "float64[n, 6, 9, 9]"), 8, (3, 5), weight_init=w), 90, 120),
        (lambda b, w: nn.conv1d(b, b.input("x", "float64[n, 6, 9]"), 8, 3, groups=2, weight_init=w), 9, 12),
        (lambda b, w: nn.conv_transpose2d(b, b.input("x", "float64[n, 6, 4, 4]"), 4, 2, weight_init=w), 24, 16),
        (lambda b, w: nn.lstm(b, b.input("x", "float64[s, n, 7]"), 5, weight_init=w, recurrent_init=w), 7, 5),
    ],
)
def test_fans_are_those_of_the_layer(build: Any, into: int, out_of: int) -> None:
    seen = []

    class Spy(nn.Initializer):
        def draw(self, shape: Any, fans: nn.Fans, name: str, seed: int = 0) -> Any:
            seen.append(fans)
            return np.zeros(shape)

    build(irlib.Builder("layer"), Spy())
    assert seen[0] == (into, out_of)


def test_parameters_are_of_the_dtype_of_the_input() -> None:
    b = irlib.Builder("half")
    nn.linear(b, b.input("x", "bfloat16[n, 3]"), 2)
    assert {str(n.type).split("[")[0] for n in b.build().parameters} == {"bfloat16"}


def test_layers_without_a_name_are_numbered() -> None:
    b = irlib.Builder("deep")
    x = b.input("x", "float32[n, 3]")
    for _ in range(3):
        x = nn.linear(b, x, 3, bias=False)
    b.output("y", x)
    assert [n.name for n in b.build().parameters] == ["linear.weight", "linear2.weight", "linear3.weight"]


def test_what_a_layer_must_know_is_named() -> None:
    b = irlib.Builder("unknown")
    x = b.input("x", "float32[n, m]")
    with pytest.raises(IRTypeError, match=r"hidden: got float32\[n, m\], expected a number as dim -1"):
        nn.linear(b, x, 3, name="hidden")
    with pytest.raises(IRTypeError, match=r"layer.weight has shape \[2, 2\], expected \[3, 4\]"):
        nn.linear(b, b.input("z", "float32[n, 3]"), 4, name="layer", weight_init=np.zeros((2, 2)))
    with pytest.raises(AttributeValueError, match="groups is 4, expected a divisor of 6"):
        nn.conv2d(b, b.input("i", "float32[n, 6, 5, 5]"), 8, 3, groups=4)
    with pytest.raises(AttributeValueError, match="kernel_size is"):
        nn.conv2d(b, b.input("k", "float32[n, 6, 5, 5]"), 8, (3, 3, 3))
