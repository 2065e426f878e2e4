"""What Fourier transforms do around themselves; transforms are of complex numbers, which ONNX's ops do not take."""

from __future__ import annotations

from typing import Any

from irlib.converters.onnx_model.export.row import lowers


@lowers("fit_length")
def fit_length(b: Any, site: Any, x: Any, n: Any) -> Any:
    if x.rank is None:
        raise site.unsupported("the rank of x is not known", "use irlib.specialize before")
    axis = site.op.axis % x.rank
    end = b.reshape(n, [1])
    cut = b.slice(x, [0], end, [axis])
    missing = b.maximum(end - b.take(b.shape(x), [axis], axis=0), 0)
    return b.pad(cut, b.concat(b.constant([0]), missing, axis=0), None, [axis])
