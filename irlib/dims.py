"""Symbolic dims: integer polynomials over named symbols, with floor division, maximum and minimum as atoms.

A dim of a shape is an `int`, a `Dim` (an expression such as ``2*n + 1``) or `None` (unknown). A `Dim` is kept in one
canonical form, a sum of integer multiples of products of atoms, so equality of expressions is equality of values for
all polynomials: ``(n + 1) * 2 == 2*n + 2``. An operation on expressions whose result is a plain number returns an
`int`, so a `Dim` always has at least one symbol in it. Symbols stand for integers >= 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TypeAlias, Union

from irlib.errors import IRTypeError

__all__ = [
    "Dim",
    "DimLike",
    "MaybeDim",
    "ceil_div",
    "dim_max",
    "dim_min",
    "floor_div",
    "substitute",
    "symbol",
]

DimLike: TypeAlias = Union[int, "Dim"]
MaybeDim: TypeAlias = Union[int, "Dim", None]
Atom: TypeAlias = tuple[object, ...]  # ("sym", name) | ("floordiv" | "mod" | "max" | "min", DimLike, DimLike)
Monomial: TypeAlias = tuple[tuple[Atom, int], ...]  # atoms with their powers, sorted

_MAX_TERMS = 64
_MAX_COEFFICIENT = 2**63
_MAX_POWER = 64


class Dim:
    """An integer expression over named symbols, hashable and in canonical form."""

    __slots__ = ("_hash", "terms")

    terms: tuple[tuple[Monomial, int], ...]

    def __init__(self, terms: tuple[tuple[Monomial, int], ...]) -> None:
        self.terms = terms
        self._hash = hash(terms)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Dim) and self.terms == other.terms)

    def __hash__(self) -> int:
        return self._hash

    def __add__(self, other: DimLike) -> DimLike:
        return _sum(self, other, 1)

    __radd__ = __add__

    def __sub__(self, other: DimLike) -> DimLike:
        return _sum(self, other, -1)

    def __rsub__(self, other: DimLike) -> DimLike:
        return _sum(-self, other, 1)

    def __neg__(self) -> DimLike:
        return _product(self, -1)

    def __mul__(self, other: DimLike) -> DimLike:
        return _product(self, other)

    __rmul__ = __mul__

    def __floordiv__(self, other: DimLike) -> DimLike:
        return floor_div(self, other)

    def __rfloordiv__(self, other: DimLike) -> DimLike:
        return floor_div(other, self)

    def __mod__(self, other: DimLike) -> DimLike:
        return self - other * floor_div(self, other)

    def __rmod__(self, other: DimLike) -> DimLike:
        return other - self * floor_div(other, self)

    def __bool__(self) -> bool:
        raise IRTypeError(f"the truth of symbolic dim {self} is not known", remedy="compare dims with == only")

    def __str__(self) -> str:
        return _format(self.terms)

    def __repr__(self) -> str:
        return f"Dim({self})"

    @property
    def symbols(self) -> frozenset[str]:
        """The names of all symbols in the expression."""
        return frozenset(_symbols(self))

    @property
    def lower_bound(self) -> int | None:
        """A number the expression is never below, given that symbols are >= 0; `None` when none is known."""
        return _lower_bound(self)


@cache
def symbol(name: str) -> Dim:
    """The symbol called `name`, as a dim.

    Raises: IRTypeError when `name` is not letters, digits, underscores and dots.
    """
    if not is_symbol_name(name):
        raise IRTypeError(f"{name!r} is not a symbol's name", remedy="use letters, digits, underscores and dots")
    return Dim((((((("sym", name)), 1),), 1),))


def is_symbol_name(text: str) -> bool:
    """Whether a symbol may be called so: letters, digits, underscores and dots."""
    return text.isascii() and not text.startswith(".") and text.replace(".", "_").isidentifier()


def floor_div(a: DimLike, b: DimLike) -> DimLike:
    """``a // b`` rounded towards minus infinity, simplified where every coefficient divides.

    Raises: IRTypeError when `b` is 0.
    """
    if isinstance(b, int):
        if b == 0:
            raise IRTypeError("dim divided by zero", where=f"{a} // 0")
        if isinstance(a, int):
            return a // b
        return _divide_terms(a, b)
    if a == b:
        return 1
    if isinstance(a, Dim):
        exact = _divide_exactly(a, b)
        if exact is not None:
            return exact
    return _atom("floordiv", a, b) if a != 0 else 0


def ceil_div(a: DimLike, b: DimLike) -> DimLike:
    """``a / b`` rounded towards plus infinity."""
    # one form for all: x[::2] and what a pooling leaves are the same dim
    return floor_div(a + (b - 1), b) if isinstance(b, int) and b > 0 else -floor_div(-a, b)


def dim_max(a: DimLike, b: DimLike) -> DimLike:
    """The larger of two dims; decided at once where bounds allow it."""
    return _extremum("max", a, b)


def dim_min(a: DimLike, b: DimLike) -> DimLike:
    """The smaller of two dims; decided at once where bounds allow it."""
    return _extremum("min", a, b)


def substitute(dim: MaybeDim, values: Mapping[str, DimLike]) -> MaybeDim:
    """`dim` with symbols replaced by what `values` gives for them; symbols not in `values` stay."""
    if not isinstance(dim, Dim):
        return dim
    total: DimLike = 0
    for monomial, coefficient in dim.terms:
        product: DimLike = coefficient
        for atom, power in monomial:
            factor = _substitute_atom(atom, values)
            for _ in range(power):
                product = product * factor
        total = total + product
    return total


def _sum(a: DimLike, b: DimLike, sign: int) -> DimLike:
    terms = dict(_terms(a))
    for monomial, coefficient in _terms(b):
        terms[monomial] = terms.get(monomial, 0) + sign * coefficient
    return _canonical(terms)


def _product(a: DimLike, b: DimLike) -> DimLike:
    terms: dict[Monomial, int] = {}
    for mono_a, coef_a in _terms(a):
        for mono_b, coef_b in _terms(b):
            powers: dict[Atom, int] = dict(mono_a)
            for atom, power in mono_b:
                powers[atom] = powers.get(atom, 0) + power
            key = tuple(sorted(powers.items(), key=_order))
            terms[key] = terms.get(key, 0) + coef_a * coef_b
    return _canonical(terms)


def _terms(a: DimLike) -> tuple[tuple[Monomial, int], ...]:
    if isinstance(a, Dim):
        return a.terms
    return (((), int(a)),) if a else ()


def _canonical(terms: dict[Monomial, int]) -> DimLike:
    kept = [(m, c) for m, c in terms.items() if c]
    if len(kept) > _MAX_TERMS:
        raise IRTypeError(f"a symbolic dim with {len(kept)} terms, expected at most {_MAX_TERMS}")
    if not kept:
        return 0
    if len(kept) == 1 and not kept[0][0]:
        return kept[0][1]
    if any(abs(c) >= _MAX_COEFFICIENT or sum(p for _, p in m) > _MAX_POWER for m, c in kept):
        raise IRTypeError(f"a symbolic dim with numbers beyond 64 bits, or powers beyond {_MAX_POWER}", code="IR205")
    kept.sort(key=lambda term: (-sum(p for _, p in term[0]), _order(term)))
    return Dim(tuple(kept))


def _order(item: object) -> str:
    return repr(item)


def _atom(kind: str, a: DimLike, b: DimLike) -> Dim:
    return Dim((((((kind, a, b), 1),), 1),))


def _divide_terms(a: Dim, b: int) -> DimLike:
    if b < 0:
        return floor_div(-a, -b)
    whole: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    for monomial, coefficient in a.terms:
        if monomial and coefficient % b:
            rest[monomial] = coefficient
            continue
        whole[monomial] = coefficient // b
        if coefficient % b:
            rest[monomial] = coefficient % b
    quotient = _canonical(whole)
    remainder = _canonical(rest)
    if isinstance(remainder, int):
        return quotient + remainder // b
    nested = _single_floordiv(remainder)
    if nested is not None:
        return quotient + floor_div(nested[0], nested[1] * b)
    return quotient + _atom("floordiv", remainder, b)


def _single_floordiv(a: Dim) -> tuple[DimLike, int] | None:
    """``(x, k)`` when `a` is ``x // k`` with a positive number k: ``(x // k) // b == x // (k*b)``."""
    if len(a.terms) != 1 or a.terms[0][1] != 1 or len(a.terms[0][0]) != 1:
        return None
    (atom, power) = a.terms[0][0][0]
    if atom[0] == "floordiv" and power == 1 and isinstance(atom[2], int) and atom[2] > 0:
        return atom[1], atom[2]  # type: ignore[return-value]
    return None


