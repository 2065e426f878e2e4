"""Backward passes that people wrote by hand, against our gradients of the forward functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import irlib
from tests.converters.numpy_code.corpus import convolution, networks, recurrent, regression, transformers
from tests.converters.numpy_code.corpus_case import copied, integers, leaves, normal
from tests.converters.numpy_code.corpus_cases.learning import (
    char_rnn,
    labelled,
    lstm,
    two_layers,
    weights_biases,
)


@dataclass(frozen=True)
class Pair:
    """A forward function and the backward pass that somebody wrote for it.

    `by_hand` takes the cotangent of the forward's result and its arguments and gives gradients by the names of inputs.
    """

    name: str
    forward: Callable[..., Any]
    make: Callable[[np.random.Generator], tuple[Any, ...]]
    by_hand: Callable[..., dict[str, Any]]


def named(names: str, values: Any) -> dict[str, Any]:
    """Gradients in the order of names; what is nested gets the names of its leaves."""
    return dict(leaf for name, value in zip(names.split(), values, strict=True) for leaf in leaves(value, name))


def bp1_to_bp4(dy: Any, x: Any, y: Any, weights: Any, biases: Any) -> dict[str, Any]:
    nabla_b, nabla_w = networks.backprop(x, y, weights, biases)
    return {n: dy * v for n, v in named("biases weights", (nabla_b, nabla_w)).items()}


def two_layer(dy: Any, params: Any, X: Any, y: Any) -> dict[str, Any]:
    return {f"params.{k}": dy * v for k, v in networks.two_layer_backward(params, X, y).items()}


def layer_classes(dy: Any, x: Any, y: Any, *params: Any) -> dict[str, Any]:
    dW1, db1, dW2, db2, dx = networks.layers_gradients(x, y, *params)
    return {n: dy * v for n, v in named("W1 b1 W2 b2 x", (dW1, db1, dW2, db2, dx)).items()}


def logistic(dy: Any, w: Any, b: Any, X: Any, y: Any) -> dict[str, Any]:
    made = regression.logistic_gradient(w, b, X, y)
    return {"w": dy * made["dw"], "b": dy * made["db"]}


def svm(dy: Any, W: Any, X: Any, y: Any, reg: float) -> dict[str, Any]:
    return {"W": dy * regression.svm_loss_vectorized(W, X, y, reg)[1]}


def char_rnn_by_hand(dy: Any, *args: Any) -> dict[str, Any]:
    return {n: dy * v for n, v in named("Wxh Whh Why bh by", recurrent.char_rnn_gradients(*args)).items()}


PAIRS = [
    Pair("BP1 to BP4", networks.quadratic_cost,
         lambda g: (normal(g, 4, 1), normal(g, 2, 1), *weights_biases(g)), bp1_to_bp4),
    Pair("two layers", networks.two_layer_forward,
         lambda g: (two_layers(g), normal(g, 6, 4), integers(g, 3, 6)), two_layer),
    Pair("layers as classes", networks.layers_loss,
         lambda g: (normal(g, 5, 3), normal(g, 5, 2), normal(g, 3, 4), normal(g, 4), normal(g, 4, 2), normal(g, 2)),
         layer_classes),
    Pair("batch norm", networks.batchnorm_forward, lambda g: (normal(g, 6, 3), normal(g, 3), normal(g, 3)),
         lambda dy, x, gamma, beta: named("x gamma beta", networks.batchnorm_backward(dy, x, gamma))),
    Pair("layer norm", networks.layernorm_forward, lambda g: (normal(g, 4, 5), normal(g, 5), normal(g, 5)),
         lambda dy, x, gamma, beta: named("x gamma beta", networks.layernorm_backward(dy, x, gamma))),
    Pair("rnn", recurrent.rnn_forward,
         lambda g: (normal(g, 2, 3, 4), normal(g, 2, 3), normal(g, 4, 3), normal(g, 3, 3), normal(g, 3)),
         lambda dy, *args: named("x h0 Wx Wh b", recurrent.rnn_backward(dy, *args))),
    Pair("character rnn", recurrent.char_rnn_loss, char_rnn, char_rnn_by_hand),
    Pair("lstm", recurrent.lstm_forward, lstm,
         lambda dy, *args: named("x h0 Wx Wh b", recurrent.lstm_backward(dy, *args))),
    Pair("attention", transformers.plain_attention, lambda g: (normal(g, 3, 4), normal(g, 5, 4), normal(g, 5, 4)),
         lambda dy, *args: named("q k v", transformers.attention_backward(dy, *args))),
    Pair("convolution", convolution.conv_forward_naive,
         lambda g: (normal(g, 1, 2, 5, 5), normal(g, 2, 2, 3, 3), normal(g, 2), 2, 1),
         lambda dy, *args: named("x w b", convolution.conv_backward_naive(dy, *args))),
    Pair("convolution by im2col", convolution.conv_im2col,
         lambda g: (normal(g, 1, 2, 5, 5), normal(g, 2, 2, 3, 3), normal(g, 2), 2, 1),
         lambda dy, *args: named("x w b", convolution.conv_backward_naive(dy, *args))),
    Pair("max pool", convolution.max_pool_forward, lambda g: (normal(g, 1, 2, 4, 4), 2, 2, 2),
         lambda dy, *args: named("x", [convolution.max_pool_backward(dy, *args)])),
    Pair("embedding", recurrent.embedding_forward, lambda g: (normal(g, 6, 3), integers(g, 6, 2, 4)),
         lambda dy, W, idx: named("W", [recurrent.embedding_backward(dy, W, idx)])),
    Pair("logistic regression", regression.logistic_loss,
         lambda g: (normal(g, 3, 1), np.array(0.2), normal(g, 5, 3), integers(g, 2, 1, 5)), logistic),
    Pair("softmax regression", regression.softmax_regression_loss, labelled,
         lambda dy, *args: {"W": dy * regression.softmax_regression_gradient(*args)}),
    Pair("hinge loss", lambda W, X, y, reg: regression.svm_loss_vectorized(W, X, y, reg)[0], labelled, svm),
]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: p.name)
def test_a_backward_pass_by_hand_is_our_gradient(pair: Pair) -> None:
    g = np.random.default_rng(3)
    args = pair.make(g)
    graph = irlib.trace(pair.forward, *copied(args))
    result = np.asarray(pair.forward(*copied(args)))
    dy = np.asarray(g.normal(size=result.shape))
    expected = pair.by_hand(dy, *copied(args))
    feeds = {n: v for n, v in _inputs(pair, args).items() if n in graph.by_name}
    _, gradients = irlib.value_and_grad(graph, feeds, of="out", wrt=list(expected), cotangents={"out": dy})
    for name, value in expected.items():
        np.testing.assert_allclose(gradients[name], value, rtol=1e-9, atol=1e-11, err_msg=name)


def _inputs(pair: Pair, args: tuple[Any, ...]) -> dict[str, Any]:
    code = pair.forward.__code__
    names = code.co_varnames[: code.co_argcount]
    return {
        n: v
        for name, tree in zip(names, args, strict=False)
        for n, v in leaves(tree, name)
        if isinstance(v, np.ndarray)
    }
