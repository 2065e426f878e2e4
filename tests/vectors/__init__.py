"""Test vectors, one module per family of ops; each has a list `VECTORS`."""

from importlib import import_module

from irlib.ops import FAMILIES
from tests.vectors.vector import Vector

ALL: list[Vector] = [v for family in FAMILIES for v in import_module(f"tests.vectors.{family}").VECTORS]
