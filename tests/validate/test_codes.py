"""The table of codes: each code in the sources is documented, each documented code is used, the page is fresh."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from irlib.codes import CODES
from irlib.validate.page import codes_page

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("irlib", "interpreters", "converters")


def used() -> dict[str, str]:
    """Every code in the sources, with one file that has it."""
    found: dict[str, str] = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.name != "codes.py":
                found |= dict.fromkeys(re.findall(r"\bIR\d{3}\b", path.read_text(encoding="utf-8")), path.name)
    return found


def test_each_code_in_the_sources_is_documented() -> None:
    missing = {code: file for code, file in used().items() if code not in CODES}
    assert not missing, f"add to irlib/codes.py: {missing}"


def test_each_documented_code_is_used() -> None:
    assert sorted(set(CODES) - set(used())) == []


@pytest.mark.parametrize("code", CODES)
def test_code_has_a_title_a_cause_and_a_cure(code: str) -> None:
    assert re.fullmatch(r"IR\d{3}", code)
    for text in CODES[code]:
        assert text.strip()
        assert not text.endswith(".")


def test_page_of_codes_is_fresh() -> None:
    page = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")
    assert page == codes_page(), "run: python -m irlib.validate.page > docs/codes.md"
