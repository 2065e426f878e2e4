"""RNN, GRU and LSTM: our layers, one for each direction; any other activations than theirs by a scan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from irlib import regions
from irlib.builder import Builder
from irlib.converters.onnx_model.rules.operands import element
from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.errors import AttributeValueError
from irlib.methods import Emitter, Value
from irlib.types import DTYPES

_GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
_USUAL = {"RNN": ("tanh",), "GRU": ("sigmoid", "tanh"), "LSTM": ("sigmoid", "tanh", "tanh")}

_ACTIVATIONS: dict[str, tuple[Callable[..., Any], tuple[float, ...]]] = {
    "relu": (lambda b, x: b.relu(x), ()),
    "tanh": (lambda b, x: b.tanh(x), ()),
    "sigmoid": (lambda b, x: b.sigmoid(x), ()),
    "affine": (lambda b, x, alpha, beta: b.add(b.multiply(x, alpha), beta), (1.0, 0.0)),
    "leakyrelu": (lambda b, x, alpha: b.leaky_relu(x, alpha=alpha), (0.01,)),
    "thresholdedrelu": (lambda b, x, alpha: b.thresholded_relu(x, alpha=alpha), (1.0,)),
    "scaledtanh": (lambda b, x, alpha, beta: b.multiply(b.tanh(b.multiply(x, beta)), alpha), (1.0, 1.0)),
    "hardsigmoid": (lambda b, x, alpha, beta: b.hard_sigmoid(x, alpha=alpha, beta=beta), (0.2, 0.5)),
    "elu": (lambda b, x, alpha: b.elu(x, alpha=alpha), (1.0,)),
    "softsign": (lambda b, x: b.softsign(x), ()),
    "softplus": (lambda b, x: b.softplus(x), ()),
}
"""Activations by lower-case name, and the defaults of their alpha and beta."""

Activation = Callable[[Emitter, Any], Any]


@rule("RNN", 1)
def rnn(
    b: Emitter, n: OnnxOp, x: Value, w: Value, r: Value, bias: Value | None, lengths: Value | None, h: Value | None
) -> Any:
    return _layers(b, n, x, w, r, bias, lengths, (h,), None)


@rule("GRU", 1)
def gru(
    b: Emitter, n: OnnxOp, x: Value, w: Value, r: Value, bias: Value | None, lengths: Value | None, h: Value | None
) -> Any:
    return _layers(b, n, x, w, r, bias, lengths, (h,), None)


@rule("LSTM", 1)
def lstm(  # noqa: PLR0917  operands, as the specification lists them
    b: Emitter, n: OnnxOp, x: Value, w: Value, r: Value, bias: Value | None, lengths: Value | None, h: Value | None,
    c: Value | None, peepholes: Value | None,
) -> Any:  # fmt: skip
    return _layers(b, n, x, w, r, bias, lengths, (h, c), peepholes)


def _layers(
    b: Emitter, n: OnnxOp, x: Value, w: Value, r: Value, bias: Value | None, lengths: Value | None,
    states: tuple[Value | None, ...], peepholes: Value | None,
) -> Any:  # fmt: skip
    """Every direction, and their results as ONNX lays them out: [steps, directions, batch, hidden]."""
    batch_first = n.version >= 14 and bool(n["layout"])
    if batch_first:
        x = b.transpose(x, perm=(1, 0, 2))
        states = tuple(None if s is None else b.transpose(s, perm=(1, 0, 2)) for s in states)
    directions = {"forward": (False,), "reverse": (True,), "bidirectional": (False, True)}.get(n["direction"])
    if directions is None:
        raise AttributeValueError(f"direction {n['direction']!r}, expected forward, reverse or bidirectional")
    made = []
    for d, reverse in enumerate(directions):
        own = [None if v is None else element(b, v, d) for v in (w, r, bias, *states, peepholes)]
        made.append(_layer(b, n, x, lengths, own, d, reverse=reverse))
    every, *last = (
        b.unsqueeze(parts[0], [axis]) if len(parts) == 1 else b.stack(*parts, axis=axis)
        for parts, axis in zip(zip(*made, strict=True), (1, 0, 0), strict=False)
    )
    if batch_first:
        every = b.transpose(every, perm=(2, 0, 1, 3))
        last = [b.transpose(state, perm=(1, 0, 2)) for state in last]
    return (every, *last)


def _layer(
    b: Emitter, n: OnnxOp, x: Value, lengths: Value | None, own: list[Any], d: int, *, reverse: bool
) -> tuple[Any, ...]:
    """One direction: all hidden states, and the last states."""
    w, r, bias, *states, peepholes = own
    names = tuple(str(a).lower() for a in n["activations"] or _USUAL[n.name] * 2)
    each = len(_USUAL[n.name])
    usual = names[d * each : (d + 1) * each] == _USUAL[n.name]
    coupled = n.name == "LSTM" and bool(n["input_forget"])
    if not usual or coupled or n["clip"]:
        return _scanned(b, n, x, lengths, own, _activations(n, names, d), reverse=reverse)
    after_product = n.name == "GRU" and n.version >= 3 and bool(n["linear_before_reset"])
    if n.name == "GRU":
        return tuple(b.gru(x, w, r, bias, lengths, *states, reverse=reverse, linear_before_reset=after_product))
    if bias is not None:
        bias = _summed(b, bias, r, _GATES[n.name])
    if n.name == "RNN":
        return tuple(b.rnn(x, w, r, bias, lengths, *states, reverse=reverse))
    h, c = states
    return tuple(b.lstm(x, w, r, bias, lengths, h, c, peepholes, reverse=reverse))


def _summed(b: Emitter, bias: Value, r: Value, gates: int) -> Any:
    """The bias of the input plus that of the state."""
    size = b.multiply(b.take(b.shape(r), b.constant([1], "int64"), axis=0), gates)
    return b.add(b.slice(bias, [0], size), b.slice(bias, size, b.multiply(size, 2)))


def _activations(n: OnnxOp, names: tuple[str, ...], d: int) -> list[Activation]:
    """The functions of direction `d`; alphas and betas are listed for those activations alone that take them."""
    alphas, betas = list(n["activation_alpha"] or ()), list(n["activation_beta"] or ())
    made: list[Activation] = []
    for name in names:
        if name not in _ACTIVATIONS:
            raise AttributeValueError(f"activation {name!r}, expected one of {', '.join(_ACTIVATIONS)}", code="IR302")
        function, defaults = _ACTIVATIONS[name]
        given = [queue.pop(0) if queue else default for queue, default in zip((alphas, betas), defaults, strict=False)]
        made.append(lambda b, x, f=function, a=tuple(given): f(b, x, *a))  # type: ignore[misc]
    each = len(_USUAL[n.name])
    if len(made) < (d + 1) * each:
        raise AttributeValueError(f"{len(made)} activations, expected {each} for each direction", code="IR302")
    return made[d * each : (d + 1) * each]


def _scanned(
    b: Emitter, n: OnnxOp, x: Value, lengths: Value | None, own: list[Any], acts: list[Activation], *, reverse: bool
) -> tuple[Any, ...]:
    """The layer by the equations of the specification, in float32 at least."""
    dtype = x.dtype
    if dtype.is_half:
        x, own = b.cast(x, dtype="float32"), [None if v is None else b.cast(v, dtype="float32") for v in own]
    w, r, bias, *states, peepholes = own
    hidden = b.take(b.shape(r), b.constant([1], "int64"), axis=0)
    zeros = b.broadcast_to(
        b.constant(0, x.dtype), b.concat(b.take(b.shape(x), b.constant([1], "int64"), axis=0), hidden, axis=0)
    )
    start = tuple(zeros if s is None else s for s in states)
    turned_w, turned_r = b.transpose(w, perm=(1, 0)), b.transpose(r, perm=(1, 0))
    xs: tuple[Any, ...] = (b.matmul(x, turned_w),)
    if lengths is not None:
        times = b.iota(b.reshape(b.take(b.shape(x), b.constant([0], "int64"), axis=0), []))
        within = b.less(b.unsqueeze(times, [1]), b.cast(lengths, dtype="int64"))
        xs = (*xs, b.unsqueeze(within, [2]))
    of_x = of_h = None
    if bias is not None:
        size = b.multiply(hidden, _GATES[n.name])
        of_x, of_h = b.slice(bias, [0], size), b.slice(bias, size, b.multiply(size, 2))

    def part(b: Emitter, v: Any, k: int) -> Any:
        return None if v is None else b.slice(v, b.multiply(hidden, k), b.multiply(hidden, k + 1), [-1])

    def clipped(b: Emitter, v: Any) -> Any:
        limit = n["clip"]
        return b.clip(v, b.constant(-limit, v.dtype), b.constant(limit, v.dtype)) if limit else v

    cell = _Cell(n, acts, turned_r, of_x, of_h, peepholes, part, clipped)
    steps: dict[str, Callable[..., tuple[Any, ...]]] = {"RNN": cell.rnn, "GRU": cell.gru, "LSTM": cell.lstm}
    step = steps[n.name]

    def one(inner: Builder, before: Any, given: Any) -> tuple[Any, Any]:
        after = step(inner, given[0], *before)
        if lengths is None:
            return after, after[0]
        kept = tuple(inner.where(given[1], a, c) for a, c in zip(after, before, strict=True))
        return kept, inner.where(given[1], after[0], 0)

    last, stacked = regions.scan(cast(Builder, b), one, start, xs, reverse=reverse)
    made = (stacked, *last)
    return made if dtype is x.dtype else tuple(b.cast(v, dtype=DTYPES[dtype.name]) for v in made)


def _plus(b: Emitter, x: Any, *others: Any) -> Any:
    for other in others:
        if other is not None:
            x = b.add(x, other)
    return x


class _Cell:
    """One step of each kind of layer."""

    def __init__(
        self, n: OnnxOp, acts: list[Activation], r: Any, of_x: Any, of_h: Any, peepholes: Any,
        part: Callable[..., Any], clipped: Callable[..., Any],
    ) -> None:  # fmt: skip
        self.n, self.acts, self.r, self.of_x, self.of_h, self.peepholes = n, acts, r, of_x, of_h, peepholes
        self.part, self.clipped = part, clipped

    def rnn(self, b: Emitter, x: Any, h: Any) -> tuple[Any, ...]:
        return (self._act(b, 0, _plus(b, x, b.matmul(h, self.r), self.of_x, self.of_h)),)

    def gru(self, b: Emitter, x: Any, h: Any) -> tuple[Any, ...]:
        x = _plus(b, x, self.of_x)
        gates = [
            self._act(b, 0, _plus(b, self.part(b, x, k), self._recalled(b, h, k), self.part(b, self.of_h, k)))
            for k in (0, 1)
        ]
        update, reset = gates
        last, offset = self.part(b, self.r, 2), self.part(b, self.of_h, 2)
        if self.n.version >= 3 and self.n["linear_before_reset"]:
            recalled = b.multiply(reset, _plus(b, b.matmul(h, last), offset))
        else:
            recalled = _plus(b, b.matmul(b.multiply(reset, h), last), offset)
        new = self._act(b, 1, b.add(self.part(b, x, 2), recalled))
        return (b.add(b.multiply(b.subtract(1, update), new), b.multiply(update, h)),)

    def lstm(self, b: Emitter, x: Any, h: Any, c: Any) -> tuple[Any, ...]:
        total = _plus(b, x, b.matmul(h, self.r), self.of_x, self.of_h)
        into, out, forget, cell = (self.part(b, total, k) for k in range(4))
        into = self._act(b, 0, self._seen(b, into, 0, c))
        coupled = self.n["input_forget"]
        forget = b.subtract(1, into) if coupled else self._act(b, 0, self._seen(b, forget, 2, c))
        after = b.add(b.multiply(forget, c), b.multiply(into, self._act(b, 1, cell)))
        out = self._act(b, 0, self._seen(b, out, 1, after))
        return b.multiply(out, self.acts[2](b, after)), after

    def _recalled(self, b: Emitter, h: Any, k: int) -> Any:
        return b.matmul(h, self.part(b, self.r, k))

    def _act(self, b: Emitter, which: int, x: Any) -> Any:
        """An activation of what is clipped beforehand."""
        return self.acts[which](b, self.clipped(b, x))

    def _seen(self, b: Emitter, total: Any, k: int, c: Any) -> Any:
        """`total` with what a gate sees of the cell through its peephole."""
        return total if self.peepholes is None else b.add(total, b.multiply(self.part(b, self.peepholes, k), c))
