"""Writes `tests/external/models`: models of torch and scikit-learn as their exporters write them, and what they give.

    PYTHONPATH=. PYTHON_WITH_TORCH_AND_SKL2ONNX -m tools.exported_models [NAMES]

Run where torch, onnxscript, scikit-learn and skl2onnx are; the tests need the files alone. ``NAME.npz`` has the inputs
(``in/NAME``), the outputs in order (``out/K``), the cotangents of those that are floats (``cot/K``) and the derivatives
of the inputs and parameters that the model still has as they were (``d/NAME``): by torch in float32, and for
scikit-learn by differences in float64 of what its own estimators give.
"""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

TARGET = Path(__file__).parent.parent / "tests" / "external" / "models"

Arrays = dict[str, Any]


def of_torch(name: str) -> tuple[bytes, Arrays]:
    """The file of a network of `exported_nets`, and its arrays."""
    import torch

    from tools.exported_nets import NETS

    net = NETS[name]
    torch.manual_seed(0)
    module = net.module()
    module.train(net.train)
    for p in module.parameters():  # exporters put equal initializers together
        p.data += 0.05 * torch.randn_like(p)
    for key, buffer in module.named_buffers():
        if "running" in key:
            buffer.uniform_(0.5, 1.5)
    state = {k: v.clone() for k, v in module.state_dict().items()}
    xs = [
        torch.randint(0, net.integers[k], shape) if k in net.integers else torch.randn(shape)
        for k, shape in enumerate(net.shapes)
    ]
    names = [f"x{k}" for k in range(len(xs))]
    content = _plain(_exported(net, module, xs, names))
    module.load_state_dict(state)
    for x in xs:
        x.requires_grad_(x.is_floating_point())
    ys = module(*xs)
    ys = ys if isinstance(ys, tuple) else (ys,)
    floats = {k: y for k, y in enumerate(ys) if y.is_floating_point()}
    cotangents = {k: torch.randn_like(y) for k, y in floats.items()}
    kept = _kept(content, state)
    parameters = {k: p for k, p in module.named_parameters() if k in kept}
    wanted = {n: x for n, x in zip(names, xs, strict=True) if x.requires_grad} | parameters
    found = torch.autograd.grad(list(floats.values()), list(wanted.values()), list(cotangents.values()),
                                allow_unused=True, materialize_grads=True)  # fmt: skip
    arrays = {f"in/{n}": x.detach().numpy() for n, x in zip(names, xs, strict=True)}
    arrays |= {f"out/{k}": y.detach().numpy() for k, y in enumerate(ys)}
    arrays |= {f"cot/{k}": c.numpy() for k, c in cotangents.items()}
    arrays |= {f"d/{n}": d.numpy() for n, d in zip(wanted, found, strict=True)}
    return content, arrays


def _exported(net: Any, module: Any, xs: list[Any], names: list[str]) -> bytes:
    import torch

    made = io.BytesIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        if net.dynamo:
            dims: Any = tuple({0: torch.export.Dim.AUTO} for _ in xs)
            if "Applied" in type(module).__name__:
                dims = (dims,)
            program = torch.onnx.export(
                module, tuple(xs), dynamo=True, opset_version=net.opset, input_names=names, external_data=False,
                dynamic_shapes=dims if net.batched else None, optimize=True,
            )  # fmt: skip
            return bytes(program.model_proto.SerializeToString())
        torch.onnx.export(
            torch.jit.script(module) if net.script else module, tuple(xs), made, dynamo=False,
            opset_version=net.opset, input_names=names, do_constant_folding=False,
            training=torch.onnx.TrainingMode.PRESERVE,
            dynamic_axes={n: {0: "batch"} for n in names} if net.batched else None,
        )  # fmt: skip
    return made.getvalue()


