"""The machine that reads a syntax tree: handlers by kind of node, driven by a stack of its own.

A handler is a function ``(machine, node, scope)``: a plain one returns the value of its node, a generator yields
``(node, scope)`` for what stands below it, or another generator, and is sent the value. So neither deep source nor
functions that call themselves deepen Python's own stack.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from inspect import isgeneratorfunction
from typing import Any, TypeAlias, TypeVar

from irlib.converters.numpy_code.read.domain import Domain
from irlib.converters.numpy_code.read.limits import Limits, Meter, over
from irlib.converters.numpy_code.read.objects import Function, Module, Scope
from irlib.converters.numpy_code.read.refusal import SourceError, refused, where_of
from irlib.errors import IRError

__all__ = ["FOREIGN", "HANDLERS", "Exit", "Frame", "Leave", "Machine", "Raised", "Steps", "handles"]

Steps: TypeAlias = Generator[Any, Any, Any]
Handler = TypeVar("Handler", bound=Callable[..., Any])

HANDLERS: dict[type[ast.AST], tuple[Callable[..., Any], bool]] = {}
"""By kind of node: its handler, and whether it is a generator."""

FOREIGN = (
    ArithmeticError, AssertionError, AttributeError, BufferError, LookupError, NameError, NotImplementedError,
    RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What Python and numpy raise where code is wrong."""

_NESTED = 12  # callbacks of numpy functions into the source that may be open at once


def handles(*kinds: type[ast.AST]) -> Callable[[Handler], Handler]:
    """Make the decorated function the handler of nodes of these kinds."""

    def register(handler: Handler) -> Handler:
        for kind in kinds:
            HANDLERS[kind] = (handler, isgeneratorfunction(handler))
        return handler

    return register


class Raised(Exception):  # noqa: N818  it is what the source raises, not what we do
    """The source raises: an error, unless a branch on a traced value is left by it."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class Leave:
    """A block is left by return, break or continue."""

    kind: str
    value: Any = None


@dataclass(eq=False, slots=True)
class Exit:
    """A return, break or continue taken where `condition`, a traced value, holds; `state`: what things are then."""

    kind: str
    condition: Any
    value: Any
    state: Any


@dataclass(eq=False, slots=True)
class Frame:
    """A call that is open: the exits that may have been taken in it."""

    name: str
    scope: Scope
    function: Function | None = None
    exits: list[Exit] = field(default_factory=list)


class Machine:
    """Reads statements and expressions of one source over the values of `domain`."""

    def __init__(self, file: str, domain: Domain, limits: Limits) -> None:
        self.file = file
        self.domain = domain
        self.meter = Meter(limits)
        self.limits = limits
        self.frames: list[Frame] = []
        self.arm: object = None
        """The branch on a traced value that is being read, a new object for each; None outside of all."""
        self.unchecked: list[str] = []
        """Where the source asserts or raises on a traced value, which the graph does not."""
        self.modules: dict[str, Module] = {}
        self.scans = False
        """Whether loops become scans where they can."""
        self.facts: dict[int, Any] = {}  # what is known of nodes of the tree, by id
        self._nested = 0
        self._place: ast.AST | None = None

    # Places

    def at(self, node: ast.AST) -> None:
        """What is done from now on is done at `node`."""
        if node is not self._place:
            self._place = node
            self.domain.at(self.file, getattr(node, "lineno", 0))

    @property
    def where(self) -> str:
        """The present place as messages call it."""
        frame = self.frames[-1] if self.frames else None
        inside = "" if frame is None or not frame.name else f", in {frame.name!r}"
        return where_of(self.file, self._place) + inside

    @property
    def place(self) -> ast.AST | None:
        """The node at which the machine is."""
        return self._place

    @place.setter
    def place(self, node: ast.AST | None) -> None:
        if node is not None:
            self.at(node)

    # Running

    def run(self, first: Steps) -> Any:
        """What `first` and all that it asks for come to.

        Raises: SourceError and other IRErrors with the place in the source, whatever went wrong there.
        """
        outermost = not self._nested
        if self._nested >= _NESTED:
            raise refused("functions that numpy calls are nested too deep", remedy="write a loop")
        self._nested += 1
        try:
            return self._driven(first)
        except Raised as raised:
            if not outermost:
                raise
            raise SourceError(raised.what, code="IR895", where=self.where) from None
        except IRError as error:
            if outermost and not error.where.startswith(self.file):
                error.at(self.where)
            raise
        except RecursionError:
            raise over("depth", self.limits.depth).at(self.where) from None
        except MemoryError:
            raise SourceError("there is not the memory for this", code="IR893", where=self.where) from None
        except FOREIGN as error:
            if not outermost:
                raise
            what = f"{type(error).__name__}: {_short(error)}"
            raise SourceError(what, code="IR896", where=self.where) from error
        finally:
            self._nested -= 1

    def _driven(self, first: Steps) -> Any:
        stack: list[Steps] = [first]
        step, domain = self.meter.step, self.domain
        value: Any = None
        while True:
            try:
                wanted = stack[-1].send(value)
            except StopIteration as done:
                stack.pop()
                value = done.value
                if not stack:
                    return value
                continue
            except Raised as raised:
                stack.pop()
                wanted = _caught(stack, raised)
            if type(wanted) is not tuple:
                stack.append(wanted)
                value = None
                continue
            node, scope = wanted
            step(domain.nodes)
            handler, generates = HANDLERS[type(node)]
            value = handler(self, node, scope)
            if generates:
                stack.append(value)
                value = None

    def callback(self, steps: Callable[..., Steps]) -> Callable[..., Any]:
        """A Python function that a function of numpy can call: `steps` gives what it does for its arguments."""

        def called(*args: Any, **kwargs: Any) -> Any:
            place = self._place
            value = self.run(steps(*args, **kwargs))
            self.place = place
            return value

        return called


def _caught(stack: list[Steps], raised: Raised) -> Any:
    """What the innermost generator that takes `raised` asks for next; it is then the top of `stack`."""
    while stack:
        try:
            return stack[-1].throw(raised)
        except Raised:
            stack.pop()
        except StopIteration as done:
            stack.pop()
            if not stack:
                return _value(done.value)
            return _value(done.value)
    raise raised


def _value(value: Any) -> Steps:
    """A generator that has `value` at once."""
    return value
    yield


def _short(error: BaseException) -> str:
    """The first line of an error, at most 300 characters of it."""
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    return text.split("\n", maxsplit=1)[0][:300]
