from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from irlib import serde
from irlib.builder import Builder
from irlib.errors import FileError, IRError, SafetyError
from irlib.graph import Graph
from irlib.schema.v1 import model_pb2
from irlib.tensor import Tensor
from irlib.types import DTYPES


def _large(name: str = "large", extra: str = "w") -> Graph:
    rng = np.random.default_rng(0)
    b = Builder(name)
    for key, array in {
        extra: rng.random((400, 301), np.float32),
        "v": rng.random(70_001),
        "bytes": rng.integers(0, 255, 66_000).astype(np.uint8),
        "#5": rng.random((300, 300), np.float32),
        "__metadata__": rng.random((300, 300)).astype(np.float16),
        "half": Tensor(np.arange(70_000).astype(DTYPES["bfloat16"].numpy)),
        "four": Tensor((np.arange(70_000) % 16).astype(np.uint8).view(DTYPES["int4"].numpy)),
        "complex": rng.random(70_000) + 1j,
        "true": np.ones(70_000, bool),
        "small": np.zeros(3),
    }.items():
        b.output(f"out.{key}", b.parameter(key, array))
    return b.build()


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    serde.save(_large(), tmp_path / "m.pb")
    return tmp_path / "m.pb"


def _beside(path: Path) -> Path:
    (found,) = path.parent.glob(f"{path.name}.*.safetensors")
    return found


@pytest.mark.parametrize("suffix", [".pb", ".json"])
def test_large_tensors_go_to_a_file_beside_the_model_and_come_back(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"m{suffix}"
    serde.save(_large(), path)
    assert path.stat().st_size < 5000
    assert serde.load(path, verify=True) == _large()
    assert serde.digest(serde.load(path)) == serde.digest(_large())


def test_a_small_model_is_one_file(tmp_path: Path) -> None:
    b = Builder("small")
    b.output("y", b.parameter("w", np.zeros(200_000, np.float32)))
    serde.save(b.build(), tmp_path / "m.pb")
    assert [p.name for p in tmp_path.iterdir()] == ["m.pb"]


def test_what_is_loaded_is_a_view_of_the_mapped_file(saved: Path) -> None:
    graph = serde.load(saved)
    tensor = graph.nodes["w"].variable.tensor
    assert not tensor.array.flags.writeable
    assert not tensor.array.flags.owndata


def test_every_entry_is_aligned_and_the_data_begin_at_a_multiple_of_64(saved: Path) -> None:
    raw = _beside(saved).read_bytes()
    length = int.from_bytes(raw[:8], "little")
    assert (8 + length) % 64 == 0
    for variable in serde.load(saved).variables:
        assert variable.tensor is not None
        assert variable.tensor.array.flags.aligned
        if variable.tensor.nbytes > 2**16:
            assert not variable.tensor.array.flags.owndata


def test_safetensors_reads_what_we_write(saved: Path) -> None:
    found = load_file(_beside(saved))
    graph = serde.load(saved)
    assert len(found) == 9
    for name in ("w", "v", "bytes", "true"):
        assert np.array_equal(found[name], graph.nodes[name].variable.tensor.array)
    assert found["four"].nbytes == 70_000


def test_we_read_what_safetensors_writes(saved: Path) -> None:
    from safetensors.numpy import save_file

    arrays = load_file(_beside(saved))
    save_file(arrays, _beside(saved), metadata={"by": "safetensors"})
    raw = _beside(saved).read_bytes()
    model = model_pb2.Model.FromString(saved.read_bytes())
    model.weights.length, model.weights.sha256 = len(raw), hashlib.sha256(raw).digest()
    saved.write_bytes(model.SerializeToString())
    assert serde.load(saved, verify=True) == _large()


def test_the_digest_does_not_depend_on_the_files_name(tmp_path: Path) -> None:
    serde.save(_large(), tmp_path / "a.pb")
    serde.save(_large(), tmp_path / "b.pb")
    assert (tmp_path / "a.pb").read_bytes() != (tmp_path / "b.pb").read_bytes()
    assert serde.digest(serde.load(tmp_path / "a.pb")) == serde.digest(serde.load(tmp_path / "b.pb"))


def test_the_digest_covers_the_weights() -> None:
    b = Builder("large")
    b.output("y", b.parameter("w", np.zeros(2**19, np.float32)))
    c = Builder("large")
    c.output("y", c.parameter("w", np.append(np.zeros(2**19 - 1, np.float32), np.float32(-0.0))))
    assert serde.digest(b.build()) != serde.digest(c.build())


def test_large_tensors_inline_are_read_all_the_same() -> None:
    assert serde.from_bytes(serde.to_bytes(_large())) == _large()


# Hostile files


def _codes(path: Path, *, verify: bool = False) -> list[str]:
    report = serde.check(path, verify=verify)
    assert not report.ok
    with pytest.raises(IRError):
        serde.load(path, verify=verify)
    return [f.code for f in report.errors]


def _rename(path: Path, name: str) -> None:
    model = model_pb2.Model.FromString(path.read_bytes())
    model.weights.file = name
    path.write_bytes(model.SerializeToString())


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "/etc/passwd", "a/b", "a\\b", "c:", "a\0b", "./x", "x/", "y" * 256, "/dev/zero"]
)
def test_a_sidecar_is_a_single_component_in_the_models_folder(name: str, saved: Path) -> None:
    _beside(saved).rename(saved.parent.parent / "x")
    _rename(saved, name)
    assert _codes(saved) == ["IR512"]


