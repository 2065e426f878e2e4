"""Statistics, finance and Monte Carlo with the random numbers passed in."""

import math

import numpy as np


def covariance_by_hand(X):
    n = X.shape[0]
    centered = X - X.mean(axis=0)
    return centered.T @ centered / (n - 1)


def correlation_matrix(X):
    C = np.cov(X.T)
    d = np.sqrt(np.diag(C))
    return C / d[:, None] / d[None, :]


def mahalanobis(X, mean, cov):
    diff = X - mean
    VI = np.linalg.inv(cov)
    return np.sqrt(np.sum(np.dot(diff, VI) * diff, axis=1))


def welford(xs):
    mean = 0.0
    M2 = 0.0
    for n, x in enumerate(xs, start=1):
        delta = x - mean
        mean += delta / n
        M2 += delta * (x - mean)
    return mean, M2 / (len(xs) - 1)


def weighted_statistics(x, w):
    avg = np.average(x, weights=w)
    variance = np.average((x - avg) ** 2, weights=w)
    return avg, math.sqrt(2.0) * np.sqrt(variance)


def skew_kurtosis(x):
    z = (x - np.mean(x)) / np.std(x)
    return np.mean(np.power(z, 3)), np.mean(np.power(z, 4)) - 3


def winsorize(x, lo, hi):
    low, high = np.percentile(x, [lo, hi])
    return np.clip(x, low, high)


def robust_scale(X):
    med = np.median(X, axis=0)
    q75, q25 = np.percentile(X, [75, 25], axis=0)
    return (X - med) / (q75 - q25)


def fill_nan_with_column_mean(X):
    col_mean = np.nanmean(X, axis=0)
    inds = np.where(np.isnan(X))
    X[inds] = np.take(col_mean, inds[1])
    return X


def bootstrap_mean_ci(x, idx):
    means = x[idx].mean(axis=1)
    return np.percentile(means, 2.5), np.percentile(means, 97.5)


def kernel_density(x, data, bandwidth):
    u = (x[:, None] - data[None, :]) / bandwidth
    k = np.exp(-0.5 * u**2) / np.sqrt(2 * np.pi)
    return k.mean(axis=1) / bandwidth


def monte_carlo_pi(u):
    inside = u[:, 0] ** 2 + u[:, 1] ** 2 <= 1.0
    return 4 * np.sum(inside) / len(u)


def norm_cdf(x):
    a1, a2, a3, a4, a5 = 0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429
    k = 1.0 / (1.0 + 0.2316419 * np.abs(x))
    poly = k * (a1 + k * (a2 + k * (a3 + k * (a4 + k * a5))))
    approx = 1.0 - 1.0 / np.sqrt(2 * np.pi) * np.exp(-x * x / 2.0) * poly
    return np.where(x < 0, 1.0 - approx, approx)


def black_scholes(S, K, T, r, sigma, kind="call"):
    d1 = (np.log(S / K) + (r + 0.5 * sigma**2) * T) / (sigma * np.sqrt(T))
    d2 = d1 - sigma * np.sqrt(T)
    if kind == "call":
        return S * norm_cdf(d1) - K * np.exp(-r * T) * norm_cdf(d2)
    return K * np.exp(-r * T) * norm_cdf(-d2) - S * norm_cdf(-d1)


def monte_carlo_asian_option(S0, K, r, sigma, T, normals):
    paths, steps = normals.shape
    dt = T / steps
    log_returns = (r - 0.5 * sigma**2) * dt + sigma * np.sqrt(dt) * normals
    S = S0 * np.exp(np.cumsum(log_returns, axis=1))
    payoff = np.maximum(S.mean(axis=1) - K, 0)
    price = np.exp(-r * T) * payoff.mean()
    return price, np.exp(-r * T) * payoff.std(ddof=1) / np.sqrt(paths)


def heston_paths(S0, v0, kappa, theta, xi, z1, z2, rho, dt):
    n, steps = z1.shape
    S = np.zeros((n, steps + 1))
    v = np.zeros((n, steps + 1))
    S[:, 0] = S0
    v[:, 0] = v0
    for t in range(steps):
        vt = np.maximum(v[:, t], 0)
        dW = rho * z1[:, t] + np.sqrt(1 - rho**2) * z2[:, t]
        v[:, t + 1] = v[:, t] + kappa * (theta - vt) * dt + xi * np.sqrt(vt * dt) * z1[:, t]
        S[:, t + 1] = S[:, t] * np.exp(-0.5 * vt * dt + np.sqrt(vt * dt) * dW)
    return S, v


def binomial_tree_american_put(S, K, r, sigma, T, N):
    dt = T / N
    u = np.exp(sigma * np.sqrt(dt))
    d = 1 / u
    p = (np.exp(r * dt) - d) / (u - d)
    j = np.arange(N + 1)
    values = np.maximum(K - S * u**j * d ** (N - j), 0)
    for i in np.arange(N - 1, -1, -1):
        j = np.arange(i + 1)
        spot = S * u**j * d ** (i - j)
        values[: i + 1] = np.exp(-r * dt) * (p * values[1 : i + 2] + (1 - p) * values[0 : i + 1])
        values = np.maximum(values[: i + 1], K - spot)
    return values[0]


def implied_volatility_newton(price, S, K, T, r, guess, steps):
    sigma = guess
    for _ in range(steps):
        d1 = (np.log(S / K) + (r + sigma**2 / 2) * T) / (sigma * np.sqrt(T))
        d2 = d1 - sigma * np.sqrt(T)
        model = S * norm_cdf(d1) - K * np.exp(-r * T) * norm_cdf(d2)
        vega = S * np.exp(-(d1**2) / 2) / np.sqrt(2 * np.pi) * np.sqrt(T)
        sigma = sigma - (model - price) / vega
    return sigma


