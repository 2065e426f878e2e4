"""Vectors of the cumulative family."""

from tests.vectors.vector import Vector

VECTORS: list[Vector] = []
