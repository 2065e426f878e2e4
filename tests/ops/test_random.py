import numpy as np
import pytest

from irlib.interpreters.numpy_ref.kernels.random import threefry2x32


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
        ((0x243F6A88, 0x85A308D3), (0x13198A2E, 0x03707344), (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_threefry_gives_its_published_answers(
    counter: tuple[int, int], key: tuple[int, int], answer: tuple[int, int]
) -> None:
    low, high = (np.array([word], np.uint32) for word in counter)
    x, y = threefry2x32(np.array(key, np.uint32), low, high)
    assert (int(x[0]), int(y[0])) == answer
