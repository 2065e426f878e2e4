"""A GraphProto, or the nodes of a function, appended to a builder: names kept, nodes as ops of ours, findings noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from irlib.builder import Builder
from irlib.converters.onnx_model import schemas
from irlib.converters.onnx_model.attributes import GRAPH, GRAPHS, KINDS, kind_of, read_attribute
from irlib.converters.onnx_model.constants import constant_node
from irlib.converters.onnx_model.direct import direct_op
from irlib.converters.onnx_model.functions import called
from irlib.converters.onnx_model.gradients import gradient_of
from irlib.converters.onnx_model.model import A_BODY, MAX_VALUES, Model, normal
from irlib.converters.onnx_model.names import clean, cycle_or_disorder
from irlib.converters.onnx_model.notes import Notes
from irlib.converters.onnx_model.regions import with_regions
from irlib.converters.onnx_model.rules.rule import CAPTURES, RESULTS, SCALES, find_rule
from irlib.converters.onnx_model.schemas import OpSchema
from irlib.errors import AttributeValueError, IRError, SafetyError
from irlib.graph import Role
from irlib.inference import unify
from irlib.op import ForeignOp, Op
from irlib.types import MAX_RANK, Type
from irlib.validate.place import shown

__all__ = ["BROKEN", "GraphReader"]


class _Broken:
    """Stands for a value that could not be made; what uses it is passed over, as one finding is enough."""


BROKEN: Any = _Broken()
_BY_VALUE = ("Resize", "Upsample")  # what is known of operands is an attribute of the op
_SMALL = (1, 2, 3, 6, 7, 8)  # attributes that are numbers or strings
_MISSING: Any = object()


class GraphReader:
    """Reads the nodes of one scope into one builder.

    `bindings` are the attributes of a function's call: what ``ref_attr_name`` refers to.
    """

    def __init__(
        self,
        model: Model,
        b: Builder,
        place: str,
        opsets: Mapping[str, int],
        *,
        bindings: Mapping[str, Any] | None = None,
        depth: int = 0,
    ) -> None:
        self.model = model
        self.b = b
        self.place = place
        self.opsets = opsets
        self.bindings = bindings
        self.depth = depth
        self.values: dict[str, Any] = {}
        """The value of each name; None: an operand of a function that is absent; BROKEN: it could not be made."""
        self.declared: dict[str, Any] = {}
        """The ValueInfoProto of each name that has one."""
        self.notes = Notes()
        self._schemas: dict[tuple[str, str], OpSchema | None] = {}
        self._plain: dict[Any, Op] = {}
        """The op of a node by what is the same in others."""
        self._later: set[str] | None = None
        self._nodes: Sequence[Any] = ()

    def read(self, nodes: Sequence[Any]) -> None:
        """Append all nodes."""
        self._nodes = nodes
        if self.depth:
            self.model.spend(len(nodes) + A_BODY)
        for index, node in enumerate(nodes):
            try:
                self._node(index, node)
            except IRError as error:
                error.where = error.where.removeprefix(f"graph {self.b.name!r}").removeprefix(", ")
                self.model.add_error(error, self.where(index, node))
                self._break(node)
                if self.model.is_full:
                    break

    def where(self, index: int, node: Any) -> str:
        """How findings call a node."""
        name = node.name or next((o for o in node.output if o), "") or str(index)
        return f"{self.place}, node %{shown(name)} ({shown(node.op_type)})"

    def _break(self, node: Any) -> None:
        for name in node.output:
            if name:
                self.values.setdefault(name, BROKEN)

    # One node

    def _like_another(self, index: int, node: Any) -> bool:
        """Append a node that differs from an earlier one in names alone; False where there was no such node.

        What holds of that one holds of this one; most nodes of large models are of this kind.
        """
        inputs, outputs = node.input, node.output
        operands = [self.values.get(name) for name in inputs]
        key = self._likeness(node, operands)
        op = self._plain.get(key) if key is not None else None
        if op is None or len(outputs) != 1:
            return False
        name = outputs[0]
        if not name or name in self.values:
            return False
        cleaned = clean(name)
        (value,) = self.b.emit(op, operands, cleaned)
        self.values[name] = value
        info = self.declared.get(name) if self.declared else None
        if info is not None:
            self.check_declared(info, value, self.where(index, node))
        self.notes.node(node, cleaned)
        return True

    def _likeness(self, node: Any, operands: list[Any]) -> Any:
        """Equal for nodes of one op with operands of the same types; None for a node that has to be looked at."""
        if None in operands or BROKEN in operands or not operands:
            return None
        types = [v.type for v in operands]
        attributes = node.attribute
        if not attributes:
            return (node.op_type, node.domain, *types)
        if any(a.type not in _SMALL for a in attributes):
            return None
        return (node.op_type, node.domain, *types, *[a.SerializeToString() for a in attributes])

    def _node(self, index: int, node: Any) -> None:
        if self._plain and not (self.model.functions and node.overload) and self._like_another(index, node):
            return None
        operands = [self._operand(index, node, name) if name else None for name in node.input]
        if BROKEN in operands:
            return self._break(node)
        domain = normal(node.domain)
        if self.model.functions and (domain, node.op_type, node.overload) in self.model.functions:
            op_attributes = self._attributes(node, None)
            results = called(self, (domain, node.op_type, node.overload), operands, op_attributes, self._name_of(node))
            return self._define(index, node, results)
        found = self._schema(domain, node)
        attributes = self._attributes(node, found)
        if node.op_type == "Constant" and domain == "":
            name = self._name_of(node) or "constant"
            if "sparse_value" in attributes:
                self.model.spend_dense(attributes["sparse_value"][2].array)
            value = self.b.constant(constant_node(attributes), name=name)
            self.notes.constant(name, attributes, node)
            return self._define(index, node, (value,))
        self._check_operands(found, node, operands)
        if any(a.type in (GRAPH, GRAPHS) or a.HasField("g") for a in node.attribute):
            operands = with_regions(self, index, node, found, operands, attributes)
        if node.op_type == "Gradient" and domain == "ai.onnx.preview.training":
            return self._define(index, node, gradient_of(self, operands, attributes, self._name_of(node)))
        if node.op_type in _BY_VALUE and domain == "":
            attributes |= self._known_scales(operands)
        op = self._op(found, node, attributes, operands)
        if attributes and not isinstance(op, ForeignOp):
            self._note_defaults(found, node, attributes)
        self._define(index, node, self.b.emit(op, operands, self._name_of(node)))
        self._remember(node, op, operands, attributes)
        return None

    def _remember(self, node: Any, op: Op, operands: list[Any], attributes: dict[str, Any]) -> None:
        """The op for nodes like this one, unless what they are said in depends on more than their likeness."""
        special = node.op_type in _BY_VALUE or node.overload or len(node.output) != 1
        if not special and (isinstance(op, ForeignOp) or not attributes):  # of primitives the defaults are noted
            key = self._likeness(node, operands)
            if key is not None:
                self._plain[key] = op

    def _operand(self, index: int, node: Any, name: str) -> Any:
        found = self.values.get(name, _MISSING)
        if found is not _MISSING:
            return found
        if self._later is None:
            self._later = {o for n in self._nodes for o in n.output}
            self._note_disorder()
        if name not in self._later:
            self.model.add(
                "IR102", self.where(index, node), f"operand {shown(name)!r} is nothing that is defined",
                "name an input, an initializer or the output of a node",
            )  # fmt: skip
        return BROKEN

    def _note_disorder(self) -> None:
        cycle, disorder = cycle_or_disorder(self._nodes)
        if cycle:
            listed = ", ".join(self._label(i) for i in cycle[:8])
            self.model.add("IR101", self.place, f"a cycle of {len(cycle)} nodes: {listed}", "break it")
        elif disorder is not None:
            index, name = disorder
            self.model.add(
                "IR108", self.where(index, self._nodes[index]),
                f"operand {shown(name)!r} is defined by a later node; the graph is acyclic",
                "sort the nodes topologically",
            )  # fmt: skip

    def _label(self, index: int) -> str:
        node = self._nodes[index]
        return f"%{shown(node.name or next(iter(node.output), str(index)))}"

    def _schema(self, domain: str, node: Any) -> OpSchema:
        key = (domain, node.op_type)
        found = self._schemas.get(key)
        if found is None:
            found = self._schemas[key] = self._looked_up(domain, node.op_type)
        return found

    def _looked_up(self, domain: str, name: str) -> OpSchema:
        version = self.opsets.get(domain)
        shown_domain = shown(domain or "ai.onnx")
        if version is None:
            raise AttributeValueError(
                f"no opset of domain {shown_domain!r} is imported", code="IR851", remedy="add it to opset_import"
            )
        found = schemas.schema(domain, name, version)
        if found is None or found.deprecated:
            what = "was removed" if found is not None else "is not there"
            raise AttributeValueError(
                f"op {shown_domain}.{shown(name)} {what} in opset {version}", code="IR853",
                remedy="" if schemas.newest(domain) else "embed it as a function of the model",
            )  # fmt: skip
        return found

    def _attributes(self, node: Any, found: OpSchema | None) -> dict[str, Any]:
        """The attributes of a node that are no graphs, checked against the schema."""
        made: dict[str, Any] = {}
        specs = None if found is None else found.attributes
        for a in node.attribute:
            name = a.name
            if name in made:
                raise AttributeValueError(f"attribute {shown(name)!r} is given twice", code="IR302")
            if a.ref_attr_name:
                self._bind(a, made)
                continue
            kind = kind_of(a)
            if specs is not None:
                spec = specs.get(name)
                if spec is None:
                    known = ", ".join(specs) or "none"
                    raise AttributeValueError(
                        f"{shown(node.op_type)} has no attribute {shown(name)!r}, expected one of: {known}",
                        code="IR301",
                    )
                if spec.kind != kind:
                    raise AttributeValueError(
                        f"attribute {name!r} is a {KINDS[kind]}, expected a {KINDS[spec.kind]}", code="IR302"
                    )
            made[name] = None if kind in (GRAPH, GRAPHS) else read_attribute(a, kind, self.model.reading)
        if found is not None:
            for name in found.demanded:
                if name not in made:
                    raise AttributeValueError(f"attribute {name!r} is missing", code="IR302")
        return {k: v for k, v in made.items() if v is not None}

    def _bind(self, a: Any, made: dict[str, Any]) -> None:
        """An attribute of a function's node that is the attribute of its call; without one, it is not given."""
        if self.bindings is None:
            raise AttributeValueError(
                f"attribute {shown(a.name)!r} refers to a function's, outside of one", code="IR302"
            )
        if a.ref_attr_name in self.bindings:
            made[a.name] = self.bindings[a.ref_attr_name]

    def _check_operands(self, found: OpSchema, node: Any, operands: list[Any]) -> None:
        count, (least, most) = len(operands), found.inputs
        if max(count, len(node.output)) > MAX_VALUES:
            raise SafetyError(f"{found.name} with more than {MAX_VALUES} operands or outputs", code="IR511")
        if not least <= count <= most:
            raise AttributeValueError(
                f"{found.name} got {count} operands, expected {least if least == most else f'{least} to {most}'}",
                code="IR104",
            )
        for k, (operand, needed) in enumerate(zip(operands, found.required, strict=False)):
            if operand is None and needed:
                raise AttributeValueError(f"{found.name}: operand {k} is absent, expected a value", code="IR105")
        last = len(found.required) - 1
        if found.variadic and None in operands[last:]:
            k = last + operands[last:].index(None)
            raise AttributeValueError(f"{found.name}: operand {k} is absent, expected a value", code="IR105")
        if not found.outputs[0] <= len(node.output) <= found.outputs[1]:
            raise AttributeValueError(
                f"{found.name} with {len(node.output)} outputs, expected {found.outputs[0]} to {found.outputs[1]}",
                code="IR231",
            )

    def _op(self, found: OpSchema, node: Any, attributes: dict[str, Any], operands: list[Any]) -> Op:
        """The op of a node: a primitive where a row of `direct` says so, else a composite of ONNX's."""
        types = tuple([None if v is None else v.type for v in operands])
        outputs = list(node.output)
        while len(outputs) > 1 and not outputs[-1]:
            outputs.pop()
        key = (found.domain, found.name, found.since, types, tuple(sorted(attributes.items())), len(outputs))
        op = self.model.ops.get(key)
        if op is None:
            op = self.model.ops[key] = self._made(found, attributes, types, len(outputs))
        return op

    def _known_scales(self, operands: list[Any]) -> dict[str, Any]:
        """What the scales of a Resize are, if they are a constant: inference does not look into floats."""
        at = 2 if len(operands) > 2 else 1
        numbers: list[float] = []
        waiting = [operands[at]] if at < len(operands) and operands[at] is not None else []
        while waiting:
            value = waiting.pop()
            variable, made = self.b.variable_of(value), self.b.made_by(value)
            if made is not None and made[0].name == "concat":  # exporters put them together of two
                waiting += reversed(made[1])
            elif variable is not None and variable.role is Role.CONSTANT and variable.tensor is not None:
                numbers += map(float, variable.tensor.array.reshape(-1)[: MAX_RANK + 1])
            else:
                return {}
        return {SCALES: tuple(numbers)} if 0 < len(numbers) <= MAX_RANK else {}

    def _made(self, found: OpSchema, attributes: dict[str, Any], types: tuple[Type | None, ...], outputs: int) -> Op:
        misfit = found.misfit(types[: len(types) - attributes.get(CAPTURES, 0)])
        if misfit and self.model.strict:
            raise AttributeValueError(f"{found.name}-{found.since}: {misfit}", code="IR204", remedy="cast the operand")
        try:
            direct = direct_op(found.domain, found.name, found.since, attributes, types) if outputs == 1 else None
        except TypeError as error:  # bytes that are no text, say
            raise AttributeValueError(f"{found.name}-{found.since}: {error}", code="IR302") from error
        if direct is not None:
            return direct
        if outputs != 1:
            attributes = {**attributes, RESULTS: outputs}
        if find_rule(found.dialect, found.name, found.since) is None:
            raise AttributeValueError(
                f"irlib has no rule for {found.dialect}.{found.name} version {found.since}", code="IR854"
            )
        return ForeignOp(found.dialect, found.name, found.since, tuple(sorted(attributes.items())))

    def _note_defaults(self, found: OpSchema, node: Any, attributes: dict[str, Any]) -> None:
        """A primitive does not tell an attribute that was left out from one that says what the default is."""
        defaults = [k for k, v in attributes.items() if k in found.defaults and found.defaults[k] == v]
        name = self._name_of(node)
        if defaults and name is not None:
            self.notes.defaults[name] = defaults

    # Results

    def _name_of(self, node: Any) -> str | None:
        """What the irlib node is called: as its first output is, or, where that is not named, after the next."""
        output = node.output
        if output and output[0]:
            return clean(output[0])
        named = next((o for o in output if o), None)
        return None if named is None else f"{clean(named)}.0"

    def _define(self, index: int, node: Any, results: Sequence[Any]) -> None:
        outputs = node.output
        if len(outputs) > len(results) and any(outputs[len(results) :]):
            raise AttributeValueError(f"{len(outputs)} outputs, expected at most {len(results)}", code="IR231")
        for name, value in zip(outputs, results, strict=False):
            if not name:
                continue
            if name in self.values and self.values[name] is not BROKEN:
                self.model.add("IR112", self.where(index, node), f"{shown(name)!r} is defined twice", "rename one")
                continue
            self.values[name] = value
            info = self.declared.get(name)
            if info is not None:
                self.check_declared(info, value, self.where(index, node))
        self.notes.node(node, self._name_of(node))

    def note_values(self, infos: Sequence[Any]) -> None:
        """Note for which values between nodes there was a declaration, and what it said where inference says less."""
        declared = [info for info in infos if info.name in self.values and info.type.WhichOneof("value")]
        self.note_types(declared)
        for info in declared:
            self.notes.value(info)
        if declared:
            self.notes.graph["value_info"] = [info.name for info in declared]

    def note_types(self, infos: Sequence[Any]) -> None:
        """Note the declared types that are said otherwise than what is known of the values would be."""
        for info in infos:
            value = self.values.get(info.name)
            if value is not None and value is not BROKEN:
                self.notes.type(info, value.type, self.model.symbols.renamed)

    def _is_zipped(self, info: Any, value: Any) -> bool:
        """Whether it is declared as maps and made by ZipMap, which is a matrix here."""
        made = self.b.made_by(value) if info.type.sequence_type.elem_type.HasField("map_type") else None
        return made is not None and made[0].name == "ZipMap"

    def check_declared(self, info: Any, value: Any, where: str) -> None:
        """Note where a declared type is contradicted by the inferred one, which without `strict` is right."""
        if info.type.WhichOneof("value") is None or not self.model.strict or self._is_zipped(info, value):
            return
        try:
            declared = self.model.symbols.type(info.type)
        except IRError as error:
            self.model.add_error(error, where)
            return
        if not unify(declared, value.type):
            self.model.add(
                "IR230", where, f"{shown(info.name)!r} is declared as {declared}, inferred as {value.type}",
                "correct the declaration, leave it out, or read the model with strict=False",
            )  # fmt: skip
