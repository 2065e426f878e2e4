"""Reports as text, JSON, SARIF and GitHub annotations."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from irlib.validate.finding import Finding, Report
from irlib.validate.formats import FORMATS, as_github, as_json, as_sarif, as_text

FORMATS_AND_SUFFIXES = [("text", "txt"), ("json", "json"), ("sarif", "sarif"), ("github", "txt")]
HOSTILE = "a%b\r\n::error::pwned\x1b[2J,:\u202e\ud800"


@pytest.fixture
def reports() -> list[Report]:
    findings = (
        Finding("IR101", "error", "graph 'g', node %h (tanh)", "a cycle: %h -> %k -> %h", "break it"),
        Finding("IR801", "warning", "graph 'g'", "1 node that no output needs: %3"),
    )
    return [Report(findings, "model.pb"), Report((), "good.pb")]


@pytest.mark.parametrize(("format", "suffix"), FORMATS_AND_SUFFIXES)
def test_format_is_as_agreed(
    format: str, suffix: str, reports: list[Report], golden: Callable[[str, str], None]
) -> None:
    golden(FORMATS[format](reports), f"validate/report_{format}.{suffix}")


def test_text_of_a_valid_file_says_so() -> None:
    assert as_text([Report((), "m.pb")]) == "m.pb: valid\n"


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_names_stay_within_their_line(format: str) -> None:
    reports = [Report((Finding("IR112", "error", HOSTILE, HOSTILE, HOSTILE),), HOSTILE)]
    text = FORMATS[format](reports)
    text.encode()
    assert all(line.isprintable() for line in text.splitlines())


def test_github_annotation_is_one_line_however_hostile() -> None:
    text = as_github([Report((Finding("IR112", "error", HOSTILE, HOSTILE, HOSTILE),), HOSTILE)])
    assert text.count("\n") == 1
    assert text.startswith("::error file=a%25b%0D%0A%3A%3Aerror%3A%3Apwned")


def test_json_gives_findings_back() -> None:
    finding = Finding("IR112", "error", HOSTILE, HOSTILE, HOSTILE)
    held = json.loads(as_json([Report((finding,), "m.pb")]))
    assert Finding(**held["subjects"][0]["findings"][0]) == finding


def test_sarif_rules_are_those_that_results_point_at(reports: list[Report]) -> None:
    run = json.loads(as_sarif(reports))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[r["ruleIndex"]] for r in run["results"]] == [r["ruleId"] for r in run["results"]]
    assert all(r["message"]["text"] and r["locations"] for r in run["results"])


def test_sarif_of_nothing_is_a_run_without_results() -> None:
    assert json.loads(as_sarif([]))["runs"][0]["results"] == []
