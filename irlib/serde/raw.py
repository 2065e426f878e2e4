"""A model between its bytes and its graph: what a file states, in either form, before anything of it is believed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from irlib.graph import Column, Symbol
from irlib.tensor import Tensor
from irlib.types import TensorType, Type

__all__ = ["GraphRef", "Keyed", "RawGraph", "RawLocations", "RawModel", "RawOp", "RawOutput", "RawVariable", "Weights"]


@dataclass(frozen=True, slots=True)
class GraphRef:
    """A graph among the attributes: its place in the table of graphs."""

    index: int


@dataclass(frozen=True, slots=True)
class Keyed:
    """A tensor whose elements are in the weights file, under `key`."""

    type: TensorType
    key: str


AnyTensor: TypeAlias = Tensor | Keyed


@dataclass(frozen=True, slots=True)
class RawOp:
    """An op: attributes in the order of the file, graphs among them as `GraphRef`."""

    dialect: str
    name: str
    version: int
    attributes: tuple[tuple[str, Any], ...] = ()
    body: int | None = None


@dataclass(frozen=True, slots=True)
class RawVariable:
    """A bound variable: the number of its role, and its tensor."""

    role: int
    tensor: AnyTensor | None = None


@dataclass(frozen=True, slots=True)
class RawOutput:
    """An output; `role` is the number of its role."""

    name: str
    node: int
    result: int
    role: int
    of: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RawLocations:
    """Where nodes came from: node[j] from line[j] of files[file[j]]."""

    files: tuple[str, ...]
    node: Column
    file: Column
    line: Column


@dataclass(frozen=True, slots=True, eq=False)
class RawGraph:
    """The tables of one graph. Columns are as in the schema; None where a column is left out."""

    name: str
    ops: tuple[RawOp, ...]
    variables: tuple[RawVariable, ...]
    types: tuple[Type, ...]
    kind: Column
    type: Column
    source: Column
    target: Column
    results: Column | None = None
    type_run: Column | None = None
    result: Column | None = None
    operand: Column | None = None
    name_nodes: Column = field(default_factory=lambda: np.zeros(0, np.uint32))
    name_texts: tuple[str, ...] = ()
    outputs: tuple[RawOutput, ...] = ()
    symbols: tuple[Symbol, ...] = ()
    locations: RawLocations | None = None
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights file a model names: its name, its size and the SHA-256 of its bytes."""

    file: str
    length: int
    sha256: bytes


@dataclass(frozen=True, slots=True, eq=False)
class RawModel:
    """A model: its graph, the regions and bodies that it shares (each refers only to those before it), its weights."""

    graph: RawGraph
    graphs: tuple[RawGraph, ...] = ()
    weights: Weights | None = None
