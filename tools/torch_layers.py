"""Writes `tests/nn/layers.npz`: layers and losses of torch, their results and derivatives, in float64.

    PYTHONPATH=. PYTHON_WITH_TORCH -m tools.torch_layers

Run where torch is; the tests need the file alone. Of each case it has the inputs (``case/in/NAME``), the parameters in
the layout of `irlib.nn` (``case/p/NAME``), the buffers before and after (``case/b/NAME``, ``case/new/NAME``), the
results (``case/y/K``), their cotangents (``case/dy/K``) and the derivatives of inputs and parameters (``case/d/NAME``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import distributions, nn
from torch.nn import functional as F  # noqa: N812  its usual name
from torch.nn.utils import spectral_norm

from tools.torch_cases import RNG, Arrays, Case, both, normal, plain, several
from tools.torch_sequences import attentions, cells, ragged, recurrent

TARGET = Path(__file__).parent.parent / "tests" / "nn" / "layers.npz"


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
    x, w, c = normal(2, 4, 4, 3), normal(4, 3, 3, 2), normal(6)
    options = {"stride": (3, 2), "padding": (1, 2), "output_padding": (2, 0), "dilation": (2, 3), "groups": 2}
    params = {"layer.weight": w, "layer.bias": c}
    made.append(
        plain("conv_transpose2d_dilated", lambda x, w, c: F.conv_transpose2d(x, w, c, **options), {"x": x}, params)
    )
    made += [
        plain(f"pad{n}d_{m}", lambda x, n=n, m=m: F.pad(x, (2, 1) * n, mode=m), {"x": normal(2, 3, *shape)})
        for n, shape in ((1, (5,)), (3, (4, 3, 4)))
        for m in ("reflect", "replicate", "circular")
    ]
    made.append(plain("pad_constant", lambda x: F.pad(x, (1, 2, 0, 3), value=0.5), {"x": normal(2, 3, 4)}))
    return made


def pools() -> list[Arrays]:
    """Pools."""
    made = []
    rows = (
        (1, F.max_pool1d, F.avg_pool1d, F.adaptive_avg_pool1d, F.adaptive_max_pool1d),
        (2, F.max_pool2d, F.avg_pool2d, F.adaptive_avg_pool2d, F.adaptive_max_pool2d),
        (3, F.max_pool3d, F.avg_pool3d, F.adaptive_avg_pool3d, F.adaptive_max_pool3d),
    )
    for n, largest, mean, adaptive, adaptive_largest in rows:
        x = normal(2, 3, *(7, 6, 5)[:n])
        made += [
            plain(f"max_pool{n}d", lambda x, f=largest: f(x, 3, stride=2, padding=1, ceil_mode=True), {"x": x}),
            plain(f"avg_pool{n}d", lambda x, f=mean: f(x, 3, stride=2, padding=1), {"x": x}),
            plain(
                f"avg_pool{n}d_own", lambda x, f=mean: f(x, 3, padding=1, count_include_pad=False), {"x": x}
            ),
            plain(f"adaptive_avg_pool{n}d", lambda x, f=adaptive, n=n: f(x, (3, 4, 2)[:n]), {"x": x}),
            plain(f"adaptive_max_pool{n}d", lambda x, f=adaptive_largest, n=n: f(x, (3, 4, 2)[:n]), {"x": x}),
            plain(f"global_avg_pool{n}d", lambda x, f=adaptive: f(x, 1).flatten(1), {"x": x}),
            plain(f"global_max_pool{n}d", lambda x, f=adaptive_largest: f(x, 1).flatten(1), {"x": x}),
        ]  # fmt: skip
    made.append(
        plain("max_pool2d_dilated", lambda x: F.max_pool2d(x, 2, stride=1, dilation=2), {"x": normal(1, 2, 5, 6)})
    )
    made.append(
        plain("adaptive_max_pool2d_even", lambda x: F.adaptive_max_pool2d(x, (2, 3)), {"x": normal(1, 2, 4, 6)})
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
    x = normal(7, 6)
    case = Case("batch_norm_rows", {"x": x})
    scale, bias = case.add("p", "layer.weight", normal(6)), case.add("p", "layer.bias", normal(6))
    m, v = case.add("b", "layer.running_mean", mean), case.add("b", "layer.running_var", var)
    y = F.batch_norm(case.leaves["x"], m, v, scale, bias, training=True)
    case.arrays |= {
        "batch_norm_rows/new/layer.running_mean": m.numpy(),
        "batch_norm_rows/new/layer.running_var": v.numpy(),
    }
    case.arrays |= {"batch_norm_rows/b/layer.running_mean": mean, "batch_norm_rows/b/layer.running_var": var}
    made.append(case.finish(y))
    x = normal(2, 3, 5)
    made += [
        plain("layer_norm_bare", lambda x: F.layer_norm(x, (5,)), {"x": x}),
        plain("rms_norm_bare", lambda x: F.rms_norm(x, (5,), eps=1e-5), {"x": x}),
    ]
    return [*made, _spectral(), _spectral_kernel()]


def _spectral_kernel() -> Arrays:
    """A kernel, as a matrix of output channels by all else."""
    layer = spectral_norm(nn.ConvTranspose2d(3, 4, 2, bias=False, dtype=torch.float64), dim=1)
    case = Case("spectral_norm_kernel", {"x": normal(2, 3, 3, 3)})
    w = normal(3, 4, 2, 2)
    layer.weight_orig.data = torch.tensor(w)
    case.arrays["spectral_norm_kernel/p/w"] = w
    case.arrays["spectral_norm_kernel/b/layer.u"] = layer.weight_u.numpy().copy()
    case.leaves["w"] = layer.weight_orig
    y = layer(case.leaves["x"])
    case.arrays["spectral_norm_kernel/new/layer.u"] = layer.weight_u.numpy().copy()
    return case.finish(y)


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


class Residual(nn.Module):
    """A residual block in torch's words: plain, or with norms and rectifiers before the convolutions."""

    def __init__(self, into: int, out: int, stride: int, *, pre: bool) -> None:
        super().__init__()
        self.pre, changes = pre, into != out or stride != 1
        self.conv1 = nn.Conv2d(into, out, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.norm1, self.norm2 = nn.BatchNorm2d(into if pre else out), nn.BatchNorm2d(out)
        self.shortcut = nn.Conv2d(into, out, 1, stride, bias=False) if changes else None
        self.shortcut_norm = nn.BatchNorm2d(out) if changes and not pre else None

    def forward(self, x: Any) -> Any:
        """Source: He and others 2015, 2016."""
        if self.pre:
            ready = F.relu(self.norm1(x))
            kept = x if self.shortcut is None else self.shortcut(ready)
            return self.conv2(F.relu(self.norm2(self.conv1(ready)))) + kept
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + (x if self.shortcut is None else self.shortcut_norm(self.shortcut(x))))


