"""Text or a file as a syntax tree that holds nothing but what may be read."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from irlib.converters.numpy_code.read.limits import Limits, over
from irlib.converters.numpy_code.read.refusal import SourceError, refused, where_of
from irlib.errors import FileError

__all__ = ["METHODS", "is_main_guard", "is_message", "parsed", "text_of"]

_STATEMENTS = (
    ast.FunctionDef, ast.ClassDef, ast.Return, ast.Delete, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.For, ast.While,
    ast.If, ast.Raise, ast.Assert, ast.Import, ast.ImportFrom, ast.Nonlocal, ast.Expr, ast.Pass, ast.Break,
    ast.Continue,
)  # fmt: skip
_EXPRESSIONS = (
    ast.BoolOp, ast.NamedExpr, ast.BinOp, ast.UnaryOp, ast.Lambda, ast.IfExp, ast.Dict, ast.Set, ast.ListComp,
    ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Compare, ast.Call, ast.Constant, ast.Attribute, ast.Subscript,
    ast.Starred, ast.Name, ast.List, ast.Tuple, ast.Slice,
)  # fmt: skip
_PARTS = (
    ast.Module, ast.arguments, ast.arg, ast.keyword, ast.comprehension, ast.alias, ast.expr_context, ast.operator,
    ast.unaryop, ast.boolop, ast.cmpop,
)  # fmt: skip
_ALLOWED = frozenset((*_STATEMENTS, *_EXPRESSIONS, *_PARTS))

_NAMES: dict[type[ast.AST], tuple[str, str]] = {
    ast.Try: ("try", "test the condition instead"),
    ast.With: ("with", "leave it out, or call the function inside it"),
    ast.Global: ("global", "pass the value in and return it"),
    ast.AsyncFunctionDef: ("async", ""),
    ast.AsyncFor: ("async", ""),
    ast.AsyncWith: ("async", ""),
    ast.Await: ("await", ""),
    ast.Yield: ("yield", "collect the values in a list"),
    ast.YieldFrom: ("yield from", "collect the values in a list"),
    ast.Match: ("match", "write it with if"),
    ast.JoinedStr: ("an f-string outside a message", "add strings with +"),
}

METHODS = frozenset(
    f"__{name}__"
    for name in (
        "init", "call", "len", "getitem", "setitem", "contains", "neg", "pos", "abs", "invert", "eq", "ne", "lt", "le",
        "gt", "ge", "add", "radd", "iadd", "sub", "rsub", "isub", "mul", "rmul", "imul", "truediv", "rtruediv",
        "itruediv", "floordiv", "rfloordiv", "mod", "rmod", "pow", "rpow", "matmul", "rmatmul", "imatmul", "and",
        "rand", "or", "ror", "xor", "rxor", "repr", "str",
    )
)  # fmt: skip
"""The methods with underscores that a class may define. They are found in the source's classes and nowhere else."""

_CHANGING = frozenset(
    (
        "append", "extend", "insert", "pop", "remove", "clear", "update", "setdefault", "popitem", "add", "discard",
        "sort", "reverse", "fill", "itemset", "put", "next",
    )
)  # fmt: skip


def text_of(source: str | Path, limits: Limits) -> tuple[str, str]:
    """The text, and how messages call the file it is from. A string of one line that ends in ``.py`` is a path.

    Raises: FileError where the file cannot be read, SourceError where it is too large or no text.
    """
    if isinstance(source, str) and ("\n" in source or not source.endswith(".py")):
        text, file = source, "<source>"
    else:
        path = Path(source)
        file = path.name
        try:
            with path.open("rb") as opened:
                data = opened.read(limits.source + 1)
            text = data[: limits.source + 1].decode("utf-8-sig")
        except OSError as error:
            raise FileError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
        except UnicodeDecodeError as error:
            raise SourceError("is not UTF-8 text", where=str(path)) from error
        if len(data) > limits.source:
            raise over("source", limits.source).at(file)
    if len(text) > limits.source:
        raise over("source", limits.source).at(file)
    return text, file


