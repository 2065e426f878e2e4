"""ONNX's own backend cases, run on irlib: what passes, and the list of what is known not to.

``python -m tests.external.suite`` prints the score; with ``--update`` it writes the list of failures anew.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.external.adapters import run

__all__ = ["KNOWN", "failures", "known_failures", "node_cases", "recorded"]

COUNTS = Path(__file__).parent / "forward_counts.tsv"
KNOWN = Path(__file__).parent / "known_failures.txt"


def node_cases() -> Iterator[Any]:
    """The cases of single operators that come with the onnx package, models and data in memory."""
    from onnx.backend.test.loader import load_model_tests

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield from sorted(load_model_tests(kind="node"), key=lambda case: str(case.name))


def passes(case: Any) -> str:
    """Empty when irlib gives what the case expects, else why not."""
    from onnx import TensorProto, numpy_helper
    from onnx.backend.test.runner import Runner

    def array(value: Any) -> Any:
        return numpy_helper.to_array(value) if isinstance(value, TensorProto) else value

    for inputs, expected in case.data_sets:
        try:
            found = run(case.model, [array(x) for x in inputs])
            Runner.assert_similar_outputs(
                [array(y) for y in expected], found, rtol=case.rtol, atol=case.atol, model_dir=case.model_dir
            )
        except Exception as error:  # noqa: BLE001  whatever happens in a case is its result
            return f"{type(error).__name__}: {error}"
    return ""


def failures(counts: dict[str, list[int]] | None = None) -> dict[str, str]:
    """The cases that do not pass, and why. `counts` is filled with how many there are of each operator, and pass."""
    found: dict[str, str] = {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for case in node_cases():
            why = passes(case)
            if why:
                found[str(case.name)] = why
            if counts is not None:
                count = counts.setdefault(operator_of(case), [0, 0])
                count[0] += 1
                count[1] += not why
    return found


def operator_of(case: Any) -> str:
    """The operator that a case is about: of a function expanded to its nodes, the function."""
    nodes = case.model.graph.node
    if str(case.name).endswith("_expanded"):  # values are called Function_test_case_..
        made = next((str(o) for n in nodes for o in n.output if "_test_" in o), "")
        if made:
            return made.split("_test_")[0]
    return str(nodes[-1].op_type if nodes[0].op_type == "Constant" else nodes[0].op_type)


def recorded() -> dict[str, tuple[int, int]]:
    """How many cases there were of each operator when the list was written, and how many passed."""
    rows = [line.split("\t") for line in COUNTS.read_text(encoding="utf-8").splitlines()[1:]]
    return {op: (int(cases), int(passed)) for op, cases, passed in rows}


def known_failures() -> set[str]:
    """The cases that are known to fail. The list may only become shorter."""
    return set(KNOWN.read_text(encoding="utf-8").split()) if KNOWN.exists() else set()


def main() -> int:
    counts: dict[str, list[int]] = {}
    found, known = failures(counts), known_failures()
    for name in sorted(found.keys() - known):
        sys.stdout.write(f"new: {name}: {found[name].splitlines()[0][:160]}\n")
    sys.stdout.write(f"{len(found)} fail, {len(known)} were known to\n")
    if "--update" in sys.argv:
        KNOWN.write_text("".join(f"{name}\n" for name in sorted(found)), encoding="utf-8", newline="\n")
        rows = [f"{op}\t{cases}\t{passed}\n" for op, (cases, passed) in sorted(counts.items())]
        COUNTS.write_text("".join(["operator\tcases\tpassed\n", *rows]), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
