"""Recurrent networks over time loops, with their backward passes."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    H = h0.shape[1]
    h = np.zeros((N, T, H))
    prev_h = h0
    for t in range(T):
        prev_h = np.tanh(x[:, t, :] @ Wx + prev_h @ Wh + b)
        h[:, t, :] = prev_h
    return h


def rnn_backward(dh, x, h0, Wx, Wh, b):
    h = rnn_forward(x, h0, Wx, Wh, b)
    N, T, H = dh.shape
    dx = np.zeros_like(x)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dprev = np.zeros_like(h0)
    for t in range(T - 1, -1, -1):
        before = h[:, t - 1, :] if t > 0 else h0
        da = (dh[:, t, :] + dprev) * (1 - h[:, t, :] ** 2)
        dx[:, t, :] = da @ Wx.T
        dprev = da @ Wh.T
        dWx += x[:, t, :].T @ da
        dWh += before.T @ da
        db += da.sum(axis=0)
    return dx, dprev, dWx, dWh, db


def char_rnn_loss(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    xs, hs, ys, ps = {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    vocab_size = Wxh.shape[1]
    loss = 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        ys[t] = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
        loss += -np.log(ps[t][targets[t], 0])
    return loss


def char_rnn_gradients(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    xs, hs, ys, ps = {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    vocab_size = Wxh.shape[1]
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab_size, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        ys[t] = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    for dparam in [dWxh, dWhh, dWhy, dbh, dby]:
        np.clip(dparam, -5, 5, out=dparam)
    return dWxh, dWhh, dWhy, dbh, dby


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    a = x.dot(Wx) + prev_h.dot(Wh) + b
    ai, af, ao, ag = np.split(a, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache, Wx, Wh):
    x, prev_h, prev_c, i, f, o, g, next_c = cache
    tc = np.tanh(next_c)
    do = dnext_h * tc
    dc = dnext_c + dnext_h * o * (1 - tc**2)
    di, dg = dc * g, dc * i
    df, dprev_c = dc * prev_c, dc * f
    da = np.hstack((i * (1 - i) * di, f * (1 - f) * df, o * (1 - o) * do, (1 - g**2) * dg))
    dx = da.dot(Wx.T)
    dWx = x.T.dot(da)
    dprev_h = da.dot(Wh.T)
    dWh = prev_h.T.dot(da)
    return dx, dprev_h, dprev_c, dWx, dWh, np.sum(da, axis=0)


def lstm_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    N, H = h0.shape
    h = np.zeros((N, T, H))
    prev_h, prev_c = h0, np.zeros((N, H))
    for t in range(T):
        prev_h, prev_c, _ = lstm_step_forward(x[:, t], prev_h, prev_c, Wx, Wh, b)
        h[:, t] = prev_h
    return h


def lstm_backward(dh, x, h0, Wx, Wh, b):
    N, T, H = dh.shape
    caches = []
    prev_h, prev_c = h0, np.zeros((N, H))
    for t in range(T):
        prev_h, prev_c, cache = lstm_step_forward(x[:, t], prev_h, prev_c, Wx, Wh, b)
        caches.append(cache)
    dx = np.empty_like(x)
    dWx, dWh, db = 0, 0, 0
    dprev_h = np.zeros((N, H))
    dprev_c = np.zeros((N, H))
    for t in range(T)[::-1]:
        dx[:, t], dprev_h, dprev_c, a, bb, c = lstm_step_backward(dh[:, t] + dprev_h, dprev_c, caches.pop(), Wx, Wh)
        dWx += a
        dWh += bb
        db += c
    return dx, dprev_h, dWx, dWh, db


class LSTMCell:
    def __init__(self, weights, hidden):
        self.weights = weights
        self.hidden = hidden
        self.h = None
        self.c = None

    def reset(self, batch):
        self.h = np.zeros((batch, self.hidden))
        self.c = np.zeros((batch, self.hidden))

    def step(self, x):
        if self.h is None:
            self.reset(x.shape[0])
        z = np.column_stack((self.h, x))
        f = sigmoid(z @ self.weights["f"])
        i = sigmoid(z @ self.weights["i"])
        o = sigmoid(z @ self.weights["o"])
        self.c = f * self.c + i * np.tanh(z @ self.weights["c"])
        self.h = o * np.tanh(self.c)
        return self.h


def lstm_classifier(xs, weights, W_out):
    cell = LSTMCell(weights, weights["f"].shape[1])
    for t in range(xs.shape[0]):
        h = cell.step(xs[t])
    logits = h @ W_out
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def gru_forward(xs, h, p):
    outputs = []
    for x in xs:
        z = sigmoid(p["Wz"] @ x + p["Uz"] @ h + p["bz"])
        r = sigmoid(p["Wr"] @ x + p["Ur"] @ h + p["br"])
        h_tilde = np.tanh(p["Wh"] @ x + p["Uh"] @ (r * h) + p["bh"])
        h = (1 - z) * h + z * h_tilde
        outputs.append(h)
    return np.array(outputs), h


def bidirectional_rnn(x, Wf, Uf, Wb, Ub):
    T, _ = x.shape
    H = Uf.shape[0]
    fwd = np.zeros((T + 1, H))
    bwd = np.zeros((T + 1, H))
    for t in range(T):
        fwd[t + 1] = np.tanh(x[t] @ Wf + fwd[t] @ Uf)
    for t in reversed(range(T)):
        bwd[t] = np.tanh(x[t] @ Wb + bwd[t + 1] @ Ub)
    return np.concatenate([fwd[1:], bwd[:-1]], axis=-1)


def embedding_forward(W, idx):
    return W[idx]


def embedding_backward(dout, W, idx):
    dW = np.zeros_like(W)
    np.add.at(dW, idx, dout)
    return dW


def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    x_flat = x.reshape(N * T, V)
    y_flat = y.reshape(N * T)
    mask_flat = mask.reshape(N * T)
    probs = np.exp(x_flat - np.max(x_flat, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    return -np.sum(mask_flat * np.log(probs[np.arange(N * T), y_flat])) / N


def esn_states(u, W_in, W, leak):
    states = np.zeros((len(u), W.shape[0]))
    x = np.zeros(W.shape[0])
    for t, ut in enumerate(u):
        pre = W_in @ np.hstack(([1.0], ut)) + W @ x
        x = (1 - leak) * x + leak * np.tanh(pre)
        states[t] = x
    return states
