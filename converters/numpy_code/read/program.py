"""A source that has been read: its module, and the calls of its functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import irlib.converters.numpy_code.read.assignments
import irlib.converters.numpy_code.read.comprehensions
import irlib.converters.numpy_code.read.expressions
import irlib.converters.numpy_code.read.modules
import irlib.converters.numpy_code.read.statements  # noqa: F401  they register handlers
from irlib.converters.numpy_code.read.attributes import attribute
from irlib.converters.numpy_code.read.calls import call
from irlib.converters.numpy_code.read.domain import Domain
from irlib.converters.numpy_code.read.limits import DEFAULT, Limits
from irlib.converters.numpy_code.read.machine import Frame, Machine, Steps
from irlib.converters.numpy_code.read.names import bound_in
from irlib.converters.numpy_code.read.objects import BoundMethod, Class, Function, Instance, Native, Scope
from irlib.converters.numpy_code.read.refusal import SourceError
from irlib.converters.numpy_code.read.source import parsed, text_of
from irlib.converters.numpy_code.read.statements import block

__all__ = ["Program"]


class Program:
    """The functions of a source over the values of a domain."""

    def __init__(self, source: str | Path, domain: Domain, limits: Limits = DEFAULT) -> None:
        text, self.file = text_of(source, limits)
        self.tree = parsed(text, self.file, limits)
        self.machine = Machine(self.file, domain, limits)
        self.scope = Scope(None, bound_in(self.tree.body), kind="module")
        self.machine.frames.append(Frame("", self.scope))

    def read(self) -> None:
        """Read the module's own statements. Raises: SourceError."""
        self.machine.run(block(self.machine, self.tree.body, self.scope))

    def function(self, name: str) -> Function | Class | BoundMethod:
        """The function called `name`, or the method of an object of the module, as in ``net.forward``.

        Raises: SourceError where there is none.
        """
        first, *rest = name.split(".")
        found = self.scope.variables.get(first)
        for part in rest:
            known = isinstance(found, Instance) and not part.startswith("_")
            found = attribute(self.machine, found, part) if known else None
        if not isinstance(found, Function | Class | BoundMethod | Instance):
            there = sorted(n for n, v in self.scope.variables.items() if isinstance(v, Function | Class))
            what = (
                f"has no function {name!r}"
                if found is None or not isinstance(found, Native)
                else f"{name!r} is numpy's"
            )
            raise SourceError(
                what,
                code="IR894",
                where=self.file,
                remedy=f"it has {', '.join(there)[:500]}" if there else "it has none",
            )
        return found  # type: ignore[return-value]

    def call(self, target: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """What the call of a function of the source gives. Raises: SourceError and other IRErrors with its line."""

        def steps() -> Steps:
            return (yield call(self.machine, target, args, kwargs))

        del self.machine.frames[1:]
        return self.machine.run(steps())
