"""Feed-forward networks from scratch: dicts and lists of layers, hand-written backward passes, optimizers."""

import numpy as np


def relu(Z):
    return np.maximum(0, Z)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def softmax(x):
    exps = np.exp(x - x.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


def feedforward(a, weights, biases):
    for b, w in zip(biases, weights):
        a = sigmoid(np.dot(w, a) + b)
    return a


def quadratic_cost(x, y, weights, biases):
    return 0.5 * np.linalg.norm(feedforward(x, weights, biases) - y) ** 2


def backprop(x, y, weights, biases):
    nabla_b = [np.zeros(b.shape) for b in biases]
    nabla_w = [np.zeros(w.shape) for w in weights]
    activation = x
    activations = [x]
    zs = []
    for b, w in zip(biases, weights):
        z = np.dot(w, activation) + b
        zs.append(z)
        activation = sigmoid(z)
        activations.append(activation)
    delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
    nabla_b[-1] = delta
    nabla_w[-1] = np.dot(delta, activations[-2].transpose())
    for layer in range(2, len(weights) + 1):
        z = zs[-layer]
        sp = sigmoid_prime(z)
        delta = np.dot(weights[-layer + 1].transpose(), delta) * sp
        nabla_b[-layer] = delta
        nabla_w[-layer] = np.dot(delta, activations[-layer - 1].transpose())
    return nabla_b, nabla_w


def update_mini_batch(xs, ys, weights, biases, eta):
    nabla_b = [np.zeros(b.shape) for b in biases]
    nabla_w = [np.zeros(w.shape) for w in weights]
    for x, y in zip(xs, ys):
        delta_b, delta_w = backprop(x, y, weights, biases)
        nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_b)]
        nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_w)]
    weights = [w - (eta / len(xs)) * nw for w, nw in zip(weights, nabla_w)]
    biases = [b - (eta / len(xs)) * nb for b, nb in zip(biases, nabla_b)]
    return weights, biases


def two_layer_forward(params, X, y):
    h = relu(X @ params["W1"] + params["b1"])
    probs = softmax(h @ params["W2"] + params["b2"])
    return -np.log(probs[np.arange(len(y)), y]).mean()


def two_layer_backward(params, X, y):
    N = X.shape[0]
    z1 = X @ params["W1"] + params["b1"]
    h = relu(z1)
    probs = softmax(h @ params["W2"] + params["b2"])
    grads = {}
    dz2 = probs
    dz2[np.arange(N), y] -= 1
    dz2 /= N
    grads["W2"] = h.T @ dz2
    grads["b2"] = dz2.sum(axis=0)
    dh = dz2 @ params["W2"].T
    dh[z1 <= 0] = 0
    grads["W1"] = X.T @ dh
    grads["b1"] = np.sum(dh, axis=0)
    return grads


def deep_forward(X, parameters):
    caches = []
    A = X
    L = len(parameters) // 2
    for l in range(1, L):
        A_prev = A
        Z = np.dot(parameters["W" + str(l)], A_prev) + parameters["b" + str(l)]
        A = np.tanh(Z)
        caches.append((A_prev, Z))
    Z = np.dot(parameters["W" + str(L)], A) + parameters["b" + str(L)]
    AL = 1 / (1 + np.exp(-Z))
    caches.append((A, Z))
    return AL


def cross_entropy_cost(AL, Y):
    m = Y.shape[1]
    cost = (-1 / m) * np.sum(np.multiply(Y, np.log(AL)) + np.multiply(1 - Y, np.log(1 - AL)))
    cost = np.squeeze(cost)
    assert cost.shape == ()
    return cost


def deep_cost(X, Y, parameters):
    return cross_entropy_cost(deep_forward(X, parameters), Y)


def linear_activation_backward(dA, A_prev, W, Z, activation):
    if activation == "relu":
        dZ = np.array(dA, copy=True)
        dZ[Z <= 0] = 0
    elif activation == "sigmoid":
        s = 1 / (1 + np.exp(-Z))
        dZ = dA * s * (1 - s)
    else:
        raise ValueError("unknown activation")
    m = A_prev.shape[1]
    dW = 1.0 / m * np.dot(dZ, A_prev.T)
    db = 1.0 / m * np.sum(dZ, axis=1, keepdims=True)
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


class Dense:
    def __init__(self, W, b):
        self.W = W
        self.b = b
        self.input = None

    def forward(self, inputs):
        self.input = inputs
        return inputs @ self.W + self.b

    def backward(self, grad):
        self.dW = self.input.T @ grad
        self.db = grad.sum(axis=0)
        return grad @ self.W.T


class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, grad):
        return grad * (1 - self.out**2)


class Sequential:
    def __init__(self, *layers):
        self.layers = list(layers)

    def __call__(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad):
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad


def layers_loss(x, y, W1, b1, W2, b2):
    net = Sequential(Dense(W1, b1), Tanh(), Dense(W2, b2))
    return np.mean(np.square(net(x) - y))


