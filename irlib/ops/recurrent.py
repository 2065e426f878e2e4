"""Recurrent layers: scans over time. One direction each; two directions are two layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from irlib import regions
from irlib.builder import Builder
from irlib.errors import IRTypeError
from irlib.methods import Emitter
from irlib.op import Operand, register
from irlib.ops.widened import Widened
from irlib.shapes import join_dims, require_dtype, same_dtype
from irlib.types import TensorType

__all__ = ["Gru", "Lstm", "Rnn"]


class _Recurrent(Widened):
    """`gates` matrices side by side in w and r; `states` values are carried."""

    reverse: bool
    gates = 1

    def _types(
        self, x: Operand, w: Operand, r: Operand, bias: Operand | None, lengths: Operand | None, *states: Operand | None
    ) -> tuple[TensorType, TensorType]:
        """The types of the stacked and of the last hidden state."""
        require_dtype(x, ("float",), "x")
        same_dtype(x, w, r, *([bias] if bias is not None else []), *(s for s in states if s is not None))
        if lengths is not None:
            require_dtype(lengths, ("int32", "int64"), "lengths")
        for what, operand, rank in (("x", x, 3), ("w", w, 2), ("r", r, 2), ("bias", bias, 1)):
            if operand is not None and operand.rank not in (None, rank):
                raise IRTypeError(f"{what} is {operand.type}, expected rank {rank}", code="IR207")
        steps, batch, size = x.shape if x.shape is not None else (None, None, None)
        hidden = None if r.shape is None else r.shape[1]
        if w.shape is not None:
            join_dims(size, w.shape[1], "elements of a step of x and columns of w")
        if r.shape is not None and isinstance(r.shape[0], int) and isinstance(hidden, int):
            join_dims(r.shape[0], self.gates * hidden, "rows of r and gates times its columns")
        for state in states:
            if state is not None and state.shape is not None:
                join_dims(state.shape[-1], hidden, "hidden size of a state and of r")
        return x.tensor.with_shape((steps, batch, hidden)), x.tensor.with_shape((batch, hidden))

    def _scanned(
        self, b: Emitter, x: Any, w: Any, lengths: Any, states: tuple[Any, ...], step: Callable[..., tuple[Any, ...]]
    ) -> tuple[Any, ...]:
        """All hidden states and the last ones of ``step(b, x @ w.T, *states)``: they stay where a sequence is over."""
        inputs = b.matmul(x, b.transpose(w, perm=(1, 0)))
        xs: tuple[Any, ...] = (inputs,)
        if lengths is not None:
            times = b.iota(b.reshape(b.take(b.shape(x), [0], axis=0), []))
            xs = (inputs, b.unsqueeze(b.unsqueeze(times, [1]) < b.cast(lengths, dtype="int64"), [2]))

        def one(inner: Builder, before: Any, given: Any) -> tuple[Any, Any]:
            after = step(inner, given[0], *before)
            if lengths is None:
                return after, after[0]
            kept = tuple(inner.where(given[1], a, c) for a, c in zip(after, before, strict=True))
            return kept, inner.where(given[1], after[0], 0)

        last, stacked = regions.scan(cast(Builder, b), one, states, xs, reverse=self.reverse)
        return (stacked, *last)

    def _state(self, b: Emitter, given: Any, x: Any, r: Any) -> Any:
        """The initial state: as given, or zeros."""
        if given is not None:
            return given
        size = b.concat(b.take(b.shape(x), [1], axis=0), b.take(b.shape(r), [1], axis=0), axis=0)
        return b.broadcast_to(b.constant(0, x.dtype), size)


def _gate(b: Emitter, x: Any, k: int, hidden: Any) -> Any:
    """Part k of the last axis, `hidden` wide."""
    return b.slice(x, hidden * k, hidden * (k + 1), [-1])


@register
@dataclass(frozen=True)
class Rnn(_Recurrent):
    """Elman's recurrent layer: h' = tanh(x @ w.T + h @ r.T + bias).

    Type: x: T[s, n, i], w: T[h, i], r: T[h, h], bias: T[h], lengths: int32[n] or int64[n], h: T[n, h] -> T[s, n, h],
    T[n, h]: the hidden states of all steps, and the last; T is a float dtype. What may be absent: bias, lengths (all
    steps), h (zeros).
    (C1) after the end of a sequence its state stays, and its result is 0. `reverse` goes from the end to the start.
    (C2) half floats are computed in float32.
    Source: ONNX RNN-22.
    """

    reverse: bool = False
    name = "rnn"
    results = ("y", "h")

    def infer(
        self, x: Operand, w: Operand, r: Operand, bias: Operand | None = None, lengths: Operand | None = None,
        h: Operand | None = None,
    ) -> tuple[TensorType, TensorType]:  # fmt: skip
        return self._types(x, w, r, bias, lengths, h)

    def body(self, b: Emitter, x: Any, w: Any, r: Any, bias: Any = None, lengths: Any = None, h: Any = None) -> Any:
        turned = b.transpose(r, perm=(1, 0))

        def step(b: Builder, given: Any, h: Any) -> tuple[Any, ...]:
            total = given + b.matmul(h, turned)
            return (b.tanh(total if bias is None else total + bias),)

        return self._scanned(b, x, w, lengths, (self._state(b, h, x, r),), step)


@register
@dataclass(frozen=True)
class Gru(_Recurrent):
    """Gated recurrent layer; gates z, r, h side by side.

    z = sigmoid(x @ wz.T + h @ rz.T + bz), r likewise, n = tanh(x @ wh.T + (r * h) @ rh.T + bh),
    h' = (1 - z) * n + z * h.
    Type: x: T[s, n, i], w: T[3h, i], r: T[3h, h], bias: T[6h] (that of x, then that of h), lengths: int32[n] or
    int64[n], h: T[n, h] -> T[s, n, h], T[n, h]; T is a float dtype. What may be absent: bias, lengths (all steps), h
    (zeros).
    (C1) `linear_before_reset`: n = tanh(x @ wh.T + bxh + r * (h @ rh.T + bhh)).
    (C2) after the end of a sequence its state stays, and its result is 0. `reverse` goes from the end to the start.
    (C3) half floats are computed in float32.
    Source: ONNX GRU-22; Cho and others 2014.
    """

    reverse: bool = False
    linear_before_reset: bool = False
    name = "gru"
    results = ("y", "h")
    gates = 3

    def infer(
        self, x: Operand, w: Operand, r: Operand, bias: Operand | None = None, lengths: Operand | None = None,
        h: Operand | None = None,
    ) -> tuple[TensorType, TensorType]:  # fmt: skip
        return self._types(x, w, r, bias, lengths, h)

    def body(self, b: Emitter, x: Any, w: Any, r: Any, bias: Any = None, lengths: Any = None, h: Any = None) -> Any:
        hidden = b.take(b.shape(r), [1], axis=0)
        turned = b.transpose(r, perm=(1, 0))
        of_x = of_h = None
        if bias is not None:
            of_x, of_h = b.slice(bias, [0], hidden * 3), b.slice(bias, hidden * 3, hidden * 6)

        def plus(b: Builder, value: Any, offset: Any, k: int) -> Any:
            return value if offset is None else value + _gate(b, offset, k, hidden)

        def step(b: Builder, given: Any, h: Any) -> tuple[Any, ...]:
            if of_x is not None:
                given = given + of_x
            update, reset = (
                b.sigmoid(_gate(b, given, k, hidden) + plus(b, b.matmul(h, _gate(b, turned, k, hidden)), of_h, k))
                for k in (0, 1)
            )
            last = _gate(b, turned, 2, hidden)
            if self.linear_before_reset:
                recalled = reset * plus(b, b.matmul(h, last), of_h, 2)
            else:
                recalled = plus(b, b.matmul(reset * h, last), of_h, 2)
            new = b.tanh(_gate(b, given, 2, hidden) + recalled)
            return ((1 - update) * new + update * h,)

        return self._scanned(b, x, w, lengths, (self._state(b, h, x, r),), step)


@register
@dataclass(frozen=True)
class Lstm(_Recurrent):
    """Long short-term memory; gates i, o, f, c side by side.

    i = sigmoid(x @ wi.T + h @ ri.T + bi + pi * c), f likewise, c' = f * c + i * tanh(x @ wc.T + h @ rc.T + bc),
    o = sigmoid(x @ wo.T + h @ ro.T + bo + po * c'), h' = o * tanh(c').
    Type: x: T[s, n, i], w: T[4h, i], r: T[4h, h], bias: T[4h], lengths: int32[n] or int64[n], h: T[n, h], c: T[n, h],
    peepholes: T[3h] (of i, o, f) -> T[s, n, h], T[n, h], T[n, h]; T is a float dtype. What may be absent: bias, lengths
    (all steps), h and c (zeros), peepholes (none).
    (C1) after the end of a sequence its states stay, and its result is 0. `reverse` goes from the end to the start.
    (C2) half floats are computed in float32.
    Source: ONNX LSTM-22; Hochreiter and Schmidhuber 1997.
    """

    reverse: bool = False
    name = "lstm"
    results = ("y", "h", "c")
    gates = 4

    def infer(
        self, x: Operand, w: Operand, r: Operand, bias: Operand | None = None, lengths: Operand | None = None,
        h: Operand | None = None, c: Operand | None = None, peepholes: Operand | None = None,
    ) -> tuple[TensorType, TensorType, TensorType]:  # fmt: skip
        every, last = self._types(x, w, r, bias, lengths, h, c)
        return every, last, last

    def body(
        self, b: Emitter, x: Any, w: Any, r: Any, bias: Any = None, lengths: Any = None, h: Any = None, c: Any = None,
        peepholes: Any = None,
    ) -> Any:  # fmt: skip
        hidden = b.take(b.shape(r), [1], axis=0)
        turned = b.transpose(r, perm=(1, 0))

        def seen(b: Builder, total: Any, k: int, c: Any) -> Any:
            return total if peepholes is None else total + _gate(b, peepholes, k, hidden) * c

        def step(b: Builder, given: Any, h: Any, c: Any) -> tuple[Any, ...]:
            total = given + b.matmul(h, turned)
            if bias is not None:
                total = total + bias
            into, out, forget, cell = (_gate(b, total, k, hidden) for k in range(4))
            into, forget = b.sigmoid(seen(b, into, 0, c)), b.sigmoid(seen(b, forget, 2, c))
            after = forget * c + into * b.tanh(cell)
            return b.sigmoid(seen(b, out, 1, after)) * b.tanh(after), after

        states = (self._state(b, h, x, r), self._state(b, c, x, r))
        return self._scanned(b, x, w, lengths, states, step)
