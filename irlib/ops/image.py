"""Images as files, decoded to pixels."""

from __future__ import annotations

from dataclasses import dataclass

from irlib.errors import AttributeValueError, IRTypeError
from irlib.methods import Emitter, NodeView, Value
from irlib.op import Op, Operand, register
from irlib.shapes import require_dtype
from irlib.types import DTYPES, TensorType

__all__ = ["DecodeImage"]

_CHANNELS = {"RGB": 3, "BGR": 3, "Grayscale": 1}


@register
@dataclass(frozen=True)
class DecodeImage(Op):
    """The pixels of an image file.

    Type: x: uint8[n], the bytes of a file -> uint8[height, width, channels].
    (C1) the file is BMP, JPEG, JPEG 2000, TIFF, PNG, WebP or one of the portable formats, as its first bytes say.
    (C2) `pixel_format` is RGB, BGR or Grayscale: three channels in this order, or one of luma (ITU-R 601-2).
    (C3) bytes that are no such file, or a damaged one, give no pixels: height and width are 0.
    (C4) what lossy formats give is as near as decoders agree; a back-end needs a library for it, or refuses.
    No derivative: pixels are integers.
    Source: ONNX ImageDecoder-20.
    """

    pixel_format: str = "RGB"

    name = "decode_image"
    smoothness = "zero"

    def __post_init__(self) -> None:
        if self.pixel_format not in _CHANNELS:
            raise AttributeValueError(
                f"pixel_format {self.pixel_format!r}, expected one of {', '.join(_CHANNELS)}", code="IR302"
            )

    @property
    def channels(self) -> int:
        return _CHANNELS[self.pixel_format]

    def infer(self, x: Operand) -> TensorType:
        require_dtype(x, ("uint8",), "x")
        if x.rank not in (None, 1):
            raise IRTypeError(f"x is {x.type}, expected a vector of bytes", code="IR207")
        return TensorType(DTYPES["uint8"], (None, None, self.channels))

    def vjp(self, b: Emitter, node: NodeView, dy: Value) -> tuple[Value | None, ...]:
        return (None,)
