"""Attention and transformers written from scratch."""

import numpy as np


def softmax(x, axis=-1):
    x_max = np.max(x, axis=axis, keepdims=True)
    exp_x = np.exp(x - x_max)
    return exp_x / np.sum(exp_x, axis=axis, keepdims=True)


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def layer_norm(x, g, b, eps: float = 1e-5):
    mean = np.mean(x, axis=-1, keepdims=True)
    variance = np.var(x, axis=-1, keepdims=True)
    return g * (x - mean) / np.sqrt(variance + eps) + b


def linear(x, w, b):
    return x @ w + b


def scaled_dot_product_attention(q, k, v, mask=None):
    d_k = q.shape[-1]
    scores = np.matmul(q, k.swapaxes(-2, -1)) / np.sqrt(d_k)
    if mask is not None:
        scores = np.where(mask == 0, -1e9, scores)
    weights = softmax(scores)
    return weights @ v, weights


def attention_backward(dout, q, k, v):
    scale = 1 / np.sqrt(q.shape[-1])
    p = softmax(q @ k.T * scale)
    dv = p.T @ dout
    dp = dout @ v.T
    ds = p * (dp - np.sum(dp * p, axis=-1, keepdims=True))
    return ds @ k * scale, ds.T @ q * scale, dv


def plain_attention(q, k, v):
    return softmax(q @ k.T / np.sqrt(q.shape[-1])) @ v


def ffn(x, c_fc, c_proj):
    return linear(gelu(linear(x, **c_fc)), **c_proj)


def masked_attention(q, k, v, mask):
    return softmax(q @ k.T / np.sqrt(q.shape[-1]) + mask) @ v


def mha(x, c_attn, c_proj, n_head):
    x = linear(x, **c_attn)
    qkv = np.split(x, 3, axis=-1)
    qkv_heads = list(map(lambda x: np.split(x, n_head, axis=-1), qkv))
    causal_mask = (1 - np.tri(x.shape[0], dtype=x.dtype)) * -1e10
    out_heads = [masked_attention(q, k, v, causal_mask) for q, k, v in zip(*qkv_heads)]
    return linear(np.hstack(out_heads), **c_proj)


def transformer_block(x, mlp, attn, ln_1, ln_2, n_head):
    x = x + mha(layer_norm(x, **ln_1), **attn, n_head=n_head)
    return x + ffn(layer_norm(x, **ln_2), **mlp)


def gpt2(inputs, wte, wpe, blocks, ln_f, n_head):
    x = wte[inputs] + wpe[range(len(inputs))]
    for block in blocks:
        x = transformer_block(x, **block, n_head=n_head)
    return layer_norm(x, **ln_f) @ wte.T


def lm_loss(inputs, params, n_head):
    x, y = inputs[:-1], inputs[1:]
    logits = gpt2(x, **params, n_head=n_head)
    logp = logits - np.log(np.sum(np.exp(logits), axis=-1, keepdims=True))
    return -np.mean(logp[np.arange(len(y)), y])


class MultiHeadAttention:
    def __init__(self, d_model, num_heads, Wq, Wk, Wv, Wo):
        assert d_model % num_heads == 0, "d_model must be divisible by num_heads"
        self.num_heads = num_heads
        self.depth = d_model // num_heads
        self.Wq, self.Wk, self.Wv, self.Wo = Wq, Wk, Wv, Wo

    def split_heads(self, x):
        batch, seq, _ = x.shape
        return x.reshape(batch, seq, self.num_heads, self.depth).transpose(0, 2, 1, 3)

    def forward(self, x):
        q = self.split_heads(x @ self.Wq)
        k = self.split_heads(x @ self.Wk)
        v = self.split_heads(x @ self.Wv)
        seq = x.shape[1]
        mask = np.triu(np.ones((seq, seq)), k=1).astype(bool)
        scores = np.einsum("bhqd,bhkd->bhqk", q, k) / self.depth**0.5
        scores[:, :, mask] = -np.inf
        out = np.einsum("bhqk,bhkd->bhqd", softmax(scores), v)
        out = out.transpose(0, 2, 1, 3).reshape(x.shape)
        return out @ self.Wo


def causal_mha(x, Wq, Wk, Wv, Wo, num_heads):
    return MultiHeadAttention(x.shape[-1], num_heads, Wq, Wk, Wv, Wo).forward(x)


