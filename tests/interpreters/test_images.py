"""Image files that are hostile, and an installation without a decoder."""

from __future__ import annotations

import struct
import sys

import numpy as np
import pytest

import irlib
from irlib.errors import BudgetError, UnsupportedError
from tests.vectors.image import PIXELS, chunk, data, png


def decoder() -> irlib.Graph:
    b = irlib.Builder("images")
    b.output("y", b.decode_image(b.input("x", "uint8[n]")))
    return b.build()


@pytest.mark.parametrize("side", [30_000, 100_000])
def test_an_image_that_says_it_is_huge_is_over_budget_before_it_is_decoded(side: int) -> None:
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    with pytest.raises(BudgetError):
        irlib.run(decoder(), {"x": data(bomb)})


def test_a_damaged_image_gives_no_pixels_or_what_is_there() -> None:
    whole = png(PIXELS)
    rng = np.random.default_rng(0)
    for _ in range(100):
        broken = bytearray(whole)
        broken[rng.integers(len(broken))] ^= 1 << rng.integers(8)
        y = irlib.run(decoder(), {"x": data(bytes(broken))})["y"]
        assert y.ndim == 3
        assert y.shape[2] == 3


def test_without_pillow_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(UnsupportedError, match="irlib-graph\\[image\\]") as caught:
        irlib.run(decoder(), {"x": data(png(PIXELS))})
    assert caught.value.code == "IR324"
