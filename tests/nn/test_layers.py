"""What layers are held to besides torch's figures: who depends on whom, keys, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irlib
from irlib import nn
from irlib.errors import AttributeValueError, IRTypeError


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("hidden", [[7], [4, 9]])
def test_an_autoregressive_result_depends_on_what_is_before_it_alone(hidden: list[int], reverse: bool) -> None:
    b = irlib.Builder("made")
    z = b.input("z", "float64[5]")
    _, s = nn.autoregressive(
        b, b.unsqueeze(z, [0]), hidden, 2, reverse=reverse, activation="tanh", last_init=nn.normal()
    )
    b.output("s", b.squeeze(s, [0]))
    found = irlib.jacobian(b.build(), {"z": np.linspace(-1, 1, 5)}, of="s", wrt=["z"])["z"]
    strict = np.tril(np.ones((5, 5), bool), -1)
    depends = found != 0
    np.testing.assert_array_equal(depends, strict.T if reverse else strict)


def test_a_mask_of_another_shape_is_refused() -> None:
    b = irlib.Builder("masked")
    x = b.input("x", "float32[n, 4]")
    with pytest.raises(AttributeValueError, match=r"the mask has shape \[3, 2\], expected \[4, out\]"):
        nn.masked_linear(b, x, np.ones((3, 2)))


def test_an_autoregressive_network_without_hidden_units_is_refused() -> None:
    b = irlib.Builder("made")
    with pytest.raises(AttributeValueError, match=r"hidden is \[\]"):
        nn.autoregressive(b, b.input("x", "float32[n, 4]"), [], 2)


def dropped(key: Any, rate: float = 0.3) -> Any:
    b = irlib.Builder("dropout")
    b.output("y", nn.dropout(b, b.input("x", "float32[200, 50]"), rate, b.input("key", "uint32[2]")))
    return irlib.run(b.build(), {"x": np.ones((200, 50), "float32"), "key": np.array(key, "uint32")})["y"]


def test_dropout_follows_from_its_key() -> None:
    first = dropped([1, 2])
    np.testing.assert_array_equal(dropped([1, 2]), first)
    assert (dropped([1, 3]) != first).mean() > 0.3
    assert set(np.unique(first).tolist()) == {0.0, float(np.float32(1 / 0.7))}
    assert abs((first == 0).mean() - 0.3) < 0.02


def test_dropout_that_does_not_train_is_its_input() -> None:
    b = irlib.Builder("dropout")
    x = b.input("x", "float32[3]")
    assert nn.dropout(b, x, 0.5, None, training=False) is x


CELLS: dict[str, tuple[Callable[..., Any], Callable[..., Any], dict[str, Any]]] = {
    "rnn": (nn.rnn, nn.rnn_cell, {}),
    "gru": (nn.gru, nn.gru_cell, {}),
    "gru, reset first": (nn.gru, nn.gru_cell, {"linear_before_reset": False}),
    "lstm": (nn.lstm, nn.lstm_cell, {}),
}


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_is_one_step_of_its_layer(kind: str, bias: bool) -> None:
    layer, cell, options = CELLS[kind]
    b = irlib.Builder("cells")
    x = b.input("x", "float64[1, 2, 3]")
    states = [b.input(s, "float64[1, 2, 4]") for s in ("h", "c")[: 1 + (kind == "lstm")]]
    _, *after = layer(b, x, 4, **dict(zip("hc", states, strict=False)), bias=bias, name="layer", **options)
    made = cell(b, *[b.squeeze(v, [0]) for v in (x, *states)], bias=bias, name="cell", **options)
    for k, (one, other) in enumerate(zip(after, made if isinstance(made, tuple) else (made,), strict=True)):
        b.output(f"layer{k}", b.squeeze(one, [0]))
        b.output(f"cell{k}", other)
    model = b.build()
    rng = np.random.default_rng(3)
    feeds: dict[str, Any] = {"x": rng.standard_normal((1, 2, 3))}
    feeds |= {s: rng.standard_normal((1, 2, 4)) for s in ("h", "c")[: len(states)]}
    for n in model.parameters:
        if str(n.name).startswith("layer.0."):
            assert n.variable is not None
            assert n.variable.tensor is not None
            value = rng.standard_normal(n.variable.tensor.shape)
            feeds |= {str(n.name): value, str(n.name).replace("layer.0", "cell"): value}
    outputs = irlib.run(model, feeds)
    for k in range(len(after)):
        np.testing.assert_allclose(outputs[f"cell{k}"], outputs[f"layer{k}"], rtol=1e-13)


def test_padding_of_a_kind_that_there_is_not_is_refused() -> None:
    b = irlib.Builder("pad")
    x = b.input("x", "float32[n, 2, 5]")
    with pytest.raises(AttributeValueError, match="the mode of padding is 'symmetric', expected one of constant"):
        nn.pad(b, x, 1, mode="symmetric")
    with pytest.raises(AttributeValueError, match="expected numbers, or two for each axis"):
        nn.pad(b, x, [(1, 2, 3)])


def test_an_adaptive_pool_needs_sizes_that_are_known() -> None:
    b = irlib.Builder("pool")
    with pytest.raises(IRTypeError, match="expected a number as dim -1"):
        nn.adaptive_max_pool1d(b, b.input("x", "float32[n, 2, length]"), 3)


def test_a_spectral_norm_that_is_trained_has_a_largest_singular_value_of_one() -> None:
    b = irlib.Builder("norm")
    b.output("y", nn.spectral_norm(b, b.parameter("w", np.random.default_rng(2).standard_normal((6, 4))), name="s"))
    model = b.build()
    values: dict[str, Any] = {}
    for _ in range(60):
        outputs = irlib.run(model, values)
        values = irlib.training.updates(model, outputs)
    np.testing.assert_allclose(np.linalg.svd(outputs["y"])[1][0], 1.0, rtol=1e-6)
