"""The text form: what it looks like, and that what is written is read back to an equal graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.graph import Graph, Location
from irlib.notation import parse_text, text
from irlib.op import ForeignOp
from irlib.types import DTYPES, parse_type

NAMES = [
    "x", "layers.0.w", "/a/b", "3", "%3", "a b", 'quote"', "back\\slash", "#", "x#0", "_", "at", "output", "ключ",
    "\u202e", "a\u0085b", "{", "@1", "x:2", "é", "tensor", "true", "}", "=", ",", "//", "\U0001f600",
]  # fmt: skip


def body() -> Graph:
    b = irlib.Builder("twice")
    x = b.input("x", "float32[n]")
    b.output("result", x + x)
    return b.build()


def everything() -> Graph:
    """A graph with every feature of the form but weights that are left out."""
    b = irlib.Builder("every thing")
    b.metadata["producer"] = "a test\n"
    b.symbol("batch", minimum=1, maximum=64)
    x = b.input("x", "float32[batch, 3]")
    w = b.parameter("layers.0.w", np.array([0.1, -0.0, np.inf], np.float32))
    state = b.buffer("state", "float32[3]")
    inner = body()
    attributes: tuple[tuple[str, Any], ...] = (
        ("flag", True), ("axis", -1), ("alpha", 0.5), ("mode", 'a"b'), ("raw", b"\x00\xff"), ("to", DTYPES["float16"]),
        ("absent", None), ("sizes", (1, 2)), ("none", ()), ("then", inner), ("all", (inner,)),
        ("type", parse_type("int64[n]")),
        ("table", irlib.Builder("t").constant(np.array([1, 2])).builder._variables[0].tensor),
    )  # fmt: skip
    b.location = Location("model.py", 12)
    twice = ForeignOp("org.example", "Twice", 3, attributes)
    (h,) = b.emit(twice, [b.constant(np.ones(3, np.float32))], body=inner)
    b.location = None
    y = b.named(b.add(b.multiply(x, w), h), "3")
    b.output("y", y)
    b.output("loss", b.constant(np.float32(1)), role="loss")
    b.output("new state", b.tanh(state), role="update-of", of="state")
    return b.build()


def test_every_feature_has_its_line(golden: Callable[[str, str], None]) -> None:
    golden(text(everything()), "notation/everything.txt")


def test_text_with_weights_reads_back_to_an_equal_graph() -> None:
    graph = everything()
    assert parse_text(text(graph, weights=True)) == graph


def test_text_that_was_read_is_written_the_same() -> None:
    written = text(everything(), weights=True)
    assert text(parse_text(written), weights=True) == written


@pytest.mark.parametrize("name", NAMES)
def test_any_name_reads_back(name: str) -> None:
    b = irlib.Builder(name)
    x = b.input(name, "float32[2]")
    b.output(name, x)
    b.output(f"d_{name}", b.tanh(x), role="gradient-of", of=name)
    graph = b.build()
    assert parse_text(text(graph)) == graph


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_printable_whatever_the_name(name: str) -> None:
    b = irlib.Builder(name)
    b.output(name, b.input(name, "float32[2]"))
    assert all(line.isprintable() for line in text(b.build()).split("\n"))


@pytest.mark.parametrize("name", [d for d in DTYPES if d != "string"])
def test_every_element_of_eight_bits_reads_back(name: str) -> None:
    dtype = DTYPES[name].numpy
    values = np.arange(256, dtype=np.uint8)
    if DTYPES[name].bits == 8 and name != "bool":
        array = values.view(dtype)
    else:
        array = values[: 2 ** min(DTYPES[name].bits, 8)].astype(np.float32).astype(dtype)
    for part in np.array_split(array, -(-len(array) // 32)):
        b = irlib.Builder()
        b.output("y", b.constant(part))
        graph = b.build()
        assert parse_text(text(graph, weights=True)) == graph


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.complex64, np.complex128])
def test_random_bits_read_back(dtype: Any) -> None:
    rng = np.random.default_rng(7)
    raw = rng.integers(0, 256, 30 * np.dtype(dtype).itemsize, dtype=np.uint8)
    b = irlib.Builder()
    for i in range(30):  # one by one, so that each NaN is its own literal
        b.output(f"y{i}", b.constant(raw.view(dtype)[i : i + 1]))
    graph = b.build()
    assert parse_text(text(graph)) == graph


@pytest.mark.parametrize("shape", [(), (1,), (0,), (2, 0, 3), (2, 3), (1, 1, 1), (2, 2, 2, 2), (1,) * 32])
def test_any_shape_reads_back(shape: tuple[int, ...]) -> None:
    b = irlib.Builder()
    b.output("y", b.constant(np.arange(float(np.prod(shape))).reshape(shape)))
    graph = b.build()
    assert parse_text(text(graph)) == graph


def test_strings_read_back() -> None:
    b = irlib.Builder()
    b.output("y", b.constant(np.array(["", 'a"', "\x00\n", b"\xff", "é"], object)))
    graph = b.build()
    assert parse_text(text(graph)) == graph


def test_large_tensor_is_elided_by_default_and_reading_says_so() -> None:
    b = irlib.Builder()
    b.output("y", b.constant(np.zeros(33)))
    graph = b.build()
    assert "elided sha256:" in text(graph)
    with pytest.raises(irlib.IRError, match=r"line 2, column .* left out; write the text with weights=True \[IR531\]"):
        parse_text(text(graph))
    assert parse_text(text(graph, weights=True)) == graph


def test_nan_with_a_payload_as_attribute_reads_back_bit_for_bit() -> None:
    odd = np.array([0xFFF8000000000007], np.uint64).view(np.float64)[0].item()
    b = irlib.Builder()
    (y,) = b.emit(ForeignOp("d", "n", 1, (("a", odd),)), [b.input("x", "float32[n]")], body=body())
    b.output("y", y)
    read: Any = parse_text(text(b.build())).ops[0]
    assert np.float64(read.attribute("a")).tobytes() == np.float64(odd).tobytes()


def test_equal_bodies_are_written_once() -> None:
    b = irlib.Builder()
    x: Any = b.input("x", "float32[n]")
    for i in range(3):
        (x,) = b.emit(ForeignOp("d", f"op{i}", 1), [x], body=body())
    b.output("y", x)
    assert text(b.build()).count("graph @") == 1


def test_deeply_nested_bodies_need_no_stack() -> None:
    inner = body()
    for _ in range(60):
        b = irlib.Builder("level")
        x = b.input("x", "float32[n]")
        (y,) = b.emit(ForeignOp("d", "level", 1), [x], body=inner)
        b.output("result", y)
        inner = b.build()
    assert parse_text(text(inner)) == inner


def test_long_chain_reads_back() -> None:
    b = irlib.Builder()
    x: Any = b.input("x", "float32[n]")
    for _ in range(20_000):
        x = b.tanh(x)
    b.output("y", x)
    graph = b.build()
    assert parse_text(text(graph)) == graph
