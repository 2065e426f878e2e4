"""The golden fixture itself: it fails on a difference, shows it, and repairs it only when told to."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).parent / "conftest.py"
SUITE = "def test_poem(golden):\n    golden('one\\ntwo\\n', 'poem.txt')\n"


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makepyfile(SUITE)
    return pytester


def test_missing_golden_file_fails(suite: pytest.Pytester) -> None:
    result = suite.runpytest("-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["--- tests/golden/poem.txt (missing)", "+one", "*--update-golden"])


def test_update_writes_the_file_and_the_next_run_passes(suite: pytest.Pytester) -> None:
    suite.runpytest("--update-golden").assert_outcomes(passed=1)
    assert (suite.path / "golden" / "poem.txt").read_bytes() == b"one\ntwo\n"
    suite.runpytest().assert_outcomes(passed=1)


def test_difference_fails_and_is_shown(suite: pytest.Pytester) -> None:
    (suite.path / "golden").mkdir()
    (suite.path / "golden" / "poem.txt").write_text("one\nthree\n", encoding="utf-8")
    result = suite.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["-three", "+two"])
    assert (suite.path / "golden" / "poem.txt").read_text(encoding="utf-8") == "one\nthree\n"
