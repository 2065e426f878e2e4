"""How convolutions and pools are padded: explicitly, or so that the output has a size (auto_pad)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irlib.converters.onnx_model.rules.operands import dims_of, int64s
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, Value

__all__ = ["pads_of"]


def pads_of(
    b: Emitter, n: OnnxOp, x: Value, kernel: Sequence[Any], strides: Sequence[int], dilations: Sequence[int]
) -> Any:
    """Pads before and after each spatial axis of `x`, as an int64 vector; None where there are none."""
    count = rank_of(x) - 2
    for what, numbers in (("kernel_shape", kernel), ("strides", strides), ("dilations", dilations)):
        if len(numbers) != count:
            raise AttributeValueError(f"{what} {tuple(numbers)}, expected {count} numbers for {x.type}", code="IR302")
    mode = n["auto_pad"]
    if mode == "NOTSET":
        pads = n["pads"]
        return int64s(b, pads) if pads is not None and any(pads) else None
    if mode == "VALID":
        return None
    if mode not in ("SAME_UPPER", "SAME_LOWER"):
        raise AttributeValueError(f"auto_pad {mode!r}, expected NOTSET, VALID, SAME_UPPER or SAME_LOWER", code="IR302")
    if not all(isinstance(k, int) for k in kernel):
        raise IRTypeError("the size of the kernel is not known", code="IR210")
    # the output has ceil(size / stride) places, the last of which must lie in the padded input
    size = dims_of(b, x, range(2, 2 + count))
    stride = int64s(b, strides)
    reach = int64s(b, [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)])
    places = b.floor_divide(b.add(size, int64s(b, [s - 1 for s in strides])), stride)
    total = b.maximum(b.subtract(b.add(b.multiply(b.subtract(places, 1), stride), reach), size), 0)
    less = b.floor_divide(total, 2)
    more = b.subtract(total, less)
    before, after = (less, more) if mode == "SAME_UPPER" else (more, less)
    return b.concat(before, after, axis=0)
