"""Keywords of another library, beside our own."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import irlib
from irlib import nn

training: Any = irlib.training
"""Untyped: that the other names are taken is not in the types."""


def test_optimizers_take_torchs_keywords() -> None:
    cases: list[tuple[Any, Any]] = [
        (training.sgd(lr=0.5), training.sgd(0.5)),
        (training.momentum(lr=0.5, momentum=0.8), training.momentum(0.5, momentum=0.8)),
        (training.nesterov(lr=0.5), training.nesterov(0.5)),
        (training.rmsprop(lr=0.5, eps=1e-4), training.rmsprop(0.5, epsilon=1e-4)),
        (training.adagrad(lr=0.5, lr_decay=0.1), training.adagrad(0.5, rate_decay=0.1)),
        (training.adam(lr=0.5, betas=(0.8, 0.9), eps=1e-4), training.adam(0.5, beta1=0.8, beta2=0.9, epsilon=1e-4)),
        (training.adamw(lr=0.5, betas=(0.8, 0.9)), training.adamw(0.5, beta1=0.8, beta2=0.9)),
    ]
    for ours, theirs in cases:
        assert ours == theirs


def layers(**words: Any) -> irlib.Graph:
    b = irlib.Builder("layers")
    x, key = b.input("x", "float32[n, 4, 8]"), b.input("key", "uint32[2]")
    eps = {k: v for k, v in words.items() if k in ("eps", "epsilon")}
    y = nn.layer_norm(b, nn.batch_norm(b, x, **eps), **eps)
    y = nn.group_norm(b, nn.rms_norm(b, y, **eps), 2, **eps)
    rate = {k: v for k, v in words.items() if k in ("p", "rate")}
    y = nn.dropout(b, y, key=key, **rate)
    causal = {k: v for k, v in words.items() if k in ("is_causal", "causal")}
    b.output("y", nn.multi_head_attention(b, nn.attention(b, y, y, y, **causal), num_heads=2, **causal))
    return b.build()


def test_layers_take_torchs_keywords() -> None:
    assert layers(eps=1e-3, p=0.5, is_causal=True) == layers(epsilon=1e-3, rate=0.5, causal=True)
    assert layers(eps=1e-3, p=0.5, is_causal=True) != layers(epsilon=1e-5, rate=0.5, causal=True)


def test_both_names_in_one_call_are_refused() -> None:
    with pytest.raises(TypeError, match="both 'lr' and 'learning_rate'"):
        training.adam(lr=0.1, learning_rate=0.2)


def test_an_unknown_keyword_is_refused_as_ever() -> None:
    with pytest.raises(TypeError, match="rho"):
        training.adam(rho=0.1)


def test_the_signature_shown_is_our_own() -> None:
    assert "epsilon" in inspect.signature(nn.layer_norm).parameters
    assert "eps" not in inspect.signature(nn.layer_norm).parameters


@pytest.mark.parametrize("betas", [0.9, (0.9,), "ab", None])
def test_a_pair_that_is_none_is_refused_with_what_it_stands_for(betas: Any) -> None:
    with pytest.raises(irlib.IRError, match=r"betas is .*, expected 2 values, for "):
        irlib.training.adam(betas=betas)
