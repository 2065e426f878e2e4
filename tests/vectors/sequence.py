"""Vectors of sequences."""

import numpy as np

from irlib.ops import sequence as ops
from irlib.types import parse_type
from tests.vectors.control_flow import region
from tests.vectors.vector import v

X = np.array([[0.5, -1.25, 2.0], [3.5, -0.75, 1.5]])
A, B, C = X, X[:1] * 2.0, X[1:] - 3.0
S = [A, B, C]
N = np.int64
product = region(lambda b, x, y, w: (b.tanh(x * y), x * w), "float64[?, 3]", "float64[?, 3]", "float64[3]")
W = np.array([0.3, -0.7, 0.9])

VECTORS = [
    v(ops.SequenceConstruct(), A, B, C, expected=([A, B, C],), name="sequence_construct"),
    v(ops.SequenceConstruct(), N(3), expected=([N(3).reshape(())],), name="sequence_construct:int"),
    v(ops.SequenceEmpty(parse_type("float64[2]")), expected=([],), name="sequence_empty"),
    v(ops.SequenceAt(), S, N(1), expected=B, name="sequence_at"),
    v(ops.SequenceAt(), S, np.int32(-1), expected=C, name="sequence_at:from the end", static=(1,)),
    v(ops.SequenceReplace(), S, W, N(-2), expected=([A, W, C],), name="sequence_replace"),
    v(ops.SequenceInsert(), S, W, expected=([A, B, C, W],), name="sequence_insert:at the end"),
    v(ops.SequenceInsert(), S, W, N(1), expected=([A, W, B, C],), name="sequence_insert"),
    v(ops.SequenceInsert(), S, W, N(-1), expected=([A, B, W, C],), name="sequence_insert:from the end"),
    v(ops.SequenceInsert(), S, W, N(3), expected=([A, B, C, W],), name="sequence_insert:length", static=(2,)),
    v(ops.SequenceErase(), S, expected=([A, B],), name="sequence_erase:last"),
    v(ops.SequenceErase(), S, N(-3), expected=([B, C],), name="sequence_erase:from the end"),
    v(ops.SequenceErase(), S, N(1), expected=([A, C],), name="sequence_erase", static=(1,)),
    v(ops.SequenceLength(), S, expected=N(3), name="sequence_length"),
    v(ops.SequenceSizes(0), S, expected=np.array([2, 1, 1]), name="sequence_sizes"),
    v(ops.ConcatFromSequence(), S, expected=np.concatenate(S), name="concat_from_sequence"),
    v(ops.ConcatFromSequence(-1), [A, A], expected=np.concatenate([A, A], 1), name="concat_from_sequence:axis"),
    v(ops.ConcatFromSequence(1, new_axis=True), [A, -A], expected=np.stack([A, -A], 1),
      name="concat_from_sequence:new axis"),
    v(ops.SplitToSequence(), X, expected=([X[:1], X[1:]],), name="split_to_sequence"),
    v(ops.SplitToSequence(1, keepdims=False), X, expected=([X[:, 0], X[:, 1], X[:, 2]],),
      name="split_to_sequence:dropped axis"),
    v(ops.SplitToSequence(-1), X, N(2), expected=([X[:, :2], X[:, 2:]],), name="split_to_sequence:scalar"),
    v(ops.SplitToSequence(1), X, np.array([1, 0, 2]), expected=([X[:, :1], X[:, 1:1], X[:, 1:]],),
      name="split_to_sequence:lengths"),
    v(ops.SplitToSequence(1), X, np.array([2, 1]), expected=([X[:, :2], X[:, 2:]],), static=(1,),
      name="split_to_sequence:constant lengths"),
    v(ops.SplitToSequence(0, keepdims=False), X[:0], expected=([],), name="split_to_sequence:empty"),
    v(ops.SequenceMap(product, 2), S, [A, -B, C], W,
      expected=([np.tanh(A * A), np.tanh(-B * B), np.tanh(C * C)], [A * W, B * W, C * W]), name="sequence_map"),
    v(ops.SequenceMap(product, 1), S, B, W,
      expected=([np.tanh(A * B), np.tanh(B * B), np.tanh(C * B)], [A * W, B * W, C * W]), name="sequence_map:other"),
    v(ops.SequenceSum(), [A, -2.0 * A, A], expected=0.0 * A, name="sequence_sum"),
    v(ops.SequenceSum(), [A.astype(np.float16)] * 2, expected=(A * 2).astype(np.float16), name="sequence_sum:half"),
]  # fmt: skip
