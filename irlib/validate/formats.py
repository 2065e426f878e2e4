"""Reports as text, JSON, SARIF 2.1.0 and GitHub annotations: pure functions from reports to a string."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from irlib.codes import CODES
from irlib.validate.finding import Finding, Report

__all__ = ["FORMATS", "as_github", "as_json", "as_sarif", "as_text"]

_SARIF_LEVEL = {"error": "error", "warning": "warning", "note": "note"}
_GITHUB_LEVEL = {"error": "error", "warning": "warning", "note": "notice"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_text(reports: Iterable[Report]) -> str:
    """One line per finding, and a line that counts them for each subject."""
    lines = []
    for report in reports:
        prefix = f"{printable(report.subject)}: " if report.subject else ""
        lines += [f"{prefix}{printable(str(finding))}" for finding in report.findings]
        lines.append(f"{prefix}{summary(report)}")
    return "".join(f"{line}\n" for line in lines)


def as_json(reports: Iterable[Report]) -> str:
    """An object with a list of subjects, each with `ok` and its findings."""
    subjects = [
        {"subject": report.subject, "ok": report.ok, "findings": [_fields(f) for f in report.findings]}
        for report in reports
    ]
    return json.dumps({"version": 1, "subjects": subjects}, indent=2) + "\n"


def as_sarif(reports: Iterable[Report]) -> str:
    """A SARIF log with one run; each finding has its code as rule, the file and the place in the graph as location."""
    held = list(reports)
    used = sorted({finding.code for report in held for finding in report.findings})
    rules = [_rule(code) for code in used]
    numbers = {code: index for index, code in enumerate(used)}
    results = [_result(report, finding, numbers) for report in held for finding in report.findings]
    run = {
        "tool": {"driver": {"name": "irlib", "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def as_github(reports: Iterable[Report]) -> str:
    """Workflow commands that GitHub shows as annotations; what a file holds cannot end one or begin another."""
    lines = []
    for report in reports:
        for finding in report.findings:
            properties = {"file": report.subject, "title": f"{finding.code} {_title(finding.code)}"}
            shown = ",".join(f"{key}={_github_property(value)}" for key, value in properties.items() if value)
            place = f"{finding.where}: " if finding.where else ""
            remedy = f"; {finding.remedy}" if finding.remedy else ""
            message = _github_data(f"{place}{finding.what}{remedy}")
            lines.append(f"::{_GITHUB_LEVEL[finding.severity]} {shown}::{message}\n")
    return "".join(lines)


FORMATS: dict[str, Callable[[Sequence[Report]], str]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
}
"""The formats of `irlib check --format`."""


def summary(report: Report) -> str:
    """``valid``, or how many errors, warnings and notes there are."""
    counts = [
        (sum(f.severity == severity for f in report.findings), severity) for severity in ("error", "warning", "note")
    ]
    found = ", ".join(f"{count} {severity}{'s' if count > 1 else ''}" for count, severity in counts if count)
    return f"valid, {found}" if report.ok and found else found or "valid"


def printable(text: str) -> str:
    """`text` on one line, with everything escaped that a terminal might act on."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _fields(finding: Finding) -> dict[str, str]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "where": finding.where,
        "what": finding.what,
        "remedy": finding.remedy,
    }


def _title(code: str) -> str:
    return CODES[code].title if code in CODES else code


def _rule(code: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": code, "shortDescription": {"text": _title(code)}}
    if code in CODES:
        rule["fullDescription"] = {"text": CODES[code].cause}
        rule["help"] = {"text": CODES[code].cure}
    return rule


def _result(report: Report, finding: Finding, numbers: dict[str, int]) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if report.subject:
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(report.subject)}}
    if finding.where:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.where}]
    remedy = f"; {finding.remedy}" if finding.remedy else ""
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": numbers[finding.code],
        "level": _SARIF_LEVEL[finding.severity],
        "message": {"text": f"{finding.what}{remedy}"},
    }
    return {**result, "locations": [location]} if location else result


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path.replace("\\", "/"), errors="surrogatepass")


def _github_data(text: str) -> str:
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _github_property(text: str) -> str:
    return _github_data(text).replace(":", "%3A").replace(",", "%2C")
