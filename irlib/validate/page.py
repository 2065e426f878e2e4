"""The page of all codes: ``python -m irlib.validate.page > docs/codes.md``."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from irlib.codes import CODES, Code

__all__ = ["codes_page"]

_CHAPTERS = {
    "IR0": "Any",
    "IR1": "Structure and names",
    "IR2": "Types and symbols",
    "IR3": "Ops and attributes",
    "IR4": "Outputs and roles",
    "IR5": "Files, limits, safety and the text form",
    "IR6": "Running",
    "IR7": "Derivatives",
    "IR8": "Warnings and notes",
    "IR85": "ONNX models",
    "IR9": "Others",
}

_HEAD = """\
# Codes

Every error and finding of irlib has a code. A code keeps its meaning; one that is no longer used is not given again.
`irlib check` reports all findings of a file at once; errors make it invalid, warnings and notes do not.

This page is made from `irlib/codes.py` by `python -m irlib.validate.page > docs/codes.md`.
"""


def codes_page(codes: Mapping[str, Code] = CODES) -> str:
    """The page in Markdown: a chapter for each hundred, an entry for each code."""
    parts = [_HEAD]
    chapter = ""
    for code in sorted(codes):
        title, cause, cure = codes[code]
        found = _CHAPTERS.get(code[:4]) or _CHAPTERS[code[:3]]
        if found != chapter:
            chapter = found
            parts.append(f"\n## {chapter}\n")
        parts.append(f"\n### {code}: {title}\n\nCause: {cause}.\n\nCure: {cure}.\n")
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.write(codes_page())
