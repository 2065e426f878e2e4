"""Layers and losses against torch: results, and derivatives of inputs and parameters (see `tools/torch_layers.py`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irlib
from irlib import nn, training
from irlib.types import type_of

with np.load(Path(__file__).with_name("layers.npz")) as _file:
    ARRAYS = dict(_file)

Layer = Callable[..., Any]
N = "layer"


def _spectral(b: irlib.Builder, x: Any) -> Any:
    w = b.parameter("w", ARRAYS["spectral_norm/p/w"].astype(x.dtype.numpy))
    return x @ b.transpose(nn.spectral_norm(b, w, iterations=2, name=N), perm=(1, 0))


def _spectral_kernel(b: irlib.Builder, x: Any) -> Any:
    w = b.parameter("w", ARRAYS["spectral_norm_kernel/p/w"].astype(x.dtype.numpy))
    return b.convolution_transpose(x, nn.spectral_norm(b, w, axis=1, name=N))


def _recurrent(layer: Layer, **options: Any) -> Layer:
    return lambda b, x, h, c=None: layer(b, x, 4, h=h, name=N, **({} if c is None else {"c": c}), **options)


def _pool(layer: Layer, *given: Any, **options: Any) -> Layer:
    return lambda b, x: layer(b, x, *given, **options)


def _conv(layer: Layer, n: int) -> Layer:
    options: dict[str, Any] = {"stride": (2, 1, 1)[:n], "padding": (1, 2, 0)[:n], "dilation": (1, 2, 1)[:n]}
    return lambda b, x: layer(b, x, 6, (3, 2, 2)[:n], groups=2, name=N, **options)


def _conv_transpose(layer: Layer, n: int) -> Layer:
    options: dict[str, Any] = {"stride": (2, 3, 1)[:n], "padding": (1, 0, 1)[:n], "output_padding": (1, 2, 0)[:n]}
    return lambda b, x: layer(b, x, 6, (3, 2, 2)[:n], groups=2, name=N, **options)


def _cell(layer: Layer) -> Layer:
    return lambda b, x, h, *c: layer(b, x, h, *c, name=N)


def _lengths(layer: Layer) -> Layer:
    return lambda b, x, lengths: layer(b, x, 4, num_layers=2, bidirectional=True, lengths=lengths, name=N)


def _residual(out: int, stride: int, *, pre: bool) -> Layer:
    return lambda b, x: nn.residual_block(b, x, out, stride=stride, pre_activation=pre, name=N)


def _padding(n: int, mode: str) -> Layer:
    return lambda b, x: nn.pad(b, x, [(2, 1)] * n, mode=mode)


def _flow(b: irlib.Builder, z: Any, h: Any) -> Any:
    return nn.inverse_autoregressive_flow(b, z, [6], context=h, reverse=True, name=N)


def _autoregressive(b: irlib.Builder, z: Any, h: Any) -> Any:
    return nn.autoregressive(b, z, [6], 2, context=h, reverse=True, name=N)


TWO = {"bidirectional": True, "num_layers": 2, "batch_first": True}
CASES: dict[str, Layer] = {
    "linear": lambda b, x: nn.linear(b, x, 3, name=N),
    "masked": lambda b, x, mask: nn.masked(b, x, mask, -1.5),
    "skip": lambda b, x: nn.skip(b, x, lambda b, x: nn.linear(b, x, 3, name=N)),
    "masked_linear": lambda b, x: nn.masked_linear(b, x, ARRAYS["masked_linear/static/mask"], name=N),
    "autoregressive": _autoregressive,
    "inverse_autoregressive_flow": _flow,
    "embedding": lambda b, i: nn.embedding(b, i, 5, 3, name=N, dtype="float64"),
    **{f"conv{n}d": _conv(f, n) for n, f in ((1, nn.conv1d), (2, nn.conv2d), (3, nn.conv3d))},
    "conv2d_same": lambda b, x: nn.conv2d(b, x, 4, (3, 4), padding="same", name=N),
    "conv2d_reflect": lambda b, x: nn.conv2d(b, x, 4, (3, 4), padding=(2, 1), padding_mode="reflect", name=N),
    "conv2d_replicate": lambda b, x: nn.conv2d(b, x, 4, (3, 4), padding=(2, 1), padding_mode="edge", name=N),
    "conv2d_circular": lambda b, x: nn.conv2d(b, x, 4, (3, 4), padding=(2, 1), padding_mode="circular", name=N),
    "conv_transpose1d": _conv_transpose(nn.conv_transpose1d, 1),
    "conv_transpose2d": _conv_transpose(nn.conv_transpose2d, 2),
    "conv_transpose3d": _conv_transpose(nn.conv_transpose3d, 3),
    "conv_transpose2d_dilated": lambda b, x: nn.conv_transpose2d(
        b, x, 6, (3, 2), stride=(3, 2), padding=(1, 2), output_padding=(2, 0), dilation=(2, 3), groups=2, name=N
    ),
    **{
        f"pad{n}d_{mode}": _padding(n, given)
        for n in (1, 3)
        for mode, given in (("reflect", "reflect"), ("replicate", "edge"), ("circular", "circular"))
    },
    "pad_constant": lambda b, x: nn.pad(b, x, [(0, 3), (1, 2)], value=0.5),
    **{f"global_avg_pool{n}d": nn.global_avg_pool for n in (1, 2, 3)},
    **{f"global_max_pool{n}d": nn.global_max_pool for n in (1, 2, 3)},
    "adaptive_max_pool1d": _pool(nn.adaptive_max_pool1d, 3),
    "adaptive_max_pool2d": _pool(nn.adaptive_max_pool2d, (3, 4)),
    "adaptive_max_pool3d": _pool(nn.adaptive_max_pool3d, (3, 4, 2)),
    "adaptive_max_pool2d_even": _pool(nn.adaptive_max_pool2d, (2, 3)),
    "max_pool1d": _pool(nn.max_pool1d, 3, stride=2, padding=1, ceil_mode=True),
    "max_pool2d": _pool(nn.max_pool2d, 3, stride=2, padding=1, ceil_mode=True),
    "max_pool3d": _pool(nn.max_pool3d, 3, stride=2, padding=1, ceil_mode=True),
    "max_pool2d_dilated": _pool(nn.max_pool2d, 2, stride=1, dilation=2),
    "avg_pool1d": _pool(nn.avg_pool1d, 3, stride=2, padding=1),
    "avg_pool2d": _pool(nn.avg_pool2d, 3, stride=2, padding=1),
    "avg_pool3d": _pool(nn.avg_pool3d, 3, stride=2, padding=1),
    "avg_pool1d_own": _pool(nn.avg_pool1d, 3, padding=1, count_include_pad=False),
    "avg_pool2d_own": _pool(nn.avg_pool2d, 3, padding=1, count_include_pad=False),
    "avg_pool3d_own": _pool(nn.avg_pool3d, 3, padding=1, count_include_pad=False),
    "adaptive_avg_pool1d": _pool(nn.adaptive_avg_pool1d, 3),
    "adaptive_avg_pool2d": _pool(nn.adaptive_avg_pool2d, (3, 4)),
    "adaptive_avg_pool3d": _pool(nn.adaptive_avg_pool3d, (3, 4, 2)),
    "batch_norm": lambda b, x: nn.batch_norm(b, x, momentum=0.2, epsilon=1e-3, name=N),
    "batch_norm_inference": lambda b, x: nn.batch_norm(b, x, training=False, epsilon=1e-3, name=N),
    "group_norm": lambda b, x: nn.group_norm(b, x, 3, name=N),
    "instance_norm": lambda b, x: nn.instance_norm(b, x, name=N),
    "instance_norm_affine": lambda b, x: nn.instance_norm(b, x, affine=True, name=N),
    "layer_norm": lambda b, x: nn.layer_norm(b, x, axis=-2, name=N),
    "rms_norm": lambda b, x: nn.rms_norm(b, x, axis=-2, name=N),
    "normalized_tanh": nn.normalized_tanh,
    "spectral_norm": _spectral,
    "spectral_norm_kernel": _spectral_kernel,
    "batch_norm_rows": lambda b, x: nn.batch_norm(b, x, name=N),
    "layer_norm_bare": lambda b, x: nn.layer_norm(b, x, affine=False),
    "rms_norm_bare": lambda b, x: nn.rms_norm(b, x, affine=False),
    "rnn_1": _recurrent(nn.rnn),
    "rnn_2": _recurrent(nn.rnn, **TWO),
    "gru_1": _recurrent(nn.gru),
    "gru_2": _recurrent(nn.gru, **TWO),
    "lstm_1": _recurrent(nn.lstm),
    "lstm_2": _recurrent(nn.lstm, **TWO),
    "rnn_lengths": _lengths(nn.rnn),
    "gru_lengths": _lengths(nn.gru),
    "lstm_lengths": _lengths(nn.lstm),
    "rnn_cell": _cell(nn.rnn_cell),
    "gru_cell": _cell(nn.gru_cell),
    "lstm_cell": _cell(nn.lstm_cell),
    "residual_block": _residual(3, 1, pre=False),
    "residual_block_strided": _residual(4, 2, pre=False),
    "residual_block_pre": _residual(3, 1, pre=True),
    "residual_block_pre_strided": _residual(4, 2, pre=True),
    "attention": nn.attention,
    "attention_masked": lambda b, q, k, v, mask: nn.attention(b, q, k, v, mask=mask),
    "attention_added": lambda b, q, k, v, mask: nn.attention(b, q, k, v, mask=mask, scale=0.7),
    "attention_causal": lambda b, x: nn.attention(b, x, x, x, causal=True),
    "multi_head_attention": lambda b, query, key: nn.multi_head_attention(b, query, key, num_heads=3, name=N),
    "multi_head_attention_masked": lambda b, x, mask: nn.multi_head_attention(b, x, num_heads=2, mask=mask, name=N),
    "encoder_block_causal": lambda b, x: nn.encoder_block(b, x, num_heads=3, hidden_size=5, causal=True, name=N),
    "encoder_block": lambda b, x: nn.encoder_block(b, x, num_heads=2, hidden_size=8, activation="gelu", name=N),
    "encoder_block_pre": lambda b, x: nn.encoder_block(
        b, x, num_heads=2, hidden_size=8, activation="gelu", norm_first=True, name=N
    ),
    "mse_loss": lambda b, x, t: b.mse_loss(x, t),
    "mse_loss_sum": lambda b, x, t: b.mse_loss(x, t, reduction="sum"),
    "mse_loss_none": lambda b, x, t: b.mse_loss(x, t, reduction="none"),
    "l1_loss": lambda b, x, t: b.l1_loss(x, t),
    "huber_loss": lambda b, x, t: b.huber_loss(x, t, delta=0.7),
    "smooth_l1_loss": lambda b, x, t: b.smooth_l1_loss(x, t, beta=0.5),
    "kl_div": lambda b, x, p: b.kl_div(b.log_softmax(x), p),
    "binary_cross_entropy": lambda b, q, p: b.binary_cross_entropy(q, p),
    "binary_cross_entropy_with_logits": lambda b, x, p: b.binary_cross_entropy_with_logits(x, p),
    "gaussian_nll": lambda b, x, t, p: b.gaussian_nll(x, t, p, full=True),
    "nll_loss": lambda b, x, labels: b.nll_loss(b.log_softmax(x), labels),
    "cross_entropy_images": lambda b, x, labels: b.cross_entropy(x, labels, axis=1, ignore_index=-100),
    "hinge_loss_sum": lambda b, x, t: b.hinge_loss(x, b.sign(t), margin=0.5, reduction="sum"),
    "cross_entropy": lambda b, x, labels: b.cross_entropy(x, labels),
    "cross_entropy_weighted": lambda b, x, labels, weight: b.cross_entropy(x, labels, weight, label_smoothing=0.1),
    "binary_cross_entropy_weighted": lambda b, x, p, weight, positive: b.binary_cross_entropy_with_logits(
        x, p, weight, positive
    ),
    "kl_div_log_target": lambda b, x, t: b.kl_div(b.log_softmax(x), b.log_softmax(t), log_target=True),
    "gaussian_kl": lambda b, x, p: b.gaussian_kl(x, p),
    "gaussian_kl_prior": lambda b, x, p, m, v: b.gaussian_kl(x, p, m, v, reduction="none"),
    "mixture_nll": lambda b, logits, mean, variance, target: b.mixture_nll(logits, mean, variance, target),
    "hinge_loss": lambda b, x, t: b.hinge_loss(x, b.sign(t)),
}


@cache
def parts(case: str) -> dict[str, dict[str, Any]]:
    """The arrays of a case by part and name."""
    made: dict[str, dict[str, Any]] = {part: {} for part in ("in", "static", "p", "b", "new", "y", "dy", "d")}
    for key, array in ARRAYS.items():
        name, part, what = key.split("/")
        if name == case:
            made[part][what] = array
    return made


def cast(arrays: dict[str, Any], dtype: str) -> dict[str, Any]:
    return {k: a.astype(dtype) if a.dtype == np.float64 else a for k, a in arrays.items()}


def built(case: str, dtype: str) -> irlib.Graph:
    b = irlib.Builder(case)
    inputs = [b.input(name, type_of(a)) for name, a in cast(parts(case)["in"], dtype).items()]
    if case == "embedding" and dtype != "float64":
        made = nn.embedding(b, inputs[0], 5, 3, name=N, dtype=dtype)
    else:
        made = CASES[case](b, *inputs)
    for k, y in enumerate(made if isinstance(made, tuple) else (made,)):
        b.output(f"y{k}", y)
    return b.build()


def test_every_case_of_the_file_is_tested() -> None:
    assert {key.split("/")[0] for key in ARRAYS} == set(CASES)


def assert_close(actual: Any, expected: Any, dtype: str, what: str, scale: float = 1.0) -> None:
    """Equal to 1e-10, in float32 to 1e-5 of the largest derivative of the case."""
    assert actual.dtype == dtype
    tolerance = 1e-10 if dtype == "float64" else 1e-5
    np.testing.assert_allclose(actual / scale, expected / scale, rtol=tolerance, atol=tolerance, err_msg=what)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", CASES)
def test_a_layer_is_torchs(case: str, dtype: str) -> None:
    model = built(case, dtype)
    given = {part: cast(arrays, dtype) for part, arrays in parts(case).items()}
    assert {n.name for n in model.parameters} == set(given["p"])
    assert {n.name for n in model.buffers} == set(given["b"])
    feeds = {**given["in"], **given["p"], **given["b"]}
    outputs = irlib.run(model, feeds)
    for k, y in given["y"].items():
        assert_close(outputs[f"y{k}"], y, dtype, f"y{k}")
    after = training.updates(model, outputs)
    assert set(after) == set(given["new"])
    for name, value in given["new"].items():
        assert_close(after[name], value, dtype, name)
    gradient = irlib.gradient(model, [f"y{k}" for k in given["y"]], list(given["d"]), cotangents=True)
    found = irlib.run(gradient, {**feeds, **{f"d_y{k}": dy for k, dy in given["dy"].items()}})
    scale = max([1.0, *(float(abs(d).max()) for d in given["d"].values())]) if dtype == "float32" else 1.0
    for name, d in given["d"].items():
        assert_close(found[f"d_{name}"], d, dtype, name, scale)
