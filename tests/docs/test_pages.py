"""Documents are true: what is generated is fresh, links lead somewhere, blocks of Python run."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

import irlib
from tools import cli_page, layer_table, numpy_names, onnx_table, op_index, op_stub, op_table

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/systems/*.md"), ROOT / "proto" / "README.md"]
)
WITH_PYTHON = [
    ROOT / "README.md",
    *(ROOT / "docs" / f"{name}.md" for name in ("quickstart", "numpy", "layers", "training")),
]


@pytest.mark.parametrize(
    "generator",
    [cli_page, layer_table, numpy_names, onnx_table, op_index, op_stub, op_table],
    ids=lambda g: g.TARGET.name,
)
def test_what_is_generated_is_fresh(generator: ModuleType) -> None:
    # in a process of its own: tests register ops
    done = subprocess.run(
        [sys.executable, "-m", generator.__name__, "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}; run python -m {generator.__name__}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    missing = [t for t in targets if not re.match(r"[a-z]+:", t) and not (page.parent / t).exists()]
    assert missing == []


@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda p: p.name)
def test_python_in_a_page_runs(page: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    script = tmp_path / "blocks.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    environment = {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_every_command_the_readme_lists_is_there() -> None:
    from irlib.cli import VERBS

    listed = re.findall(r"^\| `irlib (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(VERBS)


def test_the_version_is_the_distribution_s() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert irlib.__version__ == project["version"]


def test_every_page_is_reached_from_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    assert [p.name for p in sorted((ROOT / "docs").iterdir()) if p.name != "index.md" and p.name not in index] == []