def test_a_sidecar_that_is_a_link_is_refused(saved: Path) -> None:
    beside = _beside(saved)
    beside.rename(beside.with_name("real"))
    beside.symlink_to("real")
    assert _codes(saved) == ["IR512"]


def test_a_sidecar_that_is_a_pipe_is_refused_without_waiting(saved: Path) -> None:
    beside = _beside(saved)
    beside.unlink()
    os.mkfifo(beside)
    assert _codes(saved) == ["IR512"]


def test_a_sidecar_that_is_a_folder_is_refused(saved: Path) -> None:
    beside = _beside(saved)
    beside.unlink()
    beside.mkdir()
    assert _codes(saved) == ["IR512"]


def test_a_missing_sidecar_says_what_to_copy(saved: Path) -> None:
    _beside(saved).unlink()
    with pytest.raises(FileError, match="copy it together with the model"):
        serde.load(saved)
    assert _codes(saved) == ["IR513"]


@pytest.mark.parametrize("change", [lambda d: d[:-1], lambda d: d + b"\0", lambda d: b""])
def test_a_sidecar_of_another_length_is_refused(change: Callable[[bytes], bytes], saved: Path) -> None:
    _beside(saved).write_bytes(change(_beside(saved).read_bytes()))
    assert _codes(saved) == ["IR514"]


def test_changed_weights_are_found_when_asked(saved: Path) -> None:
    data = bytearray(_beside(saved).read_bytes())
    data[-1] ^= 1
    _beside(saved).write_bytes(data)
    serde.load(saved)
    assert _codes(saved, verify=True) == ["IR515"]


def _with_header(path: Path, change: Callable[[dict[str, dict[str, object]]], object], pad: bytes = b"") -> None:
    """Change the header of the weights file, the model agreeing with its new length and hash."""
    beside = _beside(path)
    raw = beside.read_bytes()
    length = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8 : 8 + length])
    text = change(header)
    made = text if isinstance(text, bytes) else json.dumps(header).encode()
    raw = len(made).to_bytes(8, "little") + made + raw[8 + length :] + pad
    beside.write_bytes(raw)
    model = model_pb2.Model.FromString(path.read_bytes())
    model.weights.length, model.weights.sha256 = len(raw), hashlib.sha256(raw).digest()
    path.write_bytes(model.SerializeToString())


HEADERS: list[Callable[[dict[str, dict[str, object]]], object]] = [
    lambda h: h.pop("w"),
    lambda h: h.update(other=h.pop("w")),
    lambda h: h.update(more={"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}),
    lambda h: h["w"].update(dtype="F64"),
    lambda h: h["w"].update(shape=[301, 400]),
    lambda h: h["w"].update(shape=[-400, -301]),
    lambda h: h["w"].update(data_offsets=h["v"]["data_offsets"]),
    lambda h: h["w"].update(data_offsets=[0, 2**70]),
    lambda h: h["w"].update(data_offsets=[0.0, 1.0]),
    lambda h: h["w"].update(data_offsets=[5, 3]),
    lambda h: h["w"].update(surplus=1),
    lambda h: h["w"].pop("shape"),
    lambda h: b"[" * 100_000,
    lambda h: b"{}",
    lambda h: b"[]",
    lambda h: b"",
    lambda h: b"\xff",
    lambda h: b'{"w": 1, "w": 2}',
    lambda h: b'{"w": {"dtype": "F32", "shape": [' + b"9" * 5000 + b'], "data_offsets": [0, 1]}}',
]


@pytest.mark.parametrize("change", HEADERS)
def test_a_header_that_disagrees_is_refused(
    change: Callable[[dict[str, dict[str, object]]], object], saved: Path
) -> None:
    _with_header(saved, change)
    assert set(_codes(saved)) == {"IR516"}


def test_bytes_of_no_tensor_are_refused(saved: Path) -> None:
    _with_header(saved, lambda h: None, b"\0" * 64)
    assert _codes(saved) == ["IR516"]


def test_a_header_longer_than_the_file_is_refused(saved: Path) -> None:
    raw = bytearray(_beside(saved).read_bytes())
    raw[:8] = b"\xff" * 8
    _beside(saved).write_bytes(raw)
    assert _codes(saved) == ["IR516"]


def test_a_tensor_used_twice_is_refused(saved: Path) -> None:
    model = model_pb2.Model.FromString(saved.read_bytes())
    keyed = [v.tensor for v in model.graph.variables if v.tensor.key]
    keyed[1].CopyFrom(keyed[0])
    saved.write_bytes(model.SerializeToString())
    with pytest.raises(SafetyError, match="IR516"):
        serde.load(saved)


def test_bytes_alone_that_need_a_sidecar_are_refused(saved: Path) -> None:
    with pytest.raises(IRError, match=r"IR51[36]"):
        serde.from_bytes(saved.read_bytes())
