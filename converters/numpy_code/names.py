"""Identifiers of emitted code: what an author called things, as far as Python lets it."""

from __future__ import annotations

import builtins
import keyword
import re

__all__ = ["Names"]

_LONGEST = 20
_TAKEN = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "np", "ml_dtypes", "params", "saved", "d_out", "outputs"}
    | {"grads", "l", "O", "I", "PARAMS", "CONSTANTS", "forward", "backward", "predict", "run"}
)
_OTHER = re.compile(r"[^A-Za-z0-9]+")


class Names:
    """Hands out identifiers, each once. One that begins with an underscore is never given: those are ours."""

    def __init__(self) -> None:
        self._taken: set[str] = set(_TAKEN)
        self._last: dict[str, int] = {}

    def fresh(self, wish: str) -> str:
        """An identifier close to `wish`: its ASCII letters and digits, shortened, with a number where it is taken."""
        base = wish
        if not (len(wish) <= _LONGEST and wish.isascii() and wish.isalnum()) or wish[0].isdigit():
            base = self._short(wish)
        found, k = base, self._last.get(base, 1)
        while found in self._taken:
            k += 1
            found = f"{base}_{k}"
        self._last[base] = k
        self._taken.add(found)
        return found

    @staticmethod
    def _short(wish: str) -> str:
        """The end of a long name says more than its beginning, as in ``/layer1/block0/conv1/Conv_output_0``."""
        base = _OTHER.sub("_", wish.rpartition("params.")[2]).strip("_").removesuffix("_output_0")
        if len(base) > _LONGEST:
            cut = base[-_LONGEST:]
            word = cut.partition("_")[2] if base[-_LONGEST - 1] != "_" else cut
            base = (word if len(word) >= _LONGEST // 2 else cut).strip("_")
        if not base:
            return "v"
        return f"v{base}" if base[0].isdigit() else base
