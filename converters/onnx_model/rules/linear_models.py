"""Linear models and support vector machines of ai.onnx.ml."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from irlib.converters.onnx_model.rules.coupling import coupled
from irlib.converters.onnx_model.rules.operands import dims_of
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule, shape_of_rank
from irlib.converters.onnx_model.rules.scores import ML, chosen, class_labels, transformed, two_classes
from irlib.errors import AttributeValueError
from irlib.methods import Emitter, Value
from irlib.tensor import Array


def _rows(b: Emitter, x: Value) -> Any:
    """The operand as a matrix of floats; a vector is one row."""
    x = x if x.dtype.is_float else b.cast(x, dtype="float32")
    return b.unsqueeze(x, [0]) if rank_of(x) == 1 else x


def _matrix(values: tuple[float, ...], rows: int, what: str) -> Array:
    if rows < 1 or len(values) % rows:
        raise AttributeValueError(f"{len(values)} {what}, expected a multiple of {rows}", code="IR302")
    return np.array(values, np.float32).reshape(rows, -1)


def _float32(b: Emitter, y: Any) -> Any:
    return y if y.dtype.name == "float32" else b.cast(y, dtype="float32")


def _linear(b: Emitter, n: OnnxOp, x: Any, rows: int) -> Any:
    weights = b.constant(_matrix(n["coefficients"] or (), rows, "coefficients").T, x.dtype)
    y = b.matmul(x, weights)
    return b.add(y, b.constant(list(n["intercepts"]), x.dtype)) if n["intercepts"] else y


@rule("LinearRegressor", 1, dialect=ML)
def linear_regressor(b: Emitter, n: OnnxOp, x: Value) -> Any:
    return _float32(b, transformed(b, n["post_transform"], _linear(b, n, _rows(b, x), n["targets"])))


@rule("LinearClassifier", 1, dialect=ML)
def linear_classifier(b: Emitter, n: OnnxOp, x: Value) -> Any:
    """One score for two classes is that of the second."""
    labels, x = class_labels(b, n), _rows(b, x)
    classes = len(n["classlabels_strings"] or n["classlabels_ints"])
    features = shape_of_rank(x)[1]
    count = len(n["intercepts"] or ()) or (len(n["coefficients"]) // features if isinstance(features, int) else classes)
    scores = _linear(b, n, x, count)
    if count == 1 and classes == 2:
        label, both = two_classes(b, n, labels, scores, positive=False, complement=True)
        return label, _float32(b, both)
    return chosen(b, labels, scores), _float32(b, transformed(b, n["post_transform"], scores))


def _kernel(b: Emitter, n: OnnxOp, x: Any, vectors: Array) -> Any:
    """The kernel of each row with each vector: [rows, vectors]."""
    gamma, coef0, degree = (*(n["kernel_params"] or ()), 0.0, 0.0, 0.0)[:3]
    kind = n["kernel_type"]
    if kind == "RBF":
        apart = b.subtract(b.unsqueeze(x, [1]), b.constant(vectors, x.dtype))
        return b.exp(b.multiply(b.sum(b.square(apart), [2]), -gamma))
    product = b.matmul(x, b.constant(vectors.T, x.dtype))
    if kind == "LINEAR":
        return product
    inner = b.add(b.multiply(product, gamma), coef0)
    if kind == "SIGMOID":
        return b.tanh(inner)
    if kind != "POLY":
        raise AttributeValueError(f"kernel_type {kind!r}, expected LINEAR, POLY, RBF or SIGMOID", code="IR302")
    return b.power(inner, degree)


@rule("SVMRegressor", 1, dialect=ML)
def svm_regressor(b: Emitter, n: OnnxOp, x: Value) -> Any:
    x, rho = _rows(b, x), (n["rho"] or (0.0,))[0]
    coefficients = n["coefficients"] or ()
    if n["n_supports"]:
        kernel = _kernel(b, n, x, _matrix(n["support_vectors"] or (), n["n_supports"], "support_vectors"))
    else:
        kernel, coefficients = _kernel(b, n, x, _matrix(coefficients, 1, "coefficients")), (1.0,)
    y = b.add(b.matmul(kernel, b.constant(np.array(coefficients).reshape(-1, 1), x.dtype)), rho)
    if n["one_class"]:
        y = b.where(b.greater(y, 0), b.constant(1, y.dtype), b.constant(-1, y.dtype))
    return _float32(b, transformed(b, n["post_transform"], y))


@rule("SVMClassifier", 1, dialect=ML)
def svm_classifier(b: Emitter, n: OnnxOp, x: Value) -> Any:
    labels, x = class_labels(b, n), _rows(b, x)
    count, sizes = len(n["classlabels_strings"] or n["classlabels_ints"]), n["vectors_per_class"] or ()
    if not sizes:
        scores = _kernel(b, n, x, _matrix(n["coefficients"] or (), count, "coefficients"))
        scores = b.add(scores, (n["rho"] or (0.0,))[0])
        return chosen(b, labels, scores), _float32(b, transformed(b, n["post_transform"], scores))
    if len(n["rho"] or ()) < count * (count - 1) // 2:
        raise AttributeValueError(f"{len(n['rho'] or ())} rho for {count} classes", code="IR302")
    pairs = [(i, j) for i in range(count) for j in range(i + 1, count)]
    decisions = _decisions(b, n, x, sizes, pairs)
    label = chosen(b, labels, _votes(b, decisions, pairs, count))  # also where there are probabilities
    if n["prob_a"]:
        scores = _coupled(b, n, decisions, pairs, count)
    elif count == 2:  # the one decision is for the first class
        scores = b.concat(b.negative(decisions), decisions, axis=1)
    else:
        scores = decisions
    return label, _float32(b, transformed(b, n["post_transform"], scores))


def _decisions(b: Emitter, n: OnnxOp, x: Any, sizes: tuple[int, ...], pairs: list[tuple[int, int]]) -> Any:
    """The decision of each pair of classes; above 0 it is for the first: [rows, pairs]."""
    total = sum(sizes)
    kernel = _kernel(b, n, x, _matrix(n["support_vectors"] or (), total, "support_vectors"))
    table = _matrix(n["coefficients"] or (), len(sizes) - 1, "coefficients")
    rho = n["rho"] or ()
    if table.shape[1] != total or len(rho) < len(pairs):
        raise AttributeValueError(
            f"{table.size} coefficients, {len(rho)} rho for {total} vectors of {len(sizes)} classes", code="IR302"
        )
    bounds = list(pairwise(np.concatenate([[0], np.cumsum(sizes)]).tolist()))
    weights = np.zeros((total, len(pairs)))
    for k, (i, j) in enumerate(pairs):
        for own, other in ((i, j - 1), (j, i)):
            low, high = bounds[own]
            weights[low:high, k] = table[other, low:high]
    return b.add(b.matmul(kernel, b.constant(weights, x.dtype)), b.constant(list(rho[: len(pairs)]), x.dtype))


def _votes(b: Emitter, decisions: Any, pairs: list[tuple[int, int]], count: int) -> Any:
    """How many pairs each class wins."""
    first, second = np.zeros((len(pairs), count)), np.zeros((len(pairs), count))
    for k, (i, j) in enumerate(pairs):
        first[k, i] = second[k, j] = 1
    won = b.cast(b.greater(decisions, 0), dtype=decisions.dtype)
    return b.add(
        b.matmul(won, b.constant(first, decisions.dtype)),
        b.matmul(b.subtract(1, won), b.constant(second, decisions.dtype)),
    )


def _coupled(b: Emitter, n: OnnxOp, decisions: Any, pairs: list[tuple[int, int]], count: int) -> Any:
    """Probabilities of the classes from those of pairs: they minimize the sum of (r_ji p_i - r_ij p_j)^2."""
    kind = decisions.dtype
    a, c = (b.constant(list(n[p] or ())[: len(pairs)], kind) for p in ("prob_a", "prob_b"))
    of_first = b.sigmoid(b.negative(b.add(b.multiply(decisions, a), c)))
    of_first = b.clip(of_first, b.constant(1e-7, kind), b.constant(1 - 1e-7, kind))
    if count == 2:
        return b.concat(of_first, b.subtract(1, of_first), axis=1)
    rows = dims_of(b, decisions, [0])
    shape = b.concat(rows, b.constant([count, count], "int64"), axis=0)
    first, second = np.zeros((len(pairs), count * count)), np.zeros((len(pairs), count * count))
    for k, (i, j) in enumerate(pairs):
        first[k, i * count + j] = second[k, j * count + i] = 1
    r = b.reshape(
        b.add(b.matmul(of_first, b.constant(first, kind)), b.matmul(b.subtract(1, of_first), b.constant(second, kind))),
        shape,
    )
    turned = b.transpose(r, perm=(0, 2, 1))
    eye = b.constant(np.eye(count), kind)
    own = b.multiply(b.sum(b.square(turned), [2], keepdims=True), eye)
    q = b.subtract(own, b.multiply(turned, r))
    return coupled(b, q, count)
