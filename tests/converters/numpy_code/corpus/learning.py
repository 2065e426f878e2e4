"""Unsupervised and classical machine learning, generative models, embeddings."""

import numpy as np


def kmeans_step(X, centroids):
    distances = np.sqrt(((X - centroids[:, np.newaxis]) ** 2).sum(axis=2))
    labels = np.argmin(distances, axis=0)
    k = centroids.shape[0]
    new = np.array([X[labels == j].mean(axis=0) for j in range(k)])
    return new, labels


def kmeans_step_onehot(X, centroids):
    d = np.linalg.norm(X[:, None] - centroids[None], axis=-1)
    assign = np.eye(len(centroids))[d.argmin(axis=1)]
    counts = assign.sum(axis=0)
    new = (assign.T @ X) / np.maximum(counts, 1)[:, None]
    inertia = np.sum(np.min(d, axis=1) ** 2)
    return new, inertia


def pca_eigh(X, n_components):
    X_centered = X - np.mean(X, axis=0)
    cov = np.cov(X_centered, rowvar=False)
    values, vectors = np.linalg.eigh(cov)
    order = np.argsort(values)[::-1]
    vectors = vectors[:, order][:, :n_components]
    projected = X_centered @ vectors
    return np.abs(projected), values[order] / np.sum(values)


def pca_svd_reconstruction(X, k):
    mean = X.mean(axis=0)
    U, S, Vt = np.linalg.svd(X - mean, full_matrices=False)
    return (U[:, :k] * S[:k]) @ Vt[:k] + mean


def whiten_zca(X, eps=1e-5):
    Xc = X - X.mean(axis=0)
    sigma = np.dot(Xc.T, Xc) / Xc.shape[0]
    d, U = np.linalg.eigh(sigma)
    return Xc @ (U @ np.diag(1.0 / np.sqrt(d + eps)) @ U.T)


def gaussian_pdf(X, mu, cov):
    d = X.shape[1]
    diff = X - mu
    inv = np.linalg.inv(cov)
    norm = 1 / np.sqrt((2 * np.pi) ** d * np.linalg.det(cov))
    return norm * np.exp(-0.5 * np.einsum("ij,jk,ik->i", diff, inv, diff))


def gmm_em_step(X, pi, means, covs):
    n, k = X.shape[0], len(pi)
    resp = np.zeros((n, k))
    for j in range(k):
        resp[:, j] = pi[j] * gaussian_pdf(X, means[j], covs[j])
    likelihood = resp.sum(axis=1)
    resp /= likelihood[:, np.newaxis]
    N_k = resp.sum(axis=0)
    new_pi = N_k / n
    new_means = resp.T @ X / N_k[:, None]
    new_covs = np.zeros_like(covs)
    for j in range(k):
        diff = X - new_means[j]
        new_covs[j] = (resp[:, j] * diff.T) @ diff / N_k[j]
    return new_pi, new_means, new_covs, np.log(likelihood).sum()


def hmm_forward(obs, A, B, pi):
    T = len(obs)
    N = A.shape[0]
    alpha = np.zeros((T, N))
    alpha[0, :] = pi * B[:, obs[0]]
    for t in range(1, T):
        for j in range(N):
            alpha[t, j] = alpha[t - 1].dot(A[:, j]) * B[j, obs[t]]
    return alpha, alpha[-1].sum()


def hmm_backward(obs, A, B):
    T, N = len(obs), len(A)
    beta = np.zeros((T, N))
    beta[T - 1] = np.ones(N)
    for t in range(T - 2, -1, -1):
        beta[t] = (beta[t + 1] * B[:, obs[t + 1]]).dot(A.T)
    return beta


def hmm_log_likelihood(obs, log_A, log_B, log_pi):
    a = log_pi + log_B[:, obs[0]]
    for o in obs[1:]:
        a = np.logaddexp.reduce(a[:, None] + log_A, axis=0) + log_B[:, o]
    return np.logaddexp.reduce(a)


