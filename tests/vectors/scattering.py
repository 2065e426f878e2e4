"""Vectors of the scattering family."""

from tests.vectors.vector import Vector

VECTORS: list[Vector] = []
