"""Linear models, their losses and their hand-written gradients."""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    z = z - np.max(z, axis=1, keepdims=True)
    e = np.exp(z)
    return e / np.sum(e, axis=1, keepdims=True)


def add_intercept(X):
    return np.hstack([np.ones((X.shape[0], 1)), X])


def linear_regression_gd(X, y, lr=0.05, n_iters=10):
    n_samples, n_features = X.shape
    w = np.zeros(n_features)
    b = 0.0
    for _ in range(n_iters):
        y_pred = np.dot(X, w) + b
        dw = (1 / n_samples) * np.dot(X.T, (y_pred - y))
        db = (1 / n_samples) * np.sum(y_pred - y)
        w -= lr * dw
        b -= lr * db
    return w, b


def normal_equation(X, y):
    X_b = np.c_[np.ones((len(X), 1)), X]
    return np.linalg.inv(X_b.T.dot(X_b)).dot(X_b.T).dot(y)


def ridge_closed_form(X, y, alpha):
    A = X.T @ X + alpha * np.eye(X.shape[1])
    return np.linalg.solve(A, X.T @ y)


def mse_with_l2(w, X, y, reg):
    residual = X @ w - y
    return np.mean(residual**2) + reg * np.sum(w[1:] ** 2)


def logistic_loss(w, b, X, y):
    m = X.shape[0]
    A = sigmoid(np.dot(w.T, X.T) + b)
    cost = -(1.0 / m) * np.sum(y * np.log(A) + (1 - y) * np.log(1 - A))
    return np.squeeze(cost)


def logistic_gradient(w, b, X, y):
    m = X.shape[0]
    A = sigmoid(np.dot(w.T, X.T) + b)
    dw = (1.0 / m) * np.dot(X.T, (A - y).T)
    db = (1.0 / m) * np.sum(A - y)
    return {"dw": dw, "db": db}


def logistic_fit(X, y, lr, epochs):
    X = add_intercept(X)
    theta = np.zeros(X.shape[1])
    losses = []
    for epoch in range(epochs):
        h = sigmoid(X @ theta)
        gradient = X.T @ (h - y) / y.size
        theta = theta - lr * gradient
        if epoch % 2 == 0:
            losses.append(-np.mean(y * np.log(h + 1e-9) + (1 - y) * np.log(1 - h + 1e-9)))
    return theta, np.array(losses)


def softmax_regression_loss(W, X, y, reg):
    num_train = X.shape[0]
    scores = X.dot(W)
    scores -= np.max(scores, axis=1)[:, np.newaxis]
    exp_scores = np.exp(scores)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(num_train), y])
    return np.sum(loss) / num_train + 0.5 * reg * np.sum(W * W)


def softmax_regression_gradient(W, X, y, reg):
    num_train = X.shape[0]
    probs = softmax(X.dot(W))
    dscores = probs.copy()
    dscores[range(num_train), y] -= 1
    dscores /= num_train
    dW = X.T.dot(dscores)
    dW += reg * W
    return dW


def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros_like(W)
    num_train = X.shape[0]
    num_classes = W.shape[1]
    for i in range(num_train):
        f = X[i].dot(W)
        f -= np.max(f)
        p = np.exp(f) / np.sum(np.exp(f))
        loss += -np.log(p[y[i]])
        for j in range(num_classes):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss /= num_train
    dW /= num_train
    loss += reg * np.sum(W * W)
    dW += 2 * reg * W
    return loss, dW


def one_vs_all_targets(y, num_classes):
    Y = np.zeros((y.size, num_classes))
    Y[np.arange(y.size), y] = 1
    return Y


def svm_loss_vectorized(W, X, y, reg):
    num_train = X.shape[0]
    scores = X @ W
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1.0)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins) / num_train + reg * np.sum(W**2)
    mask = np.zeros_like(margins)
    mask[margins > 0] = 1
    mask[np.arange(num_train), y] = -np.sum(mask, axis=1)
    dW = X.T.dot(mask) / num_train + 2 * reg * W
    return loss, dW


def svm_pegasos_epoch(X, y, lam):
    w = np.zeros(X.shape[1])
    for t, (xi, yi) in enumerate(zip(X, y), 1):
        eta = 1.0 / (lam * t)
        violated = (yi * np.dot(w, xi) < 1).astype(float)
        w = (1 - eta * lam) * w + eta * violated * yi * xi
    return w


