"""irlib: a standard for computation graphs, and the library that keeps it.

A graph's nodes are ops or bound variables, its edges carry values. It is built (`Builder`), saved and loaded (`save`,
`load`), checked (`check`), run forward (`run`, `compile`) and backward (`value_and_grad`); the backward pass is itself
a graph (`gradient`). Names are imported when first used, so ``import irlib`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_WHERE = {
    "Builder": "irlib.builder",
    "Dim": "irlib.dims",
    "Graph": "irlib.graph",
    "IRError": "irlib.errors",
    "OutputRole": "irlib.graph",
    "Role": "irlib.graph",
    "TensorType": "irlib.types",
    "check": "irlib.checking",
    "check_gradients": "irlib.interpreters.derivatives",
    "compile": "irlib.interpreters.targets",
    "cond": "irlib.converters.numpy_code.control",
    "decompose": "irlib.transforms.inline",
    "diagnose": "irlib.doctor",
    "diff": "irlib.difference",
    "digest": "irlib.serde",
    "dtype": "irlib.types",
    "fold": "irlib.interpreters.numpy_ref.fold",
    "from_numpy": "irlib.converters.numpy_code.read.reading",
    "from_onnx": "irlib.converters.onnx_model",
    "gradient": "irlib.interpreters.derivatives",
    "hessian": "irlib.interpreters.derivatives",
    "hvp": "irlib.interpreters.derivatives",
    "jacobian": "irlib.interpreters.derivatives",
    "jvp": "irlib.interpreters.derivatives",
    "load": "irlib.serde",
    "parse_text": "irlib.notation",
    "run": "irlib.interpreters.targets",
    "save": "irlib.serde",
    "scan": "irlib.converters.numpy_code.control",
    "spec": "irlib.types",
    "specialize": "irlib.interpreters.numpy_ref.fold",
    "text": "irlib.notation",
    "to_networkx": "irlib.networkx_graph",
    "to_numpy": "irlib.converters.numpy_code",
    "to_onnx": "irlib.converters.onnx_model",
    "train": "irlib.trainer",
    "trace": "irlib.converters.numpy_code.trace",
    "training_step": "irlib.training",
    "while_loop": "irlib.converters.numpy_code.control",
    "value_and_grad": "irlib.interpreters.derivatives",
}

_MODULES = {
    "converters": "irlib.converters",
    "interpreters": "irlib.interpreters",
    "nn": "irlib.nn",
    "numpy": "irlib.numpy",
    "ops": "irlib.ops",
    "systems": "irlib.systems",
    "training": "irlib.training",
    "validate": "irlib.validate",
}

__all__ = list(_WHERE)


def __getattr__(name: str) -> Any:
    where = _WHERE.get(name)
    if where is None:
        if name in _MODULES:
            return import_module(_MODULES[name])
        raise AttributeError(f"module 'irlib' has no attribute {name!r}")
    import irlib.ops  # a builder's methods and a file's ops are found there

    if name == "Builder":  # `help(irlib.Builder.matmul)` asks the class
        irlib.ops.load_all()
    _name_dialects()

    found = getattr(import_module(where), name)
    globals()[name] = found
    return found


def _dialect(module: str) -> Any:
    return lambda: import_module(module).DIALECT


def _name_dialects() -> None:
    from irlib.op import DIALECTS

    for name in ("ai.onnx", "ai.onnx.ml", "ai.onnx.preview", "ai.onnx.preview.training"):
        DIALECTS[name] = _dialect("irlib.converters.onnx_model.dialect")


def __dir__() -> list[str]:
    return sorted([*globals(), *_WHERE])


if TYPE_CHECKING:
    from irlib.builder import Builder as Builder
    from irlib.converters.numpy_code.control import cond as cond
    from irlib.converters.numpy_code.control import scan as scan
    from irlib.converters.numpy_code.control import while_loop as while_loop
    from irlib.converters.numpy_code.trace import trace as trace
    from irlib.dims import Dim as Dim
    from irlib.errors import IRError as IRError
    from irlib.graph import Graph as Graph
    from irlib.graph import OutputRole as OutputRole
    from irlib.graph import Role as Role
    from irlib.transforms.inline import decompose as decompose
    from irlib.types import TensorType as TensorType
    from irlib.types import dtype as dtype
