"""Features of ai.onnx.ml: picked, scaled, imputed, normalized, and categories looked up."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np

from irlib.converters.onnx_model.rules.operands import dims_of
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule
from irlib.converters.onnx_model.rules.scores import ML
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, Value


@rule("ArrayFeatureExtractor", 1, dialect=ML)
def array_feature_extractor(b: Emitter, n: OnnxOp, x: Value, indices: Value) -> Any:
    """A vector counts as one row."""
    rows = b.unsqueeze(x, [0]) if rank_of(x) == 1 else x
    return b.take(rows, b.reshape(indices, [-1]), axis=rank_of(rows) - 1)


@rule("Binarizer", 1, dialect=ML)
def binarizer(b: Emitter, n: OnnxOp, x: Value) -> Any:
    threshold = n["threshold"]
    if x.dtype.is_integer:
        return b.cast(b.greater(b.cast(x, dtype="float64"), threshold), dtype=x.dtype)
    return b.cast(b.greater(x, threshold), dtype=x.dtype)


@rule("Scaler", 1, dialect=ML)
def scaler(b: Emitter, n: OnnxOp, x: Value) -> Any:
    y = _as_float(b, x)
    if n["offset"]:
        y = b.subtract(y, b.constant(list(n["offset"]), y.dtype))
    if n["scale"]:
        y = b.multiply(y, b.constant(list(n["scale"]), y.dtype))
    return _float32(b, x, y)


def _as_float(b: Emitter, x: Value) -> Any:
    """Integers as float32, which is what they become."""
    return x if x.dtype.is_float else b.cast(x, dtype="float32")


def _float32(b: Emitter, x: Value, y: Any) -> Any:
    """The result, in float32 as these operators have it."""
    return y if y.dtype.name == "float32" else b.cast(y, dtype="float32")


@rule("Normalizer", 1, dialect=ML)
def normalizer(b: Emitter, n: OnnxOp, x: Value) -> Any:
    y = _as_float(b, x)
    axes = [rank_of(x) - 1]
    if n["norm"] == "MAX":
        size = b.max(y, axes, keepdims=True)
    elif n["norm"] == "L1":
        size = b.sum(b.abs(y), axes, keepdims=True)
    elif n["norm"] == "L2":
        square = b.sum(b.square(y), axes, keepdims=True)
        nothing = b.equal(square, 0)
        return _float32(b, x, b.divide(y, b.sqrt(b.where(nothing, 1, square))))
    else:
        raise AttributeValueError(f"norm {n['norm']!r}, expected MAX, L1 or L2", code="IR302")
    return _float32(b, x, b.divide(y, b.where(b.equal(size, 0), 1, size)))


@rule("Imputer", 1, dialect=ML)
def imputer(b: Emitter, n: OnnxOp, x: Value) -> Any:
    kind = "float" if x.dtype.is_float else "int64"
    values, replaced = n[f"imputed_value_{kind}s"], n[f"replaced_value_{kind}"]
    if not values:
        raise AttributeValueError(f"imputed_value_{kind}s is missing for {x.dtype}", code="IR302")
    missing = b.isnan(x) if isnan(replaced) else b.equal(x, b.constant(replaced, x.dtype))
    return b.where(missing, b.constant(list(values), x.dtype), x)


@rule("FeatureVectorizer", 1, dialect=ML)
def feature_vectorizer(b: Emitter, n: OnnxOp, *xs: Value) -> Any:
    """Each operand cut, or filled up with zeros, to its size, side by side."""
    sizes = n["inputdimensions"] or (None,) * len(xs)
    parts = []
    for x, size in zip(xs, sizes, strict=False):
        rows = b.unsqueeze(x, [0]) if rank_of(x) == 1 else b.reshape(x, b.concat(
            dims_of(b, x, [0]), b.constant([-1], "int64"), axis=0))  # fmt: skip
        rows = b.cast(rows, dtype="float32") if rows.dtype.name != "float32" else rows
        parts.append(rows if size in (None, (rows.shape or (None,))[-1]) else b.fit_length(rows, size, axis=1))
    return b.concat(*parts, axis=1)


# Looking up: where a key equals the element, its value; the last of equal keys.


def _looked_up(b: Emitter, n: OnnxOp, x: Value, keys: Any, values: Any, default: Any) -> Any:
    if len(keys) != len(values):
        raise AttributeValueError(f"{len(keys)} keys for {len(values)} values, expected as many", code="IR302")
    if not len(keys):
        return b.broadcast_to(b.constant(default), b.shape(x))
    constant = b.constant(keys)
    if constant.dtype is not x.dtype:
        raise IRTypeError(f"keys are {constant.dtype}, got {x.dtype}", code="IR204")
    wide = b.unsqueeze(x, [-1])
    same = b.equal(wide, constant)
    if n.version >= 4 and x.dtype.is_float and bool(np.isnan(np.asarray(keys, np.float64)).any()):
        same = b.logical_or(same, b.logical_and(b.isnan(wide), b.isnan(constant)))
    place = b.argmax(b.cast(same, dtype="uint8"), axis=-1, select_last=True)
    return b.where(b.any(same, [-1]), b.take(b.constant(values), place, axis=0), b.constant(default))


_KINDS = {"strings": object, "int64s": np.int64, "floats": np.float32}


def _table(n: OnnxOp, which: str) -> tuple[str, Any]:
    """Keys or values as an array, and their kind."""
    tensor = n[f"{which}_tensor"] if n.version >= 4 else None
    if tensor is not None:
        array = tensor.array.reshape(-1)
        return {"O": "strings", "i": "int64s", "u": "int64s"}.get(array.dtype.kind, "floats"), array
    for kind, made in _KINDS.items():
        if n[f"{which}_{kind}"] is not None:
            return kind, np.array(n[f"{which}_{kind}"], dtype=made)
    raise AttributeValueError(f"no {which}_* is given", code="IR302")


@rule("LabelEncoder", 2, dialect=ML)
def label_encoder(b: Emitter, n: OnnxOp, x: Value) -> Any:
    _, keys = _table(n, "keys")
    kind, values = _table(n, "values")
    default: Any = np.array(
        {"strings": n["default_string"], "int64s": n["default_int64"]}.get(kind, n["default_float"])
    )
    if n.version >= 4 and n["default_tensor"] is not None:
        default = n["default_tensor"].array.reshape(())
    return _looked_up(b, n, x, keys, values, default.astype(values.dtype))


@rule("LabelEncoder", 1, until=1, dialect=ML)
def label_encoder_of_strings(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return _categories(b, n, x, n["classes_strings"] or (), range(len(n["classes_strings"] or ())))


@rule("CategoryMapper", 1, dialect=ML)
def category_mapper(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return _categories(b, n, x, n["cats_strings"] or (), n["cats_int64s"] or ())


def _categories(b: Emitter, n: OnnxOp, x: Value, strings: Any, numbers: Any) -> Any:
    """From strings to numbers or from numbers to strings, as the operand is."""
    names, ids = np.array(strings, dtype=object), np.array(numbers, dtype=np.int64)
    if x.dtype.kind == "string":
        return _looked_up(b, n, x, names, ids, np.array(n["default_int64"], np.int64))
    return _looked_up(b, n, x, ids, names, np.array(n["default_string"], dtype=object))


@rule("OneHotEncoder", 1, dialect=ML)
def one_hot_encoder(b: Emitter, n: OnnxOp, x: Value) -> Any:
    if not n["zeros"]:
        raise n.unsupported("an error for categories that are not listed (zeros = 0)")
    if x.dtype.kind == "string":
        keys = b.constant(np.array(n["cats_strings"] or (), dtype=object))
    else:
        x, keys = b.cast(x, dtype="int64"), b.constant(list(n["cats_int64s"] or ()), "int64")
    return b.cast(b.equal(b.unsqueeze(x, [-1]), keys), dtype="float32")


def _of_maps(b: Emitter, n: OnnxOp, *operands: Value) -> Any:
    raise n.unsupported("maps are no values of irlib")


for _name in ("CastMap", "DictVectorizer"):
    rule(_name, 1, dialect=ML)(_of_maps)


@rule("ZipMap", 1, dialect=ML)
def zip_map(b: Emitter, n: OnnxOp, x: Value) -> Any:
    """The scores themselves, a column for each label in the order of the labels: here a row needs no map."""
    return x
