"""Cases of torch: what a layer is given and holds, what comes out, and the derivatives of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

__all__ = ["RNG", "Arrays", "Case", "both", "linear", "normal", "plain", "several"]

RNG = np.random.default_rng(5)
Arrays = dict[str, Any]


def normal(*shape: int) -> Any:
    """Normal numbers of this shape."""
    return RNG.standard_normal(shape)


class Case:
    """The arrays of one case, as torch tensors that are differentiated."""

    def __init__(self, name: str, into: Arrays) -> None:
        self.name = name
        self.arrays: Arrays = {}
        self.leaves: dict[str, Any] = {}
        for key, value in into.items():
            self.add("in", key, value)

    def add(self, part: str, key: str, value: Any) -> Any:
        """An array of the case; floats among inputs and parameters are differentiated."""
        self.arrays[f"{self.name}/{part}/{key}"] = np.asarray(value)
        made = torch.tensor(value)
        if part in ("in", "p") and made.is_floating_point():
            made.requires_grad_()
            self.leaves[key] = made
        return made

    def finish(self, *results: Any) -> Arrays:
        """All arrays, when the results are these."""
        total = torch.zeros((), dtype=torch.float64)
        for k, y in enumerate(results):
            dy = torch.tensor(normal(*y.shape))
            self.arrays[f"{self.name}/y/{k}"] = y.detach().numpy()
            self.arrays[f"{self.name}/dy/{k}"] = dy.numpy()
            total = total + (y * dy).sum()
        total.backward()
        for key, leaf in self.leaves.items():
            grad = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
            self.arrays[f"{self.name}/d/{key}"] = grad.numpy()
        return self.arrays


def plain(name: str, f: Callable[..., Any], into: Arrays, params: Arrays | None = None) -> Arrays:
    """A case that is a function of its inputs and parameters, in this order."""
    case = Case(name, into)
    given = [case.leaves.get(k, torch.tensor(v)) for k, v in into.items()]
    return case.finish(f(*given, *[case.add("p", k, v) for k, v in (params or {}).items()]))


def several(name: str, f: Callable[..., Any], into: Arrays, params: Arrays) -> Arrays:
    """As `plain`, of a function with several results."""
    case = Case(name, into)
    given = [case.leaves[k] for k in into]
    return case.finish(*f(*given, *[case.add("p", k, v) for k, v in params.items()]))


def both(case: str, at: str, p: Any, f: Callable[[Any], Any] = lambda a: a) -> Arrays:
    """A parameter and its derivative, in irlib's layout."""
    return {f"{case}/p/{at}": f(p.detach().numpy()), f"{case}/d/{at}": f(p.grad.numpy())}


def linear(case: str, layer: Any, at: str) -> Arrays:
    """Those of a linear layer."""
    return both(case, f"{at}.weight", layer.weight, np.transpose) | both(case, f"{at}.bias", layer.bias)
