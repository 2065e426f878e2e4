"""What to write instead of a name of numpy that is not traced."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import numpy as np

__all__ = ["remedy_for"]

_FILES = "read the file before the trace, and pass the arrays in"
_OBJECTS = "use arrays of numbers"
_REMEDIES = {
    "random": "pass them in as an argument",
    "ma": "use np.where, or the nan functions",
    "matrix": "use arrays, and @ for products",
    "asmatrix": "use arrays, and @ for products",
    "bmat": "use np.block",
    "frompyfunc": "use np.vectorize",
    "histogramdd": "use np.histogram2d, or np.digitize and np.bincount",
    "i0": "compute it before the trace, and pass it in",
    "gcd": "compute it before the trace, and pass it in",
    "lcm": "compute it before the trace, and pass it in",
    "frexp": "use np.log2 and np.floor",
    "packbits": "use shifts and sums",
    "unpackbits": "use shifts and np.bitwise_and",
    "datetime64": "pass numbers in",
    "timedelta64": "pass numbers in",
    "char": _OBJECTS,
    "strings": _OBJECTS,
    "rec": "use an array for each field",
    "recarray": "use an array for each field",
    "object_": _OBJECTS,
    "str_": _OBJECTS,
    "longdouble": "use np.float64",
    "float128": "use np.float64",
    "clongdouble": "use np.complex128",
    "complex256": "use np.complex128",
    **dict.fromkeys(
        (
            "load", "save", "savez", "savez_compressed", "loadtxt", "savetxt", "genfromtxt", "fromfile", "fromregex",
            "memmap",
        ),
        _FILES,
    ),
    **dict.fromkeys(("frombuffer", "fromstring"), "make the array before the trace, and pass it in"),
}  # fmt: skip


def remedy_for(name: str, known: Iterable[str]) -> str:
    """The remedy for numpy's dotted `name`; for one that numpy does not have, the nearest of those that are `known`."""
    found = _REMEDIES.get(name) or _REMEDIES.get(name.partition(".")[0])
    if found is not None:
        return found
    if _is_numpys(name):
        return "compute it before the trace and pass it in, or write it with functions that docs/numpy_names.md lists"
    near = get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]!r}?" if near else ""


def _is_numpys(name: str) -> bool:
    found: object = np
    for part in name.split("."):
        found = vars(found).get(part) if hasattr(found, "__dict__") else None
    return found is not None
