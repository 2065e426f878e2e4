"""Vectors of image files: portable ones written out, a bitmap, and a PNG by the standard library's zlib."""

import struct
import zlib
from typing import Any

import numpy as np

from irlib.ops import image as ops
from tests.vectors.vector import v

PIXELS = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]], [[1, 2, 3], [250, 251, 252], [128, 0, 64]]], np.uint8)


def data(content: bytes) -> Any:
    return np.frombuffer(content, np.uint8).copy()


def chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def png(pixels: Any) -> bytes:
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def bmp(pixels: Any) -> bytes:
    height, width, _ = pixels.shape
    rows = b"".join(row[:, ::-1].tobytes() + bytes(-3 * width % 4) for row in pixels[::-1])
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(rows), 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 14 + len(head) + len(rows), 0, 0, 14 + len(head)) + head + rows


PPM = b"P6 3 2 255\n" + PIXELS.tobytes()
GRAY = np.array([[[0], [7], [255]]], np.uint8)

VECTORS = [
    v(ops.DecodeImage(), data(PPM), expected=PIXELS, name="decode_image:ppm"),
    v(ops.DecodeImage("BGR"), data(PPM), expected=PIXELS[:, :, ::-1], name="decode_image:bgr"),
    v(ops.DecodeImage("Grayscale"), data(b"P5 3 1 255\n" + GRAY.tobytes()), expected=GRAY, name="decode_image:gray"),
    v(ops.DecodeImage(), data(png(PIXELS)), expected=PIXELS, name="decode_image:png"),
    v(ops.DecodeImage(), data(bmp(PIXELS)), expected=PIXELS, name="decode_image:bmp"),
    v(ops.DecodeImage(), data(png(PIXELS)[:50]), expected=np.zeros((0, 0, 3), np.uint8), name="decode_image:cut"),
    v(
        ops.DecodeImage("Grayscale"),
        data(b"no image"),
        expected=np.zeros((0, 0, 1), np.uint8),
        name="decode_image:none",
    ),
]
