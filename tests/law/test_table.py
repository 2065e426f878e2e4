"""The published table and the tests of its rows name each other."""

from __future__ import annotations

import re
from pathlib import Path

LAW = Path(__file__).parent
TABLE = LAW.parent.parent / "docs" / "gradient_law.md"


def test_every_row_names_its_test_and_every_test_has_a_row() -> None:
    named = set(re.findall(r"`(test_\w+)`", TABLE.read_text(encoding="utf-8")))
    written = {
        name
        for path in LAW.glob("test_*.py")
        if path.name != Path(__file__).name
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named == written
