"""Sequences and optionals: lists, and values or None."""

from __future__ import annotations

from irlib.converters.numpy_code.emit.form import Expr, Rule, Site, call, rules

__all__: list[str] = []


def _helper(name: str) -> Rule:
    def rule(site: Site) -> Expr:
        given: list[object] = ["None" if o is None else o for o in site.operands]
        return site.helper(name, *given)

    return rule


def _construct(site: Site) -> Expr:
    return Expr(f"[{', '.join(str(site[k]) for k in range(len(site.operands)))}]")


def _at(site: Site) -> Expr:
    s = site[0].atom
    return Expr(f"{s}[{site.helper('_place', s, site[1]).text}]")


def _sizes(site: Site) -> Expr:
    return Expr(f"np.array([x.shape[{site.op.axis}] for x in {site[0]}], np.int64)")


def _concat(site: Site) -> Expr:
    return call("np.stack" if site.op.new_axis else "np.concatenate", site[0], axis=site.op.axis)


def _split(site: Site) -> Expr:
    split = site[1] if site.has(1) else "None"
    return site.helper("_split_to_sequence", site[0], split, site.op.axis, site.op.keepdims)


def _map(site: Site) -> Expr:
    count = site.op.sequences
    given = [str(o) for o in site.operands]
    sequences, others = (f"[{', '.join(part)}]" for part in (given[:count], given[count:]))
    return site.helper("_sequence_map", site.module.region(site.op.body), sequences, others, len(site.results))


def _has(site: Site) -> Expr:
    return Expr(f"np.array({site[0]} is not None)" if site.has(0) else "np.array(False)")


rules(
    {
        "sequence_construct": _construct,
        "sequence_empty": lambda site: Expr("[]"),
        "sequence_at": _at,
        "sequence_replace": _helper("_sequence_replace"),
        "sequence_insert": _helper("_sequence_insert"),
        "sequence_erase": _helper("_sequence_erase"),
        "sequence_length": lambda site: call("np.array", f"len({site[0]})", "np.int64"),
        "sequence_sizes": _sizes,
        "concat_from_sequence": _concat,
        "split_to_sequence": _split,
        "sequence_map": _map,
        "sequence_sum": _helper("_sequence_sum"),
        "optional_some": lambda site: Expr(str(site[0])),
        "optional_none": lambda site: Expr("None"),
        "optional_get": _helper("_optional_get"),
        "optional_has": _has,
        "container_zeros_like": _helper("_zeros_like"),
        "cotangent_add": _helper("_cotangent_add"),
    }
)
