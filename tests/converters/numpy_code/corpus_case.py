"""How a function of the corpus is called: its arguments from a seed, and which of them have derivatives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Generator = np.random.Generator
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDER = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Case:
    """A function `module.name` of the corpus and its arguments.

    `fixed` names the float arguments that are not differentiated: data that only decides (uniform numbers, masks).
    `smooth` is off where the function has no derivative that differences could show (sorting ties, phases of vectors).
    """

    name: str
    make: Callable[[Generator], tuple[Any, ...]]
    fixed: tuple[str, ...] = ()
    smooth: bool = True
    static: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        return self.name.partition(".")[0]

    @property
    def function_name(self) -> str:
        return self.name.partition(".")[2]

    @property
    def function(self) -> Callable[..., Any]:
        found = import_module(f"tests.converters.numpy_code.corpus.{self.module}")
        return getattr(found, self.function_name)  # type: ignore[no-any-return]

    @property
    def source(self) -> Path:
        return FOLDER / f"{self.module}.py"

    def arguments(self) -> tuple[Any, ...]:
        return self.make(np.random.default_rng(sum(map(ord, self.name))))


def case(name: str, make: Callable[[Generator], tuple[Any, ...]], *, fixed: str = "", smooth: bool = True) -> Case:
    """A row of the tables."""
    return Case(name, make, tuple(fixed.split()), smooth)


def copied(tree: Any) -> Any:
    """Arrays and containers copied: functions of the corpus may write into what they are given."""
    match tree:
        case np.ndarray():
            return tree.copy()
        case dict():
            return {key: copied(value) for key, value in tree.items()}
        case list():
            return [copied(value) for value in tree]
        case tuple():
            return tuple(copied(value) for value in tree)
    return tree


def leaves(tree: Any, path: str) -> Iterator[tuple[str, Any]]:
    """What is in nested containers, with the names that irlib gives to it."""
    match tree:
        case dict():
            for key, value in tree.items():
                yield from leaves(value, f"{path}.{key}")
        case list() | tuple():
            for i, value in enumerate(tree):
                yield from leaves(value, f"{path}.{i}")
        case _:
            yield path, tree


def normal(g: Generator, *shape: int) -> Floats:
    return g.normal(size=shape)


def uniform(g: Generator, *shape: int, low: float = 0.1, high: float = 0.9) -> Floats:
    return g.uniform(low, high, size=shape)


def integers(g: Generator, high: int, *shape: int) -> Ints:
    return g.integers(0, high, size=shape)


def spd(g: Generator, n: int) -> Floats:
    """A symmetric positive definite matrix, well conditioned."""
    a = g.normal(size=(n, n))
    made: Floats = a @ a.T / n + np.eye(n)
    return made


def dominant(g: Generator, n: int) -> Floats:
    """A matrix that elimination without pivots can stand."""
    made: Floats = g.normal(size=(n, n)) + 2 * n * np.eye(n)
    return made


def stochastic(g: Generator, *shape: int) -> Floats:
    """Rows of probabilities."""
    a = g.uniform(0.1, 1.0, size=shape)
    made: Floats = a / a.sum(axis=-1, keepdims=True)
    return made
