"""Convolutions and pooling as people write them: loops, index tricks, strides."""

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view


def zero_pad(X, pad):
    return np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant", constant_values=0)


def conv2d_loops(image, kernel):
    kh, kw = kernel.shape
    out_h = image.shape[0] - kh + 1
    out_w = image.shape[1] - kw + 1
    output = np.zeros((out_h, out_w))
    for i in range(out_h):
        for j in range(out_w):
            output[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return output


def conv_forward_naive(x, w, b, stride, pad):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = zero_pad(x, pad)
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    out[n, f, i, j] = np.sum(x_pad[n, :, hs : hs + HH, ws : ws + WW] * w[f]) + b[f]
    return out


def conv_backward_naive(dout, x, w, b, stride, pad):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape
    x_pad = zero_pad(x, pad)
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.zeros_like(b)
    for n in range(N):
        for f in range(F):
            db[f] += np.sum(dout[n, f])
            for i in range(H_out):
                for j in range(W_out):
                    window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    dw[f] += window * dout[n, f, i, j]
                    dx_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW] += w[f] * dout[n, f, i, j]
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db


def get_im2col_indices(x_shape, field_height, field_width, padding, stride):
    N, C, H, W = x_shape
    assert (H + 2 * padding - field_height) % stride == 0
    out_height = int((H + 2 * padding - field_height) / stride + 1)
    out_width = int((W + 2 * padding - field_width) / stride + 1)
    i0 = np.repeat(np.arange(field_height), field_width)
    i0 = np.tile(i0, C)
    i1 = stride * np.repeat(np.arange(out_height), out_width)
    j0 = np.tile(np.arange(field_width), field_height * C)
    j1 = stride * np.tile(np.arange(out_width), out_height)
    i = i0.reshape(-1, 1) + i1.reshape(1, -1)
    j = j0.reshape(-1, 1) + j1.reshape(1, -1)
    k = np.repeat(np.arange(C), field_height * field_width).reshape(-1, 1)
    return k, i, j


def conv_im2col(x, w, b, stride, padding):
    n_filters, d_filter, h_filter, w_filter = w.shape
    n_x, d_x, h_x, w_x = x.shape
    h_out = (h_x - h_filter + 2 * padding) // stride + 1
    w_out = (w_x - w_filter + 2 * padding) // stride + 1
    x_padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="constant")
    k, i, j = get_im2col_indices(x.shape, h_filter, w_filter, padding, stride)
    cols = x_padded[:, k, i, j]
    cols = cols.transpose(1, 2, 0).reshape(h_filter * w_filter * d_x, -1)
    out = w.reshape(n_filters, -1) @ cols + b.reshape(-1, 1)
    out = out.reshape(n_filters, h_out, w_out, n_x)
    return out.transpose(3, 0, 1, 2)


def col2im(cols, x_shape, field_height, field_width, padding, stride):
    N, C, H, W = x_shape
    x_padded = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=cols.dtype)
    k, i, j = get_im2col_indices(x_shape, field_height, field_width, padding, stride)
    cols_reshaped = cols.reshape(C * field_height * field_width, -1, N).transpose(2, 0, 1)
    np.add.at(x_padded, (slice(None), k, i, j), cols_reshaped)
    if padding == 0:
        return x_padded
    return x_padded[:, :, padding:-padding, padding:-padding]


def im2col_slices(input_data, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_data.shape
    out_h = (H + 2 * pad - filter_h) // stride + 1
    out_w = (W + 2 * pad - filter_w) // stride + 1
    img = np.pad(input_data, [(0, 0), (0, 0), (pad, pad), (pad, pad)], "constant")
    col = np.zeros((N, C, filter_h, filter_w, out_h, out_w))
    for y in range(filter_h):
        y_max = y + stride * out_h
        for x in range(filter_w):
            x_max = x + stride * out_w
            col[:, :, y, x, :, :] = img[:, :, y:y_max:stride, x:x_max:stride]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * out_h * out_w, -1)


