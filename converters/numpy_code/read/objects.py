"""What the source makes that is no number, list or array: functions, classes, instances, modules, scopes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "BoundMethod",
    "Choice",
    "Class",
    "Function",
    "Grower",
    "Indexer",
    "Inert",
    "Instance",
    "Module",
    "Native",
    "Poison",
    "Scope",
    "Span",
    "Stream",
    "Super",
]


class Scope:
    """Variables of a module, function, class body or comprehension, and the scope around it."""

    __slots__ = ("captured", "kind", "locals", "nonlocals", "parent", "variables")

    def __init__(
        self,
        parent: Scope | None,
        local: frozenset[str],
        nonlocals: frozenset[str] = frozenset(),
        kind: str = "function",
    ) -> None:
        self.variables: dict[str, Any] = {}
        self.parent = parent
        self.locals = local
        self.nonlocals = nonlocals
        self.kind = kind
        self.captured = False
        """Whether a function was defined here, which may read the variables after this scope is left."""

    @property
    def holder(self) -> Scope:
        """The scope that a ``:=`` in a comprehension binds in."""
        scope = self
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        return scope

    def owner(self, name: str) -> Scope:
        """The scope in which an assignment to `name` here binds it."""
        if name not in self.nonlocals:
            return self
        scope = self.parent
        while scope is not None:
            if scope.kind == "function" and name in scope.locals and name not in scope.nonlocals:
                return scope
            scope = scope.parent
        raise LookupError(name)


@dataclass(eq=False, slots=True)
class Function:
    """A function or lambda of the source with the scope it was defined in."""

    name: str
    node: ast.FunctionDef | ast.Lambda
    scope: Scope
    defaults: list[Any]
    keyword_defaults: dict[str, Any]
    owner: Class | None = None


@dataclass(eq=False, slots=True)
class Class:
    """A class of the source; `order` is its method resolution order, itself first."""

    name: str
    bases: tuple[Class, ...]
    attributes: dict[str, Any]
    order: tuple[Class, ...] = ()

    def find(self, name: str, after: Class | None = None) -> Any:
        """The attribute of this name, of the classes behind `after` where it is given. Raises: KeyError."""
        order = self.order if after is None else self.order[self.order.index(after) + 1 :]
        for cls in order:
            if name in cls.attributes:
                return cls.attributes[name]
        raise KeyError(name)


@dataclass(eq=False, slots=True)
class Instance:
    """An object of a class of the source."""

    cls: Class
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class BoundMethod:
    """A function of a class with the object it is called on."""

    function: Function
    instance: Instance


@dataclass(eq=False, slots=True)
class Super:
    """What ``super()`` gives in a method of `cls`."""

    cls: Class
    instance: Instance


@dataclass(eq=False, slots=True)
class Choice:
    """A function that is one or another by a traced condition."""

    condition: Any
    first: Any
    second: Any


@dataclass(eq=False, slots=True)
class Module:
    """A module by name: what is in it is looked up in a table, never in the module itself."""

    name: str
    table: Mapping[str, Any]

    def __str__(self) -> str:
        return f"module {self.name}"


@dataclass(eq=False, slots=True)
class Native:
    """A function of ours: of the builtins, of numpy's namespace, or a method of a list or array.

    `run` takes the machine, the positional and the keyword arguments. With `steps` it is a generator, which may have
    functions of the source called.
    """

    name: str
    run: Any
    steps: bool = False


@dataclass(eq=False, slots=True)
class Inert:
    """A name that only annotations use."""

    name: str


@dataclass(eq=False, slots=True)
class Poison:
    """A variable that has no value to read, and why."""

    why: str


class Stream:
    """An iterator; `arm` is the branch on a traced value in which it was made, where alone it may be advanced.

    `parts` says what zip and enumerate were called with: the name, the values and the start.
    """

    __slots__ = ("arm", "parts", "source", "started")

    def __init__(
        self, source: Iterator[Any], arm: object, parts: tuple[str, tuple[Any, ...], int] | None = None
    ) -> None:
        self.source = source
        self.arm = arm
        self.parts = parts
        self.started = False


@dataclass(eq=False, slots=True)
class Span:
    """A range of which a bound is not known: only a loop of the graph goes through it."""

    bounds: tuple[Any, ...]


@dataclass(eq=False, slots=True)
class Grower:
    """Stands for a list in a loop of the graph: it can be appended to, and nothing else."""

    items: list[Any]


@dataclass(eq=False, slots=True)
class Indexer:
    """What numpy indexes to make something: ``np.c_``, ``np.r_``, ``np.mgrid``."""

    source: Any
