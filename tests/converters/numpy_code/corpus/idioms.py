"""Short functions around the corners of numpy that real code turns: views, masks, out=, in-place, scans."""

import numpy as np
from numpy import linalg as LA


def trapezoid_rule(f_values, a, b):
    n = len(f_values) - 1
    h = (b - a) / n
    return h * (0.5 * f_values[0] + 0.5 * f_values[-1] + np.sum(f_values[1:-1]))


def simpson(a, b, k, n=10):
    x = np.linspace(a, b, n + 1)
    y = np.exp(-k * x**2)
    dx = (b - a) / n
    return dx / 3 * np.sum(y[0:-1:2] + 4 * y[1::2] + y[2::2])


def gauss_legendre(a, b, k):
    nodes = np.array([-0.7745966692414834, 0.0, 0.7745966692414834])
    weights = np.array([5 / 9, 8 / 9, 5 / 9])
    t = 0.5 * (nodes + 1) * (b - a) + a
    return 0.5 * (b - a) * np.sum(weights * np.sin(k * t))


def monte_carlo_integral(u, a, b):
    x = a + (b - a) * u
    return (b - a) * np.mean(np.exp(-(x**2)) * np.cos(x))


def relu_inplace(x):
    x[x < 0] = 0
    return x


def leaky_relu_mask(x, slope):
    out = x.copy()
    mask = x < 0
    out[mask] *= slope
    return out


def normalize_rows_inplace(M):
    for row in M:
        row /= np.sqrt((row**2).sum())
    return M


