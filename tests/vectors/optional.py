"""Vectors of optionals."""

import numpy as np

from irlib.ops import optional as ops
from irlib.types import parse_type
from tests.vectors.vector import v

X = np.array([[0.5, -1.25, 2.0], [3.5, -0.75, 1.5]])
S = [X, X[:1]]

VECTORS = [
    v(ops.OptionalSome(), X, expected=X, name="optional_some"),
    v(ops.OptionalSome(), S, expected=(S,), name="optional_some:sequence"),
    v(ops.OptionalNone(parse_type("float64[2]")), expected=(None,), name="optional_none"),
    v(ops.OptionalGet(), X, expected=X, name="optional_get"),
    v(ops.OptionalHas(), X, expected=np.array(True), name="optional_has"),
    v(ops.OptionalHas(), None, expected=np.array(False), name="optional_has:absent"),
    v(ops.ContainerZerosLike(), S, expected=([0 * X, 0 * X[:1]],), name="container_zeros_like"),
    v(ops.CotangentAdd(), S, S, expected=([2 * X, 2 * X[:1]],), name="cotangent_add"),
]
