"""Matrix algorithms written out by hand."""

import numpy as np


def conjugate_gradient(A, b, n_iter):
    x = np.zeros_like(b)
    r = b - A @ x
    p = r.copy()
    rs_old = r @ r
    for _ in range(n_iter):
        Ap = A @ p
        alpha = rs_old / (p @ Ap)
        x += alpha * p
        r -= alpha * Ap
        rs_new = r @ r
        p = r + (rs_new / rs_old) * p
        rs_old = rs_new
    return x


def conjugate_gradient_tol(A, b, tol=1e-10):
    x = np.zeros(len(b))
    r = b - A.dot(x)
    p = r
    rsold = np.dot(r, r)
    for _ in range(len(b)):
        Ap = A.dot(p)
        alpha = rsold / np.dot(p, Ap)
        x = x + alpha * p
        r = r - alpha * Ap
        rsnew = np.dot(r, r)
        if np.sqrt(rsnew) < tol:
            break
        p = r + (rsnew / rsold) * p
        rsold = rsnew
    return x


def power_iteration(A, v, num_iters):
    for _ in range(num_iters):
        v = np.dot(A, v)
        v = v / np.linalg.norm(v)
    eigenvalue = v.T @ A @ v
    return eigenvalue, v


def inverse_iteration(A, shift, v, steps):
    M = np.linalg.inv(A - shift * np.eye(A.shape[0]))
    for _ in range(steps):
        v = M @ v
        v /= np.sqrt(np.sum(v**2))
    return v @ A @ v


def gram_schmidt(A):
    m, n = A.shape
    Q = np.zeros((m, n))
    R = np.zeros((n, n))
    for j in range(n):
        v = A[:, j]
        for i in range(j):
            R[i, j] = Q[:, i].T @ A[:, j]
            v = v - R[i, j] * Q[:, i]
        R[j, j] = np.linalg.norm(v)
        Q[:, j] = v / R[j, j]
    return Q, R


def modified_gram_schmidt(X):
    X = X.copy()
    n = X.shape[1]
    for i in range(n):
        X[:, i] /= np.sqrt(np.inner(X[:, i], X[:, i]))
        for j in range(i + 1, n):
            X[:, j] -= np.dot(X[:, i], X[:, j]) * X[:, i]
    return X


def householder_qr(A):
    m, n = A.shape
    R = A.copy()
    Q = np.identity(m)
    for j in range(n):
        x = R[j:, j]
        e = np.zeros_like(x)
        e[0] = np.copysign(np.linalg.norm(x), -A[j, j])
        u = x + e
        v = u / np.linalg.norm(u)
        Q_j = np.identity(m)
        Q_j[j:, j:] -= 2.0 * np.outer(v, v)
        R = Q_j @ R
        Q = Q @ Q_j.T
    return Q[:, :n], np.triu(R[:n])


def lu_doolittle(A):
    n = A.shape[0]
    L = np.eye(n)
    U = np.zeros((n, n))
    for i in range(n):
        for k in range(i, n):
            U[i, k] = A[i, k] - sum(L[i, j] * U[j, k] for j in range(i))
        for k in range(i + 1, n):
            L[k, i] = (A[k, i] - sum(L[k, j] * U[j, i] for j in range(i))) / U[i, i]
    return L, U


def lu_outer_products(A):
    U = np.array(A, dtype=float)
    n = len(U)
    L = np.eye(n)
    for k in range(n - 1):
        L[k + 1 :, k] = U[k + 1 :, k] / U[k, k]
        U[k + 1 :, k:] -= np.outer(L[k + 1 :, k], U[k, k:])
        U[k + 1 :, k] = 0
    return L, U


def gaussian_elimination(A, b):
    n = len(b)
    A = A.copy()
    b = b.copy()
    for i in range(n):
        p = i + np.argmax(np.abs(A[i:, i]))
        A[[i, p]] = A[[p, i]]
        b[[i, p]] = b[[p, i]]
        for j in range(i + 1, n):
            factor = A[j, i] / A[i, i]
            A[j, i:] -= factor * A[i, i:]
            b[j] -= factor * b[i]
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - np.dot(A[i, i + 1 :], x[i + 1 :])) / A[i, i]
    return x


def cholesky_by_hand(A):
    n = A.shape[0]
    L = np.zeros_like(A)
    for i in range(n):
        for j in range(i + 1):
            s = np.dot(L[i, :j], L[j, :j])
            if i == j:
                L[i, j] = np.sqrt(A[i, i] - s)
            else:
                L[i, j] = (A[i, j] - s) / L[j, j]
    return L


def forward_substitution(L, b):
    x = np.zeros_like(b, dtype=np.double)
    for i in range(L.shape[0]):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]
    return x


def determinant_recursive(M):
    if len(M) == 1:
        return M[0, 0]
    total = 0
    for col in range(len(M)):
        minor = np.delete(np.delete(M, 0, axis=0), col, axis=1)
        total += (-1) ** col * M[0, col] * determinant_recursive(minor)
    return total


