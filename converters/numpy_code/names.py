"""Identifiers of emitted code: what an author called things, as far as Python lets it."""

from __future__ import annotations

import builtins
import keyword
import re

__all__ = ["Names"]

_LONGEST = 24
_TAKEN = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "np", "ml_dtypes", "params", "saved", "d_out", "outputs"}
    | {"grads", "l", "O", "I", "PARAMS", "CONSTANTS", "forward", "backward", "predict"}
)


class Names:
    """Hands out identifiers, each once. One that begins with an underscore is never given: those are ours."""

    def __init__(self, taken: Names | None = None) -> None:
        self._taken: set[str] = set(_TAKEN if taken is None else taken._taken)

    def fresh(self, wish: str) -> str:
        """An identifier close to `wish`: its ASCII letters and digits, shortened, with a number where it is taken."""
        base = re.sub(r"[^A-Za-z0-9]+", "_", wish.rpartition("params.")[2])[:_LONGEST].strip("_")
        if not base or base[0].isdigit():
            base = f"v{base}"
        found, k = base, 1
        while found in self._taken:
            k += 1
            found = f"{base}_{k}"
        self._taken.add(found)
        return found
