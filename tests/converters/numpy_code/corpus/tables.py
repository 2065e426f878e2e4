"""Dynamic programming, graphs and games over arrays."""

import numpy as np


def edit_distance(a, b):
    m, n = len(a), len(b)
    dp = np.zeros((m + 1, n + 1), dtype=int)
    dp[:, 0] = np.arange(m + 1)
    dp[0, :] = np.arange(n + 1)
    for i in range(1, m + 1):
        for j in range(1, n + 1):
            cost = (a[i - 1] != b[j - 1]).astype(int)
            dp[i, j] = np.min([dp[i - 1, j] + 1, dp[i, j - 1] + 1, dp[i - 1, j - 1] + cost])
    return dp[m, n]


def dynamic_time_warping(s, t):
    n, m = len(s), len(t)
    dtw = np.full((n + 1, m + 1), np.inf)
    dtw[0, 0] = 0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = abs(s[i - 1] - t[j - 1])
            dtw[i, j] = cost + min(dtw[i - 1, j], dtw[i, j - 1], dtw[i - 1, j - 1])
    return dtw[n, m]


def soft_dtw(D, gamma):
    n, m = D.shape
    R = np.full((n + 1, m + 1), 1e8)
    R[0, 0] = 0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            r = -np.array([R[i - 1, j - 1], R[i - 1, j], R[i, j - 1]]) / gamma
            rmax = r.max()
            R[i, j] = D[i - 1, j - 1] - gamma * (np.log(np.exp(r - rmax).sum()) + rmax)
    return R[n, m]


def floyd_warshall(dist):
    n = dist.shape[0]
    d = dist.copy()
    for k in range(n):
        d = np.minimum(d, d[:, k][:, None] + d[k, :][None, :])
    return d


def floyd_warshall_loops(weights):
    d = np.array(weights)
    n = len(d)
    for k in range(n):
        for i in range(n):
            for j in range(n):
                d[i, j] = np.minimum(d[i, j], d[i, k] + d[k, j])
    return d


def bellman_ford(edges, weights, n, source):
    dist = np.ones(n) * 1e9
    dist[source] = 0
    for _ in range(n - 1):
        for (u, v), w in zip(edges, weights):
            dist[v] = np.minimum(dist[v], dist[u] + w)
    return dist


def longest_common_subsequence(a, b):
    L = np.zeros((len(a) + 1, len(b) + 1), dtype=np.int32)
    for i in range(len(a)):
        for j in range(len(b)):
            L[i + 1, j + 1] = np.where(a[i] == b[j], L[i, j] + 1, np.maximum(L[i + 1, j], L[i, j + 1]))
    return L[-1, -1]


def needleman_wunsch(match_scores, gap):
    n, m = match_scores.shape
    F = np.zeros((n + 1, m + 1))
    F[:, 0] = gap * np.arange(n + 1)
    F[0] = gap * np.arange(m + 1)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            F[i, j] = max(F[i - 1, j - 1] + match_scores[i - 1, j - 1], F[i - 1, j] + gap, F[i, j - 1] + gap)
    return F


def knapsack(values, weights, capacity):
    best = np.zeros(capacity + 1)
    for v, w in zip(values, weights):
        shifted = np.full(capacity + 1, -np.inf)
        shifted[w:] = best[: capacity + 1 - w] + v
        best = np.maximum(best, shifted)
    return best[-1]


def value_iteration(P, R, gamma, iterations):
    n_actions, n_states, _ = P.shape
    V = np.zeros(n_states)
    for _ in range(iterations):
        Q = np.zeros((n_states, n_actions))
        for a in range(n_actions):
            Q[:, a] = R[:, a] + gamma * P[a].dot(V)
        V = Q.max(axis=1)
    return V, Q.argmax(axis=1)


def q_learning(Q, states, actions, rewards, next_states, alpha, gamma):
    for s, a, r, s2 in zip(states, actions, rewards, next_states):
        Q[s, a] = Q[s, a] + alpha * (r + gamma * np.max(Q[s2, :]) - Q[s, a])
    return Q


def td_lambda(states, rewards, V, alpha, gamma, lam):
    E = np.zeros_like(V)
    for t in range(len(rewards)):
        s, s_next = states[t], states[t + 1]
        delta = rewards[t] + gamma * V[s_next] - V[s]
        E[s] += 1
        V += alpha * delta * E
        E *= gamma * lam
    return V


def ctc_forward(logp, labels, blank=0):
    ext = [blank]
    for l in labels:
        ext += [l, blank]
    T, S = logp.shape[0], len(ext)
    alpha = np.full((T, S), -1e30)
    alpha[0, 0] = logp[0, blank]
    alpha[0, 1] = logp[0, ext[1]]
    for t in range(1, T):
        for s in range(S):
            a = alpha[t - 1, s]
            if s > 0:
                a = np.logaddexp(a, alpha[t - 1, s - 1])
            if s > 1 and ext[s] != blank and ext[s] != ext[s - 2]:
                a = np.logaddexp(a, alpha[t - 1, s - 2])
            alpha[t, s] = a + logp[t, ext[s]]
    return -np.logaddexp(alpha[-1, -1], alpha[-1, -2])