def jacobi_solver(A, b, iterations):
    D = np.diag(A)
    R = A - np.diagflat(D)
    x = np.zeros(len(b))
    for _ in range(iterations):
        x = (b - np.dot(R, x)) / D
    return x


def gauss_seidel_solver(A, b, x, iterations):
    for _ in range(iterations):
        for i in range(A.shape[0]):
            s1 = np.dot(A[i, :i], x[:i])
            s2 = np.dot(A[i, i + 1 :], x[i + 1 :])
            x[i] = (b[i] - s1 - s2) / A[i, i]
    return x


def lanczos(A, v, m):
    n = len(v)
    V = np.zeros((m, n))
    T = np.zeros((m, m))
    V[0] = v / np.linalg.norm(v)
    w = A @ V[0]
    T[0, 0] = np.vdot(w, V[0])
    w = w - T[0, 0] * V[0]
    for j in range(1, m):
        beta = np.linalg.norm(w)
        V[j] = w / beta
        w = A @ V[j] - beta * V[j - 1]
        T[j, j] = w @ V[j]
        w = w - T[j, j] * V[j]
        T[j, j - 1] = T[j - 1, j] = beta
    return T


def arnoldi(A, b, m):
    n = A.shape[0]
    Q = np.zeros((n, m + 1))
    h = np.zeros((m + 1, m))
    Q[:, 0] = b / np.linalg.norm(b)
    for k in range(m):
        v = A @ Q[:, k]
        h[: k + 1, k] = Q[:, : k + 1].T @ v
        v = v - Q[:, : k + 1] @ h[: k + 1, k]
        h[k + 1, k] = np.linalg.norm(v)
        Q[:, k + 1] = v / h[k + 1, k]
    return Q, h


def qr_algorithm(A, steps):
    for _ in range(steps):
        Q, R = np.linalg.qr(A)
        A = R @ Q
    return np.sort(np.diag(A))[::-1]


def newton_system(x, steps):
    for _ in range(steps):
        F = np.array([x[0] ** 2 + x[1] ** 2 - 4.0, x[0] * x[1] - 1.0])
        J = np.array([[2 * x[0], 2 * x[1]], [x[1], x[0]]])
        x = x - np.linalg.solve(J, F)
    return x


def newton_scalar_until(x, tol):
    while np.abs(x**3 - 2 * x - 5) > tol:
        x = x - (x**3 - 2 * x - 5) / (3 * x**2 - 2)
    return x


def gauss_newton_exponential(params, t, y, steps):
    a, b = params
    for _ in range(steps):
        model = a * np.exp(b * t)
        J = np.column_stack([np.exp(b * t), a * t * np.exp(b * t)])
        delta = np.linalg.lstsq(J, y - model, rcond=None)[0]
        a, b = a + delta[0], b + delta[1]
    return np.array([a, b])


def levenberg_step(p, t, y, lam):
    r = y - (p[0] * np.exp(-p[1] * t) + p[2])
    J = np.empty((t.size, 3))
    J[:, 0] = np.exp(-p[1] * t)
    J[:, 1] = -p[0] * t * np.exp(-p[1] * t)
    J[:, 2] = 1.0
    H = J.T @ J
    return p + np.linalg.solve(H + lam * np.diag(np.diag(H)), J.T @ r)


def bfgs_update(H, s, y):
    rho = 1.0 / (y @ s)
    identity = np.eye(len(s))
    V = identity - rho * s[:, np.newaxis] * y[np.newaxis, :]
    return V @ H @ V.T + rho * s[:, np.newaxis] * s[np.newaxis, :]


def pagerank(M, d, iterations):
    N = M.shape[1]
    w = np.ones(N) / N
    M_hat = d * M / M.sum(axis=0) + (1 - d) / N
    for _ in range(iterations):
        w = M_hat @ w
    return w


def matrix_exponential(A, terms):
    result = np.eye(A.shape[0])
    term = np.eye(A.shape[0])
    for k in range(1, terms):
        term = term @ A / k
        result += term
    return result


def condition_and_rank(A):
    s = np.linalg.svd(A, compute_uv=False)
    return s.max() / s.min(), np.linalg.slogdet(A)[1], np.trace(A), np.linalg.norm(A, 2)


def givens_rotation_qr(A):
    n = A.shape[0]
    R = A.copy()
    for j in range(n - 1):
        for i in range(j + 1, n):
            r = np.hypot(R[j, j], R[i, j])
            c, s = R[j, j] / r, -R[i, j] / r
            G = np.array([[c, -s], [s, c]])
            R[[j, i]] = G @ R[[j, i]]
    return R


def simplex_pivot(T, row, col):
    T[row] /= T[row, col]
    for i in range(T.shape[0]):
        if i != row:
            T[i] -= T[i, col] * T[row]
    return T
