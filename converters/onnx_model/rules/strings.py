"""Strings: normalizing them, and counting n-grams of them or of integers."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.errors import AttributeValueError, SafetyError
from irlib.methods import Emitter, Value

_MOST_COLUMNS, _MOST_SKIPS = 2**24, 1000


@rule("StringNormalizer", 10)
def string_normalizer(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.string_normalize(
        x, case=n["case_change_action"].lower(), case_sensitive=bool(n["is_case_sensitive"]),
        stopwords=tuple(n["stopwords"] or ()),
    )  # fmt: skip


@rule("StringSplit", 20)
def string_split(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.string_split(x, delimiter=n["delimiter"], maxsplit=n["maxsplit"])


@rule("RegexFullMatch", 20)
def regex_full_match(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return b.regex_full_match(x, pattern=n["pattern"] or "")


@rule("TfIdfVectorizer", 9)
def tfidf_vectorizer(b: Emitter, n: OnnxOp, x: Value) -> Any:
    """How often each n-gram of the pool occurs, its elements `skip` places apart, for every skip that is allowed."""
    if rank_of(x) == 1:
        return b.squeeze(_vectors(b, n, b.unsqueeze(x, [0])), [0])
    return _vectors(b, n, x)


def _vectors(b: Emitter, n: OnnxOp, x: Value) -> Any:
    pool, places = n["pool_strings"] or n["pool_int64s"] or (), n["ngram_indexes"]
    width = max(places, default=0) + 1
    if min(places, default=0) < 0 or width > _MOST_COLUMNS:
        what = f"ngram_indexes from {min(places, default=0)} to {width - 1}"
        raise SafetyError(f"{what}, expected 0 to {_MOST_COLUMNS - 1}", code="IR511")
    if not 0 <= n["max_skip_count"] <= _MOST_SKIPS:
        raise AttributeValueError(f"max_skip_count is {n['max_skip_count']}, expected 0 to {_MOST_SKIPS}", code="IR302")
    if x.dtype.kind != "string":
        x = b.cast(x, dtype="int64")
    rows = b.take(b.shape(x), b.constant([0], "int64"), axis=0)
    total = b.broadcast_to(b.constant(0, "int64"), b.concat(rows, b.constant([width], "int64"), axis=0))
    first = 0  # of the n-grams of a length, among all
    for grams, of_length, length in _by_length(n, pool):
        if n["min_gram_length"] <= length <= n["max_gram_length"]:
            slots = np.array(places[first : first + len(grams)])
            found = _counted(b, n, x, of_length, length)
            total = b.scatter(total, b.constant(slots), found, axis=1, reduction="add")
        first += len(grams)
    if n["mode"] == "TF":
        return b.cast(total, dtype="float32")
    if n["mode"] not in ("IDF", "TFIDF"):
        raise AttributeValueError(f"mode {n['mode']!r}, expected TF, IDF or TFIDF", code="IR302")
    weights = np.ones(width, np.float32)
    if n["weights"] is not None:
        weights[np.array(places)] = n["weights"]
    counts = b.minimum(total, 1) if n["mode"] == "IDF" else total
    return b.multiply(b.cast(counts, dtype="float32"), b.constant(weights))


def _by_length(n: OnnxOp, pool: tuple[Any, ...]) -> Any:
    """(n-grams, their elements as a matrix, their length) for 1-grams, 2-grams, .."""
    starts = [*n["ngram_counts"], len(pool)]
    kind: Any = object if pool and isinstance(pool[0], str) else np.int64
    for k, (low, high) in enumerate(pairwise(starts)):
        matrix = np.array(pool[low:high], dtype=kind).reshape(-1, k + 1)
        yield matrix, matrix, k + 1


def _counted(b: Emitter, n: OnnxOp, x: Value, grams: Any, length: int) -> Any:
    """Occurrences of the n-grams of one length: [rows, n-grams]."""
    columns = b.take(b.shape(x), b.constant([1], "int64"), axis=0)
    counts: Any = None
    # without a second element there is nothing to skip
    for skip in range(1 + (n["max_skip_count"] if length > 1 else 0)):
        apart = skip + 1
        count = b.maximum(b.subtract(columns, apart * (length - 1)), 0)
        same: Any = None
        for k in range(length):
            start = b.constant([k * apart], "int64")
            element = b.slice(x, start, b.add(start, count), [1])
            equal = b.equal(b.unsqueeze(element, [2]), b.constant(grams[:, k]))  # [rows, places, n-grams]
            same = equal if same is None else b.logical_and(same, equal)
        found = b.sum(b.cast(same, dtype="int64"), [1])
        counts = found if counts is None else b.add(counts, found)
    return counts
