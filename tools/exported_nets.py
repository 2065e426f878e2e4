"""Small networks of torch for `tools.exported_models`, one for each thing that exports do differently."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812  its usual name

__all__ = ["NETS", "Net"]


@dataclass(frozen=True)
class Net:
    """A network, the shapes of its inputs, and how it is exported."""

    module: Callable[[], Any]
    shapes: tuple[tuple[int, ...], ...]
    opset: int
    """Of the exporter by tracing; with `dynamo` of that by torch.export."""
    dynamo: bool = False
    integers: Mapping[int, int] = field(default_factory=dict)
    """Which inputs are integers, and below what."""
    train: bool = False
    script: bool = False
    batched: bool = True
    """Whether dim 0 is a symbol."""


class Applied(nn.Module):
    """A function as a module, and a module that a function uses."""

    def __init__(self, f: Callable[..., Any], **parts: nn.Module) -> None:
        super().__init__()
        self.f = f
        self.parts = nn.ModuleDict(parts)

    def forward(self, *xs: Any) -> Any:
        return self.f(*xs, **dict(self.parts.items()))


def residual(x: Any, c: Any, n: Any, d: Any, e: Any) -> Any:
    """A residual block with batch normalization and a strided shortcut, pooled to a vector."""
    h = F.relu(n(c(x))) + d(x)
    return e(torch.flatten(F.adaptive_avg_pool2d(h, 1), 1))


def inverted(x: Any, expand: Any, n: Any, depth: Any, squeeze: Any, excite: Any, project: Any) -> Any:
    """An inverted residual block with squeeze and excitation."""
    h = F.hardswish(depth(F.relu6(n(expand(x)))))
    gate = F.hardsigmoid(excite(F.relu(squeeze(F.adaptive_avg_pool2d(h, 1)))))
    return x + project(h * gate)


def unet(x: Any, down: Any, deep: Any, up: Any, last: Any) -> Any:
    """One level of an encoder and a decoder, upsampled both ways."""
    a = F.relu(down(x))
    c = F.relu(deep(F.max_pool2d(a, 2)))
    wide = F.interpolate(c, scale_factor=2.0, mode="bilinear", align_corners=True)
    return last(torch.cat([up(c), a, wide], 1))


def pooled(x: Any) -> Any:
    """Pools and resizings of all kinds."""
    h = F.avg_pool2d(F.max_pool2d(x, 3, 2, 1, dilation=1), 3, 1, 1, count_include_pad=False)
    small = F.interpolate(h, size=(3, 5), mode="bicubic", align_corners=False)
    return F.interpolate(small, scale_factor=2.0, mode="nearest"), F.lp_pool2d(x, 2.0, 2), x.amax((2, 3))


def language(ids: Any, token: Any, place: Any, q: Any, o: Any, n: Any, m: Any, up: Any, down: Any) -> Any:
    """A causal transformer block that computes its shapes, with tied embeddings."""
    batch, steps = ids.shape
    x = token(ids) + place(torch.arange(steps))
    heads = (t.view(batch, steps, 2, 4).transpose(1, 2) for t in q(n(x)).chunk(3, -1))
    query, key, value = heads
    scores = query @ key.transpose(-2, -1) / 2.0
    seen = torch.tril(torch.ones(steps, steps))
    weights = scores.masked_fill(seen == 0, float("-inf")).softmax(-1)
    x = x + o((weights @ value).transpose(1, 2).reshape(batch, steps, 8))
    return (x + down(F.gelu(up(m(x)), approximate="tanh"))) @ token.weight.t()


def indexed(x: Any, i: Any, y: Any) -> Any:
    """Gathers, scatters, a product over indices."""
    picked = torch.gather(x, 1, i) * x.index_select(1, i[0])
    spread = x.scatter_add(1, i, y)
    return picked, torch.einsum("bi,bj->ij", spread, y), x[:, 1:].cumsum(1)


def sorted_out(x: Any) -> Any:
    """Sorted, picked, reduced."""
    return torch.sort(x, 1)[0], torch.topk(x, 2, 1)[0], x.var(1), x.logsumexp(1), x.abs().prod(1), x.norm(2)


def losses(x: Any, t: Any) -> Any:
    """Cross entropies over a dim between, one class ignored."""
    return F.cross_entropy(x, t, ignore_index=2), F.cross_entropy(x, t, reduction="none")


def activations(x: Any, one: Any, two: Any) -> Any:
    h = F.silu(F.gelu(one(x))) + F.elu(x @ one.weight.t()) + F.softplus(x) + F.mish(x)
    return F.log_softmax(two(F.leaky_relu(F.selu(h) + torch.tanh(h).atan())), -1)


def normalized(x: Any, a: Any, c: Any, d: Any) -> Any:
    return d(c(a(x)))


class Recurrent(nn.Module):
    """A classifier: an embedding, a recurrent layer, the last state."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(12, 4)
        self.layers = nn.LSTM(4, 3, num_layers=2, bidirectional=True, batch_first=True)
        self.scores = nn.Linear(6, 3)

    def forward(self, ids: Any) -> Any:
        y, (h, _) = self.layers(self.embedding(ids))
        return F.log_softmax(self.scores(y[:, -1]), -1), h


