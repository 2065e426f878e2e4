"""Probabilities of classes from those of pairs of classes, by the iteration of libsvm, which scikit-learn runs too."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from irlib import regions
from irlib.builder import Builder
from irlib.methods import Emitter

__all__ = ["coupled"]

_TOLERANCE = 0.005
_SWEEPS = 100


def coupled(b: Emitter, q: Any, count: int) -> Any:
    """For each row the p >= 0 that add up to 1 and make p Q p least, to libsvm's accuracy: [rows, count].

    From p = 1 / count, sweeps over the classes until Q p differs from p Q p by less than 0.005 / count everywhere; a
    row that is there stays. `q` is [rows, count, count].
    Source: Wu, Lin and Weng, Probability estimates for multi-class classification by pairwise coupling (2004),
    algorithm 2; libsvm's multiclass_probability.
    """
    kind = q.dtype
    start = b.broadcast_to(b.constant(1 / count, kind), b.slice(b.shape(q), [0], [2]))
    sweeps = max(_SWEEPS, count)

    def begin(b: Any, p: Any) -> tuple[Any, Any, Any]:
        """Q p, p Q p, and which rows are not there."""
        qp = b.squeeze(b.matmul(q, b.unsqueeze(p, [2])), [2])
        pqp = b.sum(b.multiply(p, qp), [1], keepdims=True)
        off = b.max(b.abs(b.subtract(qp, pqp)), [1], keepdims=True)
        return qp, pqp, b.greater_equal(off, b.constant(_TOLERANCE / count, kind))

    def more(b: Any, k: Any, p: Any) -> Any:
        _, _, open_rows = begin(b, p)
        return b.logical_and(b.less(k, sweeps), b.any(open_rows))

    def sweep(b: Any, k: Any, p: Any) -> tuple[Any, Any]:
        qp, pqp, open_rows = begin(b, p)

        def of_class(b: Any, state: Any, given: Any) -> tuple[Any, Any]:
            p, qp, pqp = state
            row, unit = given  # [rows, count], [count]
            own, now = (b.sum(b.multiply(v, unit), [1], keepdims=True) for v in (row, qp))
            step = b.divide(b.subtract(pqp, now), own)
            total = b.add(step, 1)
            grown = b.add(pqp, b.multiply(step, b.add(b.multiply(step, own), b.multiply(now, 2))))
            moved = (b.add(p, b.multiply(step, unit)), b.add(qp, b.multiply(step, row)))
            return (*(b.divide(v, total) for v in moved), b.divide(grown, b.square(total))), ()

        classes = (b.transpose(q, perm=(1, 0, 2)), b.constant(np.eye(count), kind))
        (made, _, _), _ = regions.scan(b, of_class, (p, qp, pqp), classes)
        return b.add(k, 1), b.where(open_rows, made, p)

    _, found = regions.while_loop(cast(Builder, b), more, sweep, (b.constant(0, "int64"), start))
    return found
