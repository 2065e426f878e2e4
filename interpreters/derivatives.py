"""Derivatives of a model at a point: gradients, Jacobian and Hessian products, and the check of them all.

Each is a graph first (`irlib.gradient`, and graphs made of it), compiled once and kept with the model, then run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from irlib import autodiff
from irlib.autodiff import carries_cotangent
from irlib.errors import DerivativeError, FeedError
from irlib.graph import Graph, OutputRole, Role
from irlib.interpreters.numpy_ref.fold import specialize
from irlib.interpreters.targets import compile, run
from irlib.types import TensorType, type_of

__all__ = ["GradientCheck", "check_gradients", "gradient", "hessian", "hvp", "jacobian", "jvp", "value_and_grad"]

Arrays = dict[str, Any]


def gradient(
    graph: Graph,
    of: str | Sequence[str] | None = None,
    wrt: Sequence[str] | str | None = None,
    *,
    cotangents: bool = False,
    outputs: Sequence[str] = (),
) -> Graph:
    """The graph that computes the derivative of output `of` with respect to the values named in `wrt`.

    Its outputs are ``d_w`` for each w, with role gradient-of, after those of `graph` named in `outputs`. `of` is the
    one output that is a loss, or the only output, where it is None; `wrt` is every float parameter (every float input
    where there is none). A scalar `of` is seeded with 1; with `cotangents`, each output y in `of` has an input ``d_y``
    of its type instead. Where bodies of composites are not made yet, constants are folded first, which may make them.

    Raises: DerivativeError for a non-scalar `of` without cotangents, an integer `wrt`, an op whose derivative is not
    known; NameConflictError for a name that is not there.
    """
    return autodiff.gradient(_bodied(graph), of, wrt, cotangents=cotangents, outputs=outputs)


def _lacks_bodies(graph: Graph) -> bool:
    """Whether the body of a composite without a derivative of its own is not made yet."""
    return any(body is None and not op.has_vjp() for _, op, body in graph.composites())


def _bodied(graph: Graph) -> Graph:
    """`graph`, with constants folded where bodies are not made yet."""
    return specialize(graph, {}) if _lacks_bodies(graph) else graph


def _types_of(model: Graph, feeds: Mapping[str, Any]) -> dict[str, str]:
    """The types of the tensors fed to inputs."""
    inputs = {n.name for n in model.inputs if isinstance(n.type, TensorType)}
    return {n: str(type_of(x)) for n, x in feeds.items() if isinstance(x, np.ndarray) and n in inputs}


def value_and_grad(
    model: Graph,
    feeds: Mapping[str, Any],
    of: str | Sequence[str] | None = None,
    wrt: Sequence[str] | str | None = None,
    cotangents: Mapping[str, Any] | Sequence[Any] | Any | None = None,
) -> tuple[Arrays, Arrays]:
    """All outputs of the model, and the derivative of `of` with respect to each name in `wrt`, by name.

    A scalar `of` is seeded with 1; otherwise `cotangents` maps each output in `of` to its cotangent (or is that of the
    one output). `of` is the loss where there is one, `wrt` every float parameter, where they are None.

    Raises: DerivativeError, FeedError, ExecutionError.
    """
    names = _names(of)
    given = _cotangents(model, names, cotangents)
    ofs = tuple(given) if given else names
    key: tuple[Any, ...] = ("value_and_grad", ofs, _names(wrt), bool(given))
    program = model.kept.get(key)
    bodied: Graph = model
    if program is None and _lacks_bodies(model):
        bodied = model.kept["bodied"] = model.kept.get("bodied") or specialize(model, {})
        if _lacks_bodies(bodied):  # the feeds say what is not known otherwise
            types = _types_of(model, feeds)
            key = (*key, tuple(types.items()))
            program = model.kept.get(key)
            bodied = bodied if program is not None else specialize(model, types)
    if program is None:
        outputs = [o.name for o in model.outputs]
        graph = autodiff.gradient(bodied, ofs, _names(wrt), cotangents=bool(given), outputs=outputs)
        program = model.kept[key] = (graph, compile(graph))
    graph, f = program
    found = f(_with_cotangents(graph, model, feeds, given))
    count = len(model.outputs)
    values = {o.name: found[o.name] for o in graph.outputs[:count]}
    return values, {str(o.of): found[o.name] for o in graph.outputs[count:]}


def jvp(
    model: Graph, feeds: Mapping[str, Any], tangents: Mapping[str, Any], of: str | Sequence[str] | None = None
) -> tuple[Arrays, Arrays]:
    """The outputs `of` and their derivatives in the direction `tangents`: the pullback, which is linear, pulled back.

    Raises: DerivativeError, FeedError.
    """
    ofs = _float_outputs(model, of)
    wrt = tuple(tangents)
    key = ("jvp", ofs, wrt)
    program = model.kept.get(key)
    if program is None:
        first = autodiff.gradient(model, ofs, wrt, cotangents=True, outputs=ofs)
        names = [o.name for o in first.outputs[len(ofs) :]]
        seeds = _seed_names(first, model)
        second = autodiff.gradient(first, names, seeds, cotangents=True, outputs=ofs)
        program = model.kept[key] = (second, compile(second))
    second, f = program
    inputs = _seed_names(second, model)
    zeros, directions = inputs[: len(ofs)], inputs[len(ofs) :]
    values = run(model, feeds)
    fed = {n: np.zeros_like(values[o]) for n, o in zip(zeros, ofs, strict=True)}
    fed |= {n: np.asarray(t) for n, t in zip(directions, tangents.values(), strict=True)}
    found = f(_accepted(second, model, feeds) | fed)
    return {o: values[o] for o in ofs}, {o: found[g.name] for o, g in zip(ofs, second.outputs[len(ofs) :], strict=True)}


def hvp(model: Graph, feeds: Mapping[str, Any], vectors: Mapping[str, Any], of: str | None = None) -> Arrays:
    """The Hessian of scalar `of` times `vectors`, by name: the gradient of the gradient in that direction."""
    wrt = tuple(vectors)
    key = ("hvp", of, wrt)
    program = model.kept.get(key)
    if program is None:
        first = autodiff.gradient(model, of, wrt)
        second = autodiff.gradient(first, [o.name for o in first.outputs], wrt, cotangents=True)
        program = model.kept[key] = (second, compile(second))
    second, f = program
    directions = _seed_names(second, model)
    fed = {n: np.asarray(v) for n, v in zip(directions, vectors.values(), strict=True)}
    found = f(_accepted(second, model, feeds) | fed)
    return {str(o.of): found[o.name] for o in second.outputs}


def jacobian(
    model: Graph, feeds: Mapping[str, Any], of: str | None = None, wrt: Sequence[str] | str | None = None
) -> Arrays:
    """For each name in `wrt`, the array of derivatives, of shape ``of.shape + wrt.shape``: one pullback a row."""
    name = _one_output(model, of)
    value = run(model, feeds)[name]
    rows: dict[str, list[Any]] = {}
    for k in range(value.size):
        unit = np.zeros(value.size, value.dtype)
        unit[k] = 1
        _, grads = value_and_grad(model, feeds, name, wrt, {name: unit.reshape(value.shape)})
        for n, g in grads.items():
            rows.setdefault(n, []).append(g)
    if not value.size:
        _, grads = value_and_grad(model, feeds, name, wrt, {name: value})
        return {n: np.zeros(value.shape + g.shape, g.dtype) for n, g in grads.items()}
    return {n: np.stack(r).reshape(value.shape + r[0].shape) for n, r in rows.items()}


def hessian(
    model: Graph, feeds: Mapping[str, Any], of: str | None = None, wrt: Sequence[str] | str | None = None
) -> dict[str, Arrays]:
    """``result[a][b]``, of shape ``a.shape + b.shape``: the second derivatives of scalar `of`."""
    first = autodiff.gradient(model, of, wrt)
    names = [str(o.of) for o in first.outputs]
    return {str(o.of): jacobian(first, feeds, o.name, names) for o in first.outputs}


_STEPS, _STEPS_OF_SINGLES = (1e-2, 1e-3, 1e-4), (5e-2, 5e-3)
"""Steps of the differences, relative to the size of x: the smaller ones tell where a larger one crosses a kink."""


@dataclass(frozen=True, slots=True)
class GradientCheck:
    """What `check_gradients` found for one variable: the largest error, relative to the scale, and the verdict."""

    name: str
    error: float
    tolerance: float

    @property
    def ok(self) -> bool:
        return self.error <= self.tolerance

    def __str__(self) -> str:
        return f"{self.name}: error {self.error:.2e}, {'ok' if self.ok else f'expected at most {self.tolerance:.0e}'}"


def check_gradients(
    model: Graph,
    feeds: Mapping[str, Any],
    of: str | None = None,
    wrt: Sequence[str] | str | None = None,
    *,
    directions: int = 3,
    tolerance: float | None = None,
    seed: int = 0,
) -> list[GradientCheck]:
    """The gradient of `of` against extrapolated central differences in random directions, one verdict per variable.

    `of` is the loss where there is one; one that is not a scalar is summed with random weights. Run in the model's own
    dtypes, so `tolerance` is 1e-6 for float64 and 1e-2 for float32 where it is not given.

    Raises: DerivativeError where the gradient cannot be made.
    """
    name = _one_output(model, of)
    rng = np.random.default_rng(seed)
    f = compile(model)
    value = f(feeds)[name]
    weights = np.asarray(rng.standard_normal(value.shape), value.dtype)
    _, grads = value_and_grad(model, feeds, name, wrt, {name: weights})
    checks = []
    for variable, g in grads.items():
        x = np.asarray(feeds[variable]) if variable in feeds else _own_value(model, variable)
        double = x.dtype == np.float64
        worst = 0.0
        for _ in range(directions):
            u = np.asarray(rng.standard_normal(x.shape), x.dtype)
            along = float(np.sum(g * u))
            scale = float(np.sum(np.abs(g * u))) + 1e-30
            errors = []
            for h in _STEPS if double else _STEPS_OF_SINGLES:
                slope = _difference_quotient(f, feeds, variable, x, u, name, weights, h)
                errors.append(abs(slope - along) / (scale + abs(slope)))
                if errors[-1] <= 1e-9:
                    break
            worst = max(worst, min(errors))
        checks.append(GradientCheck(variable, worst, tolerance or (1e-6 if double else 1e-2)))
    return checks


def _difference_quotient(
    f: Any, feeds: Mapping[str, Any], variable: str, x: Any, u: Any, of: str, weights: Any, h: float
) -> float:
    """Central differences at h, h/2, h/4 extrapolated to 0; `h` is relative to the size of x."""
    step = h * max(1.0, float(np.max(np.abs(x), initial=0.0))) / max(1.0, float(np.max(np.abs(u), initial=0.0)))
    row = []
    for k in range(4):
        d = np.asarray(step / 2**k, x.dtype)
        plus = f({**feeds, variable: x + d * u})[of].astype(np.float64)
        minus = f({**feeds, variable: x - d * u})[of].astype(np.float64)
        row.append(float(np.sum(weights * (plus - minus))) / (2 * float(d)))
    order = 4.0
    while len(row) > 1:
        row = [(order * fine - coarse) / (order - 1) for coarse, fine in pairwise(row)]
        order *= 4
    return row[0]


def _names(names: str | Sequence[str] | None) -> tuple[str, ...] | None:
    return None if names is None else (names,) if isinstance(names, str) else tuple(names)


def _float_outputs(model: Graph, of: str | Sequence[str] | None) -> tuple[str, ...]:
    names = _names(of)
    if names is not None:
        return names
    found = tuple(o.name for o in model.outputs if carries_cotangent(model.value_type(model.output_value(o))))
    if not found:
        raise DerivativeError("no output is a float", code="IR703", where=f"graph {model.name!r}")
    return found


def _one_output(model: Graph, of: str | Sequence[str] | None) -> str:
    """The one output meant: the one named, else the loss where there is one, else the only float."""
    losses = [o.name for o in model.outputs if o.role is OutputRole.LOSS]
    names = _float_outputs(model, losses if of is None and len(losses) == 1 else of)
    if len(names) != 1:
        raise DerivativeError(
            f"got outputs {', '.join(names) or 'none'}, expected one", code="IR704",
            where=f"graph {model.name!r}", remedy="name it as `of`",
        )  # fmt: skip
    return names[0]


def _cotangents(model: Graph, of: tuple[str, ...] | None, cotangents: Any) -> Arrays:
    """Cotangents by output, from a mapping, a list in the order of `of`, or the one array."""
    if cotangents is None:
        return {}
    names = of or _float_outputs(model, None)
    if isinstance(cotangents, Mapping):
        if of is None:
            return dict(cotangents)
        if set(cotangents) != set(names):
            got = ", ".join(map(str, cotangents)) or "none"
            raise FeedError(f"got cotangents for {got}, expected {', '.join(names)}", code="IR605",
                            where=f"graph {model.name!r}")  # fmt: skip
        return {name: cotangents[name] for name in names}
    listed = list(cotangents) if isinstance(cotangents, list | tuple) else [cotangents]
    if len(listed) != len(names):
        raise FeedError(f"got {len(listed)} cotangents for outputs {', '.join(names)}", code="IR605",
                        where=f"graph {model.name!r}", remedy="give a dict by output name")  # fmt: skip
    return dict(zip(names, listed, strict=True))


def _with_cotangents(graph: Graph, model: Graph, feeds: Mapping[str, Any], given: Arrays) -> Arrays:
    fed = _accepted(graph, model, feeds)
    for name, y in zip(_seed_names(graph, model), given, strict=True):
        t = graph.nodes[name].type
        if isinstance(t, TensorType):
            fed[name] = np.asarray(given[y], t.dtype.numpy)
        else:
            fed[name] = given[y]
    return fed


def _seed_names(graph: Graph, model: Graph) -> list[str]:
    """The inputs of a gradient graph that are cotangents: those the model has not, in order."""
    own = set(model.by_name)
    return [str(n.name) for n in graph.inputs if n.name not in own]


def _accepted(graph: Graph, model: Graph, feeds: Mapping[str, Any]) -> Arrays:
    """The feeds of `model` that a graph derived from it still has: one whose value no derivative needs may be gone."""
    bound = model.kept.get("bound")
    if bound is None:
        roles = {model.names.get(i): model.variables[~int(model.kind[i])].role for i in model.variable_nodes}
        bound = model.kept["bound"] = {n: None for n, role in roles.items() if n and role is not Role.CONSTANT}
    for name in feeds:
        if name not in bound:
            expected = ", ".join(bound) or "none"
            raise FeedError(f"got a feed for {name!r}, expected one of: {expected[:400]}", code="IR601",
                            where=f"graph {model.name!r}")  # fmt: skip
    return {n: x for n, x in feeds.items() if n in graph.by_name}


def _own_value(model: Graph, name: str) -> Any:
    variable = model.nodes[name].variable
    if variable is None or variable.tensor is None:
        raise FeedError(f"no feed for {name!r}", code="IR602", where=f"graph {model.name!r}")
    return variable.tensor.array
