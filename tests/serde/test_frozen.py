"""The files of every version so far, read, written back byte for byte and run; and what damage does to them."""

from __future__ import annotations

import hashlib
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import irlib
from irlib import serde
from irlib.codes import CODES
from tests.frozen import freeze
from tests.hostile import mutate
from tests.serde.corpus import CORPUS

FROZEN = Path(__file__).parents[1] / "frozen" / "v1"
HOSTILE = Path(__file__).parents[1] / "hostile"
MODELS = sorted(p.name for p in FROZEN.iterdir() if p.suffix in (".pb", ".json"))


def test_no_frozen_file_was_changed() -> None:
    lines = [line.split("  ") for line in (FROZEN / "SHA256SUMS").read_text().splitlines()]
    stated = {name: digest for digest, name in lines}
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in FROZEN.iterdir() if p.name != "SHA256SUMS"}
    assert found == stated


@pytest.mark.parametrize("name", [n for n in MODELS if n != "weights.pb"])
def test_a_frozen_file_is_read_and_written_back_byte_for_byte(name: str, tmp_path: Path) -> None:
    serde.save(serde.load(FROZEN / name), tmp_path / name)
    assert (tmp_path / name).read_bytes() == (FROZEN / name).read_bytes()


def test_frozen_weights_are_read() -> None:
    assert serde.load(FROZEN / "weights.pb", verify=True) == freeze.with_weights()


@pytest.mark.parametrize("name", CORPUS)
def test_the_corpus_still_gives_the_frozen_bytes(name: str) -> None:
    assert serde.to_bytes(CORPUS[name]()) == (FROZEN / f"{name}.pb").read_bytes()


@pytest.mark.parametrize("name", sorted(p.stem for p in FROZEN.glob("*.npz")))
def test_a_frozen_file_still_computes_what_it_did(name: str) -> None:
    with np.load(FROZEN / f"{name}.npz", allow_pickle=False) as arrays:
        feeds = {k.removeprefix("in."): arrays[k] for k in arrays.files if k.startswith("in.")}
        expected = {k.removeprefix("out."): arrays[k] for k in arrays.files if k.startswith("out.")}
    found = irlib.run(serde.load(FROZEN / f"{name}.pb"), feeds)
    assert found.keys() == expected.keys()
    for key, array in expected.items():
        np.testing.assert_allclose(found[key], array, rtol=1e-6)


@pytest.mark.parametrize("name", [n for n in MODELS if n != "weights.pb"])
def test_damage_is_answered_with_a_graph_or_a_coded_error(name: str) -> None:
    data = (FROZEN / name).read_bytes()
    step = max(len(data) // 12, 1) | 1
    outcomes = {mutate.outcome(damage, Path(name).suffix) for _, damage in mutate.damaged(data, step=step)}
    assert len(outcomes) > 1


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in MODELS if n.endswith(".pb") and n != "weights.pb"])
def test_every_cut_and_every_flipped_byte_is_answered(name: str) -> None:
    data = (FROZEN / name).read_bytes()
    for _, damage in mutate.damaged(data, masks=(0xFF,)):
        mutate.outcome(damage, ".pb")


def test_damage_takes_little_memory() -> None:
    data = (FROZEN / "foreign.pb").read_bytes()
    tracemalloc.start()
    for _, damage in mutate.damaged(data, masks=(0xFF, 0x80), step=5):
        mutate.outcome(damage, ".pb")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32 * 2**20


@pytest.mark.parametrize("path", sorted(p.name for p in HOSTILE.iterdir() if p.suffix in (".pb", ".json")))
def test_a_hostile_file_gets_the_code_in_its_name(path: str) -> None:
    report = serde.check(HOSTILE / path)
    assert path.partition("_")[0] in {f.code for f in report.errors}


def test_the_search_for_undocumented_errors_finds_one_that_was_put_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from irlib.serde import assemble

    def careless(*arguments: object, **options: object) -> None:
        raise KeyError("seeded")

    monkeypatch.setattr(assemble, "op_of", careless)
    with pytest.raises(KeyError, match="seeded"):
        mutate.outcome((FROZEN / "mlp.pb").read_bytes(), ".pb")


def test_the_search_notices_a_code_without_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(CODES, "IR501")
    with pytest.raises(AssertionError, match="no documented code"):
        mutate.outcome(b"", ".pb")
