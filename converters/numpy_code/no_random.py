"""Generators of random numbers while code is traced: they refuse, for what they drew would stay the same for ever."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from irlib.converters.numpy_code.namespace.refusal import refused

__all__ = ["GENERATORS", "NoRandom", "drawing_functions"]

GENERATORS = (np.random.Generator, np.random.RandomState, random.Random)


class NoRandom:
    """Stands for a generator, or a module of them."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **options: Any) -> Any:
        raise refused(
            "random numbers are not drawn in a trace",
            remedy="pass them in as an argument, or name the generator in static= to draw them once and for all",
        )


def drawing_functions() -> list[Any]:
    """The functions of Python's module `random`."""
    return [f for f in (getattr(random, name) for name in random.__all__) if not isinstance(f, type)]
