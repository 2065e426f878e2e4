"""Strings: joined, cut, matched, normalized. None of them has a derivative: strings carry none."""

from __future__ import annotations

from dataclasses import dataclass

from irlib.dims import MaybeDim
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Op, Operand, register
from irlib.ops.pattern import compiled
from irlib.shapes import elementwise_type, require_dtype
from irlib.types import DTYPES, TensorType

__all__ = ["RegexFullMatch", "StringConcat", "StringNormalize", "StringSplit"]


class _OfStrings(Op):
    smoothness = "zero"

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value) -> tuple[Value | None, ...]:
        return (None,) * len(node.operands)


@register
@dataclass(frozen=True)
class StringConcat(_OfStrings):
    """`x` followed by `y`, element by element.

    Type: x: string[..], y: string[..] -> string[broadcast].
    Source: ONNX StringConcat-20.
    """

    name = "string_concat"
    broadcasts = True

    def infer(self, x: Operand, y: Operand) -> TensorType:
        require_dtype(y, ("string",), "y")
        return elementwise_type((x, y), require_dtype(x, ("string",), "x"))


@register
@dataclass(frozen=True)
class StringSplit(_OfStrings):
    """The parts of each element between `delimiter`, and how many there are.

    Type: x: string[..] -> string[.., most], int64[..]: shorter rows are filled up with empty strings.
    (C1) an absent or empty delimiter stands for any run of white space; white space at both ends is then left out.
    (C2) at most `maxsplit` cuts are made, from the left; absent: as many as there are.
    Source: ONNX StringSplit-20.
    """

    delimiter: str | None = None
    maxsplit: int | None = None
    name = "string_split"
    results = ("y", "count")

    def __post_init__(self) -> None:
        if self.maxsplit is not None and self.maxsplit < 0:
            raise AttributeValueError(f"maxsplit is {self.maxsplit}, expected 0 or more", code="IR302")

    def infer(self, x: Operand) -> tuple[TensorType, TensorType]:
        require_dtype(x, ("string",), "x")
        t = x.tensor
        parts = t if t.shape is None else t.with_shape((*t.shape, None))
        return parts, t.with_dtype(DTYPES["int64"])


@register
@dataclass(frozen=True)
class RegexFullMatch(_OfStrings):
    """Whether `pattern` matches the whole of each element.

    Type: x: string[..] -> bool[..].
    (C1) the syntax is that of RE2 without Unicode classes; `.` is any character but a newline.
    (C2) the time is linear in the text, whatever the pattern.
    Source: ONNX RegexFullMatch-20.
    """

    pattern: str = ""
    name = "regex_full_match"

    def __post_init__(self) -> None:
        compiled(self.pattern)

    def infer(self, x: Operand) -> TensorType:
        require_dtype(x, ("string",), "x")
        return x.tensor.with_dtype(DTYPES["bool"])


CASES = ("none", "lower", "upper")


@register
@dataclass(frozen=True)
class StringNormalize(_OfStrings):
    """The elements of `x` but for `stopwords`, in lower or upper case.

    Type: x: string[c] or string[1, c] -> string[k] or string[1, k].
    (C1) `case` is none, lower or upper. Stopwords are compared as written, or without case unless `case_sensitive`.
    (C2) where nothing is left, the result is one empty string.
    Source: ONNX StringNormalizer-10.
    """

    case: str = "none"
    case_sensitive: bool = False
    stopwords: tuple[str, ...] = ()
    name = "string_normalize"

    def __post_init__(self) -> None:
        if self.case not in CASES:
            raise AttributeValueError(f"case is {self.case!r}, expected one of {', '.join(CASES)}", code="IR302")

    def infer(self, x: Operand) -> TensorType:
        require_dtype(x, ("string",), "x")
        t = x.tensor
        if t.shape is None:
            return t
        if len(t.shape) not in (1, 2) or (len(t.shape) == 2 and isinstance(t.shape[0], int) and t.shape[0] != 1):
            raise IRTypeError(f"x is {t}, expected string[c] or string[1, c]", code="IR207")
        last: MaybeDim = t.shape[-1] if not self.stopwords and t.shape[-1] != 0 else None
        if not isinstance(last, int):
            last = None
        return t.with_shape((*t.shape[:-1], last))
