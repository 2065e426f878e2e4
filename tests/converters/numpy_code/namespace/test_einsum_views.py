"""einsum that only picks and turns gives a view, as numpy's does."""

from __future__ import annotations

import numpy as np
import pytest

import irlib


@pytest.mark.parametrize("equation", ["...ii->...i", "ij->ji", "abb->ba", "ii->i", "...ab->...ba"])
def test_what_is_written_into_an_einsum_view_is_written_into_its_base(equation: str) -> None:
    x = np.arange(9.0).reshape(3, 3) if "abb" not in equation else np.arange(18.0).reshape(2, 3, 3)
    source = f"import numpy as np\ndef f(x):\n    y = x + 1\n    v = np.einsum({equation!r}, y)\n    v[0] += 10\n    return y, v\n"
    expected = x + 1
    view = np.einsum(equation, expected)
    view[0] += 10
    got = irlib.run(irlib.from_numpy(source, "f", x), {"x": x})
    np.testing.assert_array_equal(got["out.0"], expected)
    np.testing.assert_array_equal(got["out.1"], view)


def test_einsum_that_sums_is_no_view() -> None:
    source = (
        "import numpy as np\ndef f(x):\n    y = x + 1\n    v = np.einsum('ij->i', y)\n    v[0] += 10\n    return y, v\n"
    )
    x = np.arange(9.0).reshape(3, 3)
    got = irlib.run(irlib.from_numpy(source, "f", x), {"x": x})
    np.testing.assert_array_equal(got["out.0"], x + 1)
    np.testing.assert_array_equal(got["out.1"], (x + 1).sum(1) + np.array([10, 0, 0]))