def perceptron_epoch(X, y, w, lr):
    for xi, target in zip(X, y):
        update = lr * (target - np.where(np.dot(xi, w[1:]) + w[0] >= 0.0, 1, -1))
        w[1:] += update * xi
        w[0] += update
    return w


def huber(y_true, y_pred, delta=1.0):
    error = y_true - y_pred
    is_small = np.abs(error) <= delta
    squared = 0.5 * error**2
    linear = delta * (np.abs(error) - 0.5 * delta)
    return np.where(is_small, squared, linear).mean()


def quantile_loss(y_true, y_pred, q):
    e = y_true - y_pred
    return np.mean(np.maximum(q * e, (q - 1) * e))


def soft_threshold(rho, lam):
    return np.sign(rho) * np.maximum(np.abs(rho) - lam, 0.0)


def lasso_coordinate_descent(X, y, lam, sweeps):
    m, n = X.shape
    X = X / np.linalg.norm(X, axis=0)
    theta = np.zeros((n, 1))
    for _ in range(sweeps):
        for j in range(n):
            X_j = X[:, j].reshape(-1, 1)
            y_pred = X @ theta
            rho = (X_j.T @ (y - y_pred + theta[j] * X_j)).item()
            theta[j] = soft_threshold(rho, lam)
    return theta.flatten()


def irls_logistic(X, y, steps):
    w = np.zeros(X.shape[1])
    for _ in range(steps):
        mu = sigmoid(X.dot(w))
        S = np.diag(mu * (1 - mu))
        H = X.T @ S @ X + 1e-6 * np.identity(X.shape[1])
        w = w + np.linalg.solve(H, X.T @ (y - mu))
    return w


def poisson_deviance(beta, X, counts):
    eta = X @ beta
    mu = np.exp(eta)
    return 2 * np.sum(np.where(counts > 0, counts * np.log(np.maximum(counts, 1) / mu), 0.0) - (counts - mu))


def rbf_kernel(A, B, gamma):
    sq = np.sum(A**2, axis=1).reshape(-1, 1) + np.sum(B**2, axis=1) - 2 * np.dot(A, B.T)
    return np.exp(-gamma * sq)


def kernel_ridge_predict(X, y, X_new, gamma, alpha):
    K = rbf_kernel(X, X, gamma)
    K[np.diag_indices_from(K)] += alpha
    dual = np.linalg.solve(K, y)
    return rbf_kernel(X_new, X, gamma) @ dual


def gp_posterior(X, y, X_s, length, noise):
    def k(a, b):
        d = a[:, None, :] - b[None, :, :]
        return np.exp(-0.5 * np.sum(d**2, axis=-1) / length**2)

    K = k(X, X) + noise**2 * np.eye(len(X))
    L = np.linalg.cholesky(K)
    alpha = np.linalg.solve(L.T, np.linalg.solve(L, y))
    K_s = k(X, X_s)
    v = np.linalg.solve(L, K_s)
    mean = K_s.T @ alpha
    var = np.ones(len(X_s)) - np.sum(v**2, axis=0)
    lml = -0.5 * y @ alpha - np.log(np.diag(L)).sum() - 0.5 * len(X) * np.log(2 * np.pi)
    return mean, var, lml


def polynomial_features(x, degree):
    return np.stack([x**d for d in range(degree + 1)], axis=-1)


def polynomial_fit_lstsq(x, y, degree):
    V = np.vander(x, degree + 1, increasing=True)
    coef, *_ = np.linalg.lstsq(V, y, rcond=None)
    return coef, V @ coef


def r2_score(y_true, y_pred):
    ss_res = ((y_true - y_pred) ** 2).sum()
    ss_tot = ((y_true - y_true.mean()) ** 2).sum()
    return 1 - ss_res / ss_tot


def standardize_and_fit(X, y):
    mu, sigma = X.mean(axis=0), X.std(axis=0, ddof=1)
    Xn = (X - mu) / sigma
    Xn = np.concatenate((np.ones((Xn.shape[0], 1)), Xn), axis=1)
    return np.linalg.pinv(Xn) @ y
