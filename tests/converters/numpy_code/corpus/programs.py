"""Whole programs: classes that keep state, loops of training, dicts of results."""

import math

import numpy as np


class Adam:
    def __init__(self, lr=1e-2, betas=(0.9, 0.999), eps=1e-8):
        self.lr, self.b1, self.b2, self.eps = lr, *betas, eps
        self.m = None
        self.t = 0

    def update(self, p, g):
        if self.m is None:
            self.m, self.v = np.zeros_like(p), np.zeros_like(p)
        self.t += 1
        self.m += (1 - self.b1) * (g - self.m)
        self.v += (1 - self.b2) * (g * g - self.v)
        lr_t = self.lr * np.sqrt(1 - self.b2**self.t) / (1 - self.b1**self.t)
        p -= lr_t * self.m / (np.sqrt(self.v) + self.eps)


def adam_with_state(x):
    opt = Adam()
    p = x.copy()
    history = {"loss": [], "p": []}
    for epoch in range(4):
        loss = ((p - 1) ** 2).sum()
        history["loss"].append(float(loss))
        opt.update(p, 2 * (p - 1))
        history["p"].append(p.copy())
    return history


def numerical_gradient_of_rosenbrock(x):
    def rosen(v):
        return sum(100.0 * (v[1:] - v[:-1] ** 2) ** 2 + (1 - v[:-1]) ** 2)

    def grad(f, v, h=1e-5):
        g = np.zeros_like(v)
        for i in range(v.size):
            old = v[i]
            v[i] = old + h
            a = f(v)
            v[i] = old - h
            b = f(v)
            v[i] = old
            g[i] = (a - b) / (2 * h)
        return g

    return grad(rosen, x.copy())


def steepest_descent_with_history(x):
    A = np.array([[2.0, 1], [1, 3]])
    b = np.array([1.0, 2])
    sol = np.zeros(2)
    hist = []
    for it in range(5):
        r = b - A @ sol
        alpha = (r @ r) / (r @ A @ r)
        sol = sol + alpha * r * x[0]
        hist.append(np.linalg.norm(r))
    return sol, np.array(hist)


def spectrum_of_two_tones(x):
    n = 8
    t = np.arange(n) / n
    sig = np.sin(2 * np.pi * x[0] * t) + 0.5 * np.cos(4 * np.pi * x[1] * t)
    spec = np.fft.rfft(sig * np.hanning(n))
    freqs = np.fft.rfftfreq(n, d=1 / n)
    power = np.abs(spec) ** 2
    return freqs[np.argmax(power)], 10 * np.log10(power + 1e-12), np.fft.irfft(spec, n)


def board_lines(x):
    board = np.zeros((3, 3), dtype=int)
    board[1, 1] = 1
    board[0] = -1
    wins = [board.sum(0), board.sum(1), [np.trace(board), np.trace(np.fliplr(board))]]
    return np.concatenate(wins), (np.abs(np.hstack(wins)) == 3).any(), x.sum()


def mixture_by_expectation_maximization(x):
    K, T = 2, len(x)
    mu = np.array([-1.0, 1.0])
    pi_ = np.full(K, 1 / K)
    sig = np.ones(K)
    for _ in range(3):
        r = pi_ * np.exp(-0.5 * ((x[:, None] - mu) / sig) ** 2) / (sig * np.sqrt(2 * np.pi))
        r /= r.sum(1, keepdims=True)
        Nk = r.sum(0)
        mu = (r * x[:, None]).sum(0) / Nk
        sig = np.sqrt((r * (x[:, None] - mu) ** 2).sum(0) / Nk) + 0.1
        pi_ = Nk / T
    return mu, sig, pi_


def convolution_by_strides_of_strides(x):
    img = np.outer(x, x)
    k = np.ones((2, 2)) / 4
    H, W = img.shape
    kh, kw = k.shape
    shape = (H - kh + 1, W - kw + 1, kh, kw)
    strides = img.strides * 2
    sub = np.lib.stride_tricks.as_strided(img, shape, strides)
    return np.einsum("ijkl,kl->ij", sub, k), sub.reshape(-1, kh * kw).max(1)


def partition_of_a_sequence(x):
    dp = np.zeros((len(x) + 1,))
    for i in range(1, len(x) + 1):
        dp[i] = np.max([dp[j] + x[j:i].sum() ** 2 for j in range(i)])
    return dp


def quaternion_to_matrix(x):
    q = x / np.linalg.norm(x)
    w, a, b, c = q
    R = np.array(
        [
            [1 - 2 * (b * b + c * c), 2 * (a * b - c * w), 2 * (a * c + b * w)],
            [2 * (a * b + c * w), 1 - 2 * (a * a + c * c), 2 * (b * c - a * w)],
            [2 * (a * c - b * w), 2 * (b * c + a * w), 1 - 2 * (a * a + b * b)],
        ]
    )
    return R, np.linalg.det(R), np.arccos((np.trace(R) - 1) / 2)