def max_drawdown(prices):
    peak = np.maximum.accumulate(prices)
    drawdown = (peak - prices) / peak
    return drawdown.max(), np.argmax(drawdown)


def sharpe_ratio(prices, risk_free):
    returns = np.diff(prices) / prices[:-1]
    excess = returns - risk_free / 252
    return np.sqrt(252) * excess.mean() / excess.std()


def minimum_variance_portfolio(returns):
    cov = np.cov(returns, rowvar=False)
    ones = np.ones(cov.shape[0])
    w = np.linalg.inv(cov) @ ones
    w /= ones @ w
    return w, np.sqrt(w @ cov @ w)


def value_at_risk(returns, weights, level):
    portfolio = np.sort(returns @ weights)
    index = int(level * len(portfolio))
    return -portfolio[index], -portfolio[: index + 1].mean()


def ewma_volatility(returns, lam):
    var = np.zeros(len(returns))
    var[0] = returns[0] ** 2
    for t in range(1, len(returns)):
        var[t] = lam * var[t - 1] + (1 - lam) * returns[t] ** 2
    return np.sqrt(var)


def garch_likelihood(params, returns):
    omega, alpha, beta = params
    T = returns.shape[0]
    sigma2 = np.zeros(T)
    sigma2[0] = np.var(returns)
    for i in range(1, T):
        sigma2[i] = omega + alpha * returns[i - 1] ** 2 + beta * sigma2[i - 1]
    return 0.5 * (np.log(2 * np.pi) * T + np.sum(np.log(sigma2)) + np.sum(returns**2 / sigma2))


def metropolis_hastings(x0, proposals, log_u):
    def log_p(x):
        return -0.5 * x**2 - 0.1 * x**4

    x = x0
    chain = np.zeros(len(proposals))
    for i in range(len(proposals)):
        cand = x + proposals[i]
        accept = log_u[i] < log_p(cand) - log_p(x)
        x = np.where(accept, cand, x)
        chain[i] = x
    return chain


def metropolis_branch(x0, proposals, log_u):
    samples = []
    x = x0
    for step, u in zip(proposals, log_u):
        new = x + step
        if u < -0.5 * (new**2 - x**2):
            x = new
        samples.append(x)
    return np.array(samples)


def importance_weights(log_w):
    m = np.max(log_w)
    w = np.exp(log_w - m)
    w /= np.sum(w)
    return w, 1.0 / np.sum(w**2)


def systematic_resample(weights, u0, particles):
    N = len(weights)
    positions = (np.arange(N) + u0) / N
    cumulative = np.cumsum(weights)
    indexes = np.searchsorted(cumulative, positions)
    return particles[np.minimum(indexes, N - 1)]


def confusion_matrix(y_true, y_pred, k):
    cm = np.zeros((k, k), dtype=int)
    np.add.at(cm, (y_true, y_pred), 1)
    precision = np.diag(cm) / np.maximum(cm.sum(axis=0), 1)
    recall = np.diag(cm) / np.maximum(cm.sum(axis=1), 1)
    return cm, precision, recall


def roc_auc(scores, labels):
    order = np.argsort(scores)[::-1]
    y = labels[order]
    tpr = np.concatenate([[0.0], np.cumsum(y) / y.sum()])
    fpr = np.concatenate([[0.0], np.cumsum(1 - y) / (1 - y).sum()])
    return np.trapezoid(tpr, fpr)


def mutual_information(pxy):
    px = pxy.sum(axis=1, keepdims=True)
    py = pxy.sum(axis=0, keepdims=True)
    nz = pxy > 0
    return np.sum(pxy[nz] * np.log(pxy[nz] / (px @ py)[nz]))


def entropy_bits(p):
    p = p / p.sum()
    return -np.sum(p * np.log2(np.where(p > 0, p, 1)))


def wasserstein_1d(a, b):
    return np.mean(np.abs(np.sort(a) - np.sort(b)))


def sinkhorn(a, b, M, reg, iterations):
    K = np.exp(-M / reg)
    u = np.ones_like(a)
    for _ in range(iterations):
        v = b / (K.T @ u)
        u = a / (K @ v)
    P = np.diag(u) @ K @ np.diag(v)
    return np.sum(P * M)


def box_muller(u1, u2):
    r = np.sqrt(-2 * np.log(u1))
    return np.stack((r * np.cos(2 * np.pi * u2), r * np.sin(2 * np.pi * u2)))


def group_means(values, groups, n_groups):
    sums = np.bincount(groups, weights=values, minlength=n_groups)
    counts = np.bincount(groups, minlength=n_groups)
    with_default = np.divide(sums, counts, out=np.zeros_like(sums), where=counts != 0)
    return with_default[groups]


def rolling_zscore(x, w):
    windows = np.lib.stride_tricks.sliding_window_view(x, w)
    return (x[w - 1 :] - windows.mean(axis=-1)) / windows.std(axis=-1)


def rank_transform(x):
    order = x.argsort()
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(x))
    return ranks


def durbin_levinson(r, p):
    phi = np.zeros((p + 1, p + 1))
    v = np.zeros(p + 1)
    v[0] = r[0]
    for k in range(1, p + 1):
        acc = r[k] - np.sum(phi[k - 1, 1:k] * r[1:k][::-1])
        phi[k, k] = acc / v[k - 1]
        for j in range(1, k):
            phi[k, j] = phi[k - 1, j] - phi[k, k] * phi[k - 1, k - j]
        v[k] = v[k - 1] * (1 - phi[k, k] ** 2)
    return phi[p, 1:], v[p]
