"""Cases of torch for sequences: recurrent layers, cells, and attention."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812  its usual name
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from tools.torch_cases import RNG, Arrays, Case, both, linear, normal, plain

__all__ = ["attentions", "cells", "ragged", "recurrent"]


def _gates(matrix: Any, order: list[int]) -> Any:
    """The rows of gates in another order."""
    parts = np.split(matrix.detach().numpy(), len(order))
    return np.concatenate([parts[k] for k in order])


ORDERS = {"rnn": [0], "gru": [1, 0, 2], "lstm": [0, 3, 1, 2]}
"""The gates of irlib, as numbers of torch's: z r n of its r z n; i o f c of its i f g o."""


def recurrent() -> list[Arrays]:
    """Recurrent layers: one, and two in both directions."""
    made = []
    for kind, cls in (("rnn", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)):
        for layers, ways in ((1, False), (2, True)):
            layer = cls(3, 4, layers, bidirectional=ways, batch_first=ways, dtype=torch.float64)
            states = {s: normal(layers * (1 + ways), 2, 4) for s in ("h", "c")[: 1 + (kind == "lstm")]}
            case = Case(f"{kind}_{layers}", {"x": normal(2, 5, 3) if ways else normal(5, 2, 3), **states})
            given = [case.leaves[s] for s in states]
            y, after = layer(case.leaves["x"], tuple(given) if kind == "lstm" else given[0])
            results = [y, *(after if kind == "lstm" else (after,))]
            arrays = case.finish(*results)
            for index in range(layers):
                for way in ("", "_reverse")[: 1 + ways]:
                    at = f"layer.{index}{'.reverse' if way else ''}"
                    arrays.update(_weights(case.name, kind, layer, f"_l{index}{way}", at))
            made.append(arrays)
    return made


def ragged() -> list[Arrays]:
    """Recurrent layers, two in both directions, on sequences of differing lengths."""
    made = []
    for kind, cls in (("rnn", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)):
        layer = cls(3, 4, 2, bidirectional=True, dtype=torch.float64)
        case = Case(f"{kind}_lengths", {"x": normal(5, 3, 3), "lengths": np.array([5, 1, 3])})
        packed = pack_padded_sequence(case.leaves["x"], torch.tensor([5, 1, 3]), enforce_sorted=False)
        y, after = layer(packed)
        padded, _ = pad_packed_sequence(y)
        arrays = case.finish(padded, *(after if kind == "lstm" else (after,)))
        for index in (0, 1):
            for way in ("", "_reverse"):
                at = f"layer.{index}{'.reverse' if way else ''}"
                arrays |= _weights(case.name, kind, layer, f"_l{index}{way}", at)
        made.append(arrays)
    return made


def cells() -> list[Arrays]:
    """Recurrent cells."""
    made = []
    for kind, cls in (("rnn", nn.RNNCell), ("gru", nn.GRUCell), ("lstm", nn.LSTMCell)):
        cell = cls(3, 4, dtype=torch.float64)
        states = {s: normal(2, 4) for s in ("h", "c")[: 1 + (kind == "lstm")]}
        case = Case(f"{kind}_cell", {"x": normal(2, 3), **states})
        given = [case.leaves[s] for s in states]
        after = cell(case.leaves["x"], tuple(given) if kind == "lstm" else given[0])
        arrays = case.finish(*(after if kind == "lstm" else (after,)))
        made.append(arrays | _weights(case.name, kind, cell, "", "layer"))
    return made


