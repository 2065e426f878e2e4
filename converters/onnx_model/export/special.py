"""Special functions that ONNX does not have, by the approximations of the literature in double precision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irlib.converters.onnx_model.export.row import lowers

# Wichura, Algorithm AS 241: the percentage points of the normal distribution (1988), PPND16, with erfinv(t) = z((t + 1)
# / 2) / sqrt(2); numerators and denominators from the constant term on, by how near t is to 1
_MIDDLE = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
     4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3),
)  # fmt: skip
_TAIL = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9),
)  # fmt: skip
_FAR_TAIL = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15),
)  # fmt: skip
_SQRT_HALF = 0.7071067811865476


def _ratio(x: Any, parts: Sequence[Sequence[float]]) -> Any:
    made = []
    for coefficients in parts:
        total: Any = coefficients[-1]
        for c in reversed(coefficients[:-1]):
            total = total * x + c
        made.append(total)
    return made[0] / made[1]


@lowers("erfinv")
def erfinv(b: Any, site: Any, x: Any) -> Any:
    """Half floats do not hold the coefficients."""
    if x.dtype.bits < 32:
        return b.cast(erfinv(b, site, b.cast(x, dtype="float32")), dtype=x.dtype)
    half = x * 0.5
    middle = half * _ratio(0.180625 - half * half, _MIDDLE)
    size = b.abs(x)
    r = b.sqrt(-b.log((1 - size) * 0.5))
    tail = b.where(r <= 5, _ratio(r - 1.6, _TAIL), _ratio(r - 5, _FAR_TAIL))
    # at 1 itself the ratio is infinite over infinite
    tail = b.where(b.equal(size, 1), float("inf"), tail)
    found = b.where(b.abs(half) <= 0.425, middle, b.where(x < 0, -tail, tail))
    return found * _SQRT_HALF
