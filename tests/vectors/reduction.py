"""Vectors of the reduction family."""

from tests.vectors.vector import Vector

VECTORS: list[Vector] = []