def _weights(case: str, kind: str, layer: Any, suffix: str, at: str) -> Arrays:
    """Parameters and their derivatives of one layer in one direction, in irlib's layout."""
    order = ORDERS[kind]
    made = {}
    for part, of in (("p", lambda p: p), ("d", lambda p: p.grad)):
        w, r, bw, br = (
            _gates(of(getattr(layer, f"{n}{suffix}")), order) for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        bias = np.concatenate([bw, br]) if kind == "gru" else bw + br if part == "p" else bw
        made |= {f"{case}/{part}/{at}.weight": w, f"{case}/{part}/{at}.recurrent": r, f"{case}/{part}/{at}.bias": bias}
    return made


def attentions() -> list[Arrays]:
    """Attention, with several heads, and encoder blocks."""
    q, k, v = normal(2, 4, 5, 3), normal(2, 4, 6, 3), normal(2, 4, 6, 2)
    mask = RNG.random((5, 6)) < 0.7
    mask[:, 0] = True
    made = [
        plain("attention", F.scaled_dot_product_attention, {"q": q, "k": k, "v": v}),
        plain("attention_masked", F.scaled_dot_product_attention, {"q": q, "k": k, "v": v, "mask": mask}),
        plain(
            "attention_added", lambda q, k, v, m: F.scaled_dot_product_attention(q, k, v, m, scale=0.7),
            {"q": q, "k": k, "v": v, "mask": normal(4, 5, 6)},
        ),
        plain("attention_causal", lambda x: F.scaled_dot_product_attention(x, x, x, is_causal=True), {"x": q}),
    ]  # fmt: skip
    layer = nn.MultiheadAttention(6, 3, batch_first=True, dtype=torch.float64)
    nn.init.normal_(layer.in_proj_bias)
    case = Case("multi_head_attention", {"query": normal(2, 4, 6), "key": normal(2, 5, 6)})
    y, _ = layer(case.leaves["query"], case.leaves["key"], case.leaves["key"])
    made.append(case.finish(y) | _heads("multi_head_attention", layer, "layer"))
    made += [_masked_heads(), _masked_block()]
    for name, first in (("encoder_block", False), ("encoder_block_pre", True)):
        block = nn.TransformerEncoderLayer(
            6, 2, 8, dropout=0.0, batch_first=True, norm_first=first, activation="gelu", dtype=torch.float64
        )
        case = Case(name, {"x": normal(2, 4, 6)})
        made.append(case.finish(block(case.leaves["x"])) | _block(name, block))
    return made


def _masked_heads() -> Arrays:
    """Self attention whose keys are known to some examples only, and only up to the query."""
    layer = nn.MultiheadAttention(6, 2, batch_first=True, dtype=torch.float64)
    valid = np.array([[True] * 4, [True, True, False, False]])
    causal = np.tril(np.ones((4, 4), bool))
    case = Case("multi_head_attention_masked", {"x": normal(2, 4, 6), "mask": valid[:, None, None] & causal})
    x = case.leaves["x"]
    y, _ = layer(x, x, x, key_padding_mask=~torch.tensor(valid), attn_mask=~torch.tensor(causal))
    return case.finish(y) | _heads(case.name, layer, "layer")


def _masked_block() -> Arrays:
    """A causal encoder block of rectifiers."""
    block = nn.TransformerEncoderLayer(6, 3, 5, dropout=0.0, batch_first=True, dtype=torch.float64)
    case = Case("encoder_block_causal", {"x": normal(2, 4, 6)})
    y = block(case.leaves["x"], src_mask=~torch.tensor(np.tril(np.ones((4, 4), bool))))
    return case.finish(y) | _block(case.name, block)


def _block(case: str, block: Any) -> Arrays:
    arrays = _heads(case, block.self_attn, "layer.attention")
    for k in (1, 2):
        arrays |= linear(case, getattr(block, f"linear{k}"), f"layer.linear{k}")
        norm = getattr(block, f"norm{k}")
        for what in ("weight", "bias"):
            arrays |= both(case, f"layer.norm{k}.{what}", getattr(norm, what))
    return arrays


def _heads(case: str, layer: Any, at: str) -> Arrays:
    made = linear(case, layer.out_proj, f"{at}.output")
    for k, what in enumerate(("query", "key", "value")):
        made |= both(case, f"{at}.{what}.weight", layer.in_proj_weight, lambda a, k=k: np.split(a, 3)[k].T)
        made |= both(case, f"{at}.{what}.bias", layer.in_proj_bias, lambda a, k=k: np.split(a, 3)[k])
    return made
