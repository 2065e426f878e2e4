"""Col2Im."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.rules.operands import as_int64, dims_of, element, int64s
from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.errors import IRTypeError
from irlib.methods import Emitter, Value


@rule("Col2Im", 18)
def col2im(b: Emitter, n: OnnxOp, x: Value, image: Value, block: Value) -> Any:
    """Blocks added where they came from."""
    known = [v.shape[0] for v in (image, block) if v.shape and isinstance(v.shape[0], int)]
    if not known:
        raise IRTypeError("the number of axes of the image is not known", code="IR210")
    count = known[0]
    strides, dilations = n["strides"] or (1,) * count, n["dilations"] or (1,) * count
    pads = n["pads"] or (0,) * (2 * count)
    image, block = as_int64(b, image), as_int64(b, block)
    padded = b.add(image, int64s(b, [p + q for p, q in zip(pads[:count], pads[count:], strict=True)]))
    index: Any = None  # [elements of the first axis' block, .., places of the first axis, ..]
    for k in range(count):
        size, taps = element(b, padded, k), element(b, block, k)
        reach = b.add(b.multiply(b.subtract(taps, 1), dilations[k]), 1)
        places = b.add(b.floor_divide(b.subtract(size, reach), strides[k]), 1)
        tap = b.reshape(b.multiply(b.iota(taps), dilations[k]), [-1] + [1] * (2 * count - 1 - k))
        start = b.reshape(b.multiply(b.iota(places), strides[k]), [-1] + [1] * (count - 1 - k))
        at = b.add(tap, start)
        index = at if index is None else b.add(b.multiply(index, size), at)
    batch, elements = dims_of(b, x, [0]), b.prod(block)
    channels = b.reshape(b.floor_divide(b.reshape(dims_of(b, x, [1]), []), elements), [1])
    columns = b.reshape(x, b.concat(batch, channels, b.reshape(b.size(index), [1]), axis=0))
    flat = b.concat(batch, channels, b.reshape(b.prod(padded), [1]), axis=0)
    zeros = b.broadcast_to(b.constant(0, x.dtype), flat)
    y = b.scatter(zeros, b.reshape(index, [-1]), columns, axis=2, reduction="add")
    y = b.reshape(y, b.concat(batch, channels, padded, axis=0))
    if not any(pads):
        return y
    before = int64s(b, pads[:count])
    return b.slice(y, before, b.add(before, image), int64s(b, range(2, 2 + count)))