def centre_view(img, value):
    h, w = img.shape
    centre = img[h // 4 : 3 * h // 4, w // 4 : 3 * w // 4]
    centre += value
    centre[0] *= 2.0
    return img


def write_through_transpose(A, v):
    At = A.T
    At[0] = v
    At[1, :] -= v
    flat = A.reshape(-1)
    flat[-1] = 7.0
    return A


def write_through_ravel(A):
    r = A.ravel()
    r[::2] = 0
    return A, A.sum()


def reuse_buffers(x, W1, W2):
    h = np.empty((x.shape[0], W1.shape[1]))
    out = np.empty((x.shape[0], W2.shape[1]))
    np.dot(x, W1, out=h)
    np.tanh(h, out=h)
    np.matmul(h, W2, out=out)
    np.multiply(out, 2, out=out)
    return out


def swap_rows(A, i, j):
    A[[i, j], :] = A[[j, i], :]
    return A


def set_diagonal(A, d):
    A = A.copy()
    np.fill_diagonal(A, d)
    i = np.arange(len(A) - 1)
    A[i, i + 1] = -1
    return A


def outer_difference(x):
    return np.subtract.outer(x, x) + np.triu(np.outer(x, x))


def cumulative_statistics(x):
    n = np.arange(1, len(x) + 1)
    mean = np.cumsum(x) / n
    var = np.cumsum(x**2) / n - mean**2
    return mean, var, np.maximum.accumulate(x), np.minimum.accumulate(x)


def block_matrix(A, B):
    upper = np.zeros((A.shape[0], B.shape[1]))
    lower = np.zeros((B.shape[0], A.shape[1]))
    return np.block([[A, upper], [lower, B]])


def chunk_mean(x, n):
    return np.array([part.mean() for part in np.array_split(x, n)])


def broadcast_grid(xs, ys):
    X, Y = np.meshgrid(xs, ys)
    R = np.sqrt(X**2 + Y**2)
    return np.sinc(R)


def masked_softmax(scores, mask):
    scores = scores.copy()
    scores[~mask] = -np.inf
    m = scores.max(axis=-1, keepdims=True)
    e = np.exp(scores - m)
    return e / e.sum(axis=-1, keepdims=True)


def safe_divide(a, b):
    with_zero = np.zeros_like(a)
    np.divide(a, b, out=with_zero, where=b != 0)
    return with_zero


def piecewise_tax(income):
    conditions = [income < 10.0, income < 40.0, income >= 40.0]
    choices = [0.1 * income, 1.0 + 0.2 * (income - 10), 7.0 + 0.4 * (income - 40)]
    return np.select(conditions, choices)


def piecewise_function(x):
    return np.piecewise(x, [x < 0, x >= 0], [lambda v: -v, lambda v: v**2])


def polynomial_horner(c, x):
    result = np.zeros_like(x)
    for coef in c[::-1]:
        result = result * x + coef
    return result


def polyval_and_derivative(c, x):
    p = np.polyval(c, x)
    dp = np.polyval(c[:-1] * np.arange(len(c) - 1, 0, -1), x)
    return p, dp


def unique_counts(labels, weights):
    values, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
    sums = np.zeros(len(values))
    np.add.at(sums, inverse, weights)
    return sums / counts


def top_k(x, k):
    idx = np.argpartition(-x, k)[:k]
    idx = idx[np.argsort(-x[idx])]
    return x[idx], idx


def sorted_by_column(A, col):
    return A[A[:, col].argsort()]


def one_hot_rows(idx, depth):
    return np.eye(depth)[idx]


def scatter_mean(values, index, n):
    total = np.zeros(n)
    count = np.zeros(n)
    for v, i in zip(values, index):
        total[i] += v
        count[i] += 1
    return total / np.maximum(count, 1)


def digitize_lookup(x, edges, table):
    return table[np.digitize(x, edges)]


def mixed_precision(x, w):
    y = x.astype(np.float32) @ w.astype(np.float32)
    return (y * 1.5).astype(np.float64), y.dtype == np.float32


def integer_arithmetic(a, b):
    q = a // b
    r = a % b
    return q, r, a / b, np.bitwise_and(a, 3), a.astype(np.uint8), (a << 1).sum()


def complex_impedance(R, L, C, omega):
    Z = R + 1j * omega * L + 1 / (1j * omega * C)
    return np.abs(Z), np.angle(Z), 20 * np.log10(np.abs(R / Z))


def mandelbrot_smooth(re, im, iterations):
    c = re[None, :] + 1j * im[:, None]
    z = np.zeros_like(c)
    count = np.zeros(c.shape, dtype=int)
    for _ in range(iterations):
        active = np.abs(z) < 2
        z[active] = z[active] ** 2 + c[active]
        count[active] += 1
    return count


def einsum_bilinear(x, T, y):
    return np.einsum("bi,ijk,bj->bk", x, T, y)


def batched_quadratic(X, A):
    return np.einsum("...i,ij,...j", X, A, X) + np.trace(A) - np.linalg.det(A)


def norm_variants(A):
    return LA.norm(A), LA.norm(A, 1), LA.norm(A, np.inf), LA.norm(A, axis=0), LA.norm(A[0], ord=3)


def stack_and_split(a, b):
    s = np.stack((a, b), axis=1)
    d = np.dstack((a, b))
    left, right = np.split(s, 2, axis=1)
    return left.squeeze() + right.squeeze(), d.shape[2], np.hsplit(a.reshape(2, -1), 2)[0]


def random_walk_steps(steps):
    position = np.zeros(len(steps) + 1)
    position[1:] = np.cumsum(np.where(steps > 0.5, 1, -1))
    return position, np.ptp(position), (position == 0).sum() - 1


def dtype_of_mean(counts):
    return counts.mean(), counts.sum(), counts.max(), counts.prod(dtype=np.float64)


def nan_statistics(x):
    return np.nanmean(x), np.nanstd(x), np.nanmax(x, axis=0), np.nansum(x, axis=1), np.isnan(x).sum()


def clip_by_value_if_needed(g, threshold):
    norm = np.linalg.norm(g)
    if norm > threshold:
        g = g * (threshold / norm)
    return g


def argmax_2d(A):
    i, j = np.unravel_index(np.argmax(A), A.shape)
    return i, j, A[i, j]


def vectorized_string_free_switch(x, mode="square", **options):
    table = {"square": np.square, "cube": lambda v: v**3, "abs": np.abs}
    scale = options.get("scale", 1.0)
    return scale * table[mode](x)


def nested_results(x):
    stats = {"mean": x.mean(), "parts": [x[:2] * 2, (x[2:], {"last": x[-1]})]}
    stats["extra"] = len(stats) + x.ndim
    return stats


def apply_rowwise(A):
    return np.apply_along_axis(lambda r: (r - r.min()) / (r.max() - r.min()), 1, A)


def while_halving(x, n):
    total = np.zeros_like(x)
    while n > 0:
        total = total + x**n
        n //= 2
    return total


def first_index_above(x, level):
    return np.argmax(x > level), np.flatnonzero(x > level).size, np.any(x > level), np.all(x > -level)


def ogrid_disc(n, r):
    y, x = np.ogrid[-n : n + 1, -n : n + 1]
    disc = np.zeros((2 * n + 1, 2 * n + 1))
    disc[x**2 + y**2 <= r**2] = 1
    return disc


def elements_through_flat(x):
    A = np.outer(x, x)
    A.flat[:: len(x) + 1] = 1.0
    A.flat[1] += 2.0
    total = 0.0
    for value in A.flat:
        total = total + value
    return A, A.flat[np.abs(A).argmin()], total


def block_sums(Z, k):
    rows = np.add.reduceat(Z, np.arange(0, Z.shape[0], k), axis=0)
    return np.add.reduceat(rows, np.arange(0, Z.shape[1], k), axis=1)
