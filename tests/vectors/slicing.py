"""Vectors of the slicing family."""

from tests.vectors.vector import Vector

VECTORS: list[Vector] = []
