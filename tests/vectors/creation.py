"""Vectors of the creation family."""

from tests.vectors.vector import Vector

VECTORS: list[Vector] = []