def parsed(text: str, file: str, limits: Limits) -> ast.Module:
    """The syntax tree of `text`, all of it looked through. Raises: SourceError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except SyntaxError as error:
        where = file if error.lineno is None else f"{file}:{error.lineno}"
        raise SourceError(f"is not Python: {error.msg}", where=where) from None
    except (RecursionError, MemoryError):
        raise over("depth", limits.depth).at(file) from None
    except ValueError as error:  # a null byte, a lone surrogate, an integer of thousands of digits
        raise SourceError(f"is not Python: {error}", where=file) from None
    _look_through(tree, file, limits)
    return tree


def _look_through(tree: ast.Module, file: str, limits: Limits) -> None:
    stack: list[tuple[ast.AST, int, bool]] = [(tree, 0, False)]
    place: ast.AST | None = None
    try:
        while stack:
            node, depth, message = stack.pop()
            place = node if hasattr(node, "lineno") else place
            if depth > limits.depth:
                raise over("depth", limits.depth)
            _permitted(node, limits, message=message)
            stack.extend((child, depth + 1, inside) for child, inside in _children(node, message=message))
    except SourceError as error:
        raise error.at(where_of(file, place)) from None


def _permitted(node: ast.AST, limits: Limits, *, message: bool) -> None:
    kind = type(node)
    if kind not in _ALLOWED and not isinstance(
        node, ast.expr_context | ast.operator | ast.unaryop | ast.boolop | ast.cmpop
    ):
        if message and kind in (ast.JoinedStr, ast.FormattedValue):
            return
        what, remedy = _NAMES.get(kind, (kind.__name__.lower(), ""))
        raise refused(f"{what} is not read", remedy=remedy)
    check = _CHECKS.get(kind)
    if check is not None:
        check(node, limits, message=message)


def _definition(node: ast.FunctionDef | ast.ClassDef, limits: Limits, *, message: bool) -> None:
    if node.decorator_list:
        raise refused(f"a decorator, on {node.name!r}, is not read", remedy="leave it out")
    if isinstance(node, ast.ClassDef) and node.keywords:
        raise refused(f"keywords of class {node.name!r} are not read")
    if getattr(node, "type_params", None):
        raise refused(f"type parameters of {node.name!r} are not read")
    _identifier(node.name, method=isinstance(node, ast.FunctionDef))


def _attribute(node: ast.Attribute, limits: Limits, *, message: bool) -> None:
    if node.attr.startswith("_") and node.attr not in METHODS and not (message and node.attr == "__name__"):
        raise refused(f"the attribute {node.attr!r} begins with an underscore", remedy="give it a name without one")


def _name(node: ast.Name, limits: Limits, *, message: bool) -> None:
    _identifier(node.id)


def _argument(node: ast.arg, limits: Limits, *, message: bool) -> None:
    _identifier(node.arg)


def _keyword(node: ast.keyword, limits: Limits, *, message: bool) -> None:
    if node.arg is not None:
        _identifier(node.arg)


def _identifier(name: str, *, method: bool = False) -> None:
    if name.startswith("__") and not (method and name in METHODS):
        raise refused(f"the name {name!r} begins with two underscores")


def _constant(node: ast.Constant, limits: Limits, *, message: bool) -> None:
    value = node.value
    if isinstance(value, bytes):
        raise refused("bytes are not read")
    if isinstance(value, int) and value.bit_length() > limits.bits:
        raise over("bits", limits.bits)


def _import(node: ast.Import | ast.ImportFrom, limits: Limits, *, message: bool) -> None:
    if isinstance(node, ast.ImportFrom):
        names = [node.module or "."]
        if node.level:
            raise refused("a relative import is not read", remedy="put the functions in one file")
    else:
        names = [alias.name for alias in node.names]
    for name in names:
        if name.split(".")[0] not in IMPORTS:
            raise refused(f"import of {name!r}", remedy="only numpy and math are there", code="IR894")
    for alias in node.names:
        if alias.name == "*":
            raise refused("import *", remedy="name what is used", code="IR894")
        if alias.asname is not None:
            _identifier(alias.asname)


IMPORTS = frozenset(("numpy", "math", "ml_dtypes", "irlib", "typing", "__future__"))
"""Packages of which an import is read: from tables, the last two as names that only annotations need."""


def _call(node: ast.Call, limits: Limits, *, message: bool) -> None:
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    if message and name in _CHANGING:
        raise refused(f"a call of {name!r} in a message, which is not read,", remedy="call it before")


def _named(node: ast.NamedExpr, limits: Limits, *, message: bool) -> None:
    if message:
        raise refused("an assignment in a message, which is not read,", remedy="assign it before")


_CHECKS: dict[type[ast.AST], Any] = {
    ast.FunctionDef: _definition,
    ast.ClassDef: _definition,
    ast.Attribute: _attribute,
    ast.Name: _name,
    ast.arg: _argument,
    ast.keyword: _keyword,
    ast.Constant: _constant,
    ast.Import: _import,
    ast.ImportFrom: _import,
    ast.Call: _call,
    ast.NamedExpr: _named,
}


def _children(node: ast.AST, *, message: bool) -> Iterator[tuple[ast.AST, bool]]:
    """What is below a node, without annotations and the main guard, and whether it is part of a message."""
    if is_main_guard(node):
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_comment"):
            continue
        inside = (
            message
            or isinstance(node, ast.Raise)
            or (isinstance(node, ast.Assert) and name == "msg")
            or (isinstance(node, ast.Expr) and is_message(node.value))
        )
        if isinstance(value, ast.AST):
            yield value, inside
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, ast.AST):
                    yield item, inside


def is_message(node: ast.AST) -> bool:
    """Whether this is a call of print, which is left out together with its arguments."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"


def is_main_guard(node: ast.AST) -> bool:
    """Whether this is ``if __name__ == "__main__":``, which is skipped."""
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Compare)
        and isinstance(node.test.left, ast.Name)
        and node.test.left.id == "__name__"
        and len(node.test.ops) == 1
        and isinstance(node.test.ops[0], ast.Eq)
        and isinstance(node.test.comparators[0], ast.Constant)
        and node.test.comparators[0].value == "__main__"
        and not node.orelse
    )
