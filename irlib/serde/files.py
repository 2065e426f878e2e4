"""The one door between files and graphs: `load`, `check` and `save`."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path

from irlib.errors import FileError, IRError, SafetyError
from irlib.graph import Graph
from irlib.serde.assemble import assemble
from irlib.serde.canonical import canonical
from irlib.serde.durable import Replacement
from irlib.serde.flatten import flatten
from irlib.serde.raw import Keyed, RawModel, Weights
from irlib.serde.weights import MappedWeights, Sidecar, sidecar_of
from irlib.tensor import Tensor
from irlib.validate import check_graph
from irlib.validate.finding import Finding, Report

__all__ = ["MAX_FILE", "check", "digest", "from_bytes", "load", "read", "save", "to_bytes"]

MAX_FILE = 2**31
"""The largest model file, its weights file not counted, in bytes."""

_ATTEMPTS = 4

PathLike = str | os.PathLike[str]
Decode = Callable[[bytes], tuple[RawModel | None, list[Finding]]]


def load(path: PathLike, *, verify: bool = False) -> Graph:
    """The graph in a .pb or .json file, validated; large tensors are mapped from the weights file, not read.

    `verify` also compares the SHA-256 of the weights file with what the model says.

    Raises: FileError when there is no such file or it is not a model, SafetyError when it breaks a limit or a safety
        rule, and whatever error each finding of validation is; the others are its notes.
    """
    graph, report = read(path, verify=verify)
    report.raise_errors()
    assert graph is not None
    return graph


def check(path: PathLike, *, verify: bool = True) -> Report:
    """Everything that is wrong with a file, its weights' SHA-256 included; never raises on what it contains."""
    return read(path, verify=verify)[1]


def read(path: PathLike, *, verify: bool = False) -> tuple[Graph | None, Report]:
    """The graph in a file, None where there is an error in it, and everything found."""
    subject = os.fspath(path)
    try:
        decode = _decoder(Path(path))
        for attempt in range(_ATTEMPTS):
            raw, findings = decode(_bytes_of(Path(path)))
            if raw is None:
                return None, Report(tuple(findings), subject)
            try:
                graph, found = _assembled(raw, Path(path), verify=verify)
                break
            except FileError as error:
                # between our two looks somebody may have saved another model and removed this one's weights
                if error.code != "IR513" or attempt == _ATTEMPTS - 1:
                    raise
    except IRError as error:
        return None, Report((Finding.of(error),), subject)
    findings += found
    if graph is not None:
        findings += check_graph(graph).findings
    failed = any(f.severity == "error" for f in findings)
    return (None if failed else graph), Report(tuple(findings), subject)


def _assembled(raw: RawModel, path: Path | None, *, verify: bool) -> tuple[Graph | None, list[Finding]]:
    if raw.weights is None or path is None:
        return assemble(raw, _no_weights)
    weights = MappedWeights(Path(os.path.realpath(path)).parent, raw.weights, verify=verify)
    graph, findings = assemble(raw, weights.fetch)
    if graph is not None:
        weights.require_all_used()
    return graph, findings


def _no_weights(keyed: Keyed) -> Tensor:
    raise FileError(f"the entry {keyed.key[:80]!r} of a weights file, but the model names none", code="IR516")


def _decoder(path: Path) -> Decode:
    match path.suffix.lower():
        case ".pb":
            from irlib.serde.binary import decode
        case ".json":
            from irlib.serde.json import decode
        case other:
            raise FileError(f"the suffix {other!r} of {path.name!r}, expected .pb or .json", code="IR502")
    return decode


def _bytes_of(path: Path) -> bytes:
    """The contents of a file, read only while they are within the limit."""
    try:
        with path.open("rb", buffering=0) as file:
            if os.fstat(file.fileno()).st_size > MAX_FILE:
                raise SafetyError(f"{os.fstat(file.fileno()).st_size} bytes, expected at most {MAX_FILE}", code="IR511")
            parts = []
            room = MAX_FILE
            while part := file.read(min(room + 1, 2**26)):
                parts.append(part)
                room -= len(part)
                if room < 0:
                    raise SafetyError(f"more than {MAX_FILE} bytes", code="IR511")
            return parts[0] if len(parts) == 1 else b"".join(parts)
    except IRError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"cannot be read: {reason}", code="IR500") from error


