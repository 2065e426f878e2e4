"""Strings: arrays of Python objects."""

from __future__ import annotations

from irlib.converters.numpy_code.emit.form import Expr, Site, quoted, rules, unsupported

__all__: list[str] = []


def _split(site: Site) -> Expr:
    op = site.op
    delimiter = quoted(op.delimiter) if op.delimiter else "None"
    return site.helper("_string_split", site[0], delimiter, -1 if op.maxsplit is None else op.maxsplit)


def _normalize(site: Site) -> Expr:
    op = site.op
    words = [quoted(w) for w in op.stopwords]
    stop = f"({words[0]},)" if len(words) == 1 else f"({', '.join(words)})"
    return site.helper("_string_normalize", site[0], quoted(op.case), op.case_sensitive, stop)


rules(
    {
        "string_concat": lambda site: site.helper("_string_concat", site[0], site[1]),
        "string_split": _split,
        "string_normalize": _normalize,
        "regex_full_match": unsupported("numpy has no regular expressions"),
    }
)
