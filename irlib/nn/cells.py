"""Recurrent cells: one step of `rnn`, `gru` and `lstm`, for loops of your own.

Their parameters are those of a layer in one direction, in shape and in the order of the gates: values trained by the
one serve the other.
"""

from __future__ import annotations

from typing import Any

from irlib.builder import Builder
from irlib.nn.initializers import Orthogonal, XavierUniform
from irlib.nn.parameters import Initial, fresh_name, static_dim
from irlib.nn.recurrent import Cells

__all__ = ["gru_cell", "lstm_cell", "rnn_cell"]


def rnn_cell(
    b: Builder,
    x: Any,
    h: Any,
    *,
    bias: bool = True,
    name: str | None = None,
    weight_init: Initial = XavierUniform(),  # noqa: B008  frozen
    recurrent_init: Initial = Orthogonal(),  # noqa: B008
    seed: int = 0,
) -> Any:
    """tanh(x @ w.T + h @ r.T + bias), the state after a step: `x` is [batch, features], `h` [batch, hidden]."""
    name = fresh_name(b, name, "rnn_cell")
    cells = Cells(b, "rnn", static_dim(h, -1, name), weight_init, recurrent_init, seed)
    w, r, c = cells.parameters(x, name, bias=bias)
    return b.tanh(_mapped(b, x, w) + _mapped(b, h, r, c), name=name)


def gru_cell(
    b: Builder,
    x: Any,
    h: Any,
    *,
    linear_before_reset: bool = True,
    bias: bool = True,
    name: str | None = None,
    weight_init: Initial = XavierUniform(),  # noqa: B008
    recurrent_init: Initial = Orthogonal(),  # noqa: B008
    seed: int = 0,
) -> Any:
    """The state after a step, as the op `gru` has it: `x` is [batch, features], `h` [batch, hidden]."""
    name = fresh_name(b, name, "gru_cell")
    size = static_dim(h, -1, name)
    cells = Cells(b, "gru", size, weight_init, recurrent_init, seed)
    w, r, c = cells.parameters(x, name, bias=bias)
    of_x, of_h = (None, None) if c is None else b.split(c, count=2)
    given = _parts(b, _mapped(b, x, w, of_x), 3)
    if linear_before_reset:
        recalled = _parts(b, _mapped(b, h, r, of_h), 3)
        update, reset = (b.sigmoid(given[k] + recalled[k]) for k in (0, 1))
        last = reset * recalled[2]
    else:
        rows, offsets = b.split(r, count=3), (None,) * 3 if of_h is None else b.split(of_h, count=3)
        update, reset = (b.sigmoid(given[k] + _mapped(b, h, rows[k], offsets[k])) for k in (0, 1))
        last = _mapped(b, reset * h, rows[2], offsets[2])
    return b.add((1 - update) * b.tanh(given[2] + last), update * h, name=name)


def lstm_cell(
    b: Builder,
    x: Any,
    h: Any,
    c: Any,
    *,
    bias: bool = True,
    name: str | None = None,
    weight_init: Initial = XavierUniform(),  # noqa: B008
    recurrent_init: Initial = Orthogonal(),  # noqa: B008
    seed: int = 0,
) -> tuple[Any, Any]:
    """Both states after a step, as the op `lstm` has it: `x` is [batch, features], `h` and `c` [batch, hidden]."""
    name = fresh_name(b, name, "lstm_cell")
    cells = Cells(b, "lstm", static_dim(h, -1, name), weight_init, recurrent_init, seed)
    w, r, offset = cells.parameters(x, name, bias=bias)
    into, out, forget, new = _parts(b, _mapped(b, x, w) + _mapped(b, h, r, offset), 4)
    after = b.sigmoid(forget) * c + b.sigmoid(into) * b.tanh(new)
    return b.multiply(b.sigmoid(out), b.tanh(after), name=name), after


def _mapped(b: Builder, x: Any, rows: Any, offset: Any = None) -> Any:
    return b.linear(x, b.transpose(rows, perm=(1, 0)), offset)


def _parts(b: Builder, x: Any, count: int) -> tuple[Any, ...]:
    """Parts of equal size of the last axis."""
    return tuple(b.split(x, axis=-1, count=count))