def positional_encoding(length, depth):
    depth = depth / 2
    positions = np.arange(length)[:, np.newaxis]
    depths = np.arange(depth)[np.newaxis, :] / depth
    angle_rads = positions * (1 / (10000**depths))
    return np.concatenate([np.sin(angle_rads), np.cos(angle_rads)], axis=-1).astype(np.float32)


def sinusoidal_embedding(x, d_model):
    seq_len = x.shape[0]
    pe = np.zeros((seq_len, d_model))
    position = np.arange(0, seq_len).reshape(-1, 1)
    div_term = np.exp(np.arange(0, d_model, 2) * -(np.log(10000.0) / d_model))
    pe[:, 0::2] = np.sin(position * div_term)
    pe[:, 1::2] = np.cos(position * div_term)
    return x + pe


def rotary(x, base=10000):
    T, d = x.shape
    inv_freq = 1.0 / base ** (np.arange(0, d, 2) / d)
    theta = np.outer(np.arange(T), inv_freq)
    x1, x2 = x[:, ::2], x[:, 1::2]
    out = np.empty_like(x)
    out[:, ::2] = x1 * np.cos(theta) - x2 * np.sin(theta)
    out[:, 1::2] = x1 * np.sin(theta) + x2 * np.cos(theta)
    return out


def alibi_scores(q, k, n_heads):
    n = q.shape[1]
    slopes = np.array([2 ** (-8 * (h + 1) / n_heads) for h in range(n_heads)])
    distance = np.arange(n)[None, :] - np.arange(n)[:, None]
    bias = slopes[:, None, None] * np.minimum(distance, 0)
    return softmax(np.einsum("hid,hjd->hij", q, k) / np.sqrt(q.shape[-1]) + bias)


def kv_cache_decode(tokens, E, Wq, Wk, Wv):
    d = Wq.shape[1]
    cache_k = np.zeros((0, d))
    cache_v = np.zeros((0, d))
    outputs = []
    for token in tokens:
        x = E[token]
        cache_k = np.vstack([cache_k, x @ Wk])
        cache_v = np.append(cache_v, (x @ Wv)[None], axis=0)
        att = softmax(cache_k @ (x @ Wq) / np.sqrt(d), axis=0)
        outputs.append(att @ cache_v)
    return np.stack(outputs)


def rms_norm_swiglu(x, w_norm, w_gate, w_up, w_down):
    n = x / np.sqrt(np.mean(np.square(x), -1, keepdims=True) + 1e-6) * w_norm
    gate = n @ w_gate
    return x + (gate / (1 + np.exp(-gate)) * (n @ w_up)) @ w_down


def mixture_of_experts(x, gate_w, experts):
    gates = softmax(x @ gate_w)
    top = np.argsort(-gates, axis=-1)[:, :2]
    out = np.zeros_like(x)
    for i in range(x.shape[0]):
        chosen = gates[i, top[i]]
        chosen = chosen / chosen.sum()
        outs = np.stack([np.tanh(x[i] @ w) for w in experts])
        out[i] = chosen @ outs[top[i]]
    return out


def vision_patches(img, patch, W):
    H, W_, C = img.shape
    p = img.reshape(H // patch, patch, W_ // patch, patch, C).swapaxes(1, 2).reshape(-1, patch * patch * C)
    return p @ W


def additive_attention(query, keys, values, W1, W2, v):
    score = np.tanh(np.expand_dims(query @ W1, 1) + keys @ W2) @ v
    weights = np.exp(score) / np.exp(score).sum(axis=1, keepdims=True)
    context = np.sum(weights[..., None] * values, axis=1)
    return context, weights


def clip_contrastive_loss(image_features, text_features, logit_scale):
    I_e = image_features / np.linalg.norm(image_features, axis=1, keepdims=True)
    T_e = text_features / np.linalg.norm(text_features, axis=1, keepdims=True)
    logits = np.dot(I_e, T_e.T) * np.exp(logit_scale)
    labels = np.arange(len(logits))

    def ce(z, axis):
        z = z - z.max(axis=axis, keepdims=True)
        lse = np.log(np.exp(z).sum(axis=axis))
        return np.mean(lse - z[labels, labels])

    return (ce(logits, 0) + ce(logits, 1)) / 2
