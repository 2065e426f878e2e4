"""The dialects of ONNX: what gives a `ForeignOp` of theirs its body and its result types."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model import schemas
from irlib.converters.onnx_model.dtypes import dtype_of_number
from irlib.converters.onnx_model.rules.rule import RESULTS, OnnxOp, find_rule
from irlib.errors import IRError, IRTypeError, UnknownOpError, UnsupportedError
from irlib.methods import Emitter
from irlib.op import DIALECTS, ForeignOp, Operand
from irlib.types import TensorType, Type

__all__ = ["DIALECT", "OnnxDialect"]

_TYPE_ATTRIBUTES = ("to", "dtype", "output_dtype")
_BROKEN = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, AssertionError)


class OnnxDialect:
    """Bodies by rule; types by schema where a body cannot be made yet."""

    def decompose(self, op: ForeignOp, b: Emitter, *operands: Any) -> Any:
        """The body of `op`, appended to `b`.

        Raises: UnknownOpError where there is no rule; whatever the rule raises; IRTypeError where it breaks down.
        """
        found = find_rule(op.op_dialect, op.op_name, op.op_version)
        if found is None:
            raise no_rule(op)
        n = OnnxOp(op)
        given = list(operands)
        if len(given) < found.operands:
            given += [None] * (found.operands - len(given))
        try:
            made = found.body(b, n, *given)
        except IRError:
            raise
        except _BROKEN as error:
            raise IRTypeError(
                f"the rule of {op.op_name}-{op.op_version} broke down: {type(error).__name__}: {error}", code="IR234"
            ) from error
        results = made if isinstance(made, tuple) else (made,)
        if len(results) < n.outputs:
            raise UnsupportedError(
                f"{op.op_name}-{op.op_version} with {n.outputs} outputs, its rule gives {len(results)}", code="IR320"
            )
        return tuple(results[: n.outputs])

    def infer(self, op: ForeignOp, *operands: Operand | None) -> tuple[Type, ...]:
        """The result types by the schema's type variables; shapes are not known.

        Raises: IRTypeError when the schema leaves a result's type open.
        """
        found = schemas.schema(schemas.DOMAIN_OF.get(op.op_dialect, op.op_dialect), op.op_name, op.op_version)
        if found is None:
            raise no_rule(op)
        count = op.attribute(RESULTS, 1)
        types = found.results(tuple(None if o is None else o.type for o in operands), count)
        said = next((op.attribute(a) for a in _TYPE_ATTRIBUTES if op.attribute(a)), None)
        filled = [TensorType(dtype_of_number(said), None) if t is None and said else t for t in types]
        if any(t is None for t in filled):
            raise IRTypeError(
                f"the type of result {filled.index(None)} of {op.op_name} is not known", code="IR210",
                remedy="declare the types of its operands, or use irlib.specialize",
            )  # fmt: skip
        return tuple(t for t in filled if t is not None)


def no_rule(op: ForeignOp) -> UnknownOpError:
    return UnknownOpError(
        f"there is no rule for {op.op_dialect}.{op.op_name} version {op.op_version}", code="IR854",
        remedy="add one to converters/onnx_model/rules",
    )  # fmt: skip


DIALECT = OnnxDialect()

for _name in ("ai.onnx", "ai.onnx.ml", "ai.onnx.preview", "ai.onnx.preview.training"):
    DIALECTS.setdefault(_name, lambda: DIALECT)
