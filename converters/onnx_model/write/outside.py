"""Tensors that stand in a file beside the model, and never in the message: it could not hold them all."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from irlib.converters.onnx_model.dtypes import NUMBER_OF
from irlib.converters.onnx_model.write.protos import raw_of, tensor_proto
from irlib.tensor import Tensor

__all__ = ["EXTERNAL", "Outside", "raw_parts"]

EXTERNAL = 1  # TensorProto.DataLocation
_PLACE = "outside"


class Outside:
    """The tensors of `least` bytes or more; None: there are none."""

    def __init__(self, least: int | None) -> None:
        self.least = least
        self.tensors: list[Tensor] = []

    def proto(self, tensor: Tensor, name: str) -> Any:
        """A TensorProto that holds its elements, or says at which place of `tensors` they are."""
        import onnx

        if self.least is None or tensor.dtype.kind == "string" or tensor.array.nbytes < max(self.least, 1):
            return tensor_proto(tensor, name)
        made = onnx.TensorProto(name=name, data_type=NUMBER_OF[tensor.dtype], dims=tensor.shape)
        made.data_location = EXTERNAL  # type: ignore[assignment]
        made.external_data.add(key=_PLACE, value=str(len(self.tensors)))
        self.tensors.append(tensor)
        return made

    def tensor_of(self, proto: Any) -> Tensor | None:
        """The tensor of a message that `proto` gave, None where it holds its elements itself."""
        if proto.data_location != EXTERNAL or not len(proto.external_data) or proto.external_data[0].key != _PLACE:
            return None
        return self.tensors[int(proto.external_data[0].value)]


def raw_parts(tensor: Tensor) -> Iterator[Any]:
    """The raw elements, without a copy where the array has them so."""
    array = tensor.array
    if tensor.dtype.bits < 8 or sys.byteorder != "little":
        yield raw_of(tensor)
        return
    yield np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
