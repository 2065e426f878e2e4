"""The weights file: real safetensors, its data 64-byte aligned, opened by one careful door and mapped, never copied."""

from __future__ import annotations

import contextlib
import hashlib
import json
import mmap
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from irlib.errors import FileError, SafetyError
from irlib.graph import Graph
from irlib.serde import elements
from irlib.serde.raw import Keyed, Weights
from irlib.tensor import Tensor
from irlib.types import TensorType

__all__ = ["MappedWeights", "Sidecar", "sidecar_of"]

LARGE = 64 * 1024
"""Tensors of more bytes than this go to the weights file.."""
TOTAL = 1024 * 1024
"""..when together they are more than this; a small model stays one file."""
ALIGNMENT = 64
MAX_HEADER = 2**24
MAX_WEIGHTS = 2**44
_CHUNK = 2**24

# What safetensors calls our dtypes, where every version of it knows them; the others go as bytes.
_NAMES = {
    "bool": "BOOL",
    "int8": "I8",
    "int16": "I16",
    "int32": "I32",
    "int64": "I64",
    "uint8": "U8",
    "uint16": "U16",
    "uint32": "U32",
    "uint64": "U64",
    "float16": "F16",
    "bfloat16": "BF16",
    "float32": "F32",
    "float64": "F64",
}


def _entry(t: TensorType) -> tuple[str, list[int]]:
    """The dtype and shape that the header gives a tensor of type `t`."""
    if t.dtype.name in _NAMES:
        return _NAMES[t.dtype.name], [int(d) for d in t.shape or ()]  # type: ignore[arg-type]
    return "U8", [elements.size_of(t) * elements.bytes_per_element(t)]


class Sidecar:
    """A weights file to be written: which tensors, under which keys, in which order."""

    def __init__(self, tensors: Mapping[int, tuple[str, Tensor]]) -> None:
        self.keyed = {i: Keyed(tensor.type, key) for i, (key, tensor) in tensors.items()}
        # whatever keeps its alignment when it follows another goes first
        self._ordered = sorted(
            tensors.values(),
            key=lambda item: (_length(item[1]) % ALIGNMENT != 0, -elements.bytes_per_element(item[1].type)),
        )
        self._header = self._made_header()
        self.length = len(self._header) + sum(_length(t) for _, t in self._ordered)

    def _made_header(self) -> bytes:
        entries: dict[str, Any] = {}
        at = 0
        for key, tensor in self._ordered:
            name, shape = _entry(tensor.type)
            end = at + _length(tensor)
            entries[key] = {"dtype": name, "shape": shape, "data_offsets": [at, end]}
            at = end
        text = json.dumps(entries, separators=(",", ":"), ensure_ascii=True).encode()
        text += b" " * (-(len(text) + 8) % ALIGNMENT)
        return len(text).to_bytes(8, "little") + text

    def parts(self) -> Iterator[Any]:
        """The bytes of the file, piece by piece."""
        yield self._header
        for _, tensor in self._ordered:
            view = elements.to_bytes(tensor)
            for start in range(0, len(view), _CHUNK):
                yield view[start : start + _CHUNK]

    def sha256(self) -> bytes:
        digest = hashlib.sha256()
        for part in self.parts():
            digest.update(part)
        return digest.digest()


def _length(tensor: Tensor) -> int:
    return elements.size_of(tensor.type) * elements.bytes_per_element(tensor.type)


def sidecar_of(graph: Graph) -> Sidecar | None:
    """The weights file that a canonical graph needs: the large tensors of its variables; None where they are few."""
    names = {int(~graph.kind[i]): graph.names.get(i, "") for i in graph.variable_nodes}
    large: dict[int, tuple[str, Tensor]] = {}
    total = 0
    for i, variable in enumerate(graph.variables):
        tensor = variable.tensor
        if tensor is None or tensor.dtype.kind == "string" or _length(tensor) <= LARGE:
            continue
        name = names.get(i, "")
        # a name of ours cannot meet an author's: a key of ours begins with #, and so does theirs only behind one
        plain = name and not name.startswith(("#", "__")) and len(name) <= 256
        large[i] = (name if plain else f"#{i}", tensor)
        total += _length(tensor)
    return Sidecar(large) if total > TOTAL else None


