"""Arrays in .npz files: read without trust, checked against what the graph declares, written whole or not at all.

A member is checked before it is read: its header's dtype and shape must be what its bytes are, so nothing is allocated
that is not there. Kinds that numpy has no name for (bfloat16, float8..) are stored as their raw bytes, as numpy does.
"""

from __future__ import annotations

import math
import tokenize
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from irlib.errors import FeedError, FileError, SafetyError, UnsupportedError
from irlib.types import DType, TensorType

if TYPE_CHECKING:
    from irlib.graph import Graph, Node

__all__ = ["feeds_for", "read_npy", "read_npz", "write_npz"]

MAX_BYTES = 2**40
"""What the arrays of one file may hold in all; what a run may hold is the budget's to say."""


def read_npz(path: Path) -> dict[str, Any]:
    """The arrays in an .npz file, by name.

    Raises: FileError when it is none, SafetyError when it holds objects, or less than it says.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if len({i.filename for i in infos}) < len(infos):
                raise SafetyError("two members have one name", code="IR505", where=str(path))
            if sum(i.file_size for i in infos) > MAX_BYTES:
                raise SafetyError(f"more than {MAX_BYTES} bytes of arrays", code="IR511", where=str(path))
            return {i.filename.removesuffix(".npy"): _member(archive, i, path) for i in infos}
    except (zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError) as error:
        raise FileError(
            f"it is not an .npz file: {error}", code="IR501", where=str(path), remedy="write it with numpy.savez"
        ) from error


def read_npy(path: Path) -> Any:
    """The array in an .npy file. Raises: FileError when it is none, SafetyError when it holds objects."""
    with path.open("rb") as file:
        return _array(file, path.stat().st_size, str(path))


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> Any:
    with archive.open(info) as file:
        return _array(file, info.file_size, f"{path}, array {info.filename!r}")


def _array(file: IO[bytes], size: int, where: str) -> Any:
    """The array that `file`, of `size` bytes, holds."""
    try:
        shape, dtype = _header(file)
    except (ValueError, SyntaxError, tokenize.TokenError, MemoryError, RecursionError) as error:
        raise FileError(f"it is no .npy array: {error}", code="IR501", where=where) from error
    if dtype.hasobject or dtype.names is not None or dtype.subdtype is not None:
        raise SafetyError("it holds Python objects or records, expected numbers or text", code="IR510", where=where)
    stored, said = size - file.tell(), math.prod(shape) * dtype.itemsize
    if stored != said or min(shape, default=0) < 0:
        raise SafetyError(f"{stored} bytes, expected {said} for {dtype}{list(shape)}", code="IR220", where=where)
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(file)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}.get(version)
    if read is None:
        raise ValueError(f"version {version}, expected 1.0 or 2.0")
    shape, _, dtype = read(file)
    return shape, dtype


def feeds_for(graph: Graph, arrays: Mapping[str, Any], *, cast: bool, path: Path | str) -> dict[str, Any]:
    """The arrays as feeds of `graph`, each in the dtype declared; with `cast`, numbers are converted to it.

    Raises: FeedError for a name the graph has no variable of, a missing input, or another dtype.
    """
    fed = {str(n.name): n for n in (*graph.inputs, *graph.parameters, *graph.buffers)}
    where = str(path)
    for name in arrays:
        if name not in fed:
            raise FeedError(f"array {name!r} feeds nothing, expected one of: {_listed(fed)}", code="IR601", where=where)
    missing = [n for n in graph.inputs if n.name not in arrays]
    if missing:
        wanted = ", ".join(f"{n.name!r} ({n.type})" for n in missing[:8])
        raise FeedError(f"no array for input {wanted}", code="IR602", where=where, remedy="give it with --inputs")
    return {name: _fitted(array, fed[name], f"{where}, array {name!r}", cast=cast) for name, array in arrays.items()}


def _listed(names: Iterable[str]) -> str:
    return (", ".join(names) or "none")[:400]


def _fitted(array: Any, node: Node, where: str, *, cast: bool) -> Any:
    declared = node.type
    if not isinstance(declared, TensorType):
        raise UnsupportedError(f"{node.name!r} is {declared}; an .npz holds tensors", code="IR320", where=where)
    wanted = declared.dtype.numpy
    if array.dtype == wanted:
        return array
    if array.dtype.kind == "V" and array.dtype.itemsize == wanted.itemsize and wanted.kind in "Vf":
        return array.view(wanted)
    if declared.dtype.kind == "string" and array.dtype.kind in "US":
        return array.astype(object)
    if cast and _is_number(declared.dtype) and array.dtype.kind in "biufc":
        return _cast(array, declared.dtype, where)
    raise FeedError(
        f"got {array.dtype}{list(array.shape)}, expected {declared}", code="IR603", where=where,
        remedy="cast it, or let --cast do so",
    )  # fmt: skip


def _is_number(dtype: DType) -> bool:
    return dtype.kind in ("bool", "int", "uint", "float", "complex")


def _cast(array: Any, to: DType, where: str) -> Any:
    if array.dtype.kind == "c" and not to.is_complex:
        raise FeedError(f"got {array.dtype}, cannot cast complex to {to}", code="IR603", where=where)
    with np.errstate(all="ignore"):
        made = array.astype(to.numpy)
    if to.is_integer and not np.array_equal(made.astype(array.dtype), array):
        raise FeedError(f"got {array.dtype} with values that {to} cannot hold", code="IR603", where=where)
    return made


def write_npz(file: IO[bytes], arrays: Mapping[str, Any]) -> None:
    """Write arrays by name, as numpy.savez does; the same arrays give the same bytes.

    `numpy.savez` itself takes names as keywords, of which ``file`` is its own.

    Raises: UnsupportedError for a value that is no array.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, _storable(name, array), allow_pickle=False)


def _storable(name: str, array: Any) -> Any:
    if not isinstance(array, np.ndarray):
        kind = "absent" if array is None else "a sequence" if isinstance(array, list) else type(array).__name__
        raise UnsupportedError(f"{name!r} is {kind}; an .npz holds tensors", code="IR320", where=f"output {name!r}")
    if array.dtype != object:
        return array
    texts = [s if isinstance(s, str) else s.decode("utf-8", "backslashreplace") for s in array.flat]
    return np.array(texts, dtype=str).reshape(array.shape)
