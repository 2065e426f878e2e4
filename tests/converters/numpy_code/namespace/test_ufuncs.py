"""Every ufunc of the table gives numpy's values and dtypes, for all pairs of dtypes, and refuses what numpy refuses."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.converters.numpy_code.namespace.table import load
from irlib.converters.numpy_code.namespace.ufuncs import UFUNCS

load()
NAMES = sorted({u.__name__ for u in UFUNCS.values()} - {"matvec", "vecmat"})
SAMPLES: dict[str, Any] = {
    "bool": [True, False, True, False, True, True],
    "int8": [-3, -1, 5, 1, 2, 100],
    "uint8": [3, 1, 2, 3, 200, 7],
    "int64": [-3, 1, 5, -1, 2, 100],
    "uint64": [2, 1, 2, 3, 200, 2**63],
    "float16": [-2.5, -0.0, 0.5, 1.0, np.nan, np.inf],
    "float32": [-2.5, -0.0, 0.5, 1.0, np.nan, np.inf],
    "float64": [-2.5, 0.0, 0.5, 1.0, np.nan, -np.inf],
    "complex64": [1 + 2j, -0.5j, 0, 1, -1 - 1j, 3],
    "complex128": [1 + 2j, -0.5j, 0, 1, -1 - 1j, 3],
}
OPERANDS = [*[np.array(v, d) for d, v in SAMPLES.items()], 2, 2.5]
TOLERANCE = {2: 2e-3, 4: 3e-6, 8: 1e-13}


def outcome(call: Any, *args: Any) -> tuple[Any, ...] | None:
    """The results as numpy arrays, None where the call is refused."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            made = call(*args)
    except (TypeError, ValueError, OverflowError, irlib.IRError):
        return None
    return tuple(np.asarray(r) for r in (made if isinstance(made, tuple) else (made,)))


def divides_by_zero(ufunc: Any, args: tuple[Any, ...]) -> bool:
    """Integers divided by 0 are an error in a graph; numpy warns and gives 0."""
    whole = all(np.asarray(a).dtype.kind in "iub" for a in args)
    return (
        whole
        and ufunc.__name__ in ("floor_divide", "remainder", "fmod", "divmod", "reciprocal")
        and not np.all(args[-1])
    )


@pytest.mark.parametrize("name", NAMES)
def test_values_and_dtypes_are_numpys(name: str) -> None:
    ufunc = UFUNCS[name]
    compared = 0
    for args in itertools.product(OPERANDS, repeat=ufunc.nin):
        if all(isinstance(a, int | float) for a in args) or divides_by_zero(ufunc, args):
            continue
        expected = outcome(ufunc.real, *args)
        found = outcome(ufunc, *[irlib.numpy.asarray(a) if isinstance(a, np.ndarray) else a for a in args])
        kinds = [getattr(a, "dtype", a) for a in args]
        assert (found is None) == (expected is None), kinds
        for got, want in zip(found or (), expected or (), strict=True):
            compared += 1
            assert got.dtype == want.dtype, kinds
            assert got.shape == want.shape, kinds
            width = want.dtype.itemsize // (2 if want.dtype.kind == "c" else 1)
            tolerance = TOLERANCE[width] if want.dtype.kind in "fc" else 0
            np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance / 100, err_msg=str(kinds))
    assert compared


A = np.arange(12.0).reshape(3, 4)


def traced(fn: Any, *args: Any) -> Any:
    model = irlib.trace(fn, *args)
    return next(iter(irlib.run(model, {n.name: a for n, a in zip(model.inputs, args, strict=True)}).values()))


@pytest.mark.parametrize(
    "fn",
    [
        np.add.reduce,
        lambda a: np.add.reduce(a, axis=1, keepdims=True),
        lambda a: np.maximum.reduce(a, axis=1),
        lambda a: np.multiply.reduce(a + 1, axis=None),
        lambda a: np.logical_or.reduce(a > 5),
        lambda a: np.add.accumulate(a, axis=1),
        lambda a: np.maximum.accumulate(np.sin(a)),
        lambda a: np.subtract.outer(a[0], a[1]),
        lambda a: np.multiply.outer(a, a[0]),
        lambda a: np.add(a, 1, where=a > 4, out=np.zeros((3, 4))),
        lambda a: np.sqrt(a, out=np.empty((3, 4))),
        lambda a: np.add(a, 1, dtype=np.float32),
        lambda a: np.add(np.arange(3), 2, dtype=np.float32) + a[0, :3],
        lambda a: np.divmod(a, 2.5)[1] + np.modf(a)[0],
        lambda a: np.int8(100) < 1000,
        lambda a: np.arange(4, dtype=np.uint8) < 1000,
        lambda a: np.arange(4, dtype=np.uint8) == -1,
        lambda a: a**2 + a**0.5 + a**1 + (a + 1) ** -1,
        lambda a: 2**a,
        lambda a: np.float32(2) * a.astype(np.float32) * 3.5,
        lambda a: a.astype(np.int32) / 2,
        lambda a: a.astype(np.int32) // 2 % 3,
        lambda a: -a.astype(np.uint8),
        lambda a: np.sum([a[0], a[1] * 2], axis=0),
    ],
)
def test_forms_of_calls(fn: Any) -> None:
    expected = np.asarray(fn(A))
    found = traced(fn, A)
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=1e-6 if expected.dtype == np.float32 else 1e-13)


def adds_in_order(kind: str) -> Any:
    def f(a: Any) -> Any:
        out = np.zeros((3, 4)) + 2.0
        i = np.array([0, 2, 0, 0])
        getattr(np, kind).at(out, i, a[:, :4].sum() / 10 if kind == "multiply" else a[0])
        getattr(np, kind).at(out, (i, i), 3.0)
        return out

    return f


@pytest.mark.parametrize("kind", ["add", "subtract", "multiply", "maximum", "minimum"])
def test_at_counts_an_index_as_often_as_it_is_there(kind: str) -> None:
    np.testing.assert_allclose(traced(adds_in_order(kind), A), adds_in_order(kind)(A), rtol=1e-13)


@pytest.mark.parametrize(
    ("fn", "message"),
    [
        (lambda a: np.add.reduceat(a, np.argsort(a[0])), "the indices of reduceat of .* not known"),
        (lambda a: np.sqrt(a, where=a > 1), "leaves elements undefined"),
        (lambda a: np.add(a, 1.5, out=np.zeros((3, 4), int)), "cannot cast the result of add from float64 to int64"),
        (lambda a: np.bitwise_and(a, 1), "no loop"),
        (lambda a: np.arange(3, dtype=np.uint8) + 300, "out of bounds for uint8"),
    ],
)
def test_what_numpy_refuses_or_a_trace_cannot(fn: Any, message: str) -> None:
    with pytest.raises((irlib.IRError, OverflowError), match=message):
        irlib.trace(fn, A)
