"""Keywords that a callable takes under a second name, for those who know another library's."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from irlib.errors import AttributeValueError

__all__ = ["also_called"]

Made = TypeVar("Made", bound=Callable[..., Any])


def also_called(**names: str | tuple[str, ...]) -> Callable[[Made], Made]:
    """A decorator: keyword `k` stands for the keyword ``names[k]``, or a pair of values for two of them.

    The signature that is shown and typed stays the function's own. Of a class it is ``__init__`` that takes them.
    Both names of one thing in one call are a TypeError, as a keyword given twice is.
    """

    def decorate(made: Made) -> Made:
        inner: Any = vars(made)["__init__"] if isinstance(made, type) else made

        @wraps(inner)
        def outer(*args: Any, **given: Any) -> Any:
            for name in names.keys() & given.keys():
                own, value = names[name], given.pop(name)
                pairs = {own: value} if isinstance(own, str) else _paired(name, own, value)
                twice = pairs.keys() & given.keys()
                if twice:
                    raise TypeError(f"{made.__name__}() got both {name!r} and {min(twice)!r}")
                given.update(pairs)
            return inner(*args, **given)

        if isinstance(made, type):
            setattr(made, "__init__", outer)  # noqa: B010  mypy forbids the plain assignment to a method
            return made
        return outer  # type: ignore[return-value]

    return decorate


def _paired(name: str, own: tuple[str, ...], value: Any) -> dict[str, Any]:
    if not isinstance(value, tuple | list) or len(value) != len(own):
        raise AttributeValueError(
            f"{name} is {value!r}, expected {len(own)} values, for {' and '.join(own)}", code="IR302"
        )
    return dict(zip(own, value, strict=True))
