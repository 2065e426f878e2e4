"""Attention in its several forms, rotary embeddings, and the recurrences that stand in for attention."""

from __future__ import annotations

from typing import Any, cast

from irlib import regions
from irlib.builder import Builder
from irlib.converters.onnx_model.rules.heads import grouped, inverse_root, joined_heads, split_heads
from irlib.converters.onnx_model.rules.operands import dims_of, per_channel
from irlib.converters.onnx_model.rules.rule import OnnxOp, rank_of, rule, shape_of_rank
from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, Value
from irlib.types import DTYPES, DType


def _wide(dtype: DType) -> DType:
    return DTYPES["float32"] if dtype.is_half else dtype


def _cast(b: Emitter, x: Value, to: DType) -> Any:
    return x if x.dtype is to else b.cast(x, dtype=to)


@rule("Attention", 23)
def attention(
    b: Emitter, n: OnnxOp, q: Value, k: Value, v: Value, mask: Value | None, past_key: Value | None,
    past_value: Value | None, lengths: Value | None,
) -> Any:  # fmt: skip
    """Scores, soft cap, bias, softmax, values. Where no key may be seen, the result is 0."""
    packed = rank_of(q) == 3
    query, key, value = (split_heads(b, x, n[f"{h}_num_heads"]) for x, h in ((q, "q"), (k, "kv"), (v, "kv")))
    if past_key is not None and past_value is not None:
        key, value = b.concat(past_key, key, axis=2), b.concat(past_value, value, axis=2)
    present = (key, value)
    wide = _wide(q.dtype)
    rows, keys, values = (_cast(b, x, wide) for x in (query, *grouped(b, query, key, value)))
    scale = inverse_root(b, rows) if n["scale"] is None else n["scale"]
    raw = b.matmul(b.multiply(rows, scale), b.transpose(keys, perm=(0, 1, 3, 2)))
    cap = n["softcap"]
    capped = b.multiply(b.tanh(b.divide(raw, cap)), cap) if cap else raw
    biased = _allowed(b, n, _biased(b, mask, capped), query, key, past_key, lengths)
    probs = _cast(b, b.softmax(_cast(b, biased, _precision(n, wide)), axis=-1), wide)
    y = _cast(b, b.matmul(probs, _cast(b, values, wide)), q.dtype)
    if packed:
        y = joined_heads(b, y)
    shown = (raw, capped, biased, probs)
    stage = n["qk_matmul_output_mode"]
    if not 0 <= stage < len(shown):
        raise AttributeValueError(f"qk_matmul_output_mode {stage}, expected 0 to 3", code="IR302")
    return (y, *present, _cast(b, shown[stage], q.dtype))


def _precision(n: OnnxOp, wide: DType) -> DType:
    """Of the softmax: never less than that of the scores."""
    given = n.dtype("softmax_precision")
    return wide if given is None or given.bits < wide.bits else given


def _biased(b: Emitter, mask: Value | None, scores: Any) -> Any:
    """Scores with the mask added; keys that it is too short for are not seen."""
    if mask is None:
        return scores
    nothing = b.constant(float("-inf"), scores.dtype)
    added = (
        b.where(mask, b.constant(0, scores.dtype), nothing)
        if mask.dtype.kind == "bool"
        else _cast(b, mask, scores.dtype)
    )
    of_mask, of_scores = (shape_of_rank(x, "the mask")[-1] for x in (mask, scores))
    if of_mask not in (of_scores, 1):
        last = b.constant([-1], "int64")
        missing = b.subtract(b.take(b.shape(scores), last, axis=0), b.take(b.shape(mask), last, axis=0))
        added = b.pad(added, b.concat(b.constant([0], "int64"), missing, axis=0), nothing, last)
    return b.add(scores, added)


