"""Recurrent layers: one or several, in one or both directions, over sequences of known or differing lengths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from irlib.builder import Builder
from irlib.nn.initializers import Fans, Initializer, Orthogonal, XavierUniform
from irlib.nn.parameters import Initial, family, fresh_name, static_dim

__all__ = ["Cells", "gru", "lstm", "rnn"]

GATES = {"rnn": 1, "gru": 3, "lstm": 4}
STATES = {"rnn": ("h",), "gru": ("h",), "lstm": ("h", "c")}


def _recurrent(
    kind: str,
    b: Builder,
    x: Any,
    hidden_size: int,
    *,
    num_layers: int = 1,
    bidirectional: bool = False,
    batch_first: bool = False,
    bias: bool = True,
    lengths: Any = None,
    h: Any = None,
    c: Any = None,
    linear_before_reset: bool = True,
    name: str | None = None,
    weight_init: Initial = XavierUniform(),  # noqa: B008  frozen
    recurrent_init: Initial = Orthogonal(),  # noqa: B008
    seed: int = 0,
) -> tuple[Any, ...]:
    """The hidden states of the last layer at all steps, and the last states of all layers (h, and c of an LSTM).

    `x` is [steps, batch, features], with `batch_first` [batch, steps, features]; so are the hidden states. States,
    given and made, are [layers * directions, batch, hidden]; those not given are zeros. The directions stand side
    by side in the hidden states. After the end of a sequence, where `lengths` are given, states stay and results are 0.
    """
    name = fresh_name(b, name, kind)
    if batch_first:
        x = b.transpose(x, perm=(1, 0, 2))
    last: dict[str, list[Any]] = {state: [] for state in STATES[kind]}
    given = {"h": h, "c": c}
    cells = Cells(b, kind, hidden_size, weight_init, recurrent_init, seed)
    for layer in range(num_layers):
        made = []
        for direction in range(2 if bidirectional else 1):
            at = f"{name}.{layer}{'.reverse' if direction else ''}"
            index = layer * (2 if bidirectional else 1) + direction
            states = [_state(b, given[s], index) for s in STATES[kind]]
            attributes = {"linear_before_reset": linear_before_reset} if kind == "gru" else {}
            layered: Callable[..., Any] = getattr(b, kind)
            y, *after = layered(
                x, *cells.parameters(x, at, bias=bias), lengths, *states, reverse=direction == 1, **attributes, name=at
            )
            made.append(y)
            for state, value in zip(STATES[kind], after, strict=True):
                last[state].append(value)
        x = made[0] if len(made) == 1 else b.concat(*made, axis=-1)
    y = b.transpose(x, perm=(1, 0, 2)) if batch_first else x
    return (y, *(b.stack(*values, axis=0) for values in last.values()))


class Cells(NamedTuple):
    """What the parameters of all layers are made by."""

    b: Builder
    kind: str
    hidden: int
    into: Initial
    between: Initial
    seed: int

    def parameters(self, x: Any, name: str, *, bias: bool) -> tuple[Any, ...]:
        """The weights of the input, those of the state, and the bias: gates side by side."""
        b, to, gates = self.b, x.dtype.numpy, GATES[self.kind]
        w = b.parameter(f"{name}.weight", self._drawn(f"{name}.weight", self.into, static_dim(x, -1, name)).astype(to))
        r = b.parameter(f"{name}.recurrent", self._drawn(f"{name}.recurrent", self.between, self.hidden).astype(to))
        if not bias:
            return w, r, None
        first = np.zeros((2 if self.kind == "gru" else 1) * gates * self.hidden)
        if self.kind == "lstm":
            first[2 * self.hidden : 3 * self.hidden] = 1.0  # the forget gate begins open, so that gradients pass
        return w, r, b.parameter(f"{name}.bias", first.astype(to))

    def _drawn(self, name: str, initial: Initial, columns: int) -> Any:
        """Values for all gates; each gate is drawn alone, as a matrix of its own."""
        if not isinstance(initial, Initializer):
            return np.asarray(initial)
        fans = Fans(columns, self.hidden)
        gates = range(GATES[self.kind])
        return np.concatenate([initial.draw((self.hidden, columns), fans, f"{name}.{k}", self.seed) for k in gates])


def _state(b: Builder, given: Any, index: int) -> Any:
    return None if given is None else b.take(given, b.constant(index, "int64"), axis=0)


rnn, gru, lstm = family(_recurrent, {"rnn": "rnn", "gru": "gru", "lstm": "lstm"})
