"""What the operator schemas of the `onnx` package say, looked up once each: versions, arity, attributes, types."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from irlib.converters.onnx_model.attributes import Reading, read_attribute
from irlib.converters.onnx_model.dtypes import TYPE_STRINGS, Symbols, type_of_string
from irlib.types import SequenceType, TensorType, Type

__all__ = ["DIALECT_OF", "DOMAIN_OF", "AttributeSpec", "OpSchema", "newest", "schema", "spelled", "versions"]

DIALECT_OF = {"": "ai.onnx", "ai.onnx": "ai.onnx"}
"""The dialect of a domain; of every other it is the domain itself."""

DOMAIN_OF = {"ai.onnx": ""}
"""The domain of a dialect; of every other it is the dialect itself."""


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """An attribute an op may have: its AttributeType, whether it must be given, and the default message if any."""

    name: str
    kind: int
    required: bool
    default: Any
    """An AttributeProto, or None where there is no default."""


@dataclass(frozen=True)
class OpSchema:
    """One version of an operator."""

    name: str
    domain: str
    since: int
    deprecated: bool
    inputs: tuple[int, int]
    """The least and most operands."""
    outputs: tuple[int, int]
    required: tuple[bool, ...]
    """Of each formal input, whether an operand must be there."""
    variadic: bool
    attributes: dict[str, AttributeSpec]
    formal_inputs: tuple[tuple[str, bool], ...]
    """Type string of each formal input, and whether all its operands are of one type."""
    formal_outputs: tuple[str, ...]
    allowed: dict[str, frozenset[str]]
    """The types each type variable may stand for."""
    cache: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """What is remembered per tuple of operand types."""

    @property
    def dialect(self) -> str:
        return DIALECT_OF.get(self.domain, self.domain)

    @cached_property
    def demanded(self) -> tuple[str, ...]:
        """The attributes that must be given."""
        return tuple(a.name for a in self.attributes.values() if a.required)

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """The values of the defaults."""
        reading = Reading(Symbols(), None)
        specs = self.attributes.values()
        return {a.name: read_attribute(a.default, a.kind, reading) for a in specs if a.default is not None}

    def formal(self, index: int) -> tuple[str, bool]:
        """Type string of operand `index`, and whether it shares it with the other operands of that string."""
        return self.formal_inputs[min(index, len(self.formal_inputs) - 1)]

    def misfit(self, types: tuple[Type | None, ...]) -> str:
        """Which operand has a type the schema does not allow; empty where all fit."""
        found = self.cache.get(types)
        if found is None:
            found = self.cache[types] = self._misfit(types)
        return str(found)

    def _misfit(self, types: tuple[Type | None, ...]) -> str:
        bound: dict[str, str] = {}
        for k, t in enumerate(types):
            if t is None or not self.formal_inputs:
                continue
            variable, together = self.formal(k)
            text = spelled(t)
            allowed = self.allowed.get(variable, frozenset((variable,)))
            if text not in allowed:
                return f"operand {k} is a {text}, expected {_listed(allowed)}"
            if together and bound.setdefault(variable, text) != text:
                return f"operand {k} is a {text} beside {bound[variable]}, expected one type"
        return ""

    def results(self, types: tuple[Type | None, ...], count: int) -> tuple[Type | None, ...]:
        """The types of `count` results as far as type variables say, shapes unknown; None where they do not."""
        bound: dict[str, Type] = {}
        for k, t in enumerate(types):
            if t is not None and self.formal_inputs:
                bound.setdefault(self.formal(k)[0], shapeless(t))
        return tuple(self._result(k, bound) for k in range(count))

    def _result(self, k: int, bound: dict[str, Type]) -> Type | None:
        variable = self.formal_outputs[min(k, len(self.formal_outputs) - 1)]
        if variable in bound:
            return bound[variable]
        allowed = self.allowed.get(variable, frozenset((variable,)))
        return type_of_string(next(iter(allowed))) if len(allowed) == 1 else None


def _listed(allowed: frozenset[str]) -> str:
    shown = sorted(allowed)
    return ", ".join(shown) if len(shown) <= 6 else f"{', '.join(shown[:5])} or {len(shown) - 5} more"


def shapeless(t: Type) -> Type:
    """`t` with its shape not known."""
    if isinstance(t, TensorType):
        return t if t.shape is None else TensorType(t.dtype, None)
    return type(t)(shapeless(t.element))


_SPELLING = {d: text for text, d in TYPE_STRINGS.items()}


def spelled(t: Type) -> str:
    """A type as schemas spell it."""
    if isinstance(t, TensorType):
        return _SPELLING[t.dtype]
    return f"{'seq' if isinstance(t, SequenceType) else 'optional'}({spelled(t.element)})"


@cache
def schema(domain: str, name: str, version: int) -> OpSchema | None:
    """The schema of an operator in opset `version` of `domain`; None where there is none."""
    import onnx

    try:
        found = onnx.defs.get_schema(name, max_inclusive_version=version, domain=domain)
    except onnx.defs.SchemaError:
        return None
    return _of_version(domain, name, found.since_version)


@cache
def _of_version(domain: str, name: str, since: int) -> OpSchema:
    import onnx

    found = onnx.defs.get_schema(name, max_inclusive_version=since, domain=domain)
    option = onnx.defs.OpSchema.FormalParameterOption
    inputs, outputs = found.inputs, found.outputs
    return OpSchema(
        name=name,
        domain=domain,
        since=found.since_version,
        deprecated=found.deprecated,
        inputs=(found.min_input, found.max_input),
        outputs=(found.min_output, found.max_output),
        required=tuple(i.option == option.Single for i in inputs),
        variadic=bool(inputs) and inputs[-1].option == option.Variadic,
        attributes={k: _attribute(a) for k, a in found.attributes.items()},
        formal_inputs=tuple((i.type_str, i.is_homogeneous or i.option != option.Variadic) for i in inputs),
        formal_outputs=tuple(o.type_str for o in outputs),
        allowed={c.type_param_str: frozenset(c.allowed_type_strs) for c in found.type_constraints},
    )


def _attribute(spec: Any) -> AttributeSpec:
    default = spec.default_value
    return AttributeSpec(spec.name, int(spec.type), spec.required, default if default.type else None)


def newest(domain: str) -> int:
    """The newest opset version of a domain of ONNX that the `onnx` package knows; 0 where it is no domain of ONNX."""
    # asking for it walks the schemas of every version, which takes time; the usual domain is asked for directly
    import onnx

    return onnx.defs.onnx_opset_version() if domain == "" else _newest_of_others().get(domain, 0)


@cache
def _newest_of_others() -> dict[str, int]:
    import onnx

    highest: dict[str, int] = {}
    for found in onnx.defs.get_all_schemas_with_history():
        highest[found.domain] = max(highest.get(found.domain, 0), found.since_version)
    return highest


@cache
def versions(domain: str, name: str) -> tuple[int, ...]:
    """The opset versions in which an operator was introduced or changed, oldest first."""
    import onnx

    found = onnx.defs.get_all_schemas_with_history()
    return tuple(sorted(s.since_version for s in found if s.name == name and s.domain == domain))