def viterbi(obs, A, B, pi):
    T, N = len(obs), A.shape[0]
    omega = np.zeros((T, N))
    omega[0] = np.log(pi * B[:, obs[0]])
    prev = np.zeros((T - 1, N), dtype=int)
    for t in range(1, T):
        for j in range(N):
            probability = omega[t - 1] + np.log(A[:, j]) + np.log(B[j, obs[t]])
            prev[t - 1, j] = np.argmax(probability)
            omega[t, j] = np.max(probability)
    S = np.zeros(T, dtype=int)
    last = np.argmax(omega[T - 1])
    S[T - 1] = last
    for t in range(T - 2, -1, -1):
        last = prev[t, last]
        S[t] = last
    return S, omega


def knn_predict(X_train, y_train, X_test, k, num_classes):
    dists = np.sqrt(
        -2 * X_test @ X_train.T + np.square(X_train).sum(axis=1) + np.square(X_test).sum(axis=1).reshape(-1, 1)
    )
    y_pred = np.zeros(len(X_test), dtype=int)
    for i in range(len(X_test)):
        closest = y_train[np.argsort(dists[i])[:k]]
        y_pred[i] = np.argmax(np.bincount(closest, minlength=num_classes))
    return y_pred


def knn_regression(X_train, y_train, X_test, k):
    d = np.abs(X_test[:, None, :] - X_train[None, :, :]).sum(-1)
    nearest = np.argpartition(d, k, axis=1)[:, :k]
    return y_train[nearest].mean(axis=1)


def naive_bayes(X, y, X_test, num_classes):
    log_post = []
    for c in range(num_classes):
        mask = (y == c)[:, None]
        n_c = mask.sum()
        mean = (X * mask).sum(axis=0) / n_c
        var = (mask * (X - mean) ** 2).sum(axis=0) / n_c + 1e-3
        prior = np.log(n_c / len(y))
        log_like = -0.5 * np.sum(np.log(2 * np.pi * var) + (X_test - mean) ** 2 / var, axis=1)
        log_post.append(prior + log_like)
    return np.column_stack(log_post)


def naive_bayes_text(counts, y, alpha):
    classes = np.unique(y)
    log_prob = np.array([np.log((counts[y == c].sum(axis=0) + alpha)) for c in classes])
    return log_prob - np.log(np.exp(log_prob).sum(axis=1, keepdims=True))


def decision_stump(X, y, w, thresholds):
    best = np.inf * np.ones(X.shape[1])
    for j in range(X.shape[1]):
        pred = np.where(X[:, j][:, None] < thresholds[None, :], -1, 1)
        err = np.sum(w[:, None] * (pred != y[:, None]), axis=0)
        best[j] = err.min()
    feature = np.argmin(best)
    return feature, best


def gini_split(feature, y, threshold):
    left = y[feature <= threshold]
    right = y[feature > threshold]

    def gini(labels):
        p = np.mean(labels)
        return 2 * p * (1 - p)

    n = len(y)
    return len(left) / n * gini(left) + len(right) / n * gini(right)


def adaboost_weights(y, predictions, w):
    alphas = np.zeros(len(predictions))
    for m, pred in enumerate(predictions):
        err = np.sum(w * (pred != y)) / np.sum(w)
        alphas[m] = 0.5 * np.log((1 - err) / (err + 1e-10))
        w = w * np.exp(-alphas[m] * y * pred)
        w = w / w.sum()
    return alphas, w


def lda_direction(X0, X1):
    m0, m1 = X0.mean(0), X1.mean(0)
    Sw = (X0 - m0).T @ (X0 - m0) + (X1 - m1).T @ (X1 - m1)
    w = np.linalg.solve(Sw, m1 - m0)
    return w / np.linalg.norm(w)


def nmf_updates(V, W, H, steps):
    for _ in range(steps):
        H *= (W.T @ V) / (W.T @ W @ H + 1e-9)
        W *= (V @ H.T) / (W @ H @ H.T + 1e-9)
    return W, H, np.linalg.norm(V - W @ H, "fro")


def matrix_factorization_epoch(R, P, Q, lr, beta):
    K = P.shape[1]
    for i in range(len(R)):
        for j in range(len(R[i])):
            if R[i][j] > 0:
                eij = R[i][j] - np.dot(P[i, :], Q[:, j])
                for k in range(K):
                    P[i][k] = P[i][k] + lr * (2 * eij * Q[k][j] - beta * P[i][k])
                    Q[k][j] = Q[k][j] + lr * (2 * eij * P[i][k] - beta * Q[k][j])
    return P, Q