class MappedWeights:
    """An open weights file: checked against the model, mapped, read tensor by tensor."""

    def __init__(self, folder: Path, weights: Weights, *, verify: bool = False) -> None:
        self.weights = weights
        self.where = f"weights {weights.file[:80]!r}"
        self._data = self._mapped(folder)
        self._entries = self._header()
        self._unused = set(self._entries)
        if verify and hashlib.sha256(self._data).digest() != weights.sha256:
            raise SafetyError("it has another SHA-256 than the model says", code="IR515", where=self.where,
                              remedy="copy it again, together with the model")  # fmt: skip

    def fetch(self, keyed: Keyed) -> Tensor:
        """The tensor under a key, a view of the mapped file. Raises: IRError when it is not as the model says."""
        entry = self._entries.get(keyed.key)
        where = f"{self.where}, {keyed.key[:80]!r}"
        if entry is None:
            raise SafetyError("no such entry", code="IR516", where=where)
        if keyed.key not in self._unused:
            raise SafetyError("the model uses the entry twice", code="IR516", where=where)
        name, shape = _entry(keyed.type)
        if (entry[0], entry[1]) != (name, shape):
            what = f"{entry[0]}{entry[1]}, expected {name}{shape}"
            raise SafetyError(what, code="IR516", where=where)
        self._unused.discard(keyed.key)
        return elements.from_bytes(keyed.type, self._data[entry[2] : entry[3]], copy=False)

    def require_all_used(self) -> None:
        """Raises: SafetyError when the file has entries that the model does not use."""
        if self._unused:
            what = f"the model does not use {len(self._unused)} of its entries, {min(self._unused)[:80]!r} among them"
            raise SafetyError(what, code="IR516", where=self.where)

    # Opening

    def _mapped(self, folder: Path) -> memoryview:
        weights = self.weights
        if not 8 <= weights.length <= MAX_WEIGHTS:
            raise SafetyError(f"a length of {weights.length} bytes", code="IR511", where=self.where)
        if len(weights.sha256) != 32:
            raise SafetyError("a SHA-256 that is not of 32 bytes", code="IR515", where=self.where)
        with _opened(folder, weights.file, self.where) as handle:
            size = os.fstat(handle).st_size
            if size != weights.length:
                raise SafetyError(f"{size} bytes, the model says {weights.length}", code="IR514", where=self.where,
                                  remedy="copy it again, together with the model")  # fmt: skip
            return memoryview(mmap.mmap(handle, weights.length, access=mmap.ACCESS_READ))

    def _header(self) -> dict[str, tuple[str, list[int], int, int]]:
        data = self._data
        length = int.from_bytes(data[:8], "little")
        if length > min(MAX_HEADER, len(data) - 8):
            raise SafetyError(f"a header of {length} bytes", code="IR516", where=self.where)
        try:
            parsed = json.loads(bytes(data[8 : 8 + length]), object_pairs_hook=_without_doubles)
            entries = {k: self._header_entry(v) for k, v in parsed.items() if k != "__metadata__"}
        except (ValueError, RecursionError, AttributeError, KeyError, TypeError) as error:
            raise SafetyError("its header is not one of safetensors", code="IR516", where=self.where) from error
        at = 0
        for key, (_, _, begin, end) in sorted(entries.items(), key=lambda item: item[1][2:]):
            if begin != at or end < begin:
                what = f"the data of {key[:80]!r} are at {begin}, expected {at}: without overlap and without gap"
                raise SafetyError(what, code="IR516", where=self.where)
            at = end
        if 8 + length + at != len(data):
            raise SafetyError(f"{len(data) - 8 - length - at} bytes of no tensor", code="IR516", where=self.where)
        return {
            k: (name, shape, begin + 8 + length, end + 8 + length) for k, (name, shape, begin, end) in entries.items()
        }

    def _header_entry(self, entry: dict[str, Any]) -> tuple[str, list[int], int, int]:
        name, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        numbers = [*shape, begin, end]
        if len(entry) != 3 or type(name) is not str or not all(type(n) is int and 0 <= n < 2**63 for n in numbers):
            raise ValueError(entry)
        return name, list(shape), begin, end


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


@contextlib.contextmanager
def _opened(folder: Path, name: str, where: str) -> Iterator[int]:
    """A descriptor of the plain file `name` in `folder` and nowhere else."""
    if name in ("", ".", "..") or len(name) > 255 or any(c in name for c in "/\\\0:") or Path(name).name != name:
        raise SafetyError("not the name of a file in the model's folder", code="IR512", where=where)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    directory = None
    try:
        if os.open in os.supports_dir_fd:
            directory = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
            handle = os.open(name, flags, dir_fd=directory)
        else:
            handle = os.open(folder / name, flags)
    except FileNotFoundError as error:
        raise FileError(
            "it is not there", code="IR513", where=where, remedy="copy it together with the model"
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a file name"
        raise SafetyError(f"cannot be opened as a plain file: {reason}", code="IR512", where=where) from error
    finally:
        if directory is not None:
            os.close(directory)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise SafetyError("not a plain file", code="IR512", where=where)
        yield handle
    finally:
        os.close(handle)
