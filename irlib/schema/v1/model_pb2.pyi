from irlib.schema.v1 import ops_pb2 as _ops_pb2
from irlib.schema.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROLE_UNSPECIFIED: _ClassVar[Role]
    ROLE_PARAMETER: _ClassVar[Role]
    ROLE_INPUT: _ClassVar[Role]
    ROLE_CONSTANT: _ClassVar[Role]
    ROLE_BUFFER: _ClassVar[Role]

class OutputRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTPUT_ROLE_UNSPECIFIED: _ClassVar[OutputRole]
    OUTPUT_ROLE_RESULT: _ClassVar[OutputRole]
    OUTPUT_ROLE_LOSS: _ClassVar[OutputRole]
    OUTPUT_ROLE_GRADIENT: _ClassVar[OutputRole]
    OUTPUT_ROLE_UPDATE: _ClassVar[OutputRole]
ROLE_UNSPECIFIED: Role
ROLE_PARAMETER: Role
ROLE_INPUT: Role
ROLE_CONSTANT: Role
ROLE_BUFFER: Role
OUTPUT_ROLE_UNSPECIFIED: OutputRole
OUTPUT_ROLE_RESULT: OutputRole
OUTPUT_ROLE_LOSS: OutputRole
OUTPUT_ROLE_GRADIENT: OutputRole
OUTPUT_ROLE_UPDATE: OutputRole

class Model(_message.Message):
    __slots__ = ("format", "version", "graph", "graphs", "weights")
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    GRAPHS_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    format: str
    version: int
    graph: Graph
    graphs: _containers.RepeatedCompositeFieldContainer[Graph]
    weights: Weights
    def __init__(self, format: _Optional[str] = ..., version: _Optional[int] = ..., graph: _Optional[_Union[Graph, _Mapping]] = ..., graphs: _Optional[_Iterable[_Union[Graph, _Mapping]]] = ..., weights: _Optional[_Union[Weights, _Mapping]] = ...) -> None: ...

class Weights(_message.Message):
    __slots__ = ("file", "length", "sha256")
    FILE_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    file: str
    length: int
    sha256: bytes
    def __init__(self, file: _Optional[str] = ..., length: _Optional[int] = ..., sha256: _Optional[bytes] = ...) -> None: ...

class Graph(_message.Message):
    __slots__ = ("name", "ops", "variables", "types", "nodes", "edges", "outputs", "symbols", "locations", "metadata")
    NAME_FIELD_NUMBER: _ClassVar[int]
    OPS_FIELD_NUMBER: _ClassVar[int]
    VARIABLES_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    EDGES_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    LOCATIONS_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    name: str
    ops: _containers.RepeatedCompositeFieldContainer[_ops_pb2.Op]
    variables: _containers.RepeatedCompositeFieldContainer[Variable]
    types: _containers.RepeatedCompositeFieldContainer[_types_pb2.ValueType]
    nodes: Nodes
    edges: Edges
    outputs: _containers.RepeatedCompositeFieldContainer[Output]
    symbols: _containers.RepeatedCompositeFieldContainer[Symbol]
    locations: Locations
    metadata: _containers.RepeatedCompositeFieldContainer[Entry]
    def __init__(self, name: _Optional[str] = ..., ops: _Optional[_Iterable[_Union[_ops_pb2.Op, _Mapping]]] = ..., variables: _Optional[_Iterable[_Union[Variable, _Mapping]]] = ..., types: _Optional[_Iterable[_Union[_types_pb2.ValueType, _Mapping]]] = ..., nodes: _Optional[_Union[Nodes, _Mapping]] = ..., edges: _Optional[_Union[Edges, _Mapping]] = ..., outputs: _Optional[_Iterable[_Union[Output, _Mapping]]] = ..., symbols: _Optional[_Iterable[_Union[Symbol, _Mapping]]] = ..., locations: _Optional[_Union[Locations, _Mapping]] = ..., metadata: _Optional[_Iterable[_Union[Entry, _Mapping]]] = ...) -> None: ...

class Nodes(_message.Message):
    __slots__ = ("kind", "results", "type", "type_run", "names")
    KIND_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    TYPE_RUN_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    kind: _containers.RepeatedScalarFieldContainer[int]
    results: _containers.RepeatedScalarFieldContainer[int]
    type: _containers.RepeatedScalarFieldContainer[int]
    type_run: _containers.RepeatedScalarFieldContainer[int]
    names: Names
    def __init__(self, kind: _Optional[_Iterable[int]] = ..., results: _Optional[_Iterable[int]] = ..., type: _Optional[_Iterable[int]] = ..., type_run: _Optional[_Iterable[int]] = ..., names: _Optional[_Union[Names, _Mapping]] = ...) -> None: ...

class Names(_message.Message):
    __slots__ = ("node", "text")
    NODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    node: _containers.RepeatedScalarFieldContainer[int]
    text: str
    def __init__(self, node: _Optional[_Iterable[int]] = ..., text: _Optional[str] = ...) -> None: ...

class Edges(_message.Message):
    __slots__ = ("source", "target", "result", "operand")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    OPERAND_FIELD_NUMBER: _ClassVar[int]
    source: _containers.RepeatedScalarFieldContainer[int]
    target: _containers.RepeatedScalarFieldContainer[int]
    result: _containers.RepeatedScalarFieldContainer[int]
    operand: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, source: _Optional[_Iterable[int]] = ..., target: _Optional[_Iterable[int]] = ..., result: _Optional[_Iterable[int]] = ..., operand: _Optional[_Iterable[int]] = ...) -> None: ...

class Variable(_message.Message):
    __slots__ = ("role", "tensor")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    TENSOR_FIELD_NUMBER: _ClassVar[int]
    role: Role
    tensor: _types_pb2.Tensor
    def __init__(self, role: _Optional[_Union[Role, str]] = ..., tensor: _Optional[_Union[_types_pb2.Tensor, _Mapping]] = ...) -> None: ...

class Output(_message.Message):
    __slots__ = ("name", "node", "result", "role", "of")
    NAME_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    OF_FIELD_NUMBER: _ClassVar[int]
    name: str
    node: int
    result: int
    role: OutputRole
    of: str
    def __init__(self, name: _Optional[str] = ..., node: _Optional[int] = ..., result: _Optional[int] = ..., role: _Optional[_Union[OutputRole, str]] = ..., of: _Optional[str] = ...) -> None: ...

class Symbol(_message.Message):
    __slots__ = ("name", "minimum", "maximum")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    name: str
    minimum: int
    maximum: int
    def __init__(self, name: _Optional[str] = ..., minimum: _Optional[int] = ..., maximum: _Optional[int] = ...) -> None: ...

class Locations(_message.Message):
    __slots__ = ("files", "node", "file", "line")
    FILES_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    files: _containers.RepeatedScalarFieldContainer[str]
    node: _containers.RepeatedScalarFieldContainer[int]
    file: _containers.RepeatedScalarFieldContainer[int]
    line: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, files: _Optional[_Iterable[str]] = ..., node: _Optional[_Iterable[int]] = ..., file: _Optional[_Iterable[int]] = ..., line: _Optional[_Iterable[int]] = ...) -> None: ...

class Entry(_message.Message):
    __slots__ = ("key", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
