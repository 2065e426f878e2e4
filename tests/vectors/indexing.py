"""Vectors of the indexing family."""

from tests.vectors.vector import Vector

VECTORS: list[Vector] = []
