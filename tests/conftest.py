"""What every test may use: the golden files, and settings that make runs repeatable."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# Two workers on two cores, each with a BLAS that starts a thread per core, are slower than one; and the order of a sum,
# hence its last bits, depends on the number of threads.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# A deadline fails on a busy machine, not on a wrong program; the blob lets anyone repeat a failure.
settings.register_profile("irlib", deadline=None, print_blob=True)
settings.load_profile("irlib")

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the tests got to tests/golden/; read the change with git diff before you commit it",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """A function `golden(text, name)` that holds `text` against the file tests/golden/`name`.

    With --update-golden it writes the file instead. A difference, or a missing file, fails and shows the diff.
    """
    update = bool(request.config.getoption("--update-golden"))

    def compare(text: str, name: str) -> None:
        path = GOLDEN / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        expected = path.read_text(encoding="utf-8") if path.exists() else ""
        if text == expected and path.exists():
            return
        diff = "".join(
            difflib.unified_diff(
                expected.splitlines(keepends=True),
                text.splitlines(keepends=True),
                fromfile=f"tests/golden/{name}" if path.exists() else f"tests/golden/{name} (missing)",
                tofile="this run",
            )
        )
        pytest.fail(f"{diff}\nif the new text is right: pytest {request.node.nodeid} --update-golden", pytrace=False)

    return compare