def _allowed(
    b: Emitter, n: OnnxOp, scores: Any, query: Any, key: Any, past_key: Value | None, lengths: Value | None
) -> Any:
    """Scores, -inf where causality, a window or the number of keys that are there excludes a key."""
    left, right = (n["left_window_size"], n["right_window_size"]) if n.version >= 25 else (-1, -1)
    columns = b.iota(b.reshape(dims_of(b, key, [2]), []))
    rules: list[Any] = []
    if lengths is not None:
        rules.append(b.less(columns, b.reshape(lengths, [-1, 1, 1, 1])))
    if n["is_causal"] or left >= 0 or right >= 0:
        places = _positions(b, n, query, past_key, lengths)
        if n["is_causal"]:
            rules.append(b.less_equal(columns, places))
        if left >= 0:
            rules.append(b.greater_equal(columns, b.subtract(places, left)))
        if right >= 0:
            rules.append(b.less_equal(columns, b.add(places, right)))
    for seen in rules:
        scores = b.where(seen, scores, float("-inf"))
    return scores


def _positions(b: Emitter, n: OnnxOp, query: Any, past_key: Value | None, lengths: Value | None) -> Any:
    """The absolute place of each query, as a column."""
    size = dims_of(b, query, [2])
    places = b.unsqueeze(b.iota(b.reshape(size, [])), [1])
    if past_key is not None:
        return b.add(places, dims_of(b, past_key, [2]))
    if lengths is not None:
        return b.add(places, b.subtract(b.reshape(lengths, [-1, 1, 1, 1]), size))
    return places


@rule("FlexAttention", 1, dialect="ai.onnx.preview")
def flex_attention(b: Emitter, n: OnnxOp, q: Value, k: Value, v: Value, *captured: Value) -> Any:
    wide = n.dtype("softmax_precision") or (q.dtype if q.dtype.name == "float64" else DTYPES["float32"])
    rows, keys, values = (_cast(b, x, wide) for x in (q, *grouped(b, q, k, v)))
    scale = inverse_root(b, rows) if n["scale"] is None else n["scale"]
    scores = b.matmul(b.multiply(rows, scale), b.transpose(keys, perm=(0, 1, 3, 2)))
    scores = _modified(b, n, "score_mod", scores, captured)
    probs = _modified(b, n, "prob_mod", b.softmax(scores, axis=-1), captured)
    return _cast(b, b.matmul(probs, values), q.dtype)


def _modified(b: Emitter, n: OnnxOp, which: str, x: Any, captured: tuple[Value, ...]) -> Any:
    return x if n[which] is None else b.call(x, *captured, graph=n.graph(which))[0]


@rule("RotaryEmbedding", 23)
def rotary_embedding(b: Emitter, n: OnnxOp, x: Value, cos: Value, sin: Value, places: Value | None) -> Any:
    packed = rank_of(x) == 3
    heads = b.transpose(split_heads(b, x, n["num_heads"]), perm=(0, 2, 1, 3))  # [batch, steps, heads, size]
    size = n["rotary_embedding_dim"]
    whole = not size
    turning = heads if whole else b.slice(heads, [0], [size], [3])
    if places is not None:
        cos, sin = b.take(cos, places, axis=0), b.take(sin, places, axis=0)
    cos, sin = b.unsqueeze(cos, [2]), b.unsqueeze(sin, [2])
    if n["interleaved"]:
        first, second = (b.slice(turning, [k], [2**62], [3], [2]) for k in (0, 1))
    else:
        first, second = b.split(turning, axis=3, count=2)
    real = b.subtract(b.multiply(cos, first), b.multiply(sin, second))
    imaginary = b.add(b.multiply(sin, first), b.multiply(cos, second))
    if n["interleaved"]:
        turned = b.reshape(b.stack(real, imaginary, axis=4), b.shape(turning))
    else:
        turned = b.concat(real, imaginary, axis=3)
    if not whole:
        turned = b.concat(turned, b.slice(heads, [size], [2**62], [3]), axis=3)
    return b.reshape(turned, b.shape(x)) if packed else b.transpose(turned, perm=(0, 2, 1, 3))


