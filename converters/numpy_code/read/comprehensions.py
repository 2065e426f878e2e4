"""Handlers of comprehensions. A generator expression is evaluated at once, as a list is."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from irlib.converters.numpy_code.read import branches
from irlib.converters.numpy_code.read.assignments import assigned
from irlib.converters.numpy_code.read.elements import key
from irlib.converters.numpy_code.read.iteration import iterator, stream
from irlib.converters.numpy_code.read.machine import Machine, Steps, handles
from irlib.converters.numpy_code.read.names import targets_of
from irlib.converters.numpy_code.read.objects import Scope

__all__: list[str] = []


def _inner(m: Machine, node: ast.expr, generators: list[ast.comprehension], scope: Scope) -> Scope:
    names = m.facts.get(id(node))
    if names is None:
        names = m.facts[id(node)] = frozenset[str]().union(*(targets_of(g.target) for g in generators))
    return Scope(scope, names, kind="comprehension")


def _turns(
    m: Machine, generators: list[ast.comprehension], level: int, scope: Scope, keep: Callable[[], Steps], outer: Scope
) -> Steps:
    """Each combination of the loops from `level` on that passes the conditions: `keep` is read."""
    if level == len(generators):
        yield keep()
        return
    generator = generators[level]
    iterable = yield generator.iter, outer if level == 0 else scope
    m.at(generator.iter)
    for item in iterator(m, iterable):
        yield assigned(m, generator.target, item, scope)
        for condition in generator.ifs:
            test = yield condition, scope
            m.at(condition)
            if not branches.known_truth(m, test, "comprehension"):
                break
        else:
            yield _turns(m, generators, level + 1, scope, keep, outer)


@handles(ast.ListComp)
def list_comprehension(m: Machine, node: ast.ListComp, scope: Scope) -> Steps:
    """A list of what the element is in each turn."""
    return (yield _listed(m, node, scope))


def _listed(m: Machine, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, scope: Scope) -> Steps:
    inner = _inner(m, node, node.generators, scope)
    items: list[Any] = []

    def keep() -> Steps:
        value = yield node.elt, inner
        m.meter.room(1)
        items.append(value)

    yield _turns(m, node.generators, 0, inner, keep, scope)
    return items


@handles(ast.GeneratorExp)
def generator_expression(m: Machine, node: ast.GeneratorExp, scope: Scope) -> Steps:
    """The same as an iterator."""
    items = yield _listed(m, node, scope)
    return stream(m, iter(items))


@handles(ast.SetComp)
def set_comprehension(m: Machine, node: ast.SetComp, scope: Scope) -> Steps:
    """A set."""
    items = yield _listed(m, node, scope)
    return {key(m, item) for item in items}


@handles(ast.DictComp)
def dict_comprehension(m: Machine, node: ast.DictComp, scope: Scope) -> Steps:
    """A dict."""
    inner = _inner(m, node, node.generators, scope)
    made: dict[Any, Any] = {}

    def keep() -> Steps:
        found = yield node.key, inner
        value = yield node.value, inner
        m.meter.room(1)
        made[key(m, found)] = value

    yield _turns(m, node.generators, 0, inner, keep, scope)
    return made
