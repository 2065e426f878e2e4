"""Writes `tests/nn/layers.npz`: layers and losses of torch, their results and derivatives, in float64.

    PYTHONPATH=. PYTHON_WITH_TORCH -m tools.torch_layers

Run where torch is; the tests need the file alone. Of each case it has the inputs (``case/in/NAME``), the parameters in
the layout of `irlib.nn` (``case/p/NAME``), the buffers before and after (``case/b/NAME``, ``case/new/NAME``), the
results (``case/y/K``), their cotangents (``case/dy/K``) and the derivatives of inputs and parameters (``case/d/NAME``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812  its usual name
from torch.nn.utils import spectral_norm

TARGET = Path(__file__).parent.parent / "tests" / "nn" / "layers.npz"
RNG = np.random.default_rng(5)
Arrays = dict[str, Any]


def normal(*shape: int) -> Any:
    """Normal numbers of this shape."""
    return RNG.standard_normal(shape)


class Case:
    """The arrays of one case, as torch tensors that are differentiated."""

    def __init__(self, name: str, into: Arrays) -> None:
        self.name = name
        self.arrays: Arrays = {}
        self.leaves: dict[str, Any] = {}
        for key, value in into.items():
            self.add("in", key, value)

    def add(self, part: str, key: str, value: Any) -> Any:
        """An array of the case; floats among inputs and parameters are differentiated."""
        self.arrays[f"{self.name}/{part}/{key}"] = np.asarray(value)
        made = torch.tensor(value)
        if part in ("in", "p") and made.is_floating_point():
            made.requires_grad_()
            self.leaves[key] = made
        return made

    def finish(self, *results: Any) -> Arrays:
        """All arrays, when the results are these."""
        total = torch.zeros((), dtype=torch.float64)
        for k, y in enumerate(results):
            dy = torch.tensor(normal(*y.shape))
            self.arrays[f"{self.name}/y/{k}"] = y.detach().numpy()
            self.arrays[f"{self.name}/dy/{k}"] = dy.numpy()
            total = total + (y * dy).sum()
        total.backward()
        for key, leaf in self.leaves.items():
            grad = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
            self.arrays[f"{self.name}/d/{key}"] = grad.numpy()
        return self.arrays


def plain(name: str, f: Callable[..., Any], into: Arrays, params: Arrays | None = None) -> Arrays:
    """A case that is a function of its inputs and parameters, in this order."""
    case = Case(name, into)
    given = [case.leaves.get(k, torch.tensor(v)) for k, v in into.items()]
    return case.finish(f(*given, *[case.add("p", k, v) for k, v in (params or {}).items()]))


def convolutions() -> list[Arrays]:
    """Convolutions of all kinds and their adjoints."""
    made = []
    for n, f in ((1, F.conv1d), (2, F.conv2d), (3, F.conv3d)):
        x, w, c = normal(2, 4, *(7, 6, 5)[:n]), normal(6, 2, *(3, 2, 2)[:n]), normal(6)
        options: dict[str, Any] = {"stride": (2, 1, 1)[:n], "padding": (1, 2, 0)[:n], "dilation": (1, 2, 1)[:n]}
        made.append(
            plain(
                f"conv{n}d", lambda x, w, c, f=f, o=options: f(x, w, c, groups=2, **o), {"x": x},
                {"layer.weight": w, "layer.bias": c},
            )
        )  # fmt: skip
    x, w, c = normal(2, 3, 6, 5), normal(4, 3, 3, 4), normal(4)
    params = {"layer.weight": w, "layer.bias": c}
    made.append(plain("conv2d_same", lambda x, w, c: F.conv2d(x, w, c, padding="same"), {"x": x}, params))
    for mode in ("reflect", "replicate", "circular"):

        def padded(x: Any, w: Any, c: Any, mode: str = mode) -> Any:
            return F.conv2d(F.pad(x, (1, 1, 2, 2), mode=mode), w, c)

        made.append(plain(f"conv2d_{mode}", padded, {"x": x}, params))
    for n, g in ((1, F.conv_transpose1d), (2, F.conv_transpose2d), (3, F.conv_transpose3d)):
        x, w, c = normal(2, 4, *(4, 3, 3)[:n]), normal(4, 3, *(3, 2, 2)[:n]), normal(6)
        options = {"stride": (2, 3, 1)[:n], "padding": (1, 0, 1)[:n], "output_padding": (1, 2, 0)[:n], "groups": 2}
        made.append(
            plain(
                f"conv_transpose{n}d", lambda x, w, c, g=g, o=options: g(x, w, c, **o), {"x": x},
                {"layer.weight": w, "layer.bias": c},
            )
        )  # fmt: skip
    return made


def pools() -> list[Arrays]:
    """Pools."""
    made = []
    rows = (
        (1, F.max_pool1d, F.avg_pool1d, F.adaptive_avg_pool1d),
        (2, F.max_pool2d, F.avg_pool2d, F.adaptive_avg_pool2d),
        (3, F.max_pool3d, F.avg_pool3d, F.adaptive_avg_pool3d),
    )
    for n, largest, mean, adaptive in rows:
        x = normal(2, 3, *(7, 6, 5)[:n])
        made += [
            plain(f"max_pool{n}d", lambda x, f=largest: f(x, 3, stride=2, padding=1, ceil_mode=True), {"x": x}),
            plain(f"avg_pool{n}d", lambda x, f=mean: f(x, 3, stride=2, padding=1), {"x": x}),
            plain(
                f"avg_pool{n}d_own", lambda x, f=mean: f(x, 3, padding=1, count_include_pad=False), {"x": x}
            ),
            plain(f"adaptive_avg_pool{n}d", lambda x, f=adaptive, n=n: f(x, (3, 4, 2)[:n]), {"x": x}),
        ]  # fmt: skip
    made.append(
        plain("max_pool2d_dilated", lambda x: F.max_pool2d(x, 2, stride=1, dilation=2), {"x": normal(1, 2, 5, 6)})
    )
    return made


def normalizations() -> list[Arrays]:
    """Normalizations; batch norm with its running statistics."""
    made = []
    x, w, c = normal(4, 6, 3, 2), normal(6), normal(6)
    mean, var = normal(6), RNG.uniform(0.5, 2, 6)
    for training in (True, False):
        case = Case("batch_norm" if training else "batch_norm_inference", {"x": x})
        scale, bias = case.add("p", "layer.weight", w), case.add("p", "layer.bias", c)
        m, v = case.add("b", "layer.running_mean", mean), case.add("b", "layer.running_var", var)
        y = F.batch_norm(case.leaves["x"], m, v, scale, bias, training=training, momentum=0.2, eps=1e-3)
        if training:
            case.arrays[f"{case.name}/new/layer.running_mean"] = m.numpy()
            case.arrays[f"{case.name}/new/layer.running_var"] = v.numpy()
        made.append(case.finish(y))
    params = {"layer.weight": w, "layer.bias": c}
    made += [
        plain("group_norm", lambda x, w, c: F.group_norm(x, 3, w, c), {"x": x}, params),
        plain("instance_norm", F.instance_norm, {"x": x}),
        plain("instance_norm_affine", lambda x, w, c: F.instance_norm(x, weight=w, bias=c), {"x": x}, params),
    ]
    w, c = normal(3, 2), normal(3, 2)
    params = {"layer.weight": w, "layer.bias": c}
    made += [
        plain("layer_norm", lambda x, w, c: F.layer_norm(x, (3, 2), w, c), {"x": x}, params),
        plain("rms_norm", lambda x, w: F.rms_norm(x, (3, 2), w, eps=1e-5), {"x": x}, {"layer.weight": w}),
        plain(
            "normalized_tanh",
            lambda x: torch.tanh(x) / torch.linalg.vector_norm(torch.tanh(x), dim=-1, keepdim=True), {"x": x},
        ),
    ]  # fmt: skip
    return [*made, _spectral()]


def _spectral() -> Arrays:
    layer = spectral_norm(nn.Linear(5, 4, bias=False, dtype=torch.float64), n_power_iterations=2)
    case = Case("spectral_norm", {"x": normal(3, 5)})
    w = normal(4, 5)
    layer.weight_orig.data = torch.tensor(w)
    case.arrays["spectral_norm/p/w"] = w
    case.arrays["spectral_norm/b/layer.u"] = layer.weight_u.numpy().copy()
    case.leaves["w"] = layer.weight_orig
    y = layer(case.leaves["x"])
    case.arrays["spectral_norm/new/layer.u"] = layer.weight_u.numpy().copy()
    return case.finish(y)


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
        for layers, both in ((1, False), (2, True)):
            layer = cls(3, 4, layers, bidirectional=both, batch_first=both, dtype=torch.float64)
            states = {s: normal(layers * (1 + both), 2, 4) for s in ("h", "c")[: 1 + (kind == "lstm")]}
            case = Case(f"{kind}_{layers}", {"x": normal(2, 5, 3) if both else normal(5, 2, 3), **states})
            given = [case.leaves[s] for s in states]
            y, after = layer(case.leaves["x"], tuple(given) if kind == "lstm" else given[0])
            results = [y, *(after if kind == "lstm" else (after,))]
            arrays = case.finish(*results)
            for index in range(layers):
                for way in ("", "_reverse")[: 1 + both]:
                    at = f"layer.{index}{'.reverse' if way else ''}"
                    arrays.update(_weights(case.name, kind, layer, f"l{index}{way}", at))
            made.append(arrays)
    return made


def _weights(case: str, kind: str, layer: Any, suffix: str, at: str) -> Arrays:
    """Parameters and their derivatives of one layer in one direction, in irlib's layout."""
    order = ORDERS[kind]
    made = {}
    for part, of in (("p", lambda p: p), ("d", lambda p: p.grad)):
        w, r, bw, br = (
            _gates(of(getattr(layer, f"{n}_{suffix}")), order) for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
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
        plain("attention_causal", lambda x: F.scaled_dot_product_attention(x, x, x, is_causal=True), {"x": q}),
    ]
    layer = nn.MultiheadAttention(6, 3, batch_first=True, dtype=torch.float64)
    nn.init.normal_(layer.in_proj_bias)
    case = Case("multi_head_attention", {"query": normal(2, 4, 6), "key": normal(2, 5, 6)})
    y, _ = layer(case.leaves["query"], case.leaves["key"], case.leaves["key"])
    made.append(case.finish(y) | _heads("multi_head_attention", layer, "layer"))
    for name, first in (("encoder_block", False), ("encoder_block_pre", True)):
        block = nn.TransformerEncoderLayer(
            6, 2, 8, dropout=0.0, batch_first=True, norm_first=first, activation="gelu", dtype=torch.float64
        )
        case = Case(name, {"x": normal(2, 4, 6)})
        arrays = case.finish(block(case.leaves["x"])) | _heads(name, block.self_attn, "layer.attention")
        for k in (1, 2):
            arrays |= _linear(name, getattr(block, f"linear{k}"), f"layer.linear{k}")
            norm = getattr(block, f"norm{k}")
            for what in ("weight", "bias"):
                arrays |= _both(name, f"layer.norm{k}.{what}", getattr(norm, what))
        made.append(arrays)
    return made


