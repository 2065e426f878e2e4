"""Vectors of conversion."""

from typing import Any

import ml_dtypes
import numpy as np

from irlib.ops import conversion as ops
from irlib.types import DTYPES
from tests.vectors.vector import v

X = np.array([[0.5, -1.25, 2.0], [3.5, -0.75, 1.5]])
C = np.array([1.5 + 2j, -0.25 - 1j, 3j])
WILD = np.array([np.nan, np.inf, -np.inf, 1e20, -1e20, 300.7, -1.9, 127.9])
BF, E4, E5, E4Z = ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn, ml_dtypes.float8_e5m2, ml_dtypes.float8_e4m3fnuz
NAN = np.nan
S = np.array(["1.5", "-2e3", "INF", "-inf", "NaN"], object)


def cast(dtype: str, **attributes: bool) -> ops.Cast:
    return ops.Cast(DTYPES[dtype], **attributes)


def _int(dtype: Any, *values: Any) -> Any:
    return np.array(values, dtype)


I64, I32, U64 = np.iinfo(np.int64), np.iinfo(np.int32), np.iinfo(np.uint64)

VECTORS = [
    v(cast("float64"), X, expected=X),
    v(cast("complex128"), X, expected=X.astype(np.complex128)),
    v(cast("complex128"), C.astype(np.complex64), expected=C, wrt=()),
    v(cast("complex64"), C, expected=C.astype(np.complex64), wrt=()),
    v(cast("float32"), X, expected=X.astype(np.float32), wrt=()),
    v(cast("float64"), np.array(1.5, np.float16), expected=np.array(1.5)),
    v(cast("float32"), np.zeros((0, 2)), expected=np.zeros((0, 2), np.float32), wrt=()),
    v(cast("float16"), np.array([1e5, 0.1]), expected=np.array([np.inf, 0.1], np.float16), wrt=()),
    v(cast("bfloat16"), np.array([1.00390625, 0.1], np.float32), expected=np.array([1.0, 0.1], BF), wrt=()),
    v(cast("float32"), np.array([0.1, np.inf], BF), expected=np.array([0.10009765625, np.inf], np.float32), wrt=()),
    v(cast("float16"), np.array([0.1, 3.0], BF), expected=np.array([0.1000976, 3.0], np.float16), wrt=()),
    v(cast("int64"), WILD, expected=_int(np.int64, 0, I64.max, I64.min, I64.max, I64.min, 300, -1, 127)),
    v(cast("int32"), WILD.astype(np.float32),
      expected=_int(np.int32, 0, I32.max, I32.min, I32.max, I32.min, 300, -1, 127)),
    v(cast("uint64"), WILD, expected=_int(np.uint64, 0, U64.max, 0, U64.max, 0, 300, 0, 127)),
    v(cast("int8"), WILD, expected=_int(np.int8, 0, 127, -128, 127, -128, 127, -1, 127)),
    v(cast("uint8"), WILD, expected=_int(np.uint8, 0, 255, 0, 255, 0, 255, 0, 127)),
    v(cast("int4"), WILD, expected=_int(ml_dtypes.int4, 0, 7, -8, 7, -8, 7, -1, 7)),
    v(cast("uint2"), WILD, expected=_int(ml_dtypes.uint2, 0, 3, 0, 3, 0, 3, 0, 3)),
    v(cast("int16"), np.array([1e30, np.nan, -2.5], BF), expected=_int(np.int16, 32767, 0, -2)),
    v(cast("int32"), np.array([6e4, -1.5], np.float16), expected=_int(np.int32, 60000, -1)),
    v(cast("int64"), np.array([-2.5, 3.99]), expected=_int(np.int64, -2, 3)),
    v(cast("int32", strict=True), np.array([-2.5, 3.99]), expected=_int(np.int32, -2, 3)),
    v(cast("uint8"), _int(np.int64, 300, -1), expected=_int(np.uint8, 44, 255)),
    v(cast("int4"), _int(np.int8, 9, -9, 7), expected=_int(ml_dtypes.int4, -7, 7, 7)),
    v(cast("int64"), _int(ml_dtypes.int4, -7, 7), expected=_int(np.int64, -7, 7)),
    v(cast("uint4"), _int(ml_dtypes.int4, -7, 7), expected=_int(ml_dtypes.uint4, 9, 7)),
    v(cast("bool"), np.array([0.0, -0.0, np.nan, 0.5]), expected=np.array([False, False, True, True])),
    v(cast("bool"), _int(ml_dtypes.int4, 0, -1), expected=np.array([False, True])),
    v(cast("bool"), np.array([0.0, 2.0], BF), expected=np.array([False, True])),
    v(cast("float32"), np.array([True, False]), expected=np.array([1, 0], np.float32)),
    v(cast("bfloat16"), np.array([True, False]), expected=np.array([1, 0], BF)),
    v(cast("int8"), np.array([True, False]), expected=np.array([1, 0], np.int8)),
    v(cast("int4"), np.array([True, False]), expected=_int(ml_dtypes.int4, 1, 0)),
    v(cast("float8_e4m3fn"), WILD, expected=np.array([np.nan, 448, -448, 448, -448, 300.7, -1.9, 127.9], E4)),
    v(cast("float8_e4m3fn", saturate=False), WILD,
      expected=np.array([np.nan, np.nan, np.nan, np.nan, np.nan, 300.7, -1.9, 127.9], E4)),
    v(cast("float8_e5m2", saturate=False), WILD,
      expected=np.array([np.nan, np.inf, -np.inf, np.inf, -np.inf, 300.7, -1.9, 127.9], E5)),
    v(cast("float8_e5m2"), WILD, expected=np.array([np.nan, 57344, -57344, 57344, -57344, 300.7, -1.9, 127.9], E5)),
    v(cast("float8_e4m3fnuz"), np.array([1e9, -np.inf, 0.3], np.float32), expected=np.array([240, -240, 0.3], E4Z)),
    v(cast("float8_e4m3fn"), _int(np.int64, 1000, 3), expected=np.array([448, 3], E4)),
    v(cast("float4_e2m1fn"), np.array([1e9, 0.3, -1.6]), expected=np.array([6, 0.5, -1.5], ml_dtypes.float4_e2m1fn)),
    v(cast("bfloat16"), np.array([1 + 2.0**-8 + 2.0**-40, 1 + 2.0**-8, -1e-300, NAN, 1e39]), wrt=(),
      name="cast:rounded-once", expected=np.array([1 + 2.0**-7, 1, -0.0, NAN, np.inf], BF)),
    v(cast("float32"), np.array([448, 0.3], E4), expected=np.array([448, 0.3125], np.float32)),
    v(cast("float64"), S, expected=np.array([1.5, -2000, np.inf, -np.inf, np.nan])),
    v(cast("float32"), np.array(b"0.1", object), expected=np.array(0.1, np.float32)),
    v(cast("bfloat16"), np.array(["0.1"], object), expected=np.array([0.1], BF)),
    v(cast("int32"), np.array([["-7", "12"]], object), expected=_int(np.int32, [-7, 12])),
    v(cast("string"), np.array([0.1, np.inf, np.nan, 1e-5], np.float32),
      expected=np.array(["0.1", "inf", "nan", "1e-05"], object)),
    v(cast("string"), _int(np.int64, -7, 12), expected=np.array(["-7", "12"], object)),
    v(cast("string"), np.array([0.5], BF), expected=np.array(["0.5"], object)),
    v(ops.Bitcast(DTYPES["int32"]), np.array([1.0, -0.0], np.float32), wrt=(),
      expected=_int(np.int32, 0x3F800000, -(2**31))),
    v(ops.Bitcast(DTYPES["bfloat16"]), _int(np.uint16, 0x3F80), expected=np.array([1.0], BF)),
    v(ops.Bitcast(DTYPES["uint64"]), np.array(1.0), wrt=(), expected=np.array(0x3FF0000000000000, np.uint64)),
    v(ops.StopGradient(), X, expected=X),
    v(ops.StopGradient(), np.array(["a"], object), expected=np.array(["a"], object)),
    v(ops.Real(), C, expected=np.real),
    v(ops.Real(), C.astype(np.complex64), expected=np.real, wrt=()),
    v(ops.Imag(), C, expected=np.imag),
    v(ops.Imag(), np.array(1 + 2j), expected=np.array(2.0)),
    v(ops.Conj(), C, expected=np.conj),
    v(ops.Complex(), X, np.array([1.0, 2.0, 3.0]), expected=lambda r, i: r + 1j * i),
    v(ops.Complex(), np.array(np.inf, np.float32), np.array(1.0, np.float32), wrt=(),
      expected=np.array(complex(np.inf, 1), np.complex64)),
    v(ops.Complex(), np.zeros((0, 1)), X[0], expected=np.zeros((0, 3), np.complex128)),
]  # fmt: skip
