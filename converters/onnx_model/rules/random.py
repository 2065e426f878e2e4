"""Dropout, and what draws random numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from irlib.converters.onnx_model.rules.rule import OnnxOp, rule
from irlib.methods import Emitter, Value


@rule("Dropout", 1)
def dropout(b: Emitter, n: OnnxOp, x: Value, ratio: Value | None, training: Value | None) -> Any:
    if n.version < 7 and not n["is_test"]:
        raise n.unsupported("training with the Dropout of opset 6 and before")
    if training is not None and training.known is not False:
        raise n.unsupported("training")
    if n.outputs == 1:
        return x
    mask = b.broadcast_to(b.constant(np.array(True)), b.shape(x))
    return x, mask if n.version >= 10 else b.cast(mask, dtype=x.dtype)
