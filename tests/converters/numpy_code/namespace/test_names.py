"""Every name that is promised is there, with the parameters that its own documentation gives it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import irlib
from irlib.converters.numpy_code.namespace import face
from irlib.converters.numpy_code.namespace.names import resolve
from irlib.converters.numpy_code.namespace.table import CONSTANTS, load
from irlib.converters.numpy_code.namespace.ufuncs import UFUNCS, Ufunc

PROMISED = ["shape", "sum", "dot", "zeros", "reshape", "exp", "mean", "log", "zeros_like", "sqrt", "array", "asarray", "max", "arange", "argmax", "abs", "astype", "tanh", "size", "maximum", "dtype", "ones", "copy", "where", "ndim", "ravel", "empty", "power", "ascontiguousarray", "clip", "hstack", "repeat", "concatenate", "tile", "linalg.norm", "var", "square", "pad", "prod", "sign", "multiply", "unique", "eye", "ones_like", "column_stack", "argsort", "linalg.inv", "squeeze", "round", "expand_dims", "outer", "add", "floor", "full", "atleast_2d", "bincount", "vstack", "diag", "finfo", "linalg.pinv", "all", "stack", "std", "ceil", "split", "linalg.solve", "divide", "swapaxes", "empty_like", "dstack", "atleast_1d", "append", "linspace", "identity", "lib.stride_tricks.as_strided", "broadcast_arrays", "log2", "triu", "tril", "moveaxis", "delete", "broadcast_to", "linalg.eig", "linalg.eigh", "cov", "any", "rot90", "average", "isnan", "sin", "cos", "count_nonzero", "insert", "argmin", "trace", "nonzero", "take_along_axis", "put_along_axis", "unravel_index", "logical_and", "logical_or", "logical_not", "logical_xor", "linalg.slogdet", "minimum", "percentile", "inner", "tri", "linalg.det", "cumsum", "cumprod", "diff", "roll", "flip", "meshgrid", "einsum", "tensordot", "kron", "vdot", "cross", "interp", "sort", "argpartition", "lib.stride_tricks.sliding_window_view", "nansum", "nanmean", "nanmax", "nanmin", "nanstd", "nanvar", "nanprod", "nanargmax", "nanargmin", "nanmedian", "nanpercentile", "nanquantile", "nancumsum", "nancumprod", "nan_to_num", "logaddexp", "log1p", "expm1", "arctan2", "hypot", "sinh", "cosh", "arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh", "linalg.svd", "linalg.qr", "linalg.cholesky", "linalg.lstsq", "fft.fft", "fft.ifft", "fft.rfft", "fft.irfft", "fft.fft2", "fft.ifft2", "fft.fftn", "fft.ifftn", "fft.rfftn", "fft.irfftn", "fft.rfft2", "fft.irfft2", "fft.hfft", "fft.ihfft", "fft.fftfreq", "fft.rfftfreq", "fft.fftshift", "fft.ifftshift", "newaxis", "pi", "e", "inf", "nan", "c_", "r_"]  # fmt: skip

METHODS = ["T", "dot", "sum", "reshape", "astype", "ravel", "copy", "flatten", "mean", "max", "min", "std", "var", "prod", "argmax", "argmin", "transpose", "item", "tolist", "round", "clip", "cumsum", "cumprod", "squeeze", "swapaxes", "repeat", "take", "all", "any", "nonzero", "sort", "argsort", "fill", "diagonal", "trace", "ptp", "put", "searchsorted", "conj", "conjugate", "real", "imag", "size", "shape", "ndim", "dtype", "itemsize", "nbytes", "flat", "view"]  # fmt: skip

LEFT_OUT = {"ptp": "numpy 2 has no such method", "view": "a view of other bits, or of another class"}


def array_api_names() -> Iterator[tuple[str, Any]]:
    xp = pytest.importorskip("array_api_strict")
    for name in sorted(xp.__all__):
        found = getattr(xp, name)
        if name in ("linalg", "fft"):
            for inner in sorted(found.__all__):
                yield f"{name}.{inner}", getattr(found, inner)
        elif name not in LIBRARYS_OWN:
            yield name, found


LIBRARYS_OWN = {
    "ArrayAPIStrictFlags", "reset_array_api_strict_flags", "set_array_api_strict_flags", "get_array_api_strict_flags",
    "Device", "__array_namespace_info__",
}  # fmt: skip


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_name_is_there(name: str) -> None:
    assert name in CONSTANTS or name in load()


def test_promised_methods_are_there() -> None:
    x = face.asarray([[1.0, 2.0]])
    assert [m for m in METHODS if not hasattr(x, m) and m not in LEFT_OUT] == []


def test_every_ufunc_has_its_methods() -> None:
    load()
    for ufunc in UFUNCS.values():
        assert all(callable(getattr(ufunc, m)) for m in ("reduce", "accumulate", "outer", "at"))


def test_the_array_api_is_there_with_its_parameters() -> None:
    missing, lacking = [], []
    for name, standard in array_api_names():
        if name.startswith("__"):
            continue
        try:
            ours = resolve(name)
        except irlib.IRError:
            missing.append(name)
            continue
        if not callable(standard) or isinstance(standard, type) or isinstance(ours, Ufunc | type):
            continue
        lacking += [f"{name}({p})" for p in _parameters(standard) if not _takes(ours, p)]
    assert missing == []
    assert lacking == []


def _parameters(function: Any) -> list[str]:
    """Those that are given by keyword: the standard's names of positional ones may differ."""
    return [p.name for p in inspect.signature(function).parameters.values() if p.kind is inspect.Parameter.KEYWORD_ONLY]