class Unrolled(nn.Module):
    """A loop in the script that appends to a list."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = torch.zeros(4)
        made = []
        for k in range(x.size(0)):
            h = torch.tanh(self.layer(h) + x[k])
            made.append(h)
        return torch.stack(made)


class Branching(nn.Module):
    """A branch on data in the script."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.other = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.one(x)) if x.sum() > 0 else torch.tanh(self.other(x))
        return y * 2


class Gated(nn.Module):
    """A GRU and its state."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.GRU(3, 4)

    def forward(self, x: Any) -> Any:
        return self.layer(x)


def conv(*sizes: int, **options: Any) -> Any:
    return nn.Conv2d(*sizes, **options)  # type: ignore[arg-type]


IMAGE = ((2, 4, 7, 6),)

NETS: dict[str, Net] = {
    "activations": Net(lambda: Applied(activations, one=nn.Linear(6, 6), two=nn.Linear(6, 3)), ((3, 6),), 17),
    "convolutions": Net(
        lambda: nn.Sequential(
            conv(4, 8, 3, padding=1, groups=2), nn.ReLU(), conv(8, 8, 3, padding=2, dilation=2, groups=8),
            nn.ConvTranspose2d(8, 4, 3, stride=2, padding=1, output_padding=1), nn.Tanh(),
            nn.ConvTranspose2d(4, 2, (2, 3), stride=(1, 2), groups=2, dilation=(2, 1)),
        ), IMAGE, 13,
    ),
    "pools": Net(lambda: Applied(pooled), ((2, 2, 9, 8),), 11),
    "residual": Net(
        lambda: Applied(
            residual, c=conv(4, 5, 3, stride=2, padding=1), n=nn.BatchNorm2d(5), d=conv(4, 5, 1, stride=2),
            e=nn.Linear(5, 3),
        ), IMAGE, 17,
    ),
    "residual_training": Net(
        lambda: Applied(
            residual, c=conv(4, 5, 3, stride=2, padding=1), n=nn.BatchNorm2d(5), d=conv(4, 5, 1, stride=2),
            e=nn.Linear(5, 3),
        ), IMAGE, 14, train=True,
    ),
    "inverted_residual": Net(
        lambda: Applied(
            inverted, expand=conv(4, 8, 1), n=nn.BatchNorm2d(8), depth=conv(8, 8, 3, padding=1, groups=8),
            squeeze=conv(8, 2, 1), excite=conv(2, 8, 1), project=conv(8, 4, 1),
        ), IMAGE, 23, dynamo=True,
    ),
    "unet": Net(
        lambda: Applied(
            unet, down=conv(2, 3, 3, padding=1), deep=conv(3, 4, 3, padding=1), up=nn.ConvTranspose2d(4, 3, 2, 2),
            last=conv(10, 1, 1),
        ), ((1, 2, 8, 6),), 18, dynamo=True, batched=False,
    ),
    "encoder": Net(
        lambda: nn.TransformerEncoderLayer(8, 2, 12, 0.0, activation="gelu", batch_first=True), ((2, 5, 8),), 18,
        dynamo=True,
    ),
    "language": Net(
        lambda: Applied(
            language, token=nn.Embedding(20, 8), place=nn.Embedding(10, 8), q=nn.Linear(8, 24), o=nn.Linear(8, 8),
            n=nn.LayerNorm(8), m=nn.LayerNorm(8), up=nn.Linear(8, 16), down=nn.Linear(16, 8),
        ), ((2, 6),), 17, integers={0: 20},
    ),
    "attention": Net(
        lambda: Applied(lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True)), ((2, 2, 4, 3),) * 3,
        23, dynamo=True,
    ),
    "lstm": Net(Recurrent, ((3, 5),), 14, integers={0: 12}),
    "gru": Net(Gated, ((5, 2, 3),), 11),
    "loop": Net(Unrolled, ((3, 4),), 17, script=True, batched=False),
    "branch": Net(Branching, ((3, 4),), 13, script=True),
    "indexing": Net(lambda: Applied(indexed), ((3, 4), (3, 4), (3, 4)), 16, integers={1: 4}),
    "sorting": Net(lambda: Applied(sorted_out), ((3, 5),), 13),
    "losses": Net(lambda: Applied(losses), ((2, 5, 3), (2, 3)), 13, integers={1: 5}),
    "normalizations": Net(
        lambda: Applied(
            normalized, a=nn.GroupNorm(2, 4), c=nn.InstanceNorm2d(4, affine=True), d=nn.LayerNorm([4, 3, 2]),
        ), ((2, 4, 3, 2),), 21, dynamo=True,
    ),
}  # fmt: skip
"""By the name of their files."""
