"""Handlers of what binds: assignments to names, elements, attributes and tuples of them, and del."""

from __future__ import annotations

import ast
from typing import Any

from irlib.converters.numpy_code.read.attributes import set_attribute
from irlib.converters.numpy_code.read.elements import delete_element, element, set_element
from irlib.converters.numpy_code.read.iteration import collected, iterator
from irlib.converters.numpy_code.read.machine import Machine, Steps, handles
from irlib.converters.numpy_code.read.objects import Instance, Scope
from irlib.converters.numpy_code.read.operators import INPLACE, binary
from irlib.converters.numpy_code.read.refusal import refused
from irlib.converters.numpy_code.read.statements import bind

__all__ = ["assigned"]

_FRESH = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Compare, ast.BoolOp, ast.IfExp, ast.Subscript)
"""Expressions that make a value, which is then called as what it is assigned to; a mere name makes none."""


@handles(ast.Assign)
def assign(m: Machine, node: ast.Assign, scope: Scope) -> Steps:
    """One value to one or several targets."""
    value = yield node.value, scope
    m.at(node)
    for target in node.targets:
        if isinstance(node.value, _FRESH):
            _name(m, target, value)
        yield assigned(m, target, value, scope)
    return None


@handles(ast.AnnAssign)
def annotated(m: Machine, node: ast.AnnAssign, scope: Scope) -> Steps:
    """An assignment whose annotation is ignored."""
    if node.value is not None:
        value = yield node.value, scope
        m.at(node)
        if isinstance(node.value, _FRESH):
            _name(m, node.target, value)
        yield assigned(m, node.target, value, scope)
    return None


@handles(ast.NamedExpr)
def walrus(m: Machine, node: ast.NamedExpr, scope: Scope) -> Steps:
    """An assignment that has a value."""
    value = yield node.value, scope
    assert isinstance(node.target, ast.Name)
    if isinstance(node.value, _FRESH):
        _name(m, node.target, value)
    bind(m, node.target.id, value, scope.holder)
    return value


def _name(m: Machine, target: ast.expr, value: Any) -> None:
    """Call the nodes of `value` as the target is called."""
    if isinstance(target, ast.Tuple | ast.List):
        if isinstance(value, tuple) and len(value) == len(target.elts):
            for inner, item in zip(target.elts, value, strict=True):
                _name(m, inner, item)
    elif m.domain.is_array(value):
        if isinstance(target, ast.Name):
            m.domain.named(value, target.id)
        elif isinstance(target, ast.Attribute):
            m.domain.named(value, target.attr)


def assigned(m: Machine, target: ast.expr, value: Any, scope: Scope) -> Steps:
    """Assign `value` to a target of any kind."""
    if isinstance(target, ast.Name):
        bind(m, target.id, value, scope)
    elif isinstance(target, ast.Tuple | ast.List):
        yield _unpacked(m, target, value, scope)
    elif isinstance(target, ast.Subscript):
        holder = yield target.value, scope
        index = yield target.slice, scope
        m.at(target)
        if isinstance(holder, Instance):
            yield set_element(m, holder, index, value)
        else:
            set_element(m, holder, index, value)
    elif isinstance(target, ast.Attribute):
        holder = yield target.value, scope
        m.at(target)
        set_attribute(m, holder, target.attr, value)
    else:
        raise refused("an assignment to this is not read")


def _unpacked(m: Machine, target: ast.Tuple | ast.List, value: Any, scope: Scope) -> Steps:
    """Assign the items of `value` to several targets, one of which may be starred."""
    m.at(target)
    most = len(target.elts)
    stars = [i for i, t in enumerate(target.elts) if isinstance(t, ast.Starred)]
    items = []
    for item in iterator(m, value):
        items.append(item)
        m.meter.room(1)
        if not stars and len(items) > most:
            raise ValueError(f"got more than {most} values for {most} targets")
    if len(items) < most - len(stars) or (not stars and len(items) != most):
        wanted = f"at least {most - 1}" if stars else most
        raise ValueError(f"got {len(items)} values, expected {wanted}")
    if stars:
        at, behind = stars[0], most - stars[0] - 1
        starred = target.elts[at]
        assert isinstance(starred, ast.Starred)
        end = len(items) - behind
        targets = [*target.elts[:at], starred.value, *target.elts[at + 1 :]]
        values = [*items[:at], items[at:end], *items[end:]]
    else:
        targets, values = target.elts, items
    for inner, item in zip(targets, values, strict=True):
        yield assigned(m, inner, item, scope)


@handles(ast.AugAssign)
def augmented(m: Machine, node: ast.AugAssign, scope: Scope) -> Steps:
    """``x += y``: in place where the value is a list or an array, else a new value that is bound again."""
    target = node.target
    kind = type(node.op)
    if isinstance(target, ast.Name):
        old = yield ast.Name(target.id, ast.Load(), lineno=target.lineno, col_offset=target.col_offset), scope
        value = yield node.value, scope
        m.at(node)
        new = yield _combined(m, kind, old, value)
        if new is not old and m.domain.is_array(new):
            m.domain.named(new, target.id)
        bind(m, target.id, new, scope)
    elif isinstance(target, ast.Subscript):
        holder = yield target.value, scope
        index = yield target.slice, scope
        m.at(node)
        old = element(m, holder, index)
        if isinstance(holder, Instance):
            old = yield old
        value = yield node.value, scope
        m.at(node)
        new = yield _combined(m, kind, old, value)
        stored = set_element(m, holder, index, new)
        if isinstance(holder, Instance):
            yield stored
    else:
        from irlib.converters.numpy_code.read.attributes import attribute

        holder = yield target.value, scope
        m.at(node)
        old = attribute(m, holder, target.attr)
        value = yield node.value, scope
        m.at(node)
        new = yield _combined(m, kind, old, value)
        set_attribute(m, holder, target.attr, new)
    return None


def _combined(m: Machine, kind: type[ast.operator], old: Any, value: Any) -> Steps:
    """What ``old += value`` leaves in `old`."""
    if isinstance(old, list) and kind is ast.Add:
        old.extend(collected(m, value))
        return old
    if isinstance(old, dict) and kind is ast.BitOr and isinstance(value, dict):
        m.meter.room(len(value))
        old.update(value)
        return old
    if m.domain.is_array(old):
        if isinstance(value, list | tuple):
            m.meter.spread(value)
        return INPLACE[kind](old, value)
    return (yield binary(m, kind, old, value, inplace=True))


@handles(ast.Delete)
def delete(m: Machine, node: ast.Delete, scope: Scope) -> Steps:
    """Names and elements are taken away."""
    for target in node.targets:
        if isinstance(target, ast.Name):
            m.at(node)
            holder = scope.owner(target.id).variables
            if target.id not in holder:
                raise NameError(f"name {target.id!r} is not defined")
            del holder[target.id]
        elif isinstance(target, ast.Subscript):
            holder = yield target.value, scope
            index = yield target.slice, scope
            m.at(node)
            delete_element(m, holder, index)
        elif isinstance(target, ast.Attribute):
            holder = yield target.value, scope
            m.at(node)
            if not isinstance(holder, Instance) or target.attr not in holder.attributes:
                raise refused(f"del of the attribute {target.attr!r} of this is not read")
            del holder.attributes[target.attr]
        else:
            raise refused("del of this is not read")
    return None
