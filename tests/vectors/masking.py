"""Vectors of the masking family."""

from tests.vectors.vector import Vector

VECTORS: list[Vector] = []
