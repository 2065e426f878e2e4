"""A small convolutional network read from ONNX, forward: the reference interpreter beside ONNX's reference evaluator.

python -m benchmarks.cnn_forward        needs the dev extra
"""

from __future__ import annotations

from typing import Any

import irlib
from benchmarks.clock import blas, interleaved, table

import numpy as np  # isort: skip  after the clock, which sets what BLAS reads when it is loaded

BATCH, SIZE = 8, 32


def model() -> Any:
    """Two convolutions with normalization and pooling, a grouped and a strided one, a classifier."""
    from irlib import nn

    b = irlib.Builder("cnn")
    h: Any = b.input("x", f"float32[{BATCH}, 3, {SIZE}, {SIZE}]")
    h = nn.max_pool2d(b, b.relu(nn.batch_norm(b, nn.conv2d(b, h, 16, 3, padding="same"), training=False)), 2)
    h = nn.max_pool2d(b, b.relu(nn.conv2d(b, h, 32, 3, padding="same")), 2)
    h = b.relu(nn.conv2d(b, h, 32, 3, padding="same", groups=4))
    h = b.relu(nn.conv2d(b, h, 64, 3, stride=2, padding=1))
    h = b.mean(h, [2, 3])
    b.output("y", b.softmax(nn.linear(b, h, 10)))
    return irlib.to_onnx(b.build(), opset=20)


def main() -> None:
    """Print what a forward pass takes."""
    import onnxruntime as ort
    from onnx.reference import ReferenceEvaluator

    proto = model()
    feeds = {"x": np.random.default_rng(0).standard_normal((BATCH, 3, SIZE, SIZE)).astype(np.float32)}
    ours = irlib.compile(irlib.from_onnx(proto))
    evaluator = ReferenceEvaluator(proto)
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(proto.SerializeToString(), options, ["CPUExecutionProvider"])
    contenders = {
        "irlib, reference": lambda: ours(feeds)["y"],
        "onnx ReferenceEvaluator": lambda: evaluator.run(None, feeds)[0],
        "onnxruntime": lambda: session.run(None, feeds)[0],
    }
    expected = contenders["onnxruntime"]()
    for run in contenders.values():
        np.testing.assert_allclose(run(), expected, rtol=1e-4, atol=1e-5)
    print(blas())
    table(
        f"A CNN forward, batch {BATCH}, {SIZE} x {SIZE}, float32", "irlib, reference", interleaved(contenders, 10, 1),
        1e3, "ms",
    )  # fmt: skip


if __name__ == "__main__":
    main()
