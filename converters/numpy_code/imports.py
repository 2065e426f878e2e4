"""`import numpy` inside a function that is traced gives what stands in for numpy."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from irlib.converters.numpy_code.namespace.tape import Tape

__all__ = ["imports_replaced"]


@contextmanager
def imports_replaced(replacement: Callable[[Any], Any], is_users: Callable[[str], bool]) -> Iterator[None]:
    """Inside, an import statement of the user's code that runs in a trace gets `replacement` of numpy's modules."""
    real = builtins.__import__

    def importing(name: str, names: Any = None, *args: Any, **options: Any) -> Any:
        found = real(name, names, *args, **options)
        if name.partition(".")[0] == "numpy" and Tape.current().is_tracing:
            file = names.get("__file__") if names else None
            if is_users(file or ""):
                new = replacement(found)
                return found if new is None else new
        return found

    builtins.__import__ = importing  # type: ignore[assignment]
    try:
        yield
    finally:
        builtins.__import__ = real