def word2vec_negative_sampling(center, context, negatives, W_in, W_out, lr):
    h = W_in[center]
    ids = np.concatenate(([context], negatives))
    labels = np.zeros(len(ids))
    labels[0] = 1
    scores = 1 / (1 + np.exp(-W_out[ids] @ h))
    g = scores - labels
    grad_h = g @ W_out[ids]
    np.add.at(W_out, ids, -lr * np.outer(g, h))
    W_in[center] -= lr * grad_h
    loss = -np.sum(labels * np.log(scores) + (1 - labels) * np.log(1 - scores))
    return W_in, W_out, loss


def skipgram_loss(center, outside, U, V):
    v = V[center]
    scores = U @ v
    return -scores[outside] + np.log(np.sum(np.exp(scores - scores.max()))) + scores.max()


def vae_loss(x, eps, enc_W, mu_W, logvar_W, dec_W1, dec_W2):
    h = np.tanh(x @ enc_W)
    mu = h @ mu_W
    logvar = h @ logvar_W
    z = mu + np.exp(0.5 * logvar) * eps
    x_hat = 1 / (1 + np.exp(-(np.tanh(z @ dec_W1) @ dec_W2)))
    bce = -np.sum(x * np.log(x_hat + 1e-8) + (1 - x) * np.log(1 - x_hat + 1e-8), axis=1)
    kl = -0.5 * np.sum(1 + logvar - mu**2 - np.exp(logvar), axis=1)
    return np.mean(bce + kl)


def rbm_contrastive_divergence(v0, W, b, c, u_h, u_v, lr):
    ph0 = 1 / (1 + np.exp(-(v0 @ W + c)))
    h0 = (ph0 > u_h).astype(np.float64)
    pv1 = 1 / (1 + np.exp(-(h0 @ W.T + b)))
    v1 = (pv1 > u_v).astype(np.float64)
    ph1 = 1 / (1 + np.exp(-(v1 @ W + c)))
    W += lr * (v0.T @ ph0 - v1.T @ ph1) / len(v0)
    b += lr * (v0 - v1).mean(axis=0)
    c += lr * (ph0 - ph1).mean(axis=0)
    return W, b, c


def gan_losses(real_scores, fake_scores):
    d_loss = -np.mean(np.log(real_scores) + np.log(1.0 - fake_scores))
    g_loss = -np.mean(np.log(fake_scores))
    return d_loss, g_loss


def diffusion_forward(x0, noise, t, betas):
    alphas_bar = np.cumprod(1.0 - betas)
    a = np.take(alphas_bar, t)[:, None]
    return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise


def tsne_gradient(P, Y):
    sum_Y = np.sum(np.square(Y), 1)
    num = -2.0 * np.dot(Y, Y.T)
    num = 1.0 / (1.0 + np.add(np.add(num, sum_Y).T, sum_Y))
    num[range(len(Y)), range(len(Y))] = 0.0
    Q = num / np.sum(num)
    Q = np.maximum(Q, 1e-12)
    PQ = P - Q
    dY = np.zeros_like(Y)
    for i in range(len(Y)):
        dY[i, :] = np.sum(np.tile(PQ[:, i] * num[:, i], (Y.shape[1], 1)).T * (Y[i, :] - Y), 0)
    return dY


def triplet_loss(anchor, positive, negative, margin=0.2):
    d_pos = np.sum((anchor - positive) ** 2, axis=1)
    d_neg = np.sum((anchor - negative) ** 2, axis=1)
    return np.mean(np.maximum(d_pos - d_neg + margin, 0))


def bandit_ucb(rewards, c):
    n_arms, T = rewards.shape
    counts = np.ones(n_arms)
    values = rewards[:, 0].copy()
    for t in range(1, T):
        ucb = values + c * np.sqrt(np.log(t + 1) / counts)
        a = np.argmax(ucb)
        counts[a] += 1
        values[a] += (rewards[a, t] - values[a]) / counts[a]
    return values, counts


def policy_gradient_loss(logits, actions, rewards, gamma):
    T = len(rewards)
    returns = np.zeros(T)
    running = 0
    for t in reversed(range(T)):
        running = rewards[t] + gamma * running
        returns[t] = running
    returns = (returns - returns.mean()) / (returns.std() + 1e-8)
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    chosen = np.take_along_axis(logp, actions[:, None], axis=1).squeeze(1)
    return -(chosen * returns).mean()
