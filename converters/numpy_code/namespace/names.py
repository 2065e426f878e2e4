"""Numpy's dotted names looked up in the table: what ``np.linalg.norm`` is in a trace."""

from __future__ import annotations

from typing import Any

from irlib.converters.numpy_code.namespace.refusal import TraceError
from irlib.converters.numpy_code.namespace.table import CONSTANTS, load

__all__ = ["Package", "resolve"]


class Package:
    """A part of the namespace that numpy has as a module, such as `linalg`."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return resolve(f"{self.__name__}.{name}")

    def __dir__(self) -> list[str]:
        start = f"{self.__name__}."
        return sorted({n[len(start) :].partition(".")[0] for n in load() if n.startswith(start)})

    def __repr__(self) -> str:
        return f"<irlib.numpy.{self.__name__}>"


class MissingNameError(TraceError, AttributeError):
    """A name of numpy that is not traced."""


def resolve(name: str) -> Any:
    """The function, ufunc, constant, dtype or package of the dotted name.

    Raises: MissingNameError, which is an AttributeError too, where the namespace has no such name.
    """
    table = load()
    if name in CONSTANTS:
        return CONSTANTS[name]
    if name in table:
        return table[name]
    if any(n.startswith(f"{name}.") for n in table):
        return Package(name)
    from irlib.converters.numpy_code.namespace.remedies import remedy_for
    from irlib.converters.numpy_code.namespace.tape import Tape

    is_random = name == "random" or name.startswith("random.")
    what = "random numbers are not drawn in a trace" if is_random else f"numpy.{name} is not traced"
    remedy = remedy_for(name, [*table, *CONSTANTS])

    at = Tape.current().where()
    raise MissingNameError(what, code="IR881", where=f"{at.file}:{at.line}" if at is not None else "", remedy=remedy)
