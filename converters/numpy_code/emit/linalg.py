"""Products, decompositions, solving and Fourier transforms: numpy.linalg and numpy.fft."""

from __future__ import annotations

import string

import numpy as np

from irlib.converters.numpy_code.emit import form
from irlib.converters.numpy_code.emit.form import Expr, Rule, Site, call, quoted, rules

__all__: list[str] = []


def _matmul(site: Site) -> Expr:
    x, y = site[0], site[1]
    wide = "np.float32" if x.dtype.is_half else form.widened(x.dtype)
    if wide is not None:
        made = call("np.matmul", f"{x.atom}.astype({wide})", f"{y.atom}.astype({wide})")
        return Expr(f"{made.text}.astype({site.dtype(x.dtype)})")
    return Expr(f"{x.at(form.PRODUCT)} @ {y.at(form.PRODUCT + 1)}", form.PRODUCT)


def _einsum(site: Site) -> Expr:
    arrays = [site[k] for k in range(len(site.operands))]
    equation = quoted(_explicit(site.op.equation.replace(" ", ""), [a.rank for a in arrays]))
    optimize = "True" if len(arrays) > 1 else None
    wide = "np.float32" if arrays[0].dtype.is_half else None
    if wide is None:
        return call("np.einsum", equation, *arrays, optimize=optimize)
    made = call("np.einsum", equation, *(f"{a.atom}.astype({wide})" for a in arrays), optimize=optimize)
    return Expr(f"{made.text}.astype({site.dtype(arrays[0].dtype)})")


def _explicit(equation: str, ranks: list[int | None]) -> str:
    """The equation with letters for an ellipsis that is summed over, which numpy's does not have."""
    terms, arrow, output = equation.partition("->")
    if not arrow or "..." not in terms or "..." in output or None in ranks:
        return equation
    free = [c for c in string.ascii_letters if c not in equation]
    written = []
    for term, rank in zip(terms.split(","), ranks, strict=True):
        count = (rank or 0) - len(term.replace("...", ""))
        written.append(term.replace("...", "".join(free[len(free) - count :])))
    return f"{','.join(written)}->{output}"


def _plain(name: str) -> Rule:
    """A function of numpy on all operands."""
    return lambda site: call(name, *(site[k] for k in range(len(site.operands))))


def _hermitian(site: Site) -> str:
    """The hermitian part: real matrices are averaged with their transposes."""
    return site.helper("_hermitian", site[0]).text


def _cholesky(site: Site) -> Expr:
    made = call("np.linalg.cholesky", _hermitian(site))
    return call("np.conj", f"np.swapaxes({made.text}, -1, -2)") if site.op.upper else made


def _complexes(name: str) -> Rule:
    """A function whose results are complex whatever they are."""

    def rule(site: Site) -> Expr:
        t = site.result().dtype.numpy
        return site.helper(name, site[0], f"np.{np.dtype(t).name}")

    return rule


def _pinv(site: Site) -> Expr:
    x = site[0].atom
    return Expr(f"np.linalg.pinv({x}, rcond=max({x}.shape[-2:]) * np.finfo({x}.dtype).eps)")


def _triangular_solve(site: Site) -> Expr:
    op = site.op
    return site.helper("_triangular_solve", site[0], site[1], op.lower, op.unit_diagonal, op.transposed)


def _transform(name: str) -> Rule:
    def rule(site: Site) -> Expr:
        x, op = site[0], site.op
        n = site.number(1) if site.has(1) else None
        source = f"{x.atom}.astype(np.float32)" if x.dtype.is_half else x
        axis = None if op.axis == -1 else op.axis
        norm = None if op.norm == "backward" else quoted(op.norm)
        return call(f"np.fft.{name}", source, n=n, axis=axis, norm=norm)

    return rule


rules({name: _transform(name) for name in ("fft", "ifft", "rfft", "irfft")})
rules({name: _plain(f"np.linalg.{name}") for name in ("solve", "inv", "det", "slogdet", "qr")})
rules(
    {
        "matmul": _matmul,
        "einsum": _einsum,
        "cholesky": _cholesky,
        "eigh": lambda site: call("np.linalg.eigh", _hermitian(site)),
        "svd": lambda site: call("np.linalg.svd", site[0], full_matrices=False),
        "eig": _complexes("_eig"),
        "eigvals": _complexes("_eigvals"),
        "adjugate": lambda site: site.helper("_adjugate", site[0]),
        "pinv": _pinv,
        "triangular_solve": _triangular_solve,
        "fit_length": lambda site: site.helper("_fit_length", site[0], site.number(1), site.op.axis),
    }
)
