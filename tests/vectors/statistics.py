"""Vectors of the statistics family."""

from tests.vectors.vector import Vector

VECTORS: list[Vector] = []