def layers_gradients(x, y, W1, b1, W2, b2):
    net = Sequential(Dense(W1, b1), Tanh(), Dense(W2, b2))
    out = net(x)
    dx = net.backward(2 * (out - y) / y.size)
    first, last = net.layers[0], net.layers[-1]
    return first.dW, first.db, last.dW, last.db, dx


def dropout_forward(x, mask_u, p):
    mask = (mask_u < p) / p
    return x * mask


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    N, D = x.shape
    mu = 1.0 / N * np.sum(x, axis=0)
    xmu = x - mu
    var = 1.0 / N * np.sum(xmu**2, axis=0)
    sqrtvar = np.sqrt(var + eps)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta


def batchnorm_backward(dout, x, gamma, eps=1e-5):
    N, D = dout.shape
    mu = x.mean(axis=0)
    var = x.var(axis=0)
    std = np.sqrt(var + eps)
    xhat = (x - mu) / std
    dbeta = dout.sum(axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    dvar = np.sum(dxhat * (x - mu), axis=0) * -0.5 * std**-3
    dmu = np.sum(-dxhat / std, axis=0) + dvar * np.mean(-2.0 * (x - mu), axis=0)
    dx = dxhat / std + dvar * 2 * (x - mu) / N + dmu / N
    return dx, dgamma, dbeta


def batchnorm_train(x, gamma, beta, running, momentum=0.9):
    sample_mean = np.mean(x, axis=0)
    sample_var = np.var(x, axis=0)
    running["mean"] = momentum * running["mean"] + (1 - momentum) * sample_mean
    running["var"] = momentum * running["var"] + (1 - momentum) * sample_var
    out = gamma * (x - sample_mean) / np.sqrt(sample_var + 1e-5) + beta
    return out, running


def layernorm_forward(x, gamma, beta, eps=1e-5):
    mu = np.mean(x, axis=1, keepdims=True)
    var = np.var(x, axis=1, keepdims=True)
    return gamma * (x - mu) / np.sqrt(var + eps) + beta


def layernorm_backward(dout, x, gamma, eps=1e-5):
    x_t = x.T
    dout_t = dout.T
    D = x_t.shape[0]
    mu = x_t.mean(axis=0)
    std = np.sqrt(x_t.var(axis=0) + eps)
    z = (x_t - mu) / std
    dz = dout_t * gamma.reshape(-1, 1)
    dx = (1 / (D * std)) * (D * dz - dz.sum(axis=0) - z * (dz * z).sum(axis=0))
    return dx.T, np.sum(dout * z.T, axis=0), dout.sum(axis=0)


def adam_step(params, grads, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    for key in params:
        m[key] = beta1 * m[key] + (1 - beta1) * grads[key]
        v[key] = beta2 * v[key] + (1 - beta2) * (grads[key] ** 2)
        m_hat = m[key] / (1 - beta1**t)
        v_hat = v[key] / (1 - beta2**t)
        params[key] -= lr * m_hat / (np.sqrt(v_hat) + eps)
    return params, m, v


def momentum_step(params, grads, velocity, lr, mu):
    for i, (p, g) in enumerate(zip(params, grads)):
        velocity[i] = mu * velocity[i] - lr * g
        p += velocity[i]
    return params, velocity


def rmsprop_step(w, dw, cache, decay_rate=0.99, lr=1e-2):
    cache *= decay_rate
    cache += (1 - decay_rate) * dw**2
    w += -lr * dw / (np.sqrt(cache) + 1e-8)
    return w, cache


def clip_gradients(grads, max_norm):
    total = np.sqrt(sum(np.sum(g**2) for g in grads.values()))
    coef = np.minimum(max_norm / (total + 1e-6), 1.0)
    return {name: g * coef for name, g in grads.items()}


def xor_training(X, y, W1, W2, epochs):
    for _ in range(epochs):
        layer1 = sigmoid(np.dot(X, W1))
        layer2 = sigmoid(np.dot(layer1, W2))
        d_weights2 = np.dot(layer1.T, (2 * (y - layer2) * layer2 * (1 - layer2)))
        d_weights1 = np.dot(X.T, (np.dot(2 * (y - layer2) * layer2 * (1 - layer2), W2.T) * layer1 * (1 - layer1)))
        W1 = W1 + d_weights1
        W2 = W2 + d_weights2
    return W1, W2


def mixup_batch(x, y_onehot, lam, perm):
    mixed_x = lam * x + (1 - lam) * x[perm]
    return mixed_x, lam * y_onehot + (1 - lam) * y_onehot[perm, :]


def label_smoothing_loss(logits, labels, eps):
    n, k = logits.shape
    m = logits.max(1, keepdims=True)
    logp = logits - m - np.log(np.sum(np.exp(logits - m), axis=1, keepdims=True))
    target = np.full((n, k), eps / k)
    target[np.arange(n), labels] += 1 - eps
    return -(target * logp).sum(axis=1).mean()


def accuracy(logits, labels):
    return (np.argmax(logits, axis=1) == labels).mean()


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def residual_mlp(x, blocks):
    for block in blocks:
        x = x + gelu(x @ block["w1"] + block["b1"]) @ block["w2"]
    return np.linalg.norm(x, axis=-1)
