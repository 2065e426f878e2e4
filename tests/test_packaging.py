"""What is installed is what stands in the tree: each module once, under the name it is imported by."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINKED = ("interpreters", "converters")
"""The folders that stand at the top of the tree and are installed inside `irlib`."""


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The source archive of the tree and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    return sdist, wheel


def in_tree() -> list[str]:
    """The files that make the package, by the names they are installed under."""
    files = []
    for folder in ("irlib", *LINKED):
        for path in (ROOT / folder).rglob("*"):
            name = path.relative_to(ROOT).as_posix()
            # The links of a checkout, and the copies that stand in their place in an unpacked source archive.
            if (
                path.is_dir()
                or {"__pycache__", ".ruff_cache"} & set(path.parts)
                or name.startswith(tuple(f"irlib/{x}" for x in LINKED))
            ):
                continue
            files.append(name if folder == "irlib" else f"irlib/{name}")
    return sorted(files)


def test_wheel_holds_each_file_of_the_tree_once(archives: tuple[Path, Path]) -> None:
    names = [name for name in zipfile.ZipFile(archives[1]).namelist() if ".dist-info/" not in name]
    assert sorted(names) == in_tree()


def test_wheel_holds_what_is_not_python(archives: tuple[Path, Path]) -> None:
    names = set(zipfile.ZipFile(archives[1]).namelist())
    assert {"irlib/py.typed", "irlib/data/digits.npz", "irlib/data/README.md"} <= names


def test_wheel_holds_a_generated_module_for_each_schema_file(archives: tuple[Path, Path]) -> None:
    schemas = [path.relative_to(ROOT / "proto").with_suffix("") for path in (ROOT / "proto").rglob("*.proto")]
    expected = {f"{schema.as_posix()}_pb2{suffix}" for schema in schemas for suffix in (".py", ".pyi")}
    assert expected - set(zipfile.ZipFile(archives[1]).namelist()) == set()


def test_wheel_carries_both_licences_and_the_command(archives: tuple[Path, Path]) -> None:
    wheel = zipfile.ZipFile(archives[1])
    metadata = {name.partition(".dist-info/")[2]: name for name in wheel.namelist() if ".dist-info/" in name}
    assert {"licenses/LICENSE", "licenses/NOTICE"} <= set(metadata)
    assert "irlib = irlib.cli:main" in wheel.read(metadata["entry_points.txt"]).decode()


def test_source_archive_can_be_tested_and_installed_in_place(archives: tuple[Path, Path]) -> None:
    with tarfile.open(archives[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "NOTICE", ".ci/run", "tests/conftest.py"} <= names
    for folder in LINKED:
        real = {name for name in names if name.startswith(f"{folder}/")}
        assert real, folder
        assert {f"irlib/{name}" for name in real} <= names


@pytest.mark.parametrize("name", LINKED)
def test_bare_import_is_refused(name: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", f"import {name}"]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 1
    assert f"ImportError: {name}: " in done.stderr
    assert f"'irlib.{name}'" in done.stderr


@pytest.mark.parametrize("name", LINKED)
def test_link_leads_to_the_folder_at_the_top(name: str) -> None:
    link = ROOT / "irlib" / name
    if not link.is_symlink():
        pytest.skip("an unpacked source archive has copies in place of the links")
    assert link.readlink() == Path("..") / name


def test_extra_all_holds_every_extra_but_dev() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert extras["all"] == [f"irlib-graph[{','.join(sorted(set(extras) - {'all', 'dev'}))}]"]
