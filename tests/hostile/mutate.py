"""Damage files byte by byte and see that the reader never answers with anything but a graph or a coded error.

``python tests/hostile/mutate.py FILE..`` flips each bit of every byte, and cuts at every length: minutes for each file.
The tests do a sample of the same.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from irlib.codes import CODES
from irlib.serde.assemble import assemble
from irlib.serde.binary import decode as decode_pb
from irlib.serde.binary_write import encode
from irlib.serde.flatten import flatten
from irlib.serde.json import decode as decode_json
from irlib.serde.raw import Keyed, RawModel
from irlib.tensor import Tensor
from irlib.validate import check_graph
from irlib.validate.finding import Finding

MASKS = (0x01, 0x80, 0xFF, 0x02, 0x10)


def damaged(data: bytes, masks: tuple[int, ...] = MASKS, step: int = 1) -> Iterator[tuple[str, bytes]]:
    """`data` with one byte changed, or cut short, each described. `step` samples, differently for each mask."""
    for k, mask in enumerate(masks):
        for i in range(k % step, len(data), step):
            yield f"byte {i} ^ {mask:#x}", data[:i] + bytes([data[i] ^ mask]) + data[i + 1 :]
    for i in range(0, len(data), step):
        yield f"cut to {i}", data[:i]


def outcome(data: bytes, suffix: str) -> str:
    """What the reader makes of `data`: ``valid`` or the codes of its errors. Anything it raises comes through."""
    decode: Callable[[bytes], tuple[RawModel | None, list[Finding]]] = decode_pb if suffix == ".pb" else decode_json
    raw, findings = decode(data)
    graph = None
    if raw is not None:
        graph, found = assemble(raw, _fetch)
        findings = findings + found
    if graph is not None:
        findings = findings + list(check_graph(graph).findings)
    for finding in findings:
        assert finding.code in CODES, f"{finding} is of no documented code"
        str(finding)
    codes = sorted({f.code for f in findings if f.severity == "error"})
    if codes:
        return " ".join(codes)
    assert graph is not None, "no graph and no error"
    again, _ = decode_pb(encode(flatten(graph)))
    assert again is not None, "what was read could not be written and read again"
    return "valid"


def _fetch(keyed: Keyed) -> Tensor:
    raise AssertionError(keyed)  # only of models that name a weights file, which the caller opens


def main(paths: list[str]) -> None:
    for path in paths:
        data = Path(path).read_bytes()
        counts: dict[str, int] = {}
        began = time.perf_counter()
        for what, damage in damaged(data):
            try:
                found = outcome(damage, Path(path).suffix)
            except Exception as error:
                error.add_note(f"{path}, {what}")
                raise
            counts[found] = counts.get(found, 0) + 1
        print(f"{path}: {len(data)} bytes, {time.perf_counter() - began:.0f} s", dict(sorted(counts.items())))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
