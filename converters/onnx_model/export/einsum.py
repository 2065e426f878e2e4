"""Einsum. Runtimes refuse an ellipsis that is summed over: those axes get letters, or the sum is a matrix product."""

from __future__ import annotations

from string import ascii_letters
from typing import Any

from irlib.converters.onnx_model.export.row import emits


@emits("einsum", first=True)
def einsum(e: Any, site: Any, *xs: Any) -> Any:
    equation = site.op.equation.replace(" ", "")
    left, arrow, right = equation.partition("->")
    terms = left.split(",")
    if "..." not in left:
        return None
    counts = [None if x.rank is None else x.rank - len(t.replace("...", "")) for t, x in zip(terms, xs, strict=True)]
    open_terms = [k for k, t in enumerate(terms) if "..." in t]
    if not arrow or "..." in right:
        most = max((counts[k] or 0 for k in open_terms), default=0)
        if any(counts[k] is None for k in open_terms) or all(counts[k] == most for k in open_terms):
            return None
        # shape inference wants an ellipsis to be of one rank everywhere
        ys = [_deepened(e, x, t, most) if "..." in t else x for t, x in zip(terms, xs, strict=True)]
        return e.op("Einsum", *ys, equation=equation)
    if any(x.rank is None for x in xs):
        raise site.unsupported("the ranks of the operands are not known", "use irlib.specialize before")
    kept = _contracted(terms, right)
    if kept is not None and xs[0].shape[:-1] == xs[1].shape[:-1]:
        rows = [_as_matrix(e, x) for x in xs]
        return e.op("MatMul", e.op("Transpose", rows[0], perm=[1, 0]), rows[1])
    free = [c for c in ascii_letters if c not in equation]
    named = []
    for term, x in zip(terms, xs, strict=True):
        count = x.rank - len(term.replace("...", ""))
        named.append(term.replace("...", "".join(free[:count][::-1])))  # aligned at the end
    return e.op("Einsum", *xs, equation=f"{','.join(named)}->{right}")


def _deepened(e: Any, x: Any, term: str, most: int) -> Any:
    """`x` with axes of length 1 put before those of its ellipsis, `most` of them in all."""
    at, count = term.index("..."), x.rank - len(term.replace("...", ""))
    if count == most:
        return x
    shape = (*x.shape[:at], *[1] * (most - count), *x.shape[at:])
    return e.op("Unsqueeze", x, e.const(list(range(at, at + most - count))), type=x.type.with_shape(shape))


def _contracted(terms: list[str], right: str) -> str | None:
    """What is kept of ``...mk,...mn->kn``: one letter of each, the last; None for another pattern."""
    if len(terms) != 2 or any(not t.startswith("...") for t in terms):
        return None
    x, y = (t[3:] for t in terms)
    if not x or not y or x[:-1] != y[:-1] or right != x[-1] + y[-1] or x[-1] == y[-1]:
        return None
    return right if len(set(x + y[-1])) == len(x) + 1 else None


def _as_matrix(e: Any, x: Any) -> Any:
    if x.rank == 2:
        return x
    if isinstance(x.shape[-1], int) and x.shape[-1] > 0:
        return e.op("Reshape", x, e.const([-1, x.shape[-1]]))
    last = e.op("Slice", e.op("Shape", x), e.const([-1]), e.const([x.rank]))
    return e.op("Reshape", x, e.op("Concat", e.const([-1]), last, axis=0))
