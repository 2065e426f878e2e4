"""What a derivative rule is written against: an emitter with one method per op, and values (`irlib.values`).

The same rule runs on two emitters: the graph `Builder`, which appends nodes, and the eager builder of an interpreter,
which computes at once. The op methods are made from the registry; `op_methods.pyi`, generated, types them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import MISSING
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from irlib.errors import AttributeValueError, IRTypeError, StructureError
from irlib.op import Op, load, on_register, signature_of
from irlib.op_methods import OpMethods
from irlib.types import DType, TensorType, Type, dtype
from irlib.values import NodeView, Value

if TYPE_CHECKING:
    from irlib.graph import Graph

__all__ = ["Emitter", "NodeView", "Value"]

Scalar = (bool, int, float, complex, np.generic)
_PLAIN = (int, float)


class Emitter(OpMethods):
    """Where ops are appended. Subclasses give `emit`, `constant` and `pullback`."""

    if not TYPE_CHECKING:  # the stub of OpMethods has every op

        def __getattr__(self, name: str) -> Any:
            """The method of an op whose family is not imported yet."""
            if not name.startswith("_"):
                load(name)
                found = getattr(type(self), name, None)
                if found is not None:
                    return found.__get__(self)
            raise AttributeError(f"there is no op {name!r}", name=name, obj=self)

    def emit(self, op: Op, operands: Sequence[Any], name: str | None = None) -> tuple[Any, ...]:
        """Append `op` on `operands` (values of this emitter, None where absent) and return its results."""
        raise NotImplementedError

    def constant(self, value: Any, dtype: Any = None, name: str | None = None) -> Any:
        """A constant: a numpy array, a Python number or a nested list of them, of `dtype` where given."""
        raise NotImplementedError

    def pullback(self, graph: Graph, wrt: Sequence[int]) -> Graph:
        """The graph from (inputs of `graph`, cotangent of each float output) to the cotangents of inputs `wrt`."""
        raise NotImplementedError

    def supersede(self, old: Sequence[Any], new: Sequence[Any]) -> None:
        """Say that `new` begins with what `old` is, made of the same operands: a graph needs only one of them."""

    def lift(self, operand: Any, like: Any = None) -> Any:
        """`operand` as a value: a value is itself, None stays absent, anything else becomes a constant.

        A Python number takes the dtype of `like` where there is one. Raises: IRTypeError when it does not fit in it.
        """
        if operand is None or isinstance(operand, Value):
            return operand
        if like is not None and type(operand) in _PLAIN:
            to = like.dtype
            return self.constant(operand if to.kind == "float" else _fitting(operand, to), to)
        if isinstance(operand, Scalar) and not isinstance(operand, np.generic) and like is not None:
            return self.constant(_fitting(operand, like.dtype), like.dtype)
        if isinstance(operand, list | tuple) and any(isinstance(item, Value) for item in operand):
            return self._stacked(operand)
        if isinstance(operand, list | tuple) and not operand:
            return self.constant(np.zeros(0, np.int64))
        return self.constant(operand)

    def _stacked(self, items: Sequence[Any]) -> Any:
        """A vector from scalars, some of them values."""
        like = next(item for item in items if isinstance(item, Value))
        for item in items:
            if isinstance(item, Value) and not _may_be_scalar(item.type):
                raise IRTypeError(
                    f"got a list with a value of {item.type}, expected scalars, which become a vector", code="IR207",
                    remedy="join tensors by concat or stack",
                )  # fmt: skip
        parts = [self.lift(item, like) for item in items]
        vectors = [self.reshape(part, [1]) for part in parts]
        return vectors[0] if len(vectors) == 1 else self.concat(*vectors, axis=0)

    # What rules need over and over, said once.

    def shape(self, x: Any) -> Any:
        """The shape of `x` as an int64 vector: a constant where it is static."""
        if isinstance(x.type, TensorType) and x.type.is_static:
            return self.constant(np.array(x.type.shape, np.int64))
        return self.shape_of(x)

    def full_like(self, x: Any, value: float) -> Any:
        """`value` in the dtype and shape of `x`."""
        return self.broadcast_to(self.constant(value, x.dtype), self.shape(x))

    def adjoint(self, x: Any) -> Any:
        """`x`, conjugated where it is complex: what a cotangent is multiplied by."""
        return self.conj(x) if x.operand.type.dtype.kind == "complex" else x

    def zeros_like(self, x: Any) -> Any:
        """Zeros in the dtype and shape of `x`; of a sequence or optional, of each value in it."""
        return self.full_like(x, 0) if isinstance(x.type, TensorType) else self.container_zeros_like(x)

    def kept_shape(self, x: Any, axes: Any) -> Any:
        """The shape of `x` with 1 at `axes` (all of them where `axes` is None): what a reduction keeps."""
        if x.rank is not None and (axes is None or axes.ints is not None):
            gone = range(x.rank) if axes is None else {a % x.rank for a in axes.ints} if x.rank else ()
            if x.type.is_static:
                return self.constant(np.array([1 if i in gone else d for i, d in enumerate(x.shape)], np.int64))
            ones = np.array([i in gone for i in range(x.rank)])
            return self.where(self.constant(ones), self.constant(1, "int64"), self.shape(x))
        shape = self.shape(x)
        if axes is None:
            return self.full_like(shape, 1)
        return self.scatter(shape, axes, self.full_like(axes, 1), axis=0)


def _may_be_scalar(t: Type) -> bool:
    """Whether it is a tensor that has one element, for all that is known."""
    return isinstance(t, TensorType) and (t.shape is None or all(d in (1, None) for d in t.shape))


def _fitting(number: Any, to: DType) -> Any:
    """The number, when `to` can hold it as written."""
    kind = to.kind
    fits = (
        kind == "complex"
        or (kind == "float" and not isinstance(number, complex))
        or (kind in ("int", "uint") and isinstance(number, int) and not (kind == "uint" and number < 0))
        or (kind == "bool" and isinstance(number, bool))
    )
    if not fits:
        raise IRTypeError(
            f"the number {number!r} beside a value of {to}, expected one that {to} can hold",
            code="IR204",
            remedy="cast the value, or pass an array",
        )
    return number


def _like(operands: Sequence[Any]) -> Any:
    values = [v for v in operands if isinstance(v, Value) and isinstance(v.type, TensorType)]
    return next((v for v in values if v.dtype.kind != "bool"), values[0] if values else None)


def _scalar_like(cls: type[Op], operand: Any, like: Any) -> Any:
    """Beside values, a number takes their dtype; an axis, a size or a count, being an int, stays an int64."""
    return like if cls.broadcasts or isinstance(operand, float | complex) else None


def make_method(cls: type[Op]) -> Callable[..., Any]:
    """The builder method of an op class."""
    signature = signature_of(cls)
    fields = {f.name: f for f in cls.attributes()}
    single = len(cls.results) == 1 and not cls.results[0].endswith("*")
    plain = None if fields else cls()
    unary = single and plain is not None and len(signature.operands) == 1 and not signature.variadic
    binary = single and plain is not None and signature.required == 2 == len(signature.operands)

    def method(self: Emitter, *operands: Any, name: str | None = None, **attributes: Any) -> Any:
        if attributes:
            operands = _by_keyword(cls, signature.operands, operands, attributes)
        op = plain if not attributes and plain is not None else _instance(cls, fields, attributes)
        if signature.variadic and operands:
            operands = _spread(operands, len(signature.operands) - 1)
        like = _like(operands)
        lifted = tuple(v if isinstance(v, Value) else self.lift(v, _scalar_like(cls, v, like)) for v in operands)
        results = self.emit(op, lifted, name)
        return results[0] if single else results

    def unary_method(self: Emitter, x: Any, *, name: str | None = None) -> Any:
        return self.emit(plain, (x if isinstance(x, Value) else self.lift(x),), name)[0]  # type: ignore[arg-type]

    def binary_method(self: Emitter, x: Any, y: Any, *, name: str | None = None) -> Any:
        if not isinstance(x, Value):
            x = self.lift(x, y if cls.broadcasts and isinstance(y, Value) else None)
        if not isinstance(y, Value):
            y = self.lift(y, x if cls.broadcasts else None)
        return self.emit(plain, (x, y), name)[0]  # type: ignore[arg-type]

    made: Any = unary_method if unary else binary_method if binary else method
    made.__name__ = cls.name
    made.__qualname__ = f"Builder.{cls.name}"
    made.__doc__ = cls.__doc__
    made.__signature__ = _signature(cls)
    return cast("Callable[..., Any]", made)


def _spread(operands: tuple[Any, ...], fixed: int) -> tuple[Any, ...]:
    """Operands with the items of a list of tensors in its place, where the list is all there is of those that repeat.

    A list of numbers and scalars is one vector.
    """
    last = operands[-1]
    if len(operands) != fixed + 1 or not isinstance(last, list | tuple):
        return operands
    tensors = any(isinstance(v, Value) and not (isinstance(v.type, TensorType) and v.rank == 0) for v in last)
    return (*operands[:fixed], *last) if tensors else operands


def _by_keyword(
    cls: type[Op], names: tuple[str, ...], operands: tuple[Any, ...], attributes: dict[str, Any]
) -> tuple[Any, ...]:
    """Operands with those given by keyword put in their places; takes them out of `attributes`."""
    placed = list(operands)
    for index, operand in enumerate(names):
        if operand in attributes:
            if index < len(operands):
                raise StructureError(f"{cls.name} got operand {operand!r} twice", code="IR104")
            placed.extend([None] * (index + 1 - len(placed)))
            placed[index] = attributes.pop(operand)
    return tuple(placed)


def _instance(cls: type[Op], fields: dict[str, Any], attributes: dict[str, Any]) -> Op:
    unknown = [a for a in attributes if a not in fields]
    if unknown:
        known = ", ".join(fields) or "none"
        raise AttributeValueError(
            f"{cls.name} has no attribute or operand {unknown[0]!r}, expected one of: {known}", code="IR301"
        )
    made = tuple([(k, _attribute(v, str(fields[k].type))) for k, v in attributes.items()])
    try:
        # the spelling tells apart what compares equal: 0.0 from -0.0
        return _interned(cls, made, str(made))  # type: ignore[arg-type]
    except TypeError as error:
        raise AttributeValueError(f"{cls.name}: {error}", code="IR302") from error


@lru_cache(maxsize=4096)
def _interned(cls: Callable[..., Op], attributes: tuple[tuple[str, Any], ...], spelling: str) -> Op:
    """One object for equal ops, so that a builder knows an op again by what it is, without comparing attributes."""
    return cls(**dict(attributes))


def _attribute(value: Any, annotation: str) -> Any:
    if "DType" in annotation and value is not None:
        return dtype(value)
    if isinstance(value, list):
        value = tuple(value)
    if isinstance(value, np.generic):
        value = value.item()
    as_written = _NUMBERS.get(annotation)
    return as_written(value) if as_written is not None and isinstance(value, bool | int | float) else value


_NUMBERS: dict[str, Callable[[Any], Any]] = {"float": float, "bool": bool}
"""Attributes whose number is brought to the kind that is declared, so that 1 and 1.0 make one op."""


def _signature(cls: type[Op]) -> inspect.Signature:
    signature = signature_of(cls)
    kinds = inspect.Parameter
    parameters = [kinds("self", kinds.POSITIONAL_OR_KEYWORD)]
    for i, operand in enumerate(signature.operands):
        if signature.variadic and i == len(signature.operands) - 1:
            parameters.append(kinds(operand, kinds.VAR_POSITIONAL))
        else:
            default: Any = kinds.empty if i < signature.required else None
            parameters.append(kinds(operand, kinds.POSITIONAL_OR_KEYWORD, default=default))
    for field in cls.attributes():
        default = kinds.empty if field.default is MISSING else field.default
        parameters.append(kinds(field.name, kinds.KEYWORD_ONLY, default=default))
    parameters.append(kinds("name", kinds.KEYWORD_ONLY, default=None))
    return inspect.Signature(parameters)


def _give_method(cls: type[Op]) -> None:
    if cls.dialect == "irlib":
        setattr(OpMethods, cls.name, make_method(cls))


on_register(_give_method)
