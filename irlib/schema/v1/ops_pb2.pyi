from irlib.schema.v1 import types_pb2 as _types_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Op(_message.Message):
    __slots__ = ("dialect", "name", "version", "attributes", "body")
    DIALECT_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    dialect: str
    name: str
    version: int
    attributes: _containers.RepeatedCompositeFieldContainer[Attribute]
    body: int
    def __init__(self, dialect: _Optional[str] = ..., name: _Optional[str] = ..., version: _Optional[int] = ..., attributes: _Optional[_Iterable[_Union[Attribute, _Mapping]]] = ..., body: _Optional[int] = ...) -> None: ...

class Absent(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Attribute(_message.Message):
    __slots__ = ("name", "absent", "boolean", "integer", "real", "text", "raw", "dtype", "type", "tensor", "graph", "tuple")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ABSENT_FIELD_NUMBER: _ClassVar[int]
    BOOLEAN_FIELD_NUMBER: _ClassVar[int]
    INTEGER_FIELD_NUMBER: _ClassVar[int]
    REAL_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    DTYPE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    TENSOR_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    TUPLE_FIELD_NUMBER: _ClassVar[int]
    name: str
    absent: Absent
    boolean: bool
    integer: int
    real: float
    text: str
    raw: bytes
    dtype: _types_pb2.DType
    type: _types_pb2.ValueType
    tensor: _types_pb2.Tensor
    graph: int
    tuple: Tuple
    def __init__(self, name: _Optional[str] = ..., absent: _Optional[_Union[Absent, _Mapping]] = ..., boolean: bool = ..., integer: _Optional[int] = ..., real: _Optional[float] = ..., text: _Optional[str] = ..., raw: _Optional[bytes] = ..., dtype: _Optional[_Union[_types_pb2.DType, str]] = ..., type: _Optional[_Union[_types_pb2.ValueType, _Mapping]] = ..., tensor: _Optional[_Union[_types_pb2.Tensor, _Mapping]] = ..., graph: _Optional[int] = ..., tuple: _Optional[_Union[Tuple, _Mapping]] = ...) -> None: ...

class Tuple(_message.Message):
    __slots__ = ("booleans", "integers", "reals", "texts", "raws", "dtypes", "types", "graphs")
    BOOLEANS_FIELD_NUMBER: _ClassVar[int]
    INTEGERS_FIELD_NUMBER: _ClassVar[int]
    REALS_FIELD_NUMBER: _ClassVar[int]
    TEXTS_FIELD_NUMBER: _ClassVar[int]
    RAWS_FIELD_NUMBER: _ClassVar[int]
    DTYPES_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    GRAPHS_FIELD_NUMBER: _ClassVar[int]
    booleans: Booleans
    integers: Integers
    reals: Reals
    texts: Texts
    raws: _types_pb2.Strings
    dtypes: DTypes
    types: ValueTypes
    graphs: Graphs
    def __init__(self, booleans: _Optional[_Union[Booleans, _Mapping]] = ..., integers: _Optional[_Union[Integers, _Mapping]] = ..., reals: _Optional[_Union[Reals, _Mapping]] = ..., texts: _Optional[_Union[Texts, _Mapping]] = ..., raws: _Optional[_Union[_types_pb2.Strings, _Mapping]] = ..., dtypes: _Optional[_Union[DTypes, _Mapping]] = ..., types: _Optional[_Union[ValueTypes, _Mapping]] = ..., graphs: _Optional[_Union[Graphs, _Mapping]] = ...) -> None: ...

class Booleans(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedScalarFieldContainer[bool]
    def __init__(self, items: _Optional[_Iterable[bool]] = ...) -> None: ...

class Integers(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, items: _Optional[_Iterable[int]] = ...) -> None: ...

class Reals(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, items: _Optional[_Iterable[float]] = ...) -> None: ...

class Texts(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, items: _Optional[_Iterable[str]] = ...) -> None: ...

class DTypes(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedScalarFieldContainer[_types_pb2.DType]
    def __init__(self, items: _Optional[_Iterable[_Union[_types_pb2.DType, str]]] = ...) -> None: ...

class ValueTypes(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[_types_pb2.ValueType]
    def __init__(self, items: _Optional[_Iterable[_Union[_types_pb2.ValueType, _Mapping]]] = ...) -> None: ...

class Graphs(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, items: _Optional[_Iterable[int]] = ...) -> None: ...
