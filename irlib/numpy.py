"""Numpy's namespace over graphs, to be imported in numpy's place: ``import irlib.numpy as np``.

What is called in a trace becomes nodes; outside one it is computed at once. The names are those of
`irlib.converters.numpy_code.namespace`, looked up when they are first used.

>>> import irlib.numpy as np
>>> np.linalg.norm(np.asarray([3.0, 4.0]))
np.float64(5.0)
"""

from __future__ import annotations

from typing import Any

from irlib.converters.numpy_code.namespace import face

__all__ = ["array_api_version"]

array_api_version = face.array_api_version


def __getattr__(name: str) -> Any:
    return getattr(face, name)


def __dir__() -> list[str]:
    return dir(face)
