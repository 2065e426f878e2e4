"""ONNX's own backend cases as emitted numpy: which run, and which equal the interpreter.

``python -m tests.converters.numpy_code.onnx_cases`` prints the score; with ``--update`` it writes the list of known
failures anew.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

import irlib
from tests.external.adapters import fed_names
from tests.external.suite import node_cases

__all__ = ["KNOWN", "compared", "exported", "failures", "known_failures", "main", "models"]

KNOWN = Path(__file__).parent / "known_onnx_failures.txt"


def known_failures() -> set[str]:
    """The cases that are known to fail. The list may only become shorter."""
    lines = KNOWN.read_text(encoding="utf-8").splitlines() if KNOWN.exists() else []
    return {line.split()[0] for line in lines if line.strip()}


def models(every: int = 1) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Name, graph and feeds of each case that irlib reads and runs, or of each `every`-th of them."""
    from onnx import TensorProto, numpy_helper

    for k, case in enumerate(node_cases()):
        if k % every:
            continue
        try:
            graph = irlib.from_onnx(case.model)
            names = fed_names(case.model)
            for inputs, _ in case.data_sets[:1]:
                arrays = [numpy_helper.to_array(x) if isinstance(x, TensorProto) else x for x in inputs]
                if len(arrays) > len(names):
                    names = [i.name for i in case.model.graph.input]
                feeds = dict(zip(names, arrays, strict=False))
                irlib.run(graph, feeds)
        except Exception:  # noqa: BLE001  what the interpreter does not run is the business of another list
            continue
        yield str(case.name), graph, feeds


def exported() -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Name, graph and feeds of each model that an exporter wrote, of those that come with onnx."""
    from onnx import load
    from onnx.backend.test.loader import load_model_tests

    for kind in ("simple", "pytorch-converted", "pytorch-operator"):
        for case in sorted(load_model_tests(kind=kind), key=lambda case: str(case.name)):
            folder = Path(str(case.model_dir))
            model = load(folder / "model.onnx")
            graph = irlib.from_onnx(model)
            names = fed_names(model)
            yield str(case.name), graph, {n: _fed(model, n, folder, k) for k, n in enumerate(names)}


def _fed(model: Any, name: str, folder: Path, number: int) -> Any:
    """The value of an input in the first data set of a case."""
    from onnx import SequenceProto, TensorProto, numpy_helper

    data = (folder / "test_data_set_0" / f"input_{number}.pb").read_bytes()
    (info,) = [i for i in model.graph.input if i.name == name]
    if info.type.HasField("sequence_type"):
        return [numpy_helper.to_array(t) for t in SequenceProto.FromString(data).tensor_values]
    return numpy_helper.to_array(TensorProto.FromString(data))


def compared(graph: Any, feeds: dict[str, Any], style: str) -> str:
    """Empty where the emitted module gives what the interpreter gives, else why not."""
    wanted = irlib.run(graph, feeds)
    try:
        source = irlib.to_numpy(graph, style, gradient=False)
        names: dict[str, Any] = {"__name__": "emitted"}
        exec(compile(source, "emitted.py", "exec"), names)
        given = [feeds.get(str(n.name)) for n in graph.inputs]
        outputs, _ = names["forward"](dict(source.arrays), *given)
    except Exception as error:  # noqa: BLE001  whatever happens in a case is its result
        return f"{type(error).__name__}: {error}"
    made = outputs if len(wanted) != 1 else {next(iter(wanted)): outputs}
    for name, value in wanted.items():
        why = _difference(made[name], value, style)
        if why:
            return f"{name}: {why}"
    return ""


def _difference(made: Any, wanted: Any, style: str) -> str:
    if isinstance(wanted, list):
        if not isinstance(made, list) or len(made) != len(wanted):
            return f"got {type(made).__name__} of {np.size(made)}, expected a list of {len(wanted)}"
        return next((w for m, x in zip(made, wanted, strict=True) if (w := _difference(m, x, style))), "")
    if wanted is None or made is None:
        return "" if made is wanted else f"got {made}, expected {wanted}"
    made = np.asarray(made)
    if (made.dtype, made.shape) != (wanted.dtype, wanted.shape):
        return f"got {made.dtype}{made.shape}, expected {wanted.dtype}{wanted.shape}"
    if made.dtype == object:
        texts = [[s.decode() if isinstance(s, bytes) else s for s in a.reshape(-1)] for a in (made, wanted)]
        return "" if texts[0] == texts[1] else "other text"
    if style == "nodes":
        return "" if _same_bits(made, wanted) else f"not the same bits, {_distance(made, wanted)}"
    far = _distance(made, wanted)
    return "" if far <= 1 else f"{far} times the tolerance away"


def _same_bits(made: Any, wanted: Any) -> bool:
    if made.dtype.kind in "fcV" and made.dtype.itemsize:
        with np.errstate(all="ignore"):
            nan = np.not_equal(made, made) & np.not_equal(wanted, wanted)
        return bool(np.all(nan | ((made == wanted) & (np.signbit(made.real) == np.signbit(wanted.real)))))
    return bool(made.tobytes() == wanted.tobytes())


_NARROW = {4: 2e-6, 2: 2e-3, 1: 0.3}


def _distance(made: Any, wanted: Any) -> float:
    """The largest difference, in tolerances: 1e-12 for double precision, as much of the others."""
    if made.dtype.kind in "biu" or made.dtype.name.startswith(("int", "uint")):
        return 0.0 if np.array_equal(made, wanted) else np.inf
    size = made.dtype.itemsize // (2 if made.dtype.kind == "c" else 1)
    wide = np.complex128 if made.dtype.kind == "c" else np.float64
    a, c = made.astype(wide), wanted.astype(wide)
    if not np.array_equal(np.isfinite(a), np.isfinite(c)):
        return np.inf
    finite = np.isfinite(a)
    if not np.array_equal(a[~finite], c[~finite], equal_nan=True):
        return np.inf
    scale = max(1.0, float(np.max(np.abs(c[finite]), initial=0)))
    return float(np.max(np.abs(a - c)[finite], initial=0)) / scale / _NARROW.get(size, 1e-12)


def failures(cases: Iterable[tuple[str, Any, dict[str, Any]]]) -> tuple[int, dict[str, str]]:
    """How many cases were tried, and those that fail, with the style and the reason."""
    found: dict[str, str] = {}
    count = 0
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for name, graph, feeds in cases:
            count += 1
            for style in ("fused", "nodes"):
                why = compared(graph, feeds, style)
                if why:
                    found[name] = f"{style}: {why}"
                    break
    return count, found


def main() -> int:
    """Print the score; write the list where asked to."""
    count, found = failures(chain(models(), exported()))
    known = known_failures()
    for name in sorted(found):
        sys.stdout.write(f"{'' if name in known else 'new: '}{name}: {found[name].splitlines()[0][:200]}\n")
    sys.stdout.write(f"{count} cases, {len(found)} fail, {len(known)} were known to\n")
    if "--update" in sys.argv:
        lines = [f"{name}\n" for name in sorted(found)]
        KNOWN.write_text("".join(lines), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
