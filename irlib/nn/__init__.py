"""Layers: functions that append ops and their parameters to a builder.

Every layer takes the builder, its input, and what it is made of; `name` names its parameters (``name.weight``) and its
node. Parameters are in the dtype of the input, and begin with values drawn by `weight_init` from the parameter's name
and `seed`.

>>> import irlib
>>> from irlib import nn
>>> b = irlib.Builder("classifier")
>>> x, t = b.input("x", "float32[batch, 64]"), b.input("t", "int64[batch]")
>>> h = b.relu(nn.linear(b, x, 32, name="hidden", weight_init=nn.he_normal()))
>>> b.output("loss", b.cross_entropy(nn.linear(b, h, 10, name="scores"), t), role="loss")
>>> [n.name for n in b.build().parameters]
['hidden.weight', 'hidden.bias', 'scores.weight', 'scores.bias']
"""

from __future__ import annotations

from irlib.nn.attention import attention, encoder_block, multi_head_attention
from irlib.nn.autoregressive import autoregressive, inverse_autoregressive_flow, masked_linear
from irlib.nn.basic import dropout, embedding, linear, masked, normalized_tanh, skip
from irlib.nn.blocks import residual_block
from irlib.nn.cells import gru_cell, lstm_cell, rnn_cell
from irlib.nn.convolution import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
from irlib.nn.initializers import (
    Fans,
    Initializer,
    constant,
    he_normal,
    he_uniform,
    normal,
    orthogonal,
    uniform,
    xavier_normal,
    xavier_uniform,
    zeros,
)
from irlib.nn.normalization import batch_norm, group_norm, instance_norm, layer_norm, rms_norm, spectral_norm
from irlib.nn.padding import pad
from irlib.nn.pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    adaptive_max_pool3d,
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    global_avg_pool,
    global_max_pool,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)
from irlib.nn.recurrent import gru, lstm, rnn

__all__ = [
    "Fans",
    "Initializer",
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "attention",
    "autoregressive",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "batch_norm",
    "constant",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "dropout",
    "embedding",
    "encoder_block",
    "global_avg_pool",
    "global_max_pool",
    "group_norm",
    "gru",
    "gru_cell",
    "he_normal",
    "he_uniform",
    "instance_norm",
    "inverse_autoregressive_flow",
    "layer_norm",
    "linear",
    "lstm",
    "lstm_cell",
    "masked",
    "masked_linear",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "multi_head_attention",
    "normal",
    "normalized_tanh",
    "orthogonal",
    "pad",
    "residual_block",
    "rms_norm",
    "rnn",
    "rnn_cell",
    "skip",
    "spectral_norm",
    "uniform",
    "xavier_normal",
    "xavier_uniform",
    "zeros",
]