def _divide_exactly(a: Dim, b: Dim) -> DimLike | None:
    """The quotient when `b` is a single term that divides every term of `a`."""
    if len(b.terms) != 1:
        # a multiple of a sum: compare leading coefficients
        ratio, rest = divmod(a.terms[0][1], b.terms[0][1])
        return ratio if rest == 0 and _product(b, ratio) == a else None
    divisor, coefficient = b.terms[0]
    terms: dict[Monomial, int] = {}
    for monomial, value in a.terms:
        powers = dict(monomial)
        for atom, power in divisor:
            powers[atom] = powers.get(atom, 0) - power
        if value % coefficient or any(p < 0 for p in powers.values()):
            return None
        terms[tuple(sorted(((k, p) for k, p in powers.items() if p), key=_order))] = value // coefficient
    return _canonical(terms)


def _extremum(kind: str, a: DimLike, b: DimLike) -> DimLike:
    if a == b:
        return a
    if isinstance(a, int) and isinstance(b, int):
        return max(a, b) if kind == "max" else min(a, b)
    difference = a - b
    if _is_never_negative(difference):
        return a if kind == "max" else b
    if _is_never_negative(-difference):
        return b if kind == "max" else a
    first, second = sorted((a, b), key=_order)
    return _atom(kind, first, second)


