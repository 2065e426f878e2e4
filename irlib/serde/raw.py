"""A model between its bytes and its graph: what a file states, in either form, before anything of it is believed.

Named tuples, where a value is never itself an attribute: a class of them costs a cold start a fifth of a dataclass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from irlib.graph import Column, Symbol
from irlib.tensor import Tensor
from irlib.types import TensorType, Type

__all__ = ["GraphRef", "Keyed", "RawGraph", "RawLocations", "RawModel", "RawOp", "RawOutput", "RawVariable", "Weights"]


@dataclass(frozen=True)
class GraphRef:
    """A graph among the attributes: its place in the table of graphs."""

    index: int


@dataclass(frozen=True)
class Keyed:
    """A tensor whose elements are in the weights file, under `key`."""

    type: TensorType
    key: str


AnyTensor: TypeAlias = Tensor | Keyed

_NO_NODES = np.zeros(0, np.uint32)
_NO_NODES.flags.writeable = False


class RawOp(NamedTuple):
    """An op: attributes in the order of the file, graphs among them as `GraphRef`."""

    dialect: str
    name: str
    version: int
    attributes: tuple[tuple[str, Any], ...] = ()
    body: int | None = None


class RawVariable(NamedTuple):
    """A bound variable: the number of its role, and its tensor."""

    role: int
    tensor: AnyTensor | None = None


class RawOutput(NamedTuple):
    """An output; `role` is the number of its role."""

    name: str
    node: int
    result: int
    role: int
    of: str | None = None


class RawLocations(NamedTuple):
    """Where nodes came from: node[j] from line[j] of files[file[j]]."""

    files: tuple[str, ...]
    node: Column
    file: Column
    line: Column


class RawGraph(NamedTuple):
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
    name_nodes: Column = _NO_NODES
    name_texts: tuple[str, ...] = ()
    outputs: tuple[RawOutput, ...] = ()
    symbols: tuple[Symbol, ...] = ()
    locations: RawLocations | None = None
    metadata: tuple[tuple[str, str], ...] = ()


class Weights(NamedTuple):
    """The weights file a model names: its name, its size and the SHA-256 of its bytes."""

    file: str
    length: int
    sha256: bytes


class RawModel(NamedTuple):
    """A model: its graph, the regions and bodies that it shares (each refers only to those before it), its weights."""

    graph: RawGraph
    graphs: tuple[RawGraph, ...] = ()
    weights: Weights | None = None