def tokens_with_attention(x):
    seq = [3, 1, 2]
    emb = np.arange(20.0).reshape(5, 4) * x[0] / 20
    h = np.zeros(4)
    outs = []
    W = np.eye(4) * 0.5
    for tok in seq:
        h = np.tanh(W @ h + emb[tok])
        outs.append(h)
    attn = np.array([o @ h for o in outs])
    attn = np.exp(attn) / np.exp(attn).sum()
    return (attn[:, None] * np.array(outs)).sum(axis=0)


def principal_axes_of_a_cloud(x):
    cov = np.cov(np.vstack([x, x[::-1] ** 2]), bias=True)
    vals, vecs = np.linalg.eigh(cov)
    order = vals.argsort()[::-1]
    return vals[order], np.abs(vecs[:, order]), np.linalg.inv(cov + np.eye(2)), np.sqrt(np.diag(cov))


def backtest_of_a_moving_average(x):
    prices = 100 * np.exp(np.cumsum(x) / 10)
    ret = prices[1:] / prices[:-1] - 1
    ma = np.convolve(prices, np.ones(2) / 2, "valid")
    signal = np.where(prices[1:] > ma, 1, -1)
    pnl = (signal[:-1] * ret[1:]).cumsum()
    dd = np.maximum.accumulate(pnl) - pnl
    return pnl, dd.max(), np.sign(ret).astype(int), np.percentile(ret, [5, 95])


def decision_tree_in_dicts(x):
    tree = {
        "feature": 0,
        "thr": 0.5,
        "left": {"value": 1.0},
        "right": {"feature": 1, "thr": 0.0, "left": {"value": 2.0}, "right": {"value": 3.0}},
    }

    def ev(node, v):
        if "value" in node:
            return node["value"]
        return np.where(v[node["feature"]] < node["thr"], ev(node["left"], v), ev(node["right"], v))

    return ev(tree, x)


def smoothing_of_a_grid(x):
    grid = np.zeros((4, 4))
    grid[1:3, 1:3] = x.reshape(2, 2)
    for _ in range(2):
        new = grid.copy()
        for i in range(1, 3):
            for j in range(1, 3):
                window = grid[i - 1 : i + 2, j - 1 : j + 2]
                new[i, j] = (window.sum() - window[1, 1]) / 8
        grid[:] = new
    return grid, np.argwhere(grid > 0.1).shape[1]


def word_counts(x):
    counts = {}
    for w in ["a", "b", "a"]:
        counts[w] = counts.get(w, 0) + 1
    vec = np.array([counts[k] for k in sorted(counts)], dtype=float)
    return vec / np.linalg.norm(vec) * x[:2]


def causal_attention_of_heads(x, n_heads=2):
    d = 4
    T = 3
    X = np.tile(x, (T, 1)) * np.arange(1, T + 1)[:, None]
    heads = X.reshape(T, n_heads, d // n_heads).transpose(1, 0, 2)
    s = heads @ heads.transpose(0, 2, 1) / math.sqrt(d // n_heads)
    m = np.tril(np.ones((T, T), dtype=bool))
    s = np.where(m, s, -np.inf)
    w = np.exp(s - s.max(-1, keepdims=True))
    w /= w.sum(-1, keepdims=True)
    return (w @ heads).transpose(1, 0, 2).reshape(T, d)


def descent_with_decay(x):
    theta = x.copy()
    lr, decay = 0.1, 0.9
    best = np.inf
    v = np.zeros_like(theta)
    for i in range(5):
        g = 2 * theta + np.sin(theta)
        v = decay * v + (1 - decay) * np.power(g, 2)
        theta -= lr * g / (np.sqrt(v) + 1e-8)
        best = np.minimum(best, (theta**2).sum())
        if i % 2:
            lr *= 0.5
    return theta, best


def unpacking(x):
    a, b = divmod(len(x), 3)
    lst = x.tolist()
    s = slice(None, None, 2)
    sub = x[s]
    e = x[...]
    t = (x[0], *x[1:])
    (first, *_), last = x, x[-1]
    return a + b, sub, e.sum(), t[2], first, last, len(lst)


def stores_into_a_cube(x):
    M = np.zeros((2, 3, 4))
    M[0] = x
    M[1, :, 1] = 5
    M[:, 0, [0, 2]] += 1
    M[..., -1] *= 2
    M[M > 4] = 4
    M[1, 1:, ::2] -= x[:2]
    M.T[0] += 1
    return M, M.sum((0, 2)), M[:, :, None].shape, M.swapaxes(0, 2)[1]
