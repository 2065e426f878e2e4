"""Image files decoded by Pillow, an extra that is imported when an image is decoded."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from irlib.errors import BudgetError, UnsupportedError
from irlib.interpreters.numpy_ref.budget import require_room
from irlib.interpreters.numpy_ref.kernel import Bound, Operands, Results, kernel, new
from irlib.ops import image as ops
from irlib.types import DTYPES, TensorType

_FORMATS = ("BMP", "JPEG", "JPEG2000", "PNG", "PPM", "TIFF", "WEBP")
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, KeyError)
"""What Pillow raises for bytes that are no image, or half of one."""


@kernel(ops.DecodeImage)
def decode(op: ops.DecodeImage, operands: Operands, results: Results) -> Bound:
    """Weighed against the budget by what the file says of its size, before it is decoded."""

    def call(x: Any) -> Any:
        try:
            from PIL import Image
        except ImportError as error:
            raise UnsupportedError(
                "decoding images needs the package Pillow", code="IR324", remedy='pip install "irlib-graph[image]"'
            ) from error
        try:
            with Image.open(io.BytesIO(x.tobytes()), formats=_FORMATS) as opened:
                width, height = opened.size
                require_room((TensorType(DTYPES["uint8"], (height, width, op.channels)),))
                pixels = np.array(opened.convert("L" if op.channels == 1 else "RGB"), np.uint8)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise BudgetError(f"the image is too large: {error}", code="IR620") from error
        except _BROKEN:
            return np.zeros((0, 0, op.channels), np.uint8)
        pixels = pixels.reshape(height, width, op.channels)
        return np.ascontiguousarray(pixels[:, :, ::-1]) if op.pixel_format == "BGR" else pixels

    return new(call)
