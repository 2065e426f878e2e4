"""Functions of numpy that have no place in a graph, called on what is known while the code is traced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.nested import flatten
from irlib.converters.numpy_code.namespace.refusal import refused
from irlib.converters.numpy_code.namespace.remedies import remedy_for

__all__ = ["on_constants"]


def on_constants(real: Callable[..., Any], dotted: str) -> Callable[..., Any]:
    """Numpy's own function on arrays that constants decide; what it returns are constants again.

    It gets copies that nobody can write into. Raises, when called: TraceError where an array is not known.
    """

    def function(*args: Any, **options: Any) -> Any:
        leaves, again, _ = flatten([list(args), options])
        given, named = again([_known(leaf, dotted) for leaf in leaves])
        result, rebuild, _ = flatten(real(*given, **named))
        return rebuild([lift(leaf) if isinstance(leaf, np.ndarray | np.generic) else leaf for leaf in result])

    function.__name__ = dotted.rpartition(".")[2]
    return function


def _known(leaf: Any, dotted: str) -> Any:
    if not isinstance(leaf, Handle):
        return leaf
    found = leaf.concrete()
    if found is None:
        raise refused(f"numpy.{dotted} is not traced", remedy=remedy_for(dotted, ()))
    made = np.array(found)
    made.flags.writeable = False
    return made[()] if leaf.is_scalar else made
