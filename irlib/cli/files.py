"""Models by the suffix of their file, and files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from irlib import Graph

__all__ = ["READERS", "WRITERS", "ModelOut", "existing", "face", "opened", "save", "suffix_of", "written"]


def _load(path: Path, *, verify: bool) -> Graph:
    graph: Graph = face("load")(path, verify=verify)
    return graph


def _from_onnx(path: Path, *, verify: bool) -> Graph:
    """The graph of an ONNX model; types that are declared and do not hold, which exporters write, are a warning."""
    from irlib.errors import IRError

    read: Callable[..., Graph] = face("from_onnx")
    try:
        return read(path)
    except IRError as error:
        if error.code != "IR230":
            raise
        graph = read(path, strict=False)
        click.echo(f"warning: {error}; it is passed over", err=True)
        return graph


def _save(graph: Graph, path: Path) -> None:
    face("save")(graph, path)


def _to_onnx(graph: Graph, path: Path) -> None:
    face("to_onnx")(graph, path)


def _to_numpy(graph: Graph, path: Path) -> None:
    face("to_numpy")(graph, gradient=False).save(path)


READERS: dict[str, Callable[..., Any]] = {".pb": _load, ".json": _load, ".onnx": _from_onnx}
"""What reads a model, by suffix. Each gives a validated graph or raises an IRError."""

WRITERS: dict[str, Callable[..., None]] = {".pb": _save, ".json": _save, ".onnx": _to_onnx, ".py": _to_numpy}
"""What writes a model, by suffix; the old file stays when it fails."""


def face(name: str) -> Callable[..., Any]:
    """A function of the public face.

    Raises: UnsupportedError where this installation does not have what it needs.
    """
    import irlib
    from irlib.errors import UnsupportedError

    try:
        return getattr(irlib, name)  # type: ignore[no-any-return]
    except (AttributeError, ImportError) as error:
        missing = str(getattr(error, "name", None) or "irlib")
        remedy = "" if missing.split(".", maxsplit=1)[0] == "irlib" else f"install the package {missing}"
        raise UnsupportedError(f"irlib.{name} is not available here", code="IR320", remedy=remedy) from error


def suffix_of(path: Path) -> str:
    """The suffix that says what a file is, in lower case."""
    return path.suffix.lower()


def opened(path: Path, *, verify: bool = False) -> Graph:
    """The model in a file, validated.

    Raises: FileError for another suffix, and whatever its reader finds wrong.
    """
    graph: Graph = _by_suffix(READERS, path, "read")(path, verify=verify)
    return graph


def save(graph: Graph, path: Path) -> None:
    """Write `graph` as the suffix of `path` says.

    Raises: FileError for another suffix, UnsupportedError for what the form cannot hold.
    """
    _by_suffix(WRITERS, path, "written")(graph, path)


def _by_suffix(table: dict[str, Callable[..., Any]], path: Path, done: str) -> Callable[..., Any]:
    found = table.get(suffix_of(path))
    if found is None:
        from irlib.errors import FileError

        raise FileError(
            f"suffix {path.suffix!r}, models are {done} as {', '.join(table)}", code="IR502", where=str(path)
        )
    return found


def existing(*, many: bool = False) -> Callable[[Any], Any]:
    """The argument FILE (FILES): a path that exists and is not a folder."""
    path = click.Path(exists=True, dir_okay=False, path_type=Path)
    if many:
        return click.argument("files", metavar="FILE...", type=path, nargs=-1, required=True)
    return click.argument("file", metavar="FILE", type=path)


class ModelOut(click.Path):
    """A path whose suffix names a form that irlib writes."""

    name = "file"

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(str(super().convert(value, param, ctx)))
        if suffix_of(path) not in WRITERS:
            self.fail(f"{value}: models are written as {', '.join(WRITERS)}", param, ctx)
        if not path.parent.is_dir():
            self.fail(f"{value}: there is no folder {str(path.parent)!r}", param, ctx)
        return path


@contextmanager
def written(path: Path, *, binary: bool = False) -> Iterator[IO[Any]]:
    """A file to write to that takes the place of `path` when all went well; on an error the old file stays."""
    folder = path.parent
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{path.name[:100]}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") if binary else os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.chmod(_mode(path))
        part.replace(path)
    except BaseException:
        part.unlink()
        raise


def _mode(path: Path) -> int:
    """The permissions of the file replaced, else those of a new file: mkstemp's are for the owner alone."""
    try:
        return path.stat().st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
