"""A three-layer network of sigmoids on handwritten digits, and the four equations of backpropagation.

python examples/sigmoid_network.py [EPOCHS]
"""

import sys

import numpy as np

import irlib
from irlib import data
from irlib.training import sgd_step, updates, with_values

EPOCHS = int(sys.argv[1]) if len(sys.argv) > 1 else 60

images, labels = data.digits()
x, t = images.reshape(-1, 64) / 16, np.eye(10)[labels]
rng = np.random.default_rng(0)
train, test = np.split(rng.permutation(len(x)), [len(x) * 4 // 5])

b = irlib.Builder("network")
a, target = b.input("x", "float64[batch, 64]"), b.input("t", "float64[batch, 10]")
for k, (m, n) in enumerate([(64, 64), (64, 32), (32, 10)], start=1):
    w = b.parameter(f"w{k}", rng.standard_normal((m, n)) / np.sqrt(m))
    z = b.add(a @ w, b.parameter(f"c{k}", np.zeros(n)), name=f"z{k}")
    a = b.sigmoid(z, name=f"a{k}")
b.output("y", a)
b.output("loss", 0.5 * b.mean(b.sum(b.square(a - target), [1])), role="loss")
model = b.build()

# Any value can be differentiated with respect to: d_z is what textbooks call the error of a layer.
feeds = {"x": x[:50], "t": t[:50]}
_, d = irlib.value_and_grad(model, feeds, of="loss", wrt=["z1", "z2", "z3", "w1", "w2", "w3", "c1", "c2", "c3"])
v = {name: model.nodes[name].variable.tensor.array for name in ("w1", "w2", "w3", "c1", "c2", "c3")}
activations, slopes = [feeds["x"]], []
for k in (1, 2, 3):
    activations.append(1 / (1 + np.exp(-(activations[-1] @ v[f"w{k}"] + v[f"c{k}"]))))
    slopes.append(activations[-1] * (1 - activations[-1]))
delta = (activations[-1] - feeds["t"]) / 50 * slopes[2]
for k in (3, 2, 1):
    assert np.allclose(d[f"z{k}"], delta, rtol=1e-12, atol=1e-16)  # BP1, then BP2
    assert np.allclose(d[f"c{k}"], delta.sum(0), rtol=1e-12, atol=1e-16)  # BP3
    assert np.allclose(d[f"w{k}"], activations[k - 1].T @ delta, rtol=1e-12, atol=1e-16)  # BP4
    if k > 1:
        delta = delta @ v[f"w{k}"].T * slopes[k - 2]
print("the four equations of backpropagation hold")

step = sgd_step(model, "loss", learning_rate=4.0)
run, values = irlib.compile(step), {}
for epoch in range(1, EPOCHS + 1):
    for batch in np.array_split(rng.permutation(train), len(train) // 16):
        outputs = run({"x": x[batch], "t": t[batch], **values})
        values = updates(step, outputs)
    if epoch % 20 == 0 or epoch == EPOCHS:
        print(f"epoch {epoch}: loss {outputs['loss']:.4f}")

trained = with_values(model, values)
y = irlib.run(trained, {"x": x[test], "t": t[test]})["y"]
print(f"test accuracy {100 * np.mean(y.argmax(1) == labels[test]):.1f} %")
irlib.save(trained, "network.pb")
