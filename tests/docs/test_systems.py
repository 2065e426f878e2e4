"""The pages of the systems are there, show what they name, and are as their models are now."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import irlib
from irlib import nn, systems
from tools import system_pages
from tools.system_list import SYSTEMS

FOLDER = Path(__file__).parent.parent.parent / "docs" / "systems"
FIGURES = json.loads((FOLDER / "figures.json").read_text(encoding="utf-8"))


def test_every_file_there_belongs_to_a_system() -> None:
    pictures = {f"{name}.svg" for stem in SYSTEMS for name in FIGURES[stem]["pictures"]}
    made = {path.name for path, _ in system_pages.TARGETS}
    assert {path.name for path in FOLDER.iterdir()} == {*pictures, *made, "figures.json"}


@pytest.mark.parametrize("stem", SYSTEMS)
def test_a_page_shows_files_that_are_there(stem: str) -> None:
    text = (FOLDER / f"{stem}.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)
    assert len(shown) >= 2
    for name in shown:
        root = ET.parse(FOLDER / name).getroot()
        assert root.tag.endswith("svg")
        assert (FOLDER / name).stat().st_size < 150_000
    for link in re.findall(r"(?<!!)\[[^\]]*\]\(([^)]+)\)", text):
        assert (FOLDER / link).exists()


@pytest.mark.parametrize("stem", SYSTEMS)
def test_a_page_is_as_its_model_is(stem: str) -> None:
    # the gradient as text and picture may be older: it changes with every better rule
    now, then = system_pages.made(stem), (FOLDER / f"{stem}.md").read_text(encoding="utf-8")
    cut = re.compile(r"makes a graph of \d+ nodes|<details><summary>the graph of the gradient.*", re.DOTALL)
    assert cut.sub("", then) == cut.sub("", now), "run python -m tools.system_pages"


@pytest.mark.parametrize(
    ("path", "made"),
    [(p, f) for p, f in system_pages.TARGETS if p.suffix == ".svg" and not p.stem.endswith("_gradient")],
    ids=lambda v: getattr(v, "name", ""),
)
def test_a_picture_is_as_its_model_is(path: Path, made: object) -> None:
    assert callable(made)
    assert path.read_text(encoding="utf-8") == made(), "run python -m tools.system_pages"


def test_the_index_is_fresh() -> None:
    assert (FOLDER / "index.md").read_text(encoding="utf-8") == system_pages.index(), "run python -m tools.system_pages"


@pytest.mark.parametrize("stem", SYSTEMS)
def test_the_line_that_a_page_shows_builds_the_model(stem: str) -> None:
    made = eval(SYSTEMS[stem].call, {"systems": systems, "nn": nn})
    assert irlib.digest(made) == irlib.digest(SYSTEMS[stem].build())


@pytest.mark.parametrize("stem", SYSTEMS)
def test_every_system_was_measured(stem: str) -> None:
    assert any(re.search(r"\d", line) for line in FIGURES[stem]["figures"])
    assert f"{stem}_curve" in FIGURES[stem]["pictures"]
