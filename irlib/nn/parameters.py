"""What layers share: how they are named, and how their parameters come to be."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

import numpy as np

from irlib.builder import Builder
from irlib.errors import AttributeValueError, IRTypeError
from irlib.graph import OutputRole
from irlib.nn.initializers import Fans, Initializer
from irlib.op import REGISTRY, load

__all__ = [
    "Initial",
    "Ints",
    "activated",
    "buffer",
    "family",
    "fresh_name",
    "parameter",
    "per_axis",
    "static_dim",
    "updated",
]

Initial: TypeAlias = Any
"""The first value of a parameter: an `Initializer`, or an array."""

Ints: TypeAlias = int | Sequence[int]
"""A number for every spatial axis, or one for each."""


def fresh_name(b: Builder, name: str | None, kind: str) -> str:
    """The name of a layer: as given, or its kind, with a number behind it from the second on."""
    if name is not None:
        return name
    taken = {n.split(".")[0] for n in b.taken_names()}
    numbered = (f"{kind}{k}" for k in range(2, len(taken) + 3))
    return kind if kind not in taken else next(n for n in numbered if n not in taken)


def activated(b: Builder, activation: str, x: Any) -> Any:
    """`x` through the op of that name. Raises: AttributeValueError (IR302) where there is none."""
    load(activation)
    if not any(name == activation for _, name, _ in REGISTRY):
        raise AttributeValueError(f"activation is {activation!r}, expected the name of an op", code="IR302")
    return getattr(b, activation)(x)


def parameter(b: Builder, name: str, shape: Sequence[int], fans: Fans, initial: Initial, x: Any, seed: int) -> Any:
    """The parameter called `name`, of this shape and in the dtype of `x`.

    Raises: IRTypeError for an array of another shape.
    """
    made = initial.draw(tuple(shape), fans, name, seed) if isinstance(initial, Initializer) else np.asarray(initial)
    if made.shape != tuple(shape):
        raise IRTypeError(f"{name} has shape {list(made.shape)}, expected {list(shape)}", code="IR207")
    return b.parameter(name, made.astype(x.dtype.numpy))


def buffer(b: Builder, name: str, values: Any, x: Any) -> Any:
    """The buffer called `name` with these values in the dtype of `x`."""
    return b.buffer(name, np.asarray(values).astype(x.dtype.numpy))


def updated(b: Builder, name: str, new: Any) -> None:
    """Make `new` the update of the buffer called `name`."""
    b.output(f"new_{name}", new, role=OutputRole.UPDATE, of=name)


def static_dim(x: Any, axis: int, layer: str) -> int:
    """A dim that must be a number. Raises: IRTypeError when it is not known."""
    shape = x.shape
    dim = None if shape is None or not -len(shape) <= axis < len(shape) else shape[axis]
    if not isinstance(dim, int):
        raise IRTypeError(
            f"{layer}: got {x.type}, expected a number as dim {axis}",
            code="IR207",
            remedy="declare the type of its input",
        )
    return dim


_Kind = TypeVar("_Kind")
_Result = TypeVar("_Result")
_Rest = ParamSpec("_Rest")


def family(
    f: Callable[Concatenate[_Kind, _Rest], _Result], members: dict[str, _Kind]
) -> list[Callable[_Rest, _Result]]:
    """A function of its own for each member of a family: `f` with that first argument, called and described so."""
    return [_member(f, name, kind) for name, kind in members.items()]


def _member(f: Callable[Concatenate[_Kind, _Rest], _Result], name: str, kind: _Kind) -> Callable[_Rest, _Result]:
    @wraps(f)
    def layer(*arguments: _Rest.args, **options: _Rest.kwargs) -> _Result:
        return f(kind, *arguments, **options)

    signature = inspect.signature(f)
    layer.__name__ = layer.__qualname__ = name
    layer.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])  # type: ignore[attr-defined]
    del layer.__wrapped__
    return layer


def per_axis(numbers: Ints, axes: int, what: str) -> tuple[int, ...]:
    """One number for each of so many axes. Raises: AttributeValueError when there are others."""
    made = (numbers,) * axes if isinstance(numbers, int) else tuple(numbers)
    if len(made) != axes or not all(isinstance(n, int) for n in made):
        raise AttributeValueError(f"{what} is {numbers}, expected an int or {axes} of them", code="IR302")
    return made