def _both(case: str, at: str, p: Any, f: Callable[[Any], Any] = lambda a: a) -> Arrays:
    return {f"{case}/p/{at}": f(p.detach().numpy()), f"{case}/d/{at}": f(p.grad.numpy())}


def _linear(case: str, layer: Any, at: str) -> Arrays:
    return _both(case, f"{at}.weight", layer.weight, np.transpose) | _both(case, f"{at}.bias", layer.bias)


def _heads(case: str, layer: Any, at: str) -> Arrays:
    made = _linear(case, layer.out_proj, f"{at}.output")
    for k, what in enumerate(("query", "key", "value")):
        made |= _both(case, f"{at}.{what}.weight", layer.in_proj_weight, lambda a, k=k: np.split(a, 3)[k].T)
        made |= _both(case, f"{at}.{what}.bias", layer.in_proj_bias, lambda a, k=k: np.split(a, 3)[k])
    return made


def basic() -> list[Arrays]:
    """Linear maps and tables."""
    params = {"layer.weight": normal(4, 3), "layer.bias": normal(3)}
    indices = np.array([[0, 2], [4, 2], [0, 0]])
    return [
        plain("linear", lambda x, w, c: F.linear(x, w.T, c), {"x": normal(2, 5, 4)}, params),
        plain("embedding", F.embedding, {"indices": indices}, {"layer.weight": normal(5, 3)}),
    ]


