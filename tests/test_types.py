"""Types: their one spelling, what is refused, and every dtype."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from irlib.errors import IRTypeError
from irlib.types import DTYPES, OptionalType, SequenceType, TensorType, as_type, dtype, parse_type, type_of


@pytest.mark.parametrize(
    "text",
    [
        "float32[batch, 64]",
        "int64[]",
        "bool[?, 3]",
        "bfloat16[...]",
        "sequence<float32[...]>",
        "optional<sequence<int8[n]>>",
        "float64[2*n + 1, max(1, n)]",
        "string[n]",
    ],
)
def test_the_spelling_is_read_back(text: str) -> None:
    assert str(parse_type(text)) == text


LARGE = ["float32[" + "1," * 40 + "1]", "float32[281474976710656]"]


@pytest.mark.parametrize(
    "text", ["", "float32", "float31[2]", "float32[2", "float32[-1]", "float32[,]", "list<float32[]>", *LARGE]
)
def test_what_is_not_a_type_is_refused(text: str) -> None:
    with pytest.raises(IRTypeError):
        parse_type(text)


@pytest.mark.parametrize("name", DTYPES)
def test_every_dtype_has_an_array(name: str) -> None:
    d = dtype(name)
    array = np.zeros(2, d.numpy) if d.kind != "string" else np.array(["a", "b"], object)
    assert type_of(array) == TensorType(d, (2,))


def test_there_is_one_object_for_each_dtype() -> None:
    d = dtype("float32")
    assert copy.deepcopy(d) is d
    assert pickle.loads(pickle.dumps(d)) is d
    assert dtype(np.float32) is d
    assert dtype("f32") is d


def test_file_numbers_are_distinct() -> None:
    assert len({d.number for d in DTYPES.values()}) == len(DTYPES)


def test_types_from_pairs() -> None:
    assert str(as_type(("float32", ("batch", None, 3)))) == "float32[batch, ?, 3]"
    assert str(as_type(("float32", None))) == "float32[...]"


def test_containers_of_values() -> None:
    assert type_of([np.zeros(2), np.zeros(3)]) == SequenceType(TensorType(dtype("float64"), (None,)))
    assert str(OptionalType(SequenceType(type_of(np.zeros(2))))) == "optional<sequence<float64[2]>>"
    with pytest.raises(IRTypeError):
        type_of([np.zeros(2), np.zeros(2, np.int64)])


def test_size_is_the_product_of_dims() -> None:
    assert parse_type("float32[2, n, 3]").size == 6 * parse_type("float32[n]").size  # type: ignore[union-attr, operator]
    assert parse_type("float32[2, ?]").size is None  # type: ignore[union-attr]
