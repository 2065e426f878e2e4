"""Graphs that together hold everything a file can: the subjects of the round trips and of the frozen files."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np

import irlib.ops  # noqa: F401  gives the builder its methods
from irlib.builder import Builder
from irlib.graph import Graph, Location
from irlib.op import ForeignOp
from irlib.tensor import Tensor
from irlib.types import DTYPES, OptionalType, SequenceType, TensorType, parse_type

CORPUS: dict[str, Callable[[], Graph]] = {}

NAN_WITH_PAYLOAD = struct.unpack(">d", bytes.fromhex("7ff80000deadbeef"))[0]


def corpus(make: Callable[[], Graph]) -> Callable[[], Graph]:
    CORPUS[make.__name__] = make
    return make


@corpus
def empty() -> Graph:
    return Builder("").build()


@corpus
def mlp() -> Graph:
    b = Builder("mlp")
    x = b.input("x", "float32[batch, 4]")
    w = b.parameter("w", np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3))
    c = b.parameter("c", np.zeros(3, np.float32))
    h = b.tanh(x @ w + c, name="h")
    b.output("y", h)
    b.output("loss", b.sum(h * h), role="loss")
    return b.build()


@corpus
def every_dtype() -> Graph:
    b = Builder("dtypes")
    for name, dtype in DTYPES.items():
        if name == "string":
            continue
        bytes_each = max(dtype.bits // 8, 1)
        highest = 2 if name == "bool" else 1 << min(dtype.bits, 8)
        raw = (np.arange(6 * bytes_each) * 37 % highest).astype(np.uint8)
        array = raw.view(dtype.numpy).reshape(2, 3)
        b.output(f"out.{name}", b.parameter(name, Tensor(array)))
        b.output(f"none.{name}", b.buffer(f"empty.{name}", Tensor(np.zeros((0, 2), dtype.numpy))))
    return b.build()


@corpus
def floats_to_the_bit() -> Graph:
    b = Builder("floats")
    values = [0.0, -0.0, 5e-324, np.inf, -np.inf, np.nan, NAN_WITH_PAYLOAD, 0.1, 1e308]
    for name in ("float16", "float32", "float64"):
        with np.errstate(over="ignore"):
            b.output(name, b.constant(np.array(values).astype(name)))
    b.output("plain", b.constant(np.array([0.1, 3.0, 1e-40], np.float32)))
    b.output("scalar", b.constant(np.float64(2.5)))
    b.output("complex", b.constant(np.array([complex(-0.0, np.nan), 1j])))
    return b.build()


@corpus
def large_integers() -> Graph:
    b = Builder("integers")
    b.output("i", b.constant(np.array([2**63 - 1, -(2**63), 2**53 + 1, 0], np.int64)))
    b.output("u", b.constant(np.array([2**64 - 1, 2**53 - 1], np.uint64)))
    b.output("t", b.constant(np.array([[True], [False]])))
    return b.build()


@corpus
def strings() -> Graph:
    b = Builder("strings")
    items = np.array([["", "a\nb\0"], ["日本 \U0001f600", b"\xff\xfe"]], object)
    b.output("s", b.constant(items))
    b.output("e", b.constant(np.zeros((0,), object)))
    return b.build()


@corpus
def every_type() -> Graph:
    b = Builder("types")
    spellings = [
        "float32[]",
        "float32[?, 3]",
        "float32[...]",
        "int64[0]",
        "float32[batch, 2*batch*n + 1]",
        "float32[(n + 1)//2, max(n, 3)]",
        "bool[281474976710655]",
        "sequence<float32[...]>",
        "optional<sequence<int64[n.m_2]>>",
    ]
    for i, spelling in enumerate(spellings):
        b.output(f"o{i}", b.input(f"i{i}", parse_type(spelling)))
    b.symbol("batch", minimum=1)
    b.symbol("n", minimum=2, maximum=2**40)
    return b.build()


@corpus
def odd_names() -> Graph:
    b = Builder("odd %0 \U0001f600 é")
    names = [
        "%3",
        "3",
        "a b",
        '"',
        "\\",
        "{}",
        "%s{0}",
        "../x",
        "é",
        "\U0001f600",
        "a" * 4096,
        "__metadata__",
        "\u202e",
        "#0",
    ]
    values = [b.input(n, "float32[2]") for n in names]
    total: Any = values[0]
    for v in values[1:]:
        total = total + v
    b.output("%3.out", b.named(total, "sum of all"))
    b.metadata["key \n"] = "value\n\0 é"
    b.metadata["a"] = ""
    return b.build()


@corpus
def locations() -> Graph:
    b = Builder("locations")
    x = b.input("x", "float32[2]")
    b.location = Location("model.py", 3)
    y = b.tanh(x)
    b.location = Location("dir/other é.py", 2**31)
    y = b.tanh(y)
    b.location = None
    y = b.tanh(y)
    b.location = Location("model.py", 0)
    b.output("y", b.tanh(y))
    return b.build()


@corpus
def roles() -> Graph:
    b = Builder("roles")
    x = b.input("x", "float32[3]")
    w = b.parameter("w", np.ones(3, np.float32))
    count = b.buffer("count", np.zeros((), np.int64))
    untrained = b.parameter("free", "float32[3]")
    b.output("loss", b.sum(x * w * untrained), role="loss")
    b.output("d_w", x * untrained, role="gradient-of", of="w")
    b.output("next count", count + 1, role="update-of", of="count")
    b.output("y", x)
    return b.build()


def _branch(name: str, factor: float) -> Graph:
    b = Builder(name)
    x = b.input("x", "float64[n]")
    b.output("y", x * factor)
    b.output("z", b.tanh(x))
    return b.build()


@corpus
def regions() -> Graph:
    b = Builder("regions")
    inner = Builder("outer branch")
    x = inner.input("x", "float64[n]")
    y, z = inner.call(x, graph=_branch("inner", 3.0))
    inner.output("y", z)
    inner.output("z", y)
    p, v = b.input("p", "bool[]"), b.input("v", "float64[n]")
    y, z = b.cond(p, v, then_branch=_branch("branch", 2.0), else_branch=inner.build())
    # equal to a graph that is there already, yet another object
    again, _ = b.call(y, graph=_branch("branch", 2.0))
    b.output("y", again)
    b.output("z", z)
    return b.build()


def _two(name: str) -> Graph:
    b = Builder(name)
    b.output("first", b.input("x", "float32[2]"))
    b.output("second", b.tanh(b.input("y", "float32[2]")))
    return b.build()


EVERY_ATTRIBUTE: tuple[tuple[str, Any], ...] = tuple(
    sorted(
        {
            "absent": None,
            "bool": True,
            "bools": (True, False),
            "bytes": b"\x00\xff",
            "bytes_list": (b"", b"\xff"),
            "dtype": DTYPES["bfloat16"],
            "dtypes": (DTYPES["bool"], DTYPES["string"]),
            "empty": (),
            "float": 1.0,
            "float.nan": NAN_WITH_PAYLOAD,
            "float.negative_zero": -0.0,
            "floats": (1.0, -np.inf, np.inf, 5e-324),
            "graph": _two("a region"),
            "graphs": (_two("a region"), _two("another")),
            "int": 1,
            "int.large": -(2**63),
            "ints": (1, 2**53 + 1, 2**63 - 1, -1),
            "odd é \n": "odd é \n\0",
            "string": "",
            "strings": ("1", "", "true"),
            "tensor": Tensor(np.array([1.5, -2.0], np.float32)),
            "type": SequenceType(TensorType(DTYPES["int64"], None)),
            "types": (parse_type("float32[k]"), OptionalType(parse_type("bool[]"))),
        }.items()
    )
)


@corpus
def foreign() -> Graph:
    b = Builder("foreign")
    x = b.input("x", "float32[2]")
    rich = ForeignOp("com.example", "Everything", 7, EVERY_ATTRIBUTE)
    first, second = b.emit(rich, [x, None, x], "rich", _two("body"))
    plain = ForeignOp("com.example", "Plain", 1)
    third, _ = b.emit(plain, [second, first], None, _two("body"))
    negative = ForeignOp("com.example", "Plain", 1, (("alpha", -0.0),))
    _, fourth = b.emit(negative, [third, first], None, _two("body"))
    b.output("y", third)
    b.output("z", fourth)
    b.output("x again", first)
    return b.build()


@corpus
def dead_nodes() -> Graph:
    b = Builder("dead")
    x = b.input("x", "float32[2]")
    b.constant(np.arange(3), name="kept for its name")
    b.tanh(b.tanh(x))
    b.output("y", x + x)
    return b.build()