def losses() -> list[Arrays]:
    """Losses, as means; where it differs, as sums and of each element."""
    x, t, p = normal(4, 3), normal(4, 3), RNG.uniform(0.05, 0.95, (4, 3))
    q, labels, weight = RNG.uniform(0.05, 0.95, (4, 3)), np.array([0, 2, 1, 2]), RNG.uniform(0.5, 2, 3)
    two = {"x": x, "t": t}
    return [
        plain("mse_loss", F.mse_loss, two),
        plain("mse_loss_sum", lambda x, t: F.mse_loss(x, t, reduction="sum"), two),
        plain("mse_loss_none", lambda x, t: F.mse_loss(x, t, reduction="none"), two),
        plain("l1_loss", F.l1_loss, two),
        plain("huber_loss", lambda x, t: F.huber_loss(x, t, delta=0.7), two),
        plain("smooth_l1_loss", lambda x, t: F.smooth_l1_loss(x, t, beta=0.5), two),
        plain("kl_div", lambda x, p: F.kl_div(F.log_softmax(x, -1), p), {"x": x, "p": p}),
        plain("binary_cross_entropy", F.binary_cross_entropy, {"q": q, "p": p}),
        plain("binary_cross_entropy_with_logits", F.binary_cross_entropy_with_logits, {"x": x, "p": p}),
        plain("gaussian_nll", lambda x, t, p: F.gaussian_nll_loss(x, t, p, full=True), {**two, "p": p}),
        plain("nll_loss", lambda x, k: F.nll_loss(F.log_softmax(x, -1), k), {"x": x, "labels": labels}),
        plain("cross_entropy", F.cross_entropy, {"x": x, "labels": labels}),
        plain(
            "cross_entropy_weighted",
            lambda x, k: F.cross_entropy(x, k, torch.tensor(weight), label_smoothing=0.1), {"x": x, "labels": labels},
        ) | {"cross_entropy_weighted/in/weight": weight},
        plain("hinge_loss", lambda x, t: torch.relu(1 - torch.sign(t) * x).mean(), two),
    ]  # fmt: skip


def main() -> None:
    """Write the file."""
    torch.manual_seed(0)
    arrays: Arrays = {}
    for family in (basic, convolutions, pools, normalizations, recurrent, attentions, losses):
        for case in family():
            arrays |= case
    np.savez_compressed(TARGET, **{k: np.array(v, order="C") for k, v in arrays.items()})


if __name__ == "__main__":
    main()
