"""Handwritten digits trained in plain onnxruntime: a step of training exported as one ONNX model, fed its own updates.

python examples/train_in_onnxruntime.py [EPOCHS]
"""

import sys

import numpy as np
import onnxruntime

import irlib
from irlib import data, nn, training

EPOCHS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
BATCH = 32

onnxruntime.set_default_logger_severity(3)
images, labels = data.digits()
images, labels = (images / np.float32(16)).astype("float32"), labels.astype("int64")
order = np.random.default_rng(0).permutation(len(images))
train, test = np.split(order, [len(order) * 4 // 5])


def mlp(b, x):
    """Three layers."""
    h = b.relu(nn.linear(b, b.reshape(x, [-1, 64]), 64, weight_init=nn.he_normal()))
    return nn.linear(b, b.relu(nn.linear(b, h, 32, weight_init=nn.he_normal())), 10)


def cnn(b, x):
    """Two convolutions, each pooled."""
    h = b.relu(nn.conv2d(b, b.unsqueeze(x, [1]), 8, 3, padding="same", weight_init=nn.he_normal()))
    h = b.relu(nn.conv2d(b, nn.max_pool2d(b, h, 2), 16, 3, padding="same", weight_init=nn.he_normal()))
    return nn.linear(b, b.reshape(nn.max_pool2d(b, h, 2), [-1, 64]), 10)


def batches():
    """The same mini-batches for both engines."""
    shuffled = np.random.default_rng(1)
    for _ in range(EPOCHS):
        picked = shuffled.permutation(train)
        yield from (picked[k : k + BATCH] for k in range(0, len(picked) - BATCH + 1, BATCH))


for system, optimizer in ((mlp, training.adam(0.002)), (cnn, training.momentum(0.05))):
    b = irlib.Builder(system.__name__)
    x, t = b.input("x", "float32[n, 8, 8]"), b.input("t", "int64[n]")
    scores = b.named(system(b, x), "scores")
    b.output("scores", scores)
    b.output("loss", b.cross_entropy(scores, t), role="loss")
    model = b.build()
    step = irlib.training_step(model, "loss", optimizer)
    irlib.to_onnx(step, f"{step.name}.onnx")

    # an input with a default is what the step starts from; an output of role update-of is what it goes on with
    session = onnxruntime.InferenceSession(f"{step.name}.onnx")
    updated = {o.name: o.of for o in step.outputs if o.of is not None}
    run, state, values, curve = irlib.compile(step), {}, {}, []
    for picked in batches():
        feeds = {"x": images[picked], "t": labels[picked]}
        results = dict(zip((o.name for o in step.outputs), session.run(None, {**feeds, **state}), strict=True))
        state = {updated[name]: value for name, value in results.items() if name in updated}
        outputs = run({**feeds, **values})
        values = training.updates(step, outputs)
        curve.append((float(results["loss"]), float(outputs["loss"])))
    apart = max(abs(a - c) / max(abs(c), 0.1) for a, c in curve)
    trained = training.with_values(model, {k: v for k, v in state.items() if k in model.by_name})
    found = irlib.run(trained, {"x": images[test], "t": labels[test]})["scores"].argmax(1)
    print(f"{system.__name__}: loss {curve[0][0]:.4f} -> {curve[-1][0]:.4f} in {len(curve)} steps,", end=" ")
    print(f"engines apart by {apart:.1e}, test accuracy {100 * np.mean(found == labels[test]):.1f} %")
    assert apart < 0.05, "the curves of both engines are one"