def conv_as_strided(x, k):
    n, c, h, w = x.shape
    f, _, kh, kw = k.shape
    sn, sc, sh, sw = x.strides
    windows = as_strided(x, shape=(n, c, h - kh + 1, w - kw + 1, kh, kw), strides=(sn, sc, sh, sw, sh, sw))
    return np.einsum("nchwij,fcij->nfhw", windows, k)


def conv_sliding_window(x, k, stride):
    windows = sliding_window_view(x, k.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.tensordot(windows, k, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)


def conv1d_causal(x, w, dilation):
    T, k = len(x), len(w)
    padded = np.concatenate([np.zeros((k - 1) * dilation), x])
    y = np.zeros(T)
    for t in range(T):
        for i in range(k):
            y[t] += w[i] * padded[t + (k - 1 - i) * dilation]
    return y


def depthwise_conv(x, w):
    H, W, C = x.shape
    kh, kw, _ = w.shape
    out = np.empty((H - kh + 1, W - kw + 1, C))
    for c in range(C):
        for i in range(out.shape[0]):
            for j in range(out.shape[1]):
                out[i, j, c] = (x[i : i + kh, j : j + kw, c] * w[..., c]).sum()
    return out


def conv_transpose(x, w, stride):
    H, W = x.shape
    kh, kw = w.shape
    out = np.zeros(((H - 1) * stride + kh, (W - 1) * stride + kw))
    for i in range(H):
        for j in range(W):
            out[i * stride : i * stride + kh, j * stride : j * stride + kw] += x[i, j] * w
    return out


def max_pool_forward(x, pool_h, pool_w, stride):
    N, C, H, W = x.shape
    H_out = (H - pool_h) // stride + 1
    W_out = (W - pool_w) // stride + 1
    out = np.zeros((N, C, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            mask = x[:, :, i * stride : i * stride + pool_h, j * stride : j * stride + pool_w]
            out[:, :, i, j] = np.max(mask, axis=(2, 3))
    return out


def max_pool_backward(dout, x, pool_h, pool_w, stride):
    N, C, H, W = x.shape
    _, _, H_out, W_out = dout.shape
    dx = np.zeros_like(x)
    for n in range(N):
        for c in range(C):
            for i in range(H_out):
                for j in range(W_out):
                    window = x[n, c, i * stride : i * stride + pool_h, j * stride : j * stride + pool_w]
                    mask = window == np.max(window)
                    dx[n, c, i * stride : i * stride + pool_h, j * stride : j * stride + pool_w] += (
                        mask * dout[n, c, i, j]
                    )
    return dx


def max_pool_reshape(x):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // 2, 2, W // 2, 2).max(axis=3).max(axis=4)


def average_pool_1d(x, k):
    n = len(x) // k
    return x[: n * k].reshape(n, k).mean(axis=1)


def upsample_nearest(x, scale):
    return x.repeat(scale, axis=-2).repeat(scale, axis=-1)


def global_average_then_linear(x, W, b):
    pooled = np.mean(x, axis=(2, 3))
    return np.dot(pooled, W.T) + b


class SmallConvNet:
    def __init__(self, params):
        self.params = params

    def conv(self, x, name):
        W, b = self.params[name + "_W"], self.params[name + "_b"]
        fn, c, fh, fw = W.shape
        n, c, h, w = x.shape
        col = im2col_slices(x, fh, fw, 1, 0)
        out = np.dot(col, W.reshape(fn, -1).T) + b
        return out.reshape(n, h - fh + 1, w - fw + 1, -1).transpose(0, 3, 1, 2)

    def predict(self, x):
        h = np.maximum(self.conv(x, "conv1"), 0)
        h = max_pool_reshape(h)
        h = h.reshape(h.shape[0], -1)
        return np.dot(h, self.params["fc_W"]) + self.params["fc_b"]


def small_convnet_loss(x, t, params):
    scores = SmallConvNet(params).predict(x)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    y = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    batch_size = y.shape[0]
    return -np.sum(np.log(y[np.arange(batch_size), t] + 1e-7)) / batch_size


def spatial_batchnorm(x, gamma, beta):
    N, C, H, W = x.shape
    flat = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out = (flat - flat.mean(0)) / np.sqrt(flat.var(0) + 1e-5) * gamma + beta
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2)