def _is_never_negative(dim: DimLike) -> bool:
    low = dim if isinstance(dim, int) else _lower_bound(dim)
    if low is None and isinstance(dim, Dim):
        # x // k is at most x where x is never negative: n - n//2 is not below n - n
        rounded = {
            m: a[1]
            for m, c in dim.terms
            if c < 0 and len(m) == 1 and m[0][1] == 1
            for a in [m[0][0]]
            if a[0] == "floordiv" and isinstance(a[2], int) and a[2] > 0 and _is_never_negative(a[1])  # type: ignore[arg-type]
        }
        if rounded:
            total: DimLike = 0
            for m, c in dim.terms:
                total = total + (rounded[m] if m in rounded else _canonical({m: 1})) * c  # type: ignore[operator]
            low = total if isinstance(total, int) else _lower_bound(total)
    return low is not None and low >= 0


def _lower_bound(dim: Dim) -> int | None:
    total = 0
    for monomial, coefficient in dim.terms:
        if not monomial:
            total += coefficient
            continue
        bounds = [_atom_bound(atom) for atom, _ in monomial]
        if coefficient < 0 or any(b is None or b < 0 for b in bounds):
            return None
        product = coefficient
        for bound, (_, power) in zip(bounds, monomial, strict=True):
            product *= (bound or 0) ** power
        total += product
    return total


def _atom_bound(atom: Atom) -> int | None:
    if atom[0] == "sym":
        return 0
    low = [b if isinstance(b, int) else _lower_bound(b) for b in atom[1:]]  # type: ignore[arg-type]
    if atom[0] == "max":
        known = [b for b in low if b is not None]
        return max(known) if known else None
    if atom[0] == "min":
        return None if None in low else min(b for b in low if b is not None)
    divisor = atom[2]
    return low[0] // divisor if isinstance(divisor, int) and divisor > 0 and low[0] is not None else None


def _substitute_atom(atom: Atom, values: Mapping[str, DimLike]) -> DimLike:
    if atom[0] == "sym":
        name = str(atom[1])
        return values[name] if name in values else symbol(name)
    a, b = (substitute(part, values) for part in atom[1:])  # type: ignore[arg-type]
    assert a is not None
    assert b is not None
    return _OPERATIONS[str(atom[0])](a, b)


_OPERATIONS: dict[str, Callable[[DimLike, DimLike], DimLike]] = {
    "floordiv": floor_div,
    "max": dim_max,
    "min": dim_min,
}


def _symbols(dim: object) -> Iterator[str]:
    if isinstance(dim, Dim):
        for monomial, _ in dim.terms:
            for atom, _power in monomial:
                if atom[0] == "sym":
                    yield str(atom[1])
                else:
                    yield from _symbols(atom[1])
                    yield from _symbols(atom[2])


def _format(terms: tuple[tuple[Monomial, int], ...]) -> str:
    parts: list[str] = []
    for monomial, coefficient in terms:
        factors = [_format_atom(atom) for atom, power in monomial for _ in range(power)]
        if abs(coefficient) != 1 or not factors:
            factors.insert(0, str(abs(coefficient)))
        sign = "-" if coefficient < 0 else "+"
        text = "*".join(factors)
        parts.append(f"{' ' if parts else ''}{sign}{' ' if parts else ''}{text}")
    return "".join(parts).removeprefix("+")


def _is_symbol(dim: Dim) -> bool:
    return len(dim.terms) == 1 and str(dim) in dim.symbols


def _format_atom(atom: Atom) -> str:
    if atom[0] == "sym":
        return str(atom[1])
    if atom[0] == "floordiv":
        left, right = (
            f"({part})" if isinstance(part, Dim) and not _is_symbol(part) else str(part) for part in atom[1:]
        )
        return f"({left}//{right})"
    return f"{atom[0]}({atom[1]}, {atom[2]})"
