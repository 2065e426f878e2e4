"""Signals, images, filters and interpolation."""

import numpy as np


def fft_convolve(x, h):
    n = len(x) + len(h) - 1
    X = np.fft.rfft(x, n)
    H = np.fft.rfft(h, n)
    return np.fft.irfft(X * H, n)


def moving_average_cumsum(x, w):
    cumsum = np.cumsum(np.insert(x, 0, 0))
    return (cumsum[w:] - cumsum[:-w]) / float(w)


def moving_average_convolve(x, w):
    return np.convolve(x, np.ones(w), "valid") / w


def exponential_smoothing(x, alpha):
    s = np.zeros_like(x)
    s[0] = x[0]
    for t in range(1, len(x)):
        s[t] = alpha * x[t] + (1 - alpha) * s[t - 1]
    return s


def holt_linear(x, alpha, beta):
    level, trend = x[0], x[1] - x[0]
    fitted = []
    for value in x[1:]:
        last = level
        level = alpha * value + (1 - alpha) * (level + trend)
        trend = beta * (level - last) + (1 - beta) * trend
        fitted.append(level + trend)
    return np.array(fitted)


def fir_filter(x, taps):
    y = np.zeros(len(x))
    buffer = np.zeros(len(taps))
    for n in range(len(x)):
        buffer[1:] = buffer[:-1].copy()
        buffer[0] = x[n]
        y[n] = np.dot(taps, buffer)
    return y


def biquad(x, b, a):
    y = np.zeros_like(x)
    x1 = x2 = y1 = y2 = 0.0
    for n in range(x.shape[0]):
        y[n] = b[0] * x[n] + b[1] * x1 + b[2] * x2 - a[1] * y1 - a[2] * y2
        x2, x1 = x1, x[n]
        y2, y1 = y1, y[n]
    return y


def power_spectrogram(signal, frame, hop):
    num = 1 + (len(signal) - frame) // hop
    idx = np.tile(np.arange(frame), (num, 1)) + np.tile(np.arange(0, num * hop, hop), (frame, 1)).T
    frames = signal[idx.astype(np.int32, copy=False)] * np.hamming(frame)
    mag = np.absolute(np.fft.rfft(frames, frame))
    return (1.0 / frame) * (mag**2)


def mel_filterbank_energies(power, nfilt, low, high, sample_rate):
    nfft = 2 * (power.shape[1] - 1)
    mel = np.linspace(2595 * np.log10(1 + low / 700), 2595 * np.log10(1 + high / 700), nfilt + 2)
    hz = 700 * (10 ** (mel / 2595) - 1)
    bins = np.floor((nfft + 1) * hz / sample_rate)
    fbank = np.zeros((nfilt, power.shape[1]))
    for m in range(1, nfilt + 1):
        left, center, right = int(bins[m - 1]), int(bins[m]), int(bins[m + 1])
        for k in range(left, center):
            fbank[m - 1, k] = (k - bins[m - 1]) / (bins[m] - bins[m - 1])
        for k in range(center, right):
            fbank[m - 1, k] = (bins[m + 1] - k) / (bins[m + 1] - bins[m])
    energies = np.dot(power, fbank.T)
    energies = np.where(energies == 0, np.finfo(float).eps, energies)
    return 20 * np.log10(energies)


def autocorrelation(x):
    x = x - x.mean()
    r = np.correlate(x, x, mode="full")[-len(x) :]
    return r / r[0]


def dct_ii(x):
    N = len(x)
    n = np.arange(N)
    k = n.reshape((N, 1))
    M = np.cos(np.pi * k * (2 * n + 1) / (2 * N))
    return 2 * np.dot(M, x)


def haar_step(x):
    s = np.sqrt(2)
    return (x[0::2] + x[1::2]) / s, (x[0::2] - x[1::2]) / s


def haar_transform(x, levels):
    out = x.copy()
    n = len(x)
    for _ in range(levels):
        a, d = haar_step(out[:n])
        out[: n // 2] = a
        out[n // 2 : n] = d
        n //= 2
    return out


def fft_recursive(x):
    N = x.shape[0]
    if N <= 2:
        n = np.arange(N)
        M = np.exp(-2j * np.pi * n.reshape((N, 1)) * n / N)
        return np.dot(M, x)
    even = fft_recursive(x[::2])
    odd = fft_recursive(x[1::2])
    factor = np.exp(-2j * np.pi * np.arange(N) / N)
    return np.concatenate([even + factor[: N // 2] * odd, even + factor[N // 2 :] * odd])


def spectrum_magnitude(x):
    return np.abs(fft_recursive(x.astype(complex)))


def preemphasis_frames(signal, coeff):
    emphasized = np.append(signal[0], signal[1:] - coeff * signal[:-1])
    pad = (-len(emphasized)) % 4
    return np.append(emphasized, np.zeros(pad)).reshape(-1, 4)


def gaussian_kernel(size, sigma):
    ax = np.linspace(-(size - 1) / 2.0, (size - 1) / 2.0, size)
    gauss = np.exp(-0.5 * np.square(ax) / np.square(sigma))
    kernel = np.outer(gauss, gauss)
    return kernel / np.sum(kernel)


def gaussian_blur(img, size, sigma):
    k = gaussian_kernel(size, sigma)
    pad = size // 2
    padded = np.pad(img, pad, mode="reflect")
    out = np.zeros_like(img)
    for dy in range(size):
        for dx in range(size):
            out += k[dy, dx] * padded[dy : dy + img.shape[0], dx : dx + img.shape[1]]
    return out


def sobel_magnitude(img):
    Kx = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], np.float64)
    Ky = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]], np.float64)
    p = np.pad(img, 1, "edge")
    w = np.lib.stride_tricks.sliding_window_view(p, (3, 3))
    gx = np.einsum("ijkl,kl->ij", w, Kx)
    gy = np.einsum("ijkl,kl->ij", w, Ky)
    g = np.hypot(gx, gy)
    theta = np.arctan2(gy, gx)
    return g / g.max(), theta