def blocks() -> list[Arrays]:
    """Residual blocks that keep their shape, and that change it."""
    made = []
    for name, pre in (("residual_block", False), ("residual_block_pre", True)):
        for change, (out, stride) in {"": (3, 1), "_strided": (4, 2)}.items():
            block = Residual(3, out, stride, pre=pre).double()
            case = Case(name + change, {"x": normal(2, 3, 5, 4)})
            norms = {at: m for at, m in block.named_modules() if isinstance(m, nn.BatchNorm2d)}
            for m in norms.values():
                nn.init.normal_(m.weight)
                nn.init.normal_(m.bias)
            before = {f"{at}.{s}": getattr(m, s).numpy().copy() for at, m in norms.items() for s in STATISTICS}
            arrays = case.finish(block(case.leaves["x"]))
            for at, value in before.items():
                arrays[f"{case.name}/b/layer.{at}"] = value
                arrays[f"{case.name}/new/layer.{at}"] = block.get_buffer(at).numpy()
            for at, p in block.named_parameters():
                arrays |= both(case.name, f"layer.{at}", p)
            made.append(arrays)
    return made


STATISTICS = ("running_mean", "running_var")


def autoregressive() -> list[Arrays]:
    """Masked networks, and a step of the flow that they make, with the determinant that autograd finds."""
    order = np.arange(4)[::-1]
    degrees = np.arange(6) % 3
    first, last = degrees >= order[:, None], degrees[:, None] < order
    params = {
        "layer.0.weight": normal(4, 6), "layer.0.bias": normal(6), "layer.context.weight": normal(5, 6),
        "layer.1.weight": normal(6, 8), "layer.1.bias": normal(8),
    }  # fmt: skip

    def network(z: Any, h: Any, w0: Any, c0: Any, u: Any, w1: Any, c1: Any) -> Any:
        hidden = torch.relu(z @ (w0 * torch.tensor(first)) + c0 + h @ u)
        return torch.chunk(hidden @ (w1 * torch.tensor(np.tile(last, 2))) + c1, 2, -1)

    def flow(z: Any, h: Any, *parameters: Any) -> Any:
        def step(z: Any, h: Any) -> Any:
            m, s = network(z, h, *parameters)
            gate = torch.sigmoid(s + 2)
            return gate * z + (1 - gate) * m

        def determinant(z: Any, h: Any) -> Any:
            jacobian = torch.autograd.functional.jacobian(lambda z: step(z[None], h[None])[0], z, create_graph=True)
            return torch.linalg.slogdet(jacobian)[1]

        return step(z, h), torch.stack([determinant(*pair) for pair in zip(z, h, strict=True)])

    into = {"z": normal(3, 4), "h": normal(3, 5)}
    mask = (RNG.random((4, 3)) < 0.5).astype(np.float64)
    linear = {"layer.weight": normal(4, 3), "layer.bias": normal(3)}
    return [
        plain("masked_linear", lambda x, w, c: x @ (w * torch.tensor(mask)) + c, {"x": normal(2, 4)}, linear)
        | {"masked_linear/static/mask": mask},
        several("autoregressive", network, into, params),
        several("inverse_autoregressive_flow", flow, into, params),
    ]


