"""Handlers of expressions."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from irlib.converters.numpy_code.read import branches
from irlib.converters.numpy_code.read.attributes import attribute
from irlib.converters.numpy_code.read.builtin_names import BUILTINS
from irlib.converters.numpy_code.read.calls import call
from irlib.converters.numpy_code.read.elements import element, key
from irlib.converters.numpy_code.read.iteration import collected
from irlib.converters.numpy_code.read.machine import Machine, Steps, handles
from irlib.converters.numpy_code.read.objects import Instance, Poison, Scope, Super
from irlib.converters.numpy_code.read.operators import binary, compared, unary
from irlib.converters.numpy_code.read.refusal import SourceError, refused
from irlib.converters.numpy_code.read.statements import defined

__all__ = ["lookup", "tested"]


@handles(ast.Constant)
def constant(m: Machine, node: ast.Constant, scope: Scope) -> Any:
    """The number or string as written."""
    if isinstance(node.value, str):
        m.meter.text(len(node.value))
    return node.value


@handles(ast.Name)
def name(m: Machine, node: ast.Name, scope: Scope) -> Any:
    """The value that the name has here."""
    return lookup(m, node, node.id, scope)


def lookup(m: Machine, node: ast.expr, wanted: str, scope: Scope) -> Any:
    """The value of a name. Raises: SourceError where it has none."""
    inner: Scope | None = scope
    while inner is not None:
        if wanted in inner.variables and not (inner.kind == "class" and inner is not scope):
            value = inner.variables[wanted]
            if type(value) is Poison:
                m.at(node)
                raise refused(f"{wanted!r} {value.why}", code="IR892", remedy="give it one value in both branches")
            return value
        if (
            inner.kind != "class"
            and wanted in inner.locals
            and wanted not in inner.nonlocals
            and inner.kind != "module"
        ):
            m.at(node)
            raise SourceError(
                f"{wanted!r} has no value here", code="IR896", remedy="assign it on every way to this line"
            )
        inner = inner.parent
    found = BUILTINS.get(wanted)
    if found is None and wanted not in BUILTINS:
        m.at(node)
        raise SourceError(
            f"there is no name {wanted!r} here", code="IR894", remedy="define it in the source, or pass it in"
        )
    return found


@handles(ast.Tuple)
def tuple_(m: Machine, node: ast.Tuple, scope: Scope) -> Steps:
    """A tuple."""
    return tuple((yield _items(m, node.elts, scope)))


@handles(ast.List)
def list_(m: Machine, node: ast.List, scope: Scope) -> Steps:
    """A list."""
    return (yield _items(m, node.elts, scope))


@handles(ast.Set)
def set_(m: Machine, node: ast.Set, scope: Scope) -> Steps:
    """A set."""
    items = yield _items(m, node.elts, scope)
    return {key(m, item) for item in items}


def _items(m: Machine, nodes: Sequence[ast.expr], scope: Scope) -> Steps:
    """A list of what the expressions come to, those with a star taken apart."""
    m.meter.room(len(nodes))
    items: list[Any] = []
    for inner in nodes:
        if isinstance(inner, ast.Starred):
            value = yield inner.value, scope
            items.extend(collected(m, value))
        else:
            items.append((yield inner, scope))
    return items


@handles(ast.Dict)
def dict_(m: Machine, node: ast.Dict, scope: Scope) -> Steps:
    """A dict."""
    m.meter.room(len(node.values))
    made: dict[Any, Any] = {}
    for k, v in zip(node.keys, node.values, strict=True):
        if k is None:
            value = yield v, scope
            if not isinstance(value, dict):
                raise TypeError("what ** unpacks must be a dict")
            m.meter.room(len(value))
            made.update(value)
        else:
            found = yield k, scope
            value = yield v, scope
            made[key(m, found)] = value
    return made


@handles(ast.Slice)
def slice_(m: Machine, node: ast.Slice, scope: Scope) -> Steps:
    """A slice."""
    bounds = []
    for part in (node.lower, node.upper, node.step):
        bounds.append(None if part is None else (yield part, scope))  # noqa: PERF401
    return slice(*bounds)


@handles(ast.Starred)
def starred(m: Machine, node: ast.Starred, scope: Scope) -> Any:
    """Only in calls, lists and tuples, which take it apart themselves."""
    m.at(node)
    raise refused("* is not read here")


@handles(ast.BinOp)
def binop(m: Machine, node: ast.BinOp, scope: Scope) -> Steps:
    """A binary operator."""
    left = yield node.left, scope
    right = yield node.right, scope
    m.at(node)
    return (yield binary(m, type(node.op), left, right))


@handles(ast.UnaryOp)
def unaryop(m: Machine, node: ast.UnaryOp, scope: Scope) -> Steps:
    """A unary operator."""
    if isinstance(node.op, ast.Not):
        return (yield tested(m, node, scope))
    value = yield node.operand, scope
    m.at(node)
    return (yield unary(m, type(node.op), value))


@handles(ast.Compare)
def compare(m: Machine, node: ast.Compare, scope: Scope) -> Steps:
    """A comparison, or a chain of them: their and, of which those behind a false one are not evaluated."""
    left = yield node.left, scope
    result: Any = True
    for i, (op, right_node) in enumerate(zip(node.ops, node.comparators, strict=True)):
        right = yield right_node, scope
        m.at(node)
        one = yield compared(m, type(op), left, right)
        if len(node.ops) == 1:
            return one
        if branches.is_traced(m, one):
            one = m.domain.condition(one)
            result = one if result is True else m.domain.both(result, one)
        elif not branches.truth(m, one) or (result is True and i == len(node.ops) - 1):
            return one
        left = right
    return result


def tested(m: Machine, node: ast.expr, scope: Scope) -> Steps:
    """An expression of which only the truth is asked: known, or a traced bool; ``and`` may join what it likes."""
    if isinstance(node, ast.BoolOp):
        return (yield _tests(m, node, 0, scope))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        value = yield tested(m, node.operand, scope)
        return m.domain.opposite(value) if branches.is_traced(m, value) else not branches.truth(m, value)
    value = yield node, scope
    m.at(node)
    if branches.is_traced(m, value):
        return m.domain.condition(value)
    return (yield branches.truth_steps(m, value))


def _tests(m: Machine, node: ast.BoolOp, start: int, scope: Scope) -> Steps:
    """The truth of the operands from `start` on; those behind a traced one are read as a branch."""
    is_and = isinstance(node.op, ast.And)
    for i in range(start, len(node.values)):
        value = yield tested(m, node.values[i], scope)
        m.at(node)
        if not branches.is_traced(m, value):
            if value != is_and:
                return value
        elif i == len(node.values) - 1:
            return value
        else:
            rest, settled = _tests(m, node, i + 1, scope), _same(not is_and)
            first, second = (rest, settled) if is_and else (settled, rest)
            chosen = yield branches.pair(m, node, value, scope, first, second)
            other = chosen[0] if is_and else chosen[1]
            if not branches.is_traced(m, other):
                return value if other == is_and else other
            opposite = m.domain.opposite
            both = m.domain.both
            return both(value, other) if is_and else opposite(both(opposite(value), opposite(other)))
    return is_and


@handles(ast.BoolOp)
def boolop(m: Machine, node: ast.BoolOp, scope: Scope) -> Steps:
    """``and`` and ``or``."""
    return (yield _boolean(m, node, 0, scope))


def _boolean(m: Machine, node: ast.BoolOp, start: int, scope: Scope) -> Steps:
    """The operands from `start` on: the first that settles it."""
    is_and = isinstance(node.op, ast.And)
    value = None
    for i in range(start, len(node.values)):
        value = yield node.values[i], scope
        if i == len(node.values) - 1:
            return value
        m.at(node)
        if branches.is_traced(m, value):
            test = m.domain.condition(value)
            rest, same = _boolean(m, node, i + 1, scope), _same(value)
            first, second = (rest, same) if is_and else (same, rest)
            return (yield branches.either(m, node, test, scope, first, second))
        if (yield branches.truth_steps(m, value)) != is_and:
            return value
    return value


def _same(value: Any) -> Steps:
    return value
    yield


@handles(ast.IfExp)
def ifexp(m: Machine, node: ast.IfExp, scope: Scope) -> Steps:
    """A conditional expression: one side, or both where the test is traced."""
    test = yield tested(m, node.test, scope)
    m.at(node)
    if branches.is_traced(m, test):
        first, second = _one(node.body, scope), _one(node.orelse, scope)
        return (yield branches.either(m, node, test, scope, first, second))
    return (yield (node.body if test else node.orelse), scope)


def _one(node: ast.expr, scope: Scope) -> Steps:
    return (yield node, scope)


@handles(ast.Subscript)
def subscript(m: Machine, node: ast.Subscript, scope: Scope) -> Steps:
    """An element or a part."""
    holder = yield node.value, scope
    index = yield node.slice, scope
    m.at(node)
    found = element(m, holder, index)
    return (yield found) if isinstance(holder, Instance) else found


@handles(ast.Attribute)
def attribute_(m: Machine, node: ast.Attribute, scope: Scope) -> Steps:
    """An attribute."""
    holder = yield node.value, scope
    m.at(node)
    return attribute(m, holder, node.attr)


@handles(ast.Lambda)
def lambda_(m: Machine, node: ast.Lambda, scope: Scope) -> Steps:
    """A function without a name."""
    return (yield defined(m, node, "lambda", scope))


@handles(ast.Call)
def call_(m: Machine, node: ast.Call, scope: Scope) -> Steps:
    """A call."""
    if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args and not node.keywords:
        m.at(node)
        return _super(m, scope)
    target = yield node.func, scope
    args = yield _items(m, node.args, scope)
    kwargs: dict[str, Any] = {}
    for keyword in node.keywords:
        value = yield keyword.value, scope
        pairs = {keyword.arg: value} if keyword.arg is not None else value
        if not isinstance(pairs, dict):
            raise TypeError("what ** unpacks must be a dict")
        m.meter.room(len(pairs))
        for k, v in pairs.items():
            if not isinstance(k, str):
                raise TypeError("keywords must be strings")
            if k.startswith("__"):
                raise refused(f"the name {k!r} begins with two underscores")
            if k in kwargs:
                raise TypeError(f"got several values for the argument {k!r}")
            kwargs[k] = v
    m.at(node)
    result = yield call(m, target, args, kwargs)
    m.at(node)
    return result


def _super(m: Machine, scope: Scope) -> Super:
    """What ``super()`` is: the frame knows the method that is being read."""
    frame = m.frames[-1]
    function = frame.function
    if function is None or function.owner is None:
        raise refused("super() outside of a method is not read")
    names = [*function.node.args.posonlyargs, *function.node.args.args]
    instance = frame.scope.variables.get(names[0].arg) if names else None
    if not isinstance(instance, Instance):
        raise refused("super() outside of a method is not read")
    return Super(function.owner, instance)