def _takes(function: Any, name: str) -> bool:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return True
    return name in parameters or any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values())


@pytest.mark.parametrize("name", sorted(n for n in load() if not n.startswith(("irlib.", "testing."))))
def test_a_function_takes_the_parameters_that_numpys_takes(name: str) -> None:
    real: Any = np
    for part in name.split("."):
        real = getattr(real, part, None)
    if real is None or isinstance(real, np.ufunc | type) or isinstance(load()[name], type):
        return
    try:
        parameters = inspect.signature(real).parameters
    except (TypeError, ValueError):
        return
    lacking = [
        p.name
        for p in parameters.values()
        if p.kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        and not _takes(load()[name], p.name)
    ]
    assert lacking == []


def test_random_numbers_are_refused_with_the_remedy() -> None:
    with pytest.raises(irlib.IRError, match="pass them in as an argument"):
        face.random.normal(size=3)


@pytest.mark.parametrize("name", ["nansum", "any", "linalg.eigh", "fft.rfft"])
def test_a_function_that_is_called_amiss_is_named_as_numpys(name: str) -> None:
    function = resolve(name)
    assert function.__name__ == name.rpartition(".")[2]
    assert function.__doc__
    with pytest.raises(TypeError, match=rf"{name}\(\) got an unexpected keyword argument 'colour'"):
        function(np.ones((3, 3)), colour=1)


def test_a_name_that_is_not_traced_says_so() -> None:
    with pytest.raises(irlib.IRError, match=r"numpy\.busday_count is not traced"):
        face.busday_count("2020-01", "2020-02")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("load", "pass the arrays in"),
        ("linalg.eigg", "did you mean 'linalg.eig'"),
        ("ma.masked_array", r"np\.where"),
        ("bitwise_count", "compute it before the trace"),
    ],
)
def test_a_name_that_is_not_there_comes_with_its_remedy(name: str, remedy: str) -> None:
    with pytest.raises(irlib.IRError, match=remedy):
        resolve(name)


@pytest.mark.parametrize("name", ["float", "product", "Inf", "float_", "round_", "alltrue"])
def test_names_of_numpy_1_are_there(name: str) -> None:
    assert name in CONSTANTS or name in load()
