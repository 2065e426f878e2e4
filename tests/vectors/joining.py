"""Vectors of the joining family."""

from tests.vectors.vector import Vector

VECTORS: list[Vector] = []
