"""Reads each hostile source in a process of its own, forked from this one; prints what came of it as JSON lines.

The arguments are limits as JSON and, where not all are meant, names of sources. Run in an empty folder that is on the
path and holds ``canary.py``. What a source does beyond being read (files, imports,
programs) is seen by an audit hook and said with it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from typing import Any

import numpy as np

import irlib
from tests.converters.numpy_code.hostile.sources import LARGE, SOURCES

MEMORY = 500 << 20
WARM = """
import numpy as np
def f(x):
    y = np.exp(x[0:2]) + np.zeros(2)
    if y[0] > 0:
        y = -y
    return y
"""
_OWN = ("irlib", "numpy", "scipy", "tests")
_WATCHED = (
    "open",
    "import",
    "exec",
    "os.",
    "subprocess.",
    "socket.",
    "ctypes.",
    "shutil.",
    "pty.",
    "builtins.input",
    "builtins.breakpoint",
)


def watch(seen: list[str]) -> None:
    """Note from now on what is done besides reading."""
    on = [True]

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if not on[0] or not event.startswith(_WATCHED):
            return
        on[0] = False
        what = str(args[0]) if args else ""
        if event == "exec":
            what = getattr(args[0], "co_filename", what)
        mine = any(
            f"{os.sep}{own}{os.sep}" in what or what.split(".")[0] == own
            for own in (*_OWN, "converters", "interpreters")
        )
        reads = (
            event == "open" and len(args) > 1 and args[1] in ("r", "rb", None) and not str(args[0]).endswith("passwd")
        )
        if not mine and not reads:
            seen.append(f"{event} {what}"[:200])
        on[0] = True

    sys.addaudithook(hook)


def judged(source: str, limits: dict[str, float]) -> dict[str, Any]:
    """What reading comes to, in this process."""
    seen: list[str] = []
    watch(seen)
    start = time.process_time()
    try:
        graph = irlib.from_numpy(source, "f", np.zeros(3), limits=limits)
        end = f"read: {len(graph.nodes)} nodes"
    except irlib.IRError as error:
        end = f"refused: {str(error)[:300]}"
    except BaseException as error:  # noqa: BLE001  whatever it is, it is the finding
        end = f"{type(error).__name__}: {str(error)[:300]}"
    return {"end": end, "seconds": time.process_time() - start, "seen": seen}


def forked(source: str, limits: dict[str, float]) -> dict[str, Any]:
    """The same in a process of its own, whose memory is limited and measured."""
    out, into = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(out)
        code = 1
        try:
            used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
            resource.setrlimit(resource.RLIMIT_DATA, (used + 4 * MEMORY,) * 2)
            found = judged(source, limits)
            os.write(into, json.dumps(found).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(into)
    with os.fdopen(out, "rb") as pipe:
        text = pipe.read()
    _, status, usage = os.wait4(pid, 0)
    found = json.loads(text) if text else {"end": f"died: status {status}", "seconds": 0.0, "seen": []}
    return {**found, "bytes": usage.ru_maxrss << 10}


def main() -> None:
    import unicodedata  # noqa: F401  the parser asks for it where a name is not ASCII

    irlib.from_numpy(WARM, "f", np.zeros(3))  # all is loaded
    limits = json.loads(sys.argv[1])
    wanted = sys.argv[2:]
    sources = {**SOURCES, **{name: make() for name, make in LARGE.items()}}
    for name, source in sources.items():
        if not wanted or name in wanted:
            sys.stdout.write(json.dumps({"name": name, **forked(source, limits)}) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
