"""Handlers of statements. Each comes to None, or to how the block around it is left."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from irlib.converters.numpy_code.read import branches
from irlib.converters.numpy_code.read.iteration import is_open, iterator
from irlib.converters.numpy_code.read.loops import lowered_for, lowered_while
from irlib.converters.numpy_code.read.machine import Leave, Machine, Raised, Steps, handles
from irlib.converters.numpy_code.read.objects import Class, Function, Scope
from irlib.converters.numpy_code.read.refusal import refused
from irlib.converters.numpy_code.read.slices import sliced
from irlib.converters.numpy_code.read.source import is_main_guard, is_message
from irlib.converters.numpy_code.read.state import State

__all__ = ["block"]


BREAK, CONTINUE = Leave("break"), Leave("continue")


def block(m: Machine, body: Sequence[ast.stmt], scope: Scope) -> Steps:
    """The statements one after another, until one leaves the block."""
    for statement in body:
        left = yield statement, scope
        if left is not None:
            return left
    return None


@handles(ast.Pass, ast.Nonlocal)
def nothing(m: Machine, node: ast.stmt, scope: Scope) -> None:
    """Nothing is done."""


@handles(ast.Break)
def break_(m: Machine, node: ast.Break, scope: Scope) -> Leave:
    """The loop is left."""
    return BREAK


@handles(ast.Continue)
def continue_(m: Machine, node: ast.Continue, scope: Scope) -> Leave:
    """The turn of the loop is left."""
    return CONTINUE


@handles(ast.Return)
def return_(m: Machine, node: ast.Return, scope: Scope) -> Steps:
    """The function is left with a value."""
    value = None if node.value is None else (yield node.value, scope)
    return Leave("return", value)


@handles(ast.Expr)
def expression(m: Machine, node: ast.Expr, scope: Scope) -> Steps:
    """The value is dropped; print and docstrings are skipped."""
    if not is_message(node.value) and not isinstance(node.value, ast.Constant):
        yield node.value, scope
    return None


@handles(ast.If)
def if_(m: Machine, node: ast.If, scope: Scope) -> Steps:
    """One branch, or both where the test is traced."""
    if is_main_guard(node):
        return None
    test = yield _tested(m, node.test, scope)
    m.at(node)
    if not branches.is_traced(m, test):
        return (yield block(m, node.body if test else node.orelse, scope))
    return (yield branches.both(m, node, test, scope, block(m, node.body, scope), block(m, node.orelse, scope)))


def _tested(m: Machine, node: ast.expr, scope: Scope) -> Steps:
    """The truth of an expression, that of expressions.py."""
    from irlib.converters.numpy_code.read.expressions import tested

    return tested(m, node, scope)


@handles(ast.For)
def for_(m: Machine, node: ast.For, scope: Scope) -> Steps:
    """The loop, unrolled; a scan where that is asked for or there is no other way."""
    iterable = yield node.iter, scope
    m.at(node)
    start = branches.mark(m)
    left = None

    def turn(item: Any) -> Steps:
        yield assign(m, node.target, item, scope)
        at = branches.mark(m)
        left = yield block(m, node.body, scope)
        m.at(node)
        return branches.rejoin(m, "continue", at, None if left is CONTINUE else left, scope)

    slices = sliced(m, iterable) if m.scans or is_open(m, iterable) else None
    if (
        slices is not None
        and (slices.length is None or slices.length >= _FEWEST)
        and lowered_for(m, node, scope, slices, turn)
    ):
        return (yield _loop_end(m, node, scope, None, start))
    for item in iterator(m, iterable):
        left = yield turn(item)
        if left is not None:
            break
    return (yield _loop_end(m, node, scope, left, start))


_FEWEST = 4
"""Turns from which on a loop may become a scan."""


@handles(ast.While)
def while_(m: Machine, node: ast.While, scope: Scope) -> Steps:
    """The loop, unrolled as long as its test is known, else a loop of the graph."""
    start = branches.mark(m)
    left = None

    def turn() -> Steps:
        at = branches.mark(m)
        left = yield block(m, node.body, scope)
        m.at(node)
        return branches.rejoin(m, "continue", at, None if left is CONTINUE else left, scope)

    endless = isinstance(node.test, ast.Constant)
    while True:
        test = yield _tested(m, node.test, scope)
        m.at(node)
        if branches.is_traced(m, test):
            return (yield lowered_while(m, node, scope, turn, _tested))
        if not test:
            break
        before = State.of(m, scope) if endless else None
        left = yield turn()
        if left is not None:
            break
        if before is not None and m.frames[-1].exits[start:]:
            before.restore(m)  # an exit on a traced value is the only way out: a loop of the graph
            del m.frames[-1].exits[start:]
            return (yield lowered_while(m, node, scope, turn, _tested))
    return (yield _loop_end(m, node, scope, left, start))


def _loop_end(m: Machine, node: ast.For | ast.While, scope: Scope, left: Any, start: int) -> Steps:
    """What comes after the last turn: else, and the breaks on traced values."""
    end = branches.mark(m)
    if left is None and node.orelse:
        left = yield block(m, node.orelse, scope)  # a break in it is one of the loop around
    elif left is BREAK:
        left = None
    return branches.rejoin(m, "break", start, left, scope, end)


@handles(ast.Assert)
def assert_(m: Machine, node: ast.Assert, scope: Scope) -> Steps:
    """Held against what is known; on a traced value it is left out, as under ``python -O``."""
    test = yield _tested(m, node.test, scope)
    m.at(node)
    if branches.is_traced(m, test):
        m.unchecked.append(m.where)
    elif not test:
        raise Raised("the assertion does not hold")
    return None


@handles(ast.Raise)
def raise_(m: Machine, node: ast.Raise, scope: Scope) -> Steps:
    """An error, with what is written in it where that is plain text."""
    m.at(node)
    name, text = "an error", ""
    call = node.exc
    if isinstance(call, ast.Call):
        if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
            text = f": {call.args[0].value}"[:300]
        call = call.func
    if isinstance(call, ast.Name):
        name = call.id
    raise Raised(f"the source raises {name}{text}")
    yield


@handles(ast.FunctionDef)
def function(m: Machine, node: ast.FunctionDef, scope: Scope) -> Steps:
    """A function, bound to its name."""
    made = yield defined(m, node, node.name, scope)
    bind(m, node.name, made, scope)
    return None


def defined(m: Machine, node: ast.FunctionDef | ast.Lambda, name: str, scope: Scope) -> Steps:
    """The function that a definition makes; its defaults are evaluated now."""
    defaults = []
    for default in node.args.defaults:
        defaults.append((yield default, scope))  # noqa: PERF401  a comprehension cannot yield
    keyword_defaults = {}
    for argument, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        if value is not None:
            keyword_defaults[argument.arg] = yield value, scope
    around = scope.parent if scope.kind == "class" and scope.parent is not None else scope
    inner: Scope | None = around
    while inner is not None:
        inner.captured = True
        inner = inner.parent
    return Function(name, node, around, defaults, keyword_defaults)


@handles(ast.ClassDef)
def class_(m: Machine, node: ast.ClassDef, scope: Scope) -> Steps:
    """A class with what its body binds."""
    bases = []
    for base in node.bases:
        found = yield base, scope
        if found is object:
            continue
        if not isinstance(found, Class):
            m.at(node)
            raise refused(f"class {node.name!r} inherits from what is no class of this source")
        bases.append(found)
    from irlib.converters.numpy_code.read.names import bound_in

    body = Scope(scope, bound_in(node.body), kind="class")
    left = yield block(m, node.body, body)
    m.at(node)
    if left is not None:
        raise refused(f"class {node.name!r} is left by {left.kind}")
    made = Class(node.name, tuple(bases), body.variables)
    made.order = (made, *_linear(m, bases))
    for value in body.variables.values():
        if isinstance(value, Function) and value.owner is None:
            value.owner = made
    bind(m, node.name, made, scope)
    return None


def _linear(m: Machine, bases: list[Class]) -> list[Class]:
    """The method resolution order of the bases (C3)."""
    rows = [list(base.order) for base in bases] + [list(bases)]
    order: list[Class] = []
    while any(rows):
        rows = [row for row in rows if row]
        for row in rows:
            head = row[0]
            if not any(head in other[1:] for other in rows):
                break
        else:
            raise refused("the bases of this class have no common order")
        order.append(head)
        rows = [[cls for cls in row if cls is not head] for row in rows]
        m.meter.room(len(rows))
    return order


def bind(m: Machine, name: str, value: Any, scope: Scope) -> None:
    """Assign to a name."""
    try:
        scope.owner(name).variables[name] = value
    except LookupError:
        raise refused(f"no function around this one binds {name!r}", remedy="assign it there first") from None


def assign(m: Machine, target: ast.expr, value: Any, scope: Scope) -> Steps:
    """Assign to a target of any kind; that of assignments.py, which statements and comprehensions share."""
    from irlib.converters.numpy_code.read.assignments import assigned

    return assigned(m, target, value, scope)
