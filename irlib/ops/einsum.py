"""Sums of products over labelled axes."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from irlib.dims import MaybeDim
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Op, Operand, register
from irlib.shapes import broadcast_dims, join_dims, require_dtype, same_dtype, shape_text
from irlib.types import TensorType

__all__ = ["Einsum", "Terms", "terms_of"]

LETTERS = frozenset(string.ascii_letters)
NUMERIC = ("int", "uint", "float", "complex")


@dataclass(frozen=True, slots=True)
class Terms:
    """An equation whose ellipses are written out: one letter per axis of each operand, and of the result."""

    inputs: tuple[str, ...]
    output: str

    def __str__(self) -> str:
        return f"{','.join(self.inputs)}->{self.output}"


@register
@dataclass(frozen=True)
class Einsum(Op):
    """Sum of products of the operands over the axes that `equation` labels and its result does not have.

    Type: xs: T[..] each -> T[..]; T is an integer, float or complex dtype.
    (C1) `equation` is numpy's: one term of letters per operand, ``->`` and the result's letters; without ``->`` the
    result has the letters that occur once, in alphabetical order, behind the axes of ``...``.
    (C2) a letter twice in one term takes the diagonal; a letter is at most once in the result and occurs in a term.
    (C3) ``...`` stands for the axes not labelled, aligned at their ends; where the result has none, they are summed
    over.
    (C4) the dims of one letter are equal, or 1 in one operand and broadcast; on a diagonal they are equal.
    (C5) half floats accumulate in float32; integers wrap around (two's complement).
    The cotangent of an operand is the einsum of the others and the result's, brought back to the operand's axes:
    repeated over those summed over in the operand alone, on the diagonal where a letter stands twice.
    Source: numpy 2 `einsum`; ONNX Einsum-12.
    """

    equation: str

    name = "einsum"
    smoothness = "smooth"

    def __post_init__(self) -> None:
        parsed(self.equation)

    def infer(self, *xs: Operand) -> TensorType:
        if not xs:
            raise IRTypeError("got no operands, expected one or more", code="IR104")
        found = same_dtype(*xs)
        for x in xs:
            require_dtype(x, NUMERIC, "operand")
        ranks = _ranks(self.equation, xs)
        if None in ranks:
            # a result without an ellipsis has a rank all the same
            output = parsed(self.equation)[1]
            return TensorType(found, None if "." in output else (None,) * len(output))
        terms = terms_of(self.equation, ranks)
        dims = _dims(terms, [x.shape or () for x in xs])
        return TensorType(found, tuple(dims[letter] for letter in terms.output))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        xs = node.operands
        ranks = _ranks(self.equation, [x.operand for x in xs])
        if None in ranks:
            raise IRTypeError(
                "the rank of an operand is not known", code="IR210", remedy="declare its type, or use irlib.specialize"
            )
        terms = terms_of(self.equation, ranks)
        return tuple(_cotangent(b, terms, xs, dy, k) if need else None for k, need in enumerate(node.needs))


def _cotangent(b: Emitter, terms: Terms, xs: Sequence[Any], dy: Any, k: int) -> Any:
    """The cotangent of operand `k`."""
    term = terms.inputs[k]
    others = [i for i in range(len(xs)) if i != k]
    reached = set(terms.output).union(*(terms.inputs[i] for i in others))
    distinct = "".join(dict.fromkeys(term))
    inner = "".join(letter for letter in distinct if letter in reached)
    inputs = (terms.output, *(terms.inputs[i] for i in others))
    g = b.einsum(dy, *(b.adjoint(xs[i]) for i in others), equation=str(Terms(inputs, inner)))
    x, shape = xs[k], b.shape(xs[k])
    if len(distinct) < len(term):
        return _on_diagonal(b, g, x, inner, term)
    missing = [axis for axis, letter in enumerate(term) if letter not in reached]
    if missing:
        g = b.unsqueeze(g, missing)
    if _surely(g, x):
        return g
    if set(term) <= set(terms.output):
        return b.sum_to(g, shape)
    return _fitted(b, g, x)


def _fitted(b: Emitter, g: Any, x: Any) -> Any:
    """`g` summed to the axes where `x` has 1, and repeated along those where `g` has 1."""
    shape = b.shape(x)
    if shape.ints is not None and g.type.is_static:
        kept = tuple(1 if d == 1 else have for d, have in zip(shape.ints, g.shape, strict=True))
        g = g if kept == g.shape else b.sum_to(g, b.constant(list(kept)))
        return g if kept == shape.ints else b.broadcast_to(g, shape)
    narrow = b.where(b.equal(shape, 1), b.constant(1, "int64"), b.shape(g))
    return b.broadcast_to(b.sum_to(g, narrow), shape)


def _surely(g: Any, x: Any) -> bool:
    """Whether two values are known to have equal shapes."""
    return all(a is not None and a == d for a, d in zip(g.shape, x.shape, strict=True))


def _on_diagonal(b: Emitter, g: Any, x: Any, inner: str, term: str) -> Any:
    """`g`, which has the axes `inner`, put where the axes of one letter in `term` agree; zero elsewhere."""
    free = iter(sorted(LETTERS - set(term)))
    fresh: list[str] = []
    shape = b.shape(x)
    masks: list[Any] = []
    mask_terms: list[str] = []
    for axis, letter in enumerate(term):
        first = term.index(letter)
        if first == axis:
            fresh.append(letter)
            if letter not in inner:
                # summed over in this operand alone: every element counts once
                masks.append(b.broadcast_to(b.constant(1, x.dtype), _dim(b, shape, axis)))
                mask_terms.append(letter)
            continue
        fresh.append(next(free))
        masks.append(_identity(b, shape, axis, x.dtype))
        mask_terms.append(term[first] + fresh[axis])
    equation = str(Terms((inner, *mask_terms), "".join(fresh)))
    made = b.einsum(g, *masks, equation=equation)
    return made if _surely(made, x) else _fitted(b, made, x)


def _identity(b: Emitter, shape: Any, axis: int, dtype: Any) -> Any:
    """The identity matrix of dim `axis` of a shape vector."""
    if shape.ints is not None:
        return b.constant(np.eye(shape.ints[axis]), dtype)
    along = b.arange(0, b.take(shape, axis, axis=0), 1)
    return b.cast(b.equal(b.unsqueeze(along, [1]), b.unsqueeze(along, [0])), dtype=dtype)


def _dim(b: Emitter, shape: Any, axis: int) -> Any:
    """Dim `axis` of a shape vector, as a vector of one element."""
    if shape.ints is not None:
        return b.constant([shape.ints[axis]])
    return b.take(shape, [axis], axis=0)


@lru_cache(maxsize=4096)
def parsed(equation: str) -> tuple[tuple[str, ...], str]:
    """The terms of the operands and of the result, an ellipsis as one dot.

    Raises: AttributeValueError where it is not an equation.
    """
    left, arrow, right = equation.replace(" ", "").replace("...", ".").partition("->")
    inputs = tuple(left.split(","))
    for term in (*inputs, right):
        if not set(term) <= LETTERS | {"."} or term.count(".") > 1:
            raise AttributeValueError(
                f"equation {equation!r}: {term!r} is no term, expected letters and at most one '...'", code="IR302"
            )
    if not arrow:
        counts = Counter("".join(inputs))
        single = sorted(letter for letter, n in counts.items() if n == 1 and letter != ".")
        return inputs, ("." if "." in counts else "") + "".join(single)
    known = set("".join(inputs))
    for letter in right:
        if right.count(letter) > 1 or letter not in known:
            what = "twice in the result" if letter in known else "in no operand"
            raise AttributeValueError(f"equation {equation!r}: {letter!r} is {what}", code="IR302")
    return inputs, right


@lru_cache(maxsize=4096)
def terms_of(equation: str, ranks: tuple[int, ...]) -> Terms:
    """The equation for operands of these ranks, its ellipses written out with letters it does not use.

    Raises: IRTypeError where a term has not as many letters as its operand has axes.
    """
    inputs, output = parsed(equation)
    hidden = [rank - len(term) + 1 if "." in term else 0 for term, rank in zip(inputs, ranks, strict=True)]
    free = [letter for letter in string.ascii_letters if letter not in set("".join(inputs))]
    if max(hidden, default=0) > len(free):
        raise IRTypeError(f"equation {equation!r} has more than {len(LETTERS)} labelled axes", code="IR205")
    ellipsis = "".join(free[: max(hidden, default=0)])
    made = []
    for term, rank, count in zip(inputs, ranks, hidden, strict=True):
        if count < 0 or ("." not in term and len(term) != rank):
            raise IRTypeError(
                f"equation {equation!r}: term {term.replace('.', '...')!r} beside an operand of rank {rank}",
                code="IR207",
            )
        made.append(term.replace(".", ellipsis[len(ellipsis) - count :]))
    return Terms(tuple(made), output.replace(".", ellipsis))


def _ranks(equation: str, xs: Sequence[Operand]) -> tuple[Any, ...]:
    inputs = parsed(equation)[0]
    if len(inputs) != len(xs):
        raise IRTypeError(f"equation {equation!r} has {len(inputs)} terms, got {len(xs)} operands", code="IR104")
    return tuple(x.rank if x.rank is not None or "." in term else len(term) for x, term in zip(xs, inputs, strict=True))


def _dims(terms: Terms, shapes: Sequence[Sequence[MaybeDim]]) -> dict[str, MaybeDim]:
    """The dim of each letter. Raises: IRTypeError where those of one letter do not agree."""
    dims: dict[str, MaybeDim] = {}
    for term, shape in zip(terms.inputs, shapes, strict=True):
        mine: dict[str, MaybeDim] = {}
        for letter, dim in zip(term, shape or (None,) * len(term), strict=True):
            mine[letter] = join_dims(mine[letter], dim, f"dims of {letter!r}") if letter in mine else dim
        for letter, dim in mine.items():
            try:
                dims[letter] = broadcast_dims(dims[letter], dim) if letter in dims else dim
            except IRTypeError as error:
                error.what = f"equation {terms}, label {letter!r}, shape {shape_text(tuple(shape))}: {error.what}"
                raise
    return dims