def _plain(content: bytes) -> bytes:
    """The model without what it says of the code and the machine it comes from."""
    import onnx

    proto = onnx.load_from_string(content)
    del proto.metadata_props[:], proto.graph.metadata_props[:]
    stack = [proto.graph]
    while stack:
        graph = stack.pop()
        graph.doc_string = ""
        for part in (*graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
            part.doc_string = ""
            del part.metadata_props[:]
        stack += [a.g for node in graph.node for a in node.attribute if a.HasField("g")]
    return bytes(proto.SerializeToString())


def _kept(content: bytes, state: Any) -> set[str]:
    """The parameters that are initializers under their names, and were neither turned nor folded."""
    import onnx
    from onnx import numpy_helper

    held = {t.name: numpy_helper.to_array(t) for t in onnx.load_from_string(content).graph.initializer}
    return {k for k, v in state.items() if k in held and np.array_equal(held[k], v.numpy())}


def of_sklearn(name: str) -> tuple[bytes, Arrays]:
    """The file of a fitted estimator, its probabilities or predictions, and their derivatives by the input."""
    from skl2onnx import to_onnx

    estimator, data, target = _estimators()[name]
    estimator.fit(data, target)
    classifier = hasattr(estimator, "predict_proba")
    f = estimator.predict_proba if classifier else estimator.predict
    options = {id(estimator): {"zipmap": False}} if classifier else None
    proto = to_onnx(estimator, data[:1], options=options, target_opset={"": 18, "ai.onnx.ml": 3})
    rng = np.random.default_rng(1)
    x = (data[::31] + rng.normal(0, 0.1, data[::31].shape)).astype(np.float32)
    y = np.asarray(f(x.astype(np.float64)))
    y = y if y.ndim == 2 else y[:, None]
    weights = rng.standard_normal(y.shape).astype(np.float32)
    derivative = np.empty(x.shape)
    for at in np.ndindex(*x.shape):
        slopes = []
        for h in (1e-4, 5e-5):
            ahead, behind = x.astype(np.float64), x.astype(np.float64)
            ahead[at] += h
            behind[at] -= h
            slopes.append(float(np.sum(weights * (f(ahead) - f(behind)).reshape(y.shape))) / (2 * h))
        derivative[at] = (4 * slopes[1] - slopes[0]) / 3
    outputs = [estimator.predict(x), y] if classifier else [y]
    arrays = {f"in/{proto.graph.input[0].name}": x, f"d/{proto.graph.input[0].name}": derivative}
    arrays |= {f"out/{k}": v for k, v in enumerate(outputs)} | {f"cot/{len(outputs) - 1}": weights}
    return bytes(proto.SerializeToString()), arrays


def _estimators() -> dict[str, Any]:
    from sklearn.datasets import load_diabetes, load_iris
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler
    from sklearn.svm import SVC

    x, t = load_iris(return_X_y=True)
    z, s = load_diabetes(return_X_y=True)
    x, z, s = x.astype(np.float32), (10 * z).astype(np.float32), s / 100
    return {
        "sklearn_mlp": (
            make_pipeline(StandardScaler(), MLPClassifier((5,), activation="tanh", random_state=0)), x, t,
        ),
        "sklearn_svc": (SVC(probability=True, random_state=0), x, t),
        "sklearn_polynomial": (
            make_pipeline(PolynomialFeatures(2), StandardScaler(), LogisticRegression(max_iter=500)), x, t,
        ),
        "sklearn_gaussian_process": (GaussianProcessRegressor(RBF(1.0), alpha=0.1), z[:60, :4], s[:60]),
    }  # fmt: skip


def main(names: list[str]) -> None:
    """Write the files of `names`, or all."""
    from tools.exported_nets import NETS

    TARGET.mkdir(exist_ok=True)
    sources = dict.fromkeys(NETS, of_torch) | dict.fromkeys(_estimators(), of_sklearn)
    for name in names or sources:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content, arrays = sources[name](name)
        (TARGET / f"{name}.onnx").write_bytes(content)
        np.savez_compressed(TARGET / f"{name}.npz", **arrays)
        sys.stdout.write(f"{name}: {len(content)} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1:])