def crf_log_partition(emissions, transitions):
    score = emissions[0]
    for e in emissions[1:]:
        m = score[:, None] + transitions + e[None, :]
        mx = m.max(axis=0)
        score = mx + np.log(np.sum(np.exp(m - mx), axis=0))
    return score.max() + np.log(np.exp(score - score.max()).sum())


def generalized_advantage(rewards, values, gamma, lam):
    advantages = np.zeros_like(rewards)
    last = 0
    for t in reversed(range(len(rewards))):
        next_value = values[t + 1] if t + 1 < len(values) else 0.0
        delta = rewards[t] + gamma * next_value - values[t]
        advantages[t] = last = delta + gamma * lam * last
    return advantages


def game_of_life(X):
    neighbors = sum(np.roll(np.roll(X, i, 0), j, 1) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i != 0 or j != 0))
    return (neighbors == 3) | (X & (neighbors == 2))


def game_of_life_views(Z):
    N = Z[:-2, :-2] + Z[:-2, 1:-1] + Z[:-2, 2:] + Z[1:-1, :-2] + Z[1:-1, 2:] + Z[2:, :-2] + Z[2:, 1:-1] + Z[2:, 2:]
    birth = (N == 3) & (Z[1:-1, 1:-1] == 0)
    survive = ((N == 2) | (N == 3)) & (Z[1:-1, 1:-1] == 1)
    Z[...] = 0
    Z[1:-1, 1:-1][birth | survive] = 1
    return Z


def ising_checkerboard(spins, log_u, beta):
    for parity in range(2):
        nb = (
            np.roll(spins, 1, axis=0)
            + np.roll(spins, -1, axis=0)
            + np.roll(spins, 1, axis=1)
            + np.roll(spins, -1, axis=1)
        )
        dE = 2 * spins * nb
        grid = np.indices(spins.shape).sum(axis=0) % 2 == parity
        flip = grid & (log_u[parity] < -beta * dE)
        spins = np.where(flip, -spins, spins)
    return spins, -0.5 * np.sum(spins * nb)


def graph_convolution(A, X, W1, W2):
    A_hat = A + np.eye(A.shape[0])
    D = np.diag(1 / np.sqrt(A_hat.sum(axis=1)))
    norm = D @ A_hat @ D
    H = np.maximum(norm @ X @ W1, 0)
    return norm @ H @ W2


def message_passing(x, edges, W):
    src, dst = edges
    messages = np.tanh(x[src] @ W)
    out = np.zeros_like(x)
    np.add.at(out, dst, messages)
    degree = np.bincount(dst, minlength=len(x))
    return x + out / np.maximum(degree, 1)[:, None]


def laplacian_spectrum(A):
    deg = np.sum(A, axis=0)
    L = np.diagflat(deg) - A
    return np.linalg.eigvalsh(L)[1]


def elo_updates(ratings, pairs, results, k):
    for (i, j), r in zip(pairs, results):
        expected = 1 / (1 + 10 ** ((ratings[j] - ratings[i]) / 400))
        change = k * (r - expected)
        ratings[i] += change
        ratings[j] -= change
    return ratings


def neural_cellular_step(grid, kernel, W):
    p = np.pad(grid, 1, mode="wrap")
    n, m = grid.shape
    acc = np.zeros((n, m))
    for i in range(3):
        for j in range(3):
            acc += kernel[i, j] * p[i : i + n, j : j + m]
    return np.tanh(acc * W)


def sieve(n):
    flags = np.ones(n + 1, dtype=bool)
    flags[:2] = False
    for i in range(2, int(n**0.5) + 1):
        if flags[i]:
            flags[i * i :: i] = False
    return np.nonzero(flags)[0]


def collaborative_means(R):
    mask = R > 0
    user_mean = R.sum(axis=1) / mask.sum(axis=1)
    normalized = np.where(mask, R - user_mean[:, np.newaxis], 0)
    sim = normalized @ normalized.T
    norms = np.sqrt(np.diag(sim)) + 1e-9
    return sim / np.outer(norms, norms)


def tfidf(counts):
    tf = counts / counts.sum(axis=1, keepdims=True)
    df = np.count_nonzero(counts, axis=0)
    idf = np.log((1 + counts.shape[0]) / (1 + df)) + 1
    M = tf * idf
    return M / np.linalg.norm(M, axis=1)[:, None]


def fibonacci_matrix(n):
    M = np.array([[1, 1], [1, 0]])
    return np.linalg.matrix_power(M, n)[0, 1]
