"""Dims as they are written: ``8``, ``batch``, ``2*n + 1``, ``(n + 1)//2``, ``max(n, 1)``, or ``?`` for unknown."""

from __future__ import annotations

import re
from functools import cache

from irlib.dims import DimLike, MaybeDim, dim_max, dim_min, floor_div, is_symbol_name, symbol
from irlib.errors import IRTypeError

__all__ = ["parse_dim"]


def parse_dim(text: str) -> MaybeDim:
    """The dim that `text` writes: ``8``, ``batch``, ``2*n + 1``, ``(n + 1)//2``, ``max(n, 1)`` or ``?`` for unknown.

    Raises: IRTypeError when `text` is not such an expression.
    """
    if text.strip() == "?":
        return None
    return _Parser(text).parse()


@cache
def _token() -> re.Pattern[str]:
    return re.compile(r"\s*(?:(\d+)|([A-Za-z_][A-Za-z0-9_.]*)|(//|[-+*(),]))")


class _Parser:
    """Precedence climbing over ``+ - * // ( )``, ``max``, ``min``, names and integers; nesting is capped."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = []
        position = 0
        stripped = text.rstrip()
        while position < len(stripped):
            match = _token().match(stripped, position)
            if not match:
                raise self._error()
            self.tokens.append(match.group().strip())
            position = match.end()
        self.position = 0
        self.depth = 0
        if len(self.tokens) > 256:
            raise self._error()

    def parse(self) -> DimLike:
        result = self._sum()
        if self.position != len(self.tokens):
            raise self._error()
        return result

    def _error(self) -> IRTypeError:
        return IRTypeError(f"{self.text[:80]!r} is not a dim", remedy="write 8, batch, 2*n + 1, n//2, max(n, 1) or ?")

    def _peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self.position += 1
        return token

    def _expect(self, token: str) -> None:
        if self._take() != token:
            raise self._error()

    def _sum(self) -> DimLike:
        self.depth += 1
        if self.depth > 32:
            raise self._error()
        result = self._product()
        while self._peek() in ("+", "-"):
            result = result + self._product() if self._take() == "+" else result - self._product()
        self.depth -= 1
        return result

    def _product(self) -> DimLike:
        result = self._factor()
        while self._peek() in ("*", "//"):
            result = result * self._factor() if self._take() == "*" else floor_div(result, self._factor())
        return result

    def _factor(self) -> DimLike:
        token = self._take()
        if token == "-":
            self.depth += 1
            if self.depth > 32:
                raise self._error()
            inner = -self._factor()
            self.depth -= 1
            return inner
        if token == "(":
            inner = self._sum()
            self._expect(")")
            return inner
        if token.isdigit():
            if len(token) > 18:
                raise self._error()
            return int(token)
        if token in ("max", "min") and self._peek() == "(":
            self._take()
            a = self._sum()
            self._expect(",")
            b = self._sum()
            self._expect(")")
            return dim_max(a, b) if token == "max" else dim_min(a, b)
        if is_symbol_name(token):
            return symbol(token)
        raise self._error()
