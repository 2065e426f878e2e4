"""Which names a function, lambda, class body or module binds, by Python's rule: what is assigned in it is its own."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from irlib.converters.numpy_code.read.refusal import refused

__all__ = ["arguments_of", "bound_in", "nonlocals_in", "targets_of"]

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bound_in(body: Iterable[ast.AST]) -> frozenset[str]:
    """The names that statements bind in the scope they stand in."""
    found: set[str] = set()
    stack: list[tuple[ast.AST, bool]] = [(node, False) for node in body]
    while stack:
        node, within = stack.pop()  # within a comprehension only := binds in the scope around it
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                if not within:
                    found.add(name)
            case ast.NamedExpr(target=ast.Name(id=name)):
                found.add(name)
                stack.append((node.value, within))
                continue
            case ast.FunctionDef():
                found.add(node.name)
                stack.extend((d, within) for d in (*node.args.defaults, *node.args.kw_defaults) if d is not None)
                continue
            case ast.ClassDef():
                found.add(node.name)
                continue
            case ast.Lambda():
                stack.extend((d, within) for d in (*node.args.defaults, *node.args.kw_defaults) if d is not None)
                continue
            case ast.Import() | ast.ImportFrom():
                found.update(alias.asname or alias.name.split(".")[0] for alias in node.names)
                continue
            case _:
                pass
        inside = within or isinstance(node, _COMPREHENSIONS)
        stack.extend((child, inside) for child in ast.iter_child_nodes(node))
    return frozenset(found) - nonlocals_in(body)


def nonlocals_in(body: Iterable[ast.AST]) -> frozenset[str]:
    """The names that statements declare nonlocal."""
    found: set[str] = set()
    stack = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Nonlocal):
            found.update(node.names)
        elif isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef | ast.ClassDef):
            stack.extend(ast.iter_child_nodes(node))
    return frozenset(found)


def arguments_of(args: ast.arguments) -> list[str]:
    """The names of a function's arguments, in the order of the signature."""
    plain = [a.arg for a in (*args.posonlyargs, *args.args)]
    star = [] if args.vararg is None else [args.vararg.arg]
    double = [] if args.kwarg is None else [args.kwarg.arg]
    return [*plain, *star, *(a.arg for a in args.kwonlyargs), *double]


def targets_of(target: ast.AST) -> frozenset[str]:
    """The names that the target of a loop or an assignment binds."""
    found = frozenset(n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    if any(name.startswith("__") for name in found):
        raise refused("a name that begins with two underscores")
    return found