def from_bytes(data: bytes) -> Graph:
    """The graph in the bytes of a .pb file that needs no weights file, validated. Raises: as `load`."""
    from irlib.serde.binary import decode

    raw, findings = decode(data)
    graph = None
    if raw is not None:
        graph, found = _assembled(raw, None, verify=False)
        findings += found
    if graph is not None:
        findings += check_graph(graph).findings
    Report(tuple(findings)).raise_errors()
    assert graph is not None
    return graph


def to_bytes(graph: Graph) -> bytes:
    """The canonical bytes of a graph with every tensor inline: the same for the same graph everywhere.

    Raises: FileError when the format has no form for something in it, or over 2 GiB.
    """
    from irlib.serde.binary_write import encode

    return encode(flatten(graph))


def digest(graph: Graph) -> str:
    """The SHA-256, in hexadecimal, of the canonical .pb file of a graph, the name of its weights file left out.

    It covers the weights by the SHA-256 of the weights file. A model that needs none has the digest that ``sha256sum``
    gives of its .pb file.
    """
    from irlib.serde.binary_write import encode

    form = canonical(graph)
    sidecar = sidecar_of(form)
    weights = None if sidecar is None else Weights("", sidecar.length, sidecar.sha256())
    return hashlib.sha256(encode(flatten(form, sidecar.keyed if sidecar else None, weights))).hexdigest()


def save(graph: Graph, path: PathLike) -> None:
    """Write a graph to a .pb or .json file, with its large tensors in a weights file beside it.

    Whoever reads sees the old model or the new one, whole; on any error the old one stays. The weights file is called
    after its contents, so that it never replaces that of the old model, which is removed last.

    Raises: FileError when it cannot be written.
    """
    target = Path(os.path.realpath(path))
    where = os.fspath(path)
    encode = _encoder(Path(path))
    form = canonical(graph)
    sidecar = sidecar_of(form)
    try:
        if sidecar is None:
            contents = encode(flatten(form))
            weights = None
        else:
            weights = _weights_of(sidecar, target)
            contents = encode(flatten(form, sidecar.keyed, weights))
    except IRError as error:
        raise error.at(where) from None
    if len(contents) > MAX_FILE:
        raise SafetyError(f"a model of {len(contents)} bytes, expected at most {MAX_FILE}", code="IR511", where=where)
    try:
        with contextlib.ExitStack() as stack:
            if sidecar is not None and weights is not None:
                beside = stack.enter_context(Replacement(target.with_name(weights.file)))
                beside.write(sidecar.parts())
            model = stack.enter_context(Replacement(target))
            model.write([contents])
            if sidecar is not None:
                beside.commit()
            old = _sidecars_of(target)
            model.commit()
            _remove(old - {weights.file if weights else ""}, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(f"cannot be written: {reason}", code="IR500", where=where) from error


def _encoder(path: Path) -> Callable[[RawModel], bytes]:
    match path.suffix.lower():
        case ".pb":
            from irlib.serde.binary_write import encode
        case ".json":
            from irlib.serde.json import encode
        case other:
            raise FileError(f"the suffix {other!r} of {path.name!r}, expected .pb or .json", code="IR502")
    return encode


def _weights_of(sidecar: Sidecar, target: Path) -> Weights:
    sha256 = sidecar.sha256()
    return Weights(f"{target.name}.{sha256.hex()[:16]}.safetensors", sidecar.length, sha256)


def _sidecars_of(target: Path) -> set[str]:
    """The weights file that the model now at `target` names, if it is one of this target's own."""
    own = re.compile(rf"{re.escape(target.name)}\.[0-9a-f]{{16}}\.safetensors")
    try:
        raw, _ = _decoder(target)(_bytes_of(target))
    except IRError:
        return set()
    named = raw.weights.file if raw is not None and raw.weights is not None else ""
    return {named} if own.fullmatch(named) else set()


def _remove(names: set[str], target: Path) -> None:
    for name in names:
        with contextlib.suppress(OSError):
            target.with_name(name).unlink()
