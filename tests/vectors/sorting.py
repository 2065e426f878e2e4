"""Vectors of the sorting family."""

from tests.vectors.vector import Vector

VECTORS: list[Vector] = []
