"""Logistic regression on handwritten digits: build, check the gradient, train, save.

python examples/logistic_regression.py [EPOCHS]
"""

import sys

import numpy as np

import irlib
from irlib import data
from irlib.training import sgd_step, updates, with_values

EPOCHS = int(sys.argv[1]) if len(sys.argv) > 1 else 30

# The data: 1797 images of 8 x 8 pixels; four in five to train on.
images, labels = data.digits()
x, t = images.reshape(-1, 64) / 16, np.eye(10)[labels]
rng = np.random.default_rng(0)
train, test = np.split(rng.permutation(len(x)), [len(x) * 4 // 5])

# The model: softmax of a linear map, and the cross entropy of it with the labels.
b = irlib.Builder("logistic")
pixels, target = b.input("x", "float64[batch, 64]"), b.input("t", "float64[batch, 10]")
w, c = b.parameter("w", np.zeros((64, 10))), b.parameter("c", np.zeros(10))
z = b.add(pixels @ w, c, name="z")
b.output("y", b.softmax(z, axis=-1))
b.output("loss", -b.mean(b.sum(target * b.log_softmax(z, axis=-1), [1])), role="loss")
model = b.build()
print(irlib.text(model))

# Its gradient agrees with finite differences.
for check in irlib.check_gradients(model, {"x": x[:20], "t": t[:20]}, of="loss"):
    print("gradient of", check)

# A step of gradient descent is a graph too: feed back what it gives.
step = sgd_step(model, "loss", learning_rate=0.5)
run, values = irlib.compile(step), {}
for epoch in range(1, EPOCHS + 1):
    for batch in np.array_split(rng.permutation(train), len(train) // 32):
        outputs = run({"x": x[batch], "t": t[batch], **values})
        values = updates(step, outputs)
    if epoch % 10 == 0 or epoch == EPOCHS:
        print(f"epoch {epoch}: loss {outputs['loss']:.4f}")

trained = with_values(model, values)
y = irlib.run(trained, {"x": x[test], "t": t[test]})["y"]
print(f"test accuracy {100 * np.mean(y.argmax(1) == labels[test]):.1f} %")
irlib.save(trained, "logistic.pb")
