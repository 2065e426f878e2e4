"""Random numbers made from keys."""

from __future__ import annotations

from irlib.converters.numpy_code.emit.form import Expr, Site, rules

__all__: list[str] = []


def _bits(site: Site) -> Expr:
    return site.helper("_random_bits", site[0], site.ints(1), site.dtype(site.op.dtype))


rules(
    {
        "random_bits": _bits,
        "random_split": lambda site: site.helper("_random_split", site[0], site.number(1)),
        "fold_in": lambda site: site.helper("_fold_in", site[0], site[1]),
        "random_permutation": lambda site: site.helper("_random_permutation", site[0], site.number(1)),
    }
)