@rule("CausalConvWithState", 27)
def causal_conv_with_state(b: Emitter, n: OnnxOp, x: Value, w: Value, bias: Value | None, past: Value | None) -> Any:
    """A convolution of each channel over what came before."""
    before = b.subtract(dims_of(b, w, [2]), 1)
    if past is None:
        past = b.broadcast_to(b.constant(0, x.dtype), b.concat(dims_of(b, x, [0, 1]), before, axis=0))
    joined = b.concat(past, x, axis=2)
    channels = shape_of_rank(w, "the kernel")[0]
    if not isinstance(channels, int):
        raise IRTypeError("the number of channels is not known", code="IR210")
    wide = _wide(x.dtype)
    y = b.convolution(_cast(b, joined, wide), _cast(b, w, wide), None, groups=channels)
    if bias is not None:
        y = b.add(y, per_channel(b, _cast(b, bias, wide), 3))
    if n["activation"] not in ("none", "silu", "swish"):
        raise AttributeValueError(f"activation {n['activation']!r}, expected silu, swish or none", code="IR302")
    if n["activation"] != "none":
        y = b.silu(y)
    end = dims_of(b, joined, [2])
    return _cast(b, y, x.dtype), b.slice(joined, b.subtract(end, before), end, [2])


@rule("LinearAttention", 27)
def linear_attention(
    b: Emitter, n: OnnxOp, q: Value, k: Value, v: Value, past: Value | None, decay: Value | None, beta: Value | None
) -> Any:
    """The recurrence step by step, in float32 at least."""
    kind = n["update_rule"]
    gated, delta = _KINDS.get(kind, (False, False))
    if kind not in _KINDS or (gated and decay is None) or (delta and beta is None):
        raise AttributeValueError(f"update_rule {kind!r} without what it needs, or not one of {list(_KINDS)}")
    wide = DTYPES["float64"] if q.dtype.name == "float64" else DTYPES["float32"]
    heads, groups = n["kv_num_heads"], n["q_num_heads"] // n["kv_num_heads"]
    state_dtype = q.dtype if past is None else past.dtype

    def steps(x: Value, *parts: int) -> Any:
        """The operand as [steps, batch, parts..]."""
        lead = dims_of(b, x, [0, 1])
        made = b.reshape(_cast(b, x, wide), b.concat(lead, b.constant(list(parts), "int64"), axis=0))
        return b.transpose(made, perm=(1, 0, *range(2, 2 + len(parts))))

    query, key, value = steps(q, heads, groups, -1), steps(k, heads, -1), steps(v, heads, -1)
    xs: list[Any] = [query, key, value]
    if gated and decay is not None:
        xs.append(b.unsqueeze(b.exp(steps(decay, heads, -1)), [4]))
    if delta and beta is not None:
        xs.append(b.unsqueeze(steps(beta, -1), [3]))
    sizes = [b.reshape(dims_of(b, x, [3]), []) for x in (key, value)]
    start = _cast(b, past, wide) if past is not None else b.broadcast_to(
        b.constant(0, wide), [b.reshape(dims_of(b, q, [0]), []), heads, *sizes]
    )  # fmt: skip
    scale = n["scale"] or inverse_root(b, query)

    def one(b: Builder, state: Any, given: Any) -> tuple[Any, Any]:
        query, key, value, *rest = given
        if gated:
            state = b.multiply(rest[0], state)
        if delta:
            recalled = b.squeeze(b.matmul(b.unsqueeze(key, [2]), state), [2])
            value = b.multiply(rest[-1], b.subtract(value, recalled))
        state = b.add(state, b.multiply(b.unsqueeze(key, [3]), b.unsqueeze(value, [2])))
        return state, b.matmul(query, state)  # [batch, heads, groups, size]

    last, stacked = regions.scan(cast(Builder, b), one, start, tuple(xs))
    y = b.multiply(b.transpose(stacked, perm=(1, 0, 2, 3, 4)), scale)
    packed = b.reshape(y, b.concat(dims_of(b, q, [0, 1]), b.constant([-1], "int64"), axis=0))
    return _cast(b, packed, q.dtype), _cast(b, last, state_dtype)


_KINDS = {"linear": (False, False), "gated": (True, False), "delta": (False, True), "gated_delta": (True, True)}
"""Whether a recurrence forgets, and whether it corrects what it recalls."""