def median_filter(x, k):
    half = k // 2
    padded = np.pad(x, (half, half), mode="edge")
    out = np.empty_like(x)
    for i in range(len(x)):
        out[i] = np.median(padded[i : i + k])
    return out


def bilinear_sample(img, ys, xs):
    H, W = img.shape
    y0 = np.clip(np.floor(ys).astype(int), 0, H - 2)
    x0 = np.clip(np.floor(xs).astype(int), 0, W - 2)
    y1, x1 = y0 + 1, x0 + 1
    wy, wx = ys - y0, xs - x0
    return (
        img[y0, x0] * (1 - wy) * (1 - wx)
        + img[y1, x0] * wy * (1 - wx)
        + img[y0, x1] * (1 - wy) * wx
        + img[y1, x1] * wy * wx
    )


def rgb_to_gray_normalized(rgb):
    gray = np.dot(rgb[..., :3], [0.2989, 0.5870, 0.1140])
    lo, hi = np.min(gray), np.max(gray)
    return (gray - lo) / (hi - lo)


def histogram_equalize(img):
    hist = np.bincount(img.ravel(), minlength=16)
    cdf = hist.cumsum()
    cdf_min = cdf[np.nonzero(cdf)[0][0]]
    lut = np.round((cdf - cdf_min) / (img.size - cdf_min) * 15).astype(np.uint8)
    return lut[img]


def integral_image_box(img, k):
    ii = np.pad(img.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    return ii[k:, k:] - ii[:-k, k:] - ii[k:, :-k] + ii[:-k, :-k]


def augment(img, flip_u):
    flipped = img[:, ::-1]
    out = np.where(flip_u > 0.5, flipped, img)
    out = np.rot90(out)
    return np.concatenate((out, np.flipud(out)), axis=0)


def threshold_and_mask(img, t):
    binary = img > t
    result = np.zeros(img.shape, dtype=np.float64)
    result[binary] = img[binary]
    result[~binary] = 0.1 * t
    return result, np.count_nonzero(binary)


def linear_interpolation(xq, xp, fp):
    return np.interp(xq, xp, fp)


def lagrange_interpolation(x, xs, ys):
    total = 0.0
    n = len(xs)
    for i in range(n):
        term = ys[i]
        for j in range(n):
            if j != i:
                term = term * (x - xs[j]) / (xs[i] - xs[j])
        total += term
    return total


def newton_divided_differences(x, y):
    n = len(y)
    coef = np.zeros([n, n])
    coef[:, 0] = y
    for j in range(1, n):
        for i in range(n - j):
            coef[i][j] = (coef[i + 1][j - 1] - coef[i][j - 1]) / (x[i + j] - x[i])
    return coef[0, :]


def cubic_spline_second_derivatives(x, y):
    n = len(x)
    h = np.diff(x)
    A = np.zeros((n, n))
    rhs = np.zeros(n)
    A[0, 0] = A[-1, -1] = 1
    for i in range(1, n - 1):
        A[i, i - 1 : i + 2] = [h[i - 1], 2 * (h[i - 1] + h[i]), h[i]]
        rhs[i] = 6 * ((y[i + 1] - y[i]) / h[i] - (y[i] - y[i - 1]) / h[i - 1])
    return np.linalg.solve(A, rhs)


def savgol_coefficients(window, degree):
    half = window // 2
    A = np.array([[k**i for i in range(degree + 1)] for k in range(-half, half + 1)], dtype=float)
    return np.linalg.pinv(A)[0]


def savgol_smooth(y, window, degree):
    c = savgol_coefficients(window, degree)
    half = window // 2
    first = y[0] - np.abs(y[1 : half + 1][::-1] - y[0])
    last = y[-1] + np.abs(y[-half - 1 : -1][::-1] - y[-1])
    padded = np.concatenate((first, y, last))
    return np.convolve(c[::-1], padded, mode="valid")


def kalman_filter(zs, F, H, Q, R, x, P):
    estimates = []
    identity = np.eye(len(x))
    for z in zs:
        x = F @ x
        P = F @ P @ F.T + Q
        y = z - H @ x
        S = H @ P @ H.T + R
        K = P @ H.T @ np.linalg.inv(S)
        x = x + K @ y
        P = (identity - K @ H) @ P
        estimates.append(x)
    return np.array(estimates), P


def extended_kalman_bearing(x, P, z, R):
    r2 = x[0] ** 2 + x[1] ** 2
    h = np.array([np.sqrt(r2), np.arctan2(x[1], x[0])])
    Hj = np.array([[x[0] / np.sqrt(r2), x[1] / np.sqrt(r2)], [-x[1] / r2, x[0] / r2]])
    y = z - h
    y[1] = (y[1] + np.pi) % (2 * np.pi) - np.pi
    K = P.dot(Hj.T).dot(np.linalg.inv(Hj.dot(P).dot(Hj.T) + R))
    return x + K.dot(y), (np.eye(2) - K.dot(Hj)).dot(P)


def zero_crossing_rate(frames):
    signs = np.sign(frames)
    signs[signs == 0] = 1
    return np.mean(np.abs(np.diff(signs, axis=1)) / 2, axis=1)


def envelope_follower(x, attack, release):
    env = np.zeros(len(x))
    prev = 0.0
    for i, v in enumerate(np.abs(x)):
        coef = np.where(v > prev, attack, release)
        prev = coef * prev + (1 - coef) * v
        env[i] = prev
    return env
