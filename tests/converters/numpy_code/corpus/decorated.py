"""What source that is read may not have, and traces: decorators, `with`, iterators of numpy."""

import numpy as np


class Layer:
    def __init__(self, **kwargs):
        self.trainable = kwargs.pop("trainable", True)
        self.name = kwargs.get("name", "layer")

    def forward(self, x):
        raise NotImplementedError


class Linear(Layer):
    def __init__(self, W, b=None, **kw):
        super().__init__(**kw)
        self.params = {"W": W, "b": b if b is not None else np.zeros(W.shape[1])}
        self.grads = {}

    def forward(self, x):
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def backward(self, d):
        self.grads["W"] = self.x.T @ d
        self.grads["b"] = d.sum(0)
        return d @ self.params["W"].T


class ReLU(Layer):
    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, d):
        d[self.mask] = 0
        return d


class SoftmaxCE:
    @staticmethod
    def softmax(z):
        e = np.exp(z - z.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)

    def forward(self, z, y):
        self.p, self.y = self.softmax(z), y
        return -np.log(self.p[range(len(y)), y]).mean()

    def backward(self):
        d = self.p.copy()
        d[np.arange(len(self.y)), self.y] -= 1
        return d / len(self.y)


class Net:
    def __init__(self, W1, W2):
        self.layers = [Linear(W1), ReLU(name="r"), Linear(W2)]
        self.loss = SoftmaxCE()

    @property
    def params(self):
        return [l for l in self.layers if hasattr(l, "params")]

    def step(self, X, y, lr):
        h = X
        for l in self.layers:
            h = l.forward(h)
        loss = self.loss.forward(h, y)
        d = self.loss.backward()
        for l in self.layers[::-1]:
            d = l.backward(d)
        for l in self.params:
            for k in l.params:
                l.params[k] = l.params[k] - lr * l.grads[k]
        return loss


def train_network_of_classes(x):
    X = np.outer(x, np.arange(1, 4))
    y = np.array([0, 1, 1, 0])
    net = Net(np.ones((3, 5)) * 0.1 * np.arange(5), np.linspace(-1, 1, 10).reshape(5, 2))
    return [net.step(X, y, 0.1) for _ in range(3)], net.layers[0].params["W"]


def numerical_gradient_by_nditer(x):
    def f(v):
        return np.sum(v**3)

    h = 1e-3
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        idx = it.multi_index
        tmp = x[idx]
        x[idx] = tmp + h
        fxh1 = f(x)
        x[idx] = tmp - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp
        it.iternext()
    return grad


def doubled_in_place(x):
    with np.nditer(x, op_flags=["readwrite"]) as it:
        for v in it:
            v[...] = 2 * v
    total = 0
    for a, b in np.nditer([x, x[0]]):
        total = total + a * b
    return x, total
