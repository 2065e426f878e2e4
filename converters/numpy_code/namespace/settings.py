"""Settings that change no result: error states and how arrays are printed. And numpy's own assertions."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from irlib.converters.numpy_code.namespace.handle import Handle
from irlib.converters.numpy_code.namespace.lifting import lift
from irlib.converters.numpy_code.namespace.table import function

__all__ = ["Ignored"]


class Ignored:
    """A context in which nothing is different: graphs warn of nothing."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        self.settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __call__(self, decorated: Any) -> Any:
        return decorated


function("errstate")(Ignored)
function("printoptions")(Ignored)


@function("seterr")
def seterr(all: Any = None, divide: Any = None, over: Any = None, under: Any = None, invalid: Any = None) -> Any:
    return np.geterr()


@function("geterr")
def geterr() -> Any:
    return np.geterr()


@function("set_printoptions")
def set_printoptions(*args: Any, **kwargs: Any) -> None:
    return None


@function("get_printoptions")
def get_printoptions() -> Any:
    return np.get_printoptions()


@function("array2string", "array_str", "array_repr")
def array2string(a: Any, *args: Any, **kwargs: Any) -> str:
    return str(lift(a))


def _assertion(name: str) -> None:
    """One of numpy's assertions: checked where all is known now, else left to the run, which it does not change."""

    def check(*args: Any, **kwargs: Any) -> None:
        known = [a if not isinstance(a, Handle) else a.concrete() for a in args]
        if all(k is not None for k, a in zip(known, args, strict=True) if isinstance(a, Handle)):
            getattr(np.testing, name)(*known, **kwargs)

    function(f"testing.{name}")(check)


for _name in (
    "assert_allclose", "assert_array_equal", "assert_equal", "assert_almost_equal", "assert_array_almost_equal",
    "assert_array_less",
):  # fmt: skip
    _assertion(_name)