def basic() -> list[Arrays]:
    """Linear maps and tables."""
    params = {"layer.weight": normal(4, 3), "layer.bias": normal(3)}
    indices = np.array([[0, 2], [4, 2], [0, 0]])
    mask = RNG.random((5, 1)) < 0.5
    return [
        plain("linear", lambda x, w, c: F.linear(x, w.T, c), {"x": normal(2, 5, 4)}, params),
        plain("masked", lambda x, m: x.masked_fill(~m, -1.5), {"x": normal(2, 5, 4), "mask": mask}),
        plain(
            "skip",
            lambda x, w, c: x + F.linear(x, w.T, c),
            {"x": normal(2, 3)},
            {"layer.weight": normal(3, 3), "layer.bias": normal(3)},
        ),
        plain("embedding", F.embedding, {"indices": indices}, {"layer.weight": normal(5, 3)}),
    ]


def losses() -> list[Arrays]:
    """Losses, as means; where it differs, as sums and of each element."""
    x, t, p = normal(4, 3), normal(4, 3), RNG.uniform(0.05, 0.95, (4, 3))
    q, labels, weight = RNG.uniform(0.05, 0.95, (4, 3)), np.array([0, 2, 1, 2]), RNG.uniform(0.5, 2, 3)
    positive, two = RNG.uniform(0.5, 2, 3), {"x": x, "t": t}
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
        plain(
            "cross_entropy_images", lambda x, k: F.cross_entropy(x, k, ignore_index=-100),
            {"x": normal(2, 3, 4), "labels": np.array([[0, 1, -100, 2], [2, 2, 0, -100]])},
        ),
        plain("hinge_loss_sum", lambda x, t: torch.relu(0.5 - torch.sign(t) * x).sum(), two),
        plain("cross_entropy", F.cross_entropy, {"x": x, "labels": labels}),
        plain(
            "cross_entropy_weighted",
            lambda x, k: F.cross_entropy(x, k, torch.tensor(weight), label_smoothing=0.1), {"x": x, "labels": labels},
        ) | {"cross_entropy_weighted/in/weight": weight},
        plain(
            "binary_cross_entropy_weighted",
            lambda x, p: F.binary_cross_entropy_with_logits(
                x, p, torch.tensor(weight), pos_weight=torch.tensor(positive)
            ), {"x": x, "p": p},
        ) | {"binary_cross_entropy_weighted/in/weight": weight, "binary_cross_entropy_weighted/in/positive": positive},
        plain("kl_div_log_target",
              lambda x, t: F.kl_div(F.log_softmax(x, -1), F.log_softmax(t, -1), log_target=True), two),
        plain("gaussian_kl", lambda x, p: _divergence(x, p, torch.zeros(()), torch.ones(())).mean(), {"x": x, "p": p}),
        plain("gaussian_kl_prior", _divergence, {"x": x, "p": p, "m": normal(3), "v": q}),
        plain("mixture_nll", _mixture, {"logits": normal(4, 3), "mean": normal(4, 3, 2),
              "variance": RNG.uniform(0.3, 2, (4, 3, 2)), "target": normal(4, 2)}),
        plain("hinge_loss", lambda x, t: torch.relu(1 - torch.sign(t) * x).mean(), two),
    ]  # fmt: skip


def _divergence(m: Any, v: Any, prior: Any, spread: Any) -> Any:
    normal = distributions.Normal
    return distributions.kl_divergence(normal(m, v.sqrt()), normal(prior, spread.sqrt()))


def _mixture(logits: Any, mean: Any, variance: Any, target: Any) -> Any:
    components = distributions.Independent(distributions.Normal(mean, variance.sqrt()), 1)
    made = distributions.MixtureSameFamily(distributions.Categorical(logits=logits), components)
    return -made.log_prob(target).mean()


FAMILIES = (
    basic, convolutions, pools, normalizations, recurrent, attentions, losses, ragged, cells, blocks, autoregressive,
)  # fmt: skip


def main() -> None:
    """Write the file."""
    torch.manual_seed(0)
    arrays: Arrays = {}
    for family in FAMILIES:
        for case in family():
            arrays |= case
    np.savez_compressed(TARGET, **{k: np.array(v, order="C") for k, v in arrays.items()})


if __name__ == "__main__":
    main()
