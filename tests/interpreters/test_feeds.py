"""Feeds: in which forms they are taken, and how those that do not fit their declaration are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irlib
from irlib.errors import FeedError
from tests.interpreters.test_program import by_algorithm, mlp


@pytest.mark.parametrize(
    ("feeds", "code", "words"),
    [
        ({}, "IR602", "no feed for input 'x'"),
        ({"x": np.ones((2, 4), np.float32)}, "IR603", "cast it to float64"),
        ({"x": np.ones((2, 5))}, "IR603", "dim 1 is 5, expected 4"),
        ({"x": np.ones(4)}, "IR603", "rank 1"),
        ({"x": np.ones((2, 4)), "q": np.ones(1)}, "IR601", "got a feed for 'q'"),
        ({"x": object()}, "IR603", "got a object"),
    ],
)
def test_a_wrong_feed_is_refused(feeds: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(FeedError, match=words) as caught:
        irlib.run(mlp(), feeds)
    assert caught.value.code == code


def test_python_numbers_take_the_declared_dtype() -> None:
    b = irlib.Builder("numbers")
    x, i = b.input("x", "float32[n]"), b.input("i", "uint8[]")
    b.output("y", x * 2.0)
    b.output("j", i)
    model = b.build()
    outs = irlib.run(model, {"x": [1, 2.5], "i": 7})
    assert (outs["y"].dtype, outs["j"].dtype) == (np.float32, np.uint8)
    np.testing.assert_array_equal(outs["y"], np.array([2, 5], np.float32))
    for wrong in (
        {"x": [1.0], "i": 1.5},
        {"x": [1.0], "i": 300},
        {"x": [[1.0], [2.0, 3.0]], "i": 1},
        {"x": {}, "i": 1},
    ):
        with pytest.raises(FeedError) as caught:
            irlib.run(model, wrong)
        assert caught.value.code == "IR603"


def test_byte_order_and_subclasses_do_not_matter() -> None:
    class Mine(np.ndarray[Any, Any]):
        pass

    b = irlib.Builder("forms")
    b.output("y", b.reshape(b.input("x", "float64[n]"), [-1, 1]))
    model = b.build()
    x = np.arange(4.0)
    for given in (x.astype(">f8"), x.view(Mine), np.arange(8.0)[::2] / 2, np.broadcast_to(x, (2, 4))[1]):
        out = irlib.run(model, {"x": given})["y"]
        assert type(out) is np.ndarray
        assert out.dtype.isnative
        np.testing.assert_array_equal(out[:, 0], x)


def test_containers_are_held_against_their_declaration() -> None:
    b = irlib.Builder("containers")
    s, o = b.input("s", "sequence<float32[2]>"), b.input("o", "optional<float32[3]>")
    b.output("n", b.sequence_length(s))
    b.output("has", b.optional_has(o))
    model = b.build()
    good = [np.ones(2, np.float32)]
    assert irlib.run(model, {"s": good, "o": None})["n"] == 1
    assert irlib.run(model, {"s": [], "o": np.ones(3, np.float32)})["has"]
    for wrong in (
        {"s": good, "o": np.ones(4, np.float32)},
        {"s": [np.ones(3, np.float32)], "o": None},
        {"s": good[0], "o": None},
    ):
        with pytest.raises(FeedError):
            irlib.run(model, wrong)


def test_feeds_must_agree_on_a_symbol() -> None:
    b = irlib.Builder("two")
    x, y = b.input("x", "float64[n]"), b.input("y", "float64[n]")
    b.output("z", x + y)
    with pytest.raises(FeedError, match=r"dim 0 is 3, expected n = 2"):
        irlib.run(b.build(), {"x": np.ones(2), "y": np.ones(3)})


def test_feeds_must_agree_with_an_expression_of_symbols() -> None:
    b = irlib.Builder("two")
    x, y = b.input("x", "float64[2*n]"), b.input("y", "float64[n]")
    b.output("z", b.concat(x, y, axis=0))
    model = b.build()
    assert irlib.run(model, {"x": np.ones(4), "y": np.ones(2)})["z"].shape == (6,)
    with pytest.raises(FeedError, match=r"dim 0 is 5, expected 2\*n = 4"):
        irlib.run(model, {"x": np.ones(5), "y": np.ones(2)})


@pytest.mark.parametrize(
    "odd",
    [np.ma.masked_array([[0.0, 1.0], [2.0, 3.0]], mask=False), np.array([[0.0, 1.0], [2.0, 3.0]], ">f8")],
    ids=["masked", "big-endian"],
)
def test_feeds_of_other_array_kinds_are_the_plain_arrays_they_hold(odd: Any) -> None:
    b = irlib.Builder("g")
    x = b.input("x", "float64[n, m]")
    b.output("same", x)
    b.output("flat", b.reshape(x, [-1]))
    b.output("bits", b.bitcast(x, dtype="int64"))
    model = b.build()
    expected = irlib.run(model, {"x": np.array([[0.0, 1.0], [2.0, 3.0]])})
    for name, actual in irlib.run(model, {"x": odd}).items():
        assert type(actual) is np.ndarray
        assert actual.dtype.isnative
        np.testing.assert_array_equal(actual, expected[name], strict=True)


def test_feeds_that_are_no_mapping_are_refused() -> None:
    with pytest.raises(FeedError, match="got a list, expected a dict"):
        irlib.run(mlp(), [np.ones((1, 4))])


@pytest.mark.parametrize(
    ("op", "vector"),
    [
        ("reshape", [1]),
        ("reshape", [-2]),
        ("broadcast_to", [2, 0]),
        ("broadcast_to", [-2, 3]),
        ("broadcast_to", [7, 3]),
    ],
)
def test_a_shape_that_is_fed_is_obeyed_or_refused(op: str, vector: list[int]) -> None:
    b = irlib.Builder("g")
    y = getattr(b, op)(b.input("x", "float64[2, 3]"), b.input("shape", f"int64[{len(vector)}]"))
    b.output("y", y)
    model, feeds = b.build(), {"x": np.ones((2, 3)), "shape": np.array(vector)}
    for run in (irlib.run, by_algorithm):
        with pytest.raises(irlib.IRError):
            run(model, feeds)


def test_axes_that_are_fed_are_obeyed_or_refused() -> None:
    b = irlib.Builder("g")
    b.output("y", b.unsqueeze(b.input("x", "float64[]"), b.input("axes", "int64[2]")))
    with pytest.raises(irlib.IRError):
        irlib.run(b.build(), {"x": np.ones(()), "axes": np.array([0, 0])})
