"""The Mersenne twister, from which numpy's older generator and so ONNX's reference evaluator draw."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import numpy as np

from irlib import regions
from irlib.axes import vector_dims
from irlib.builder import Builder
from irlib.errors import AttributeValueError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Composite, Operand, register
from irlib.types import DTYPES, TensorType

__all__ = ["MersenneUniform"]

_WORDS, _OFFSET = 624, 397
_UPPER, _LOWER, _TWIST = 0x80000000, 0x7FFFFFFF, 0x9908B0DF


@register
@dataclass(frozen=True)
class MersenneUniform(Composite):
    """Random floats from 0 to below 1, in the order in which MT19937 of 32 bits, started by `seed`, gives them.

    Type: shape: int64[k] -> float64[shape].
    (C1) the state is started by one seed of 32 bits, not by an array of them.
    (C2) each is (2**26 a + b) / 2**53, of which a and b are the leading 27 and 26 bits of two words that follow.
    (C3) it is what ``numpy.random.RandomState(seed).random_sample`` gives, which numpy keeps as it is. New models
    draw from keys (`random_uniform`), which need no state.
    Source: Matsumoto and Nishimura, Mersenne twister (1998), 2002/1/26 version.
    """

    seed: int = 0
    name = "mersenne_uniform"
    smoothness = "zero"

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**32:
            raise AttributeValueError(f"seed {self.seed}, expected 0 to {2**32 - 1}", code="IR302")

    def infer(self, shape: Operand) -> TensorType:
        return TensorType(DTYPES["float64"], vector_dims(shape, "shape"))

    def decompose(self, b: Emitter, shape: Any) -> Any:
        words = b.multiply(b.prod(shape), 2)
        blocks = b.maximum(b.floor_divide(b.add(words, _WORDS - 1), _WORDS), 1)  # runtimes refuse a scan of no steps
        start = b.constant(np.array(_started(self.seed), np.uint32))
        _, drawn = regions.scan(cast(Builder, b), lambda b, state, _: _block(b, state), start, b.iota(blocks))
        pairs = b.reshape(b.slice(b.reshape(drawn, [-1]), [0], b.reshape(words, [1])), [-1, 2])
        high, low = (
            b.cast(b.right_shift(b.take(pairs, k, axis=1), b.constant(5 + k, "uint32")), dtype="float64")
            for k in (0, 1)
        )
        made = b.divide(b.add(b.multiply(high, 2.0**26), low), 2.0**53)
        return b.reshape(made, shape)

    def vjp(self, b: Emitter, node: NodeView, *cotangents: Value) -> tuple[Value | None, ...]:
        return (None,)


@lru_cache(maxsize=64)
def _started(seed: int) -> tuple[int, ...]:
    """The state that a seed of 32 bits starts with."""
    state = [seed]
    for k in range(1, _WORDS):
        state.append((1812433253 * (state[-1] ^ (state[-1] >> 30)) + k) % 2**32)
    return tuple(state)


def _word(b: Any, number: int) -> Any:
    return b.constant(number, "uint32")


def _block(b: Any, state: Any) -> tuple[Any, Any]:
    """The next state, and its words tempered.

    Word k becomes that of k + 397 xor a function of words k and k + 1, which may be new ones: so it goes in stretches.
    """
    first = _WORDS - _OFFSET
    following = b.concat(b.slice(state, [1], [_WORDS]), b.slice(state, [0], [1]), axis=0)
    turned = _turned(b, state, following)
    new = b.bitwise_xor(b.slice(state, [_OFFSET], [_WORDS]), b.slice(turned, [0], [first]))
    more = b.bitwise_xor(new, b.slice(turned, [first], [2 * first]))
    rest = _WORDS - 1 - 2 * first
    end = b.bitwise_xor(b.slice(more, [0], [rest]), b.slice(turned, [2 * first], [_WORDS - 1]))
    last = _turned(b, b.slice(state, [_WORDS - 1], [_WORDS]), b.slice(new, [0], [1]))
    made = b.concat(new, more, end, b.bitwise_xor(b.slice(more, [rest], [rest + 1]), last), axis=0)
    return made, _tempered(b, made)


def _turned(b: Any, word: Any, following: Any) -> Any:
    mixed = b.bitwise_or(b.bitwise_and(word, _word(b, _UPPER)), b.bitwise_and(following, _word(b, _LOWER)))
    odd = b.equal(b.bitwise_and(mixed, _word(b, 1)), _word(b, 1))
    return b.bitwise_xor(b.right_shift(mixed, _word(b, 1)), b.where(odd, _word(b, _TWIST), _word(b, 0)))


def _tempered(b: Any, word: Any) -> Any:
    word = b.bitwise_xor(word, b.right_shift(word, _word(b, 11)))
    for distance, mask in ((7, 0x9D2C5680), (15, 0xEFC60000)):
        word = b.bitwise_xor(word, b.bitwise_and(b.left_shift(word, _word(b, distance)), _word(b, mask)))
    return b.bitwise_xor(word, b.right_shift(word, _word(b, 18)))
