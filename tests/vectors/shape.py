"""Vectors of the shape family."""

from tests.vectors.vector import Vector

VECTORS: list[Vector] = []
