"""How long the command takes from a cold start, beside Python itself and the imports it cannot do without.

    python benchmarks/cli_start.py [ROUNDS]

Each line is the fastest and the median of ROUNDS processes, in milliseconds; the processes of a round are interleaved,
so that a busy moment falls on all of them. Bytecode is cached, as it is in an installation.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

ROUNDS = 20
LIMITS = {"irlib --help": 80, "irlib check small.pb": 150}
"""What the design allows, in milliseconds."""

CALL = "import sys; from irlib.cli import main; sys.exit(main(sys.argv[1:]))"


def commands(model: Path) -> dict[str, list[str]]:
    """What is measured, by its name: arguments of the Python interpreter."""
    return {
        "python": ["-c", "pass"],
        "import click": ["-c", "import click"],
        "import numpy": ["-c", "import numpy"],
        "import numpy, ml_dtypes, click": ["-c", "import numpy, ml_dtypes, click"],
        "irlib --help": ["-c", CALL, "--help"],
        "irlib check small.pb": ["-c", CALL, "check", str(model)],
        "irlib info small.pb": ["-c", CALL, "info", str(model)],
    }


def small_model(path: Path) -> None:
    """Write a model of a few nodes."""
    import numpy as np

    import irlib

    b = irlib.Builder("small")
    x, w = b.input("x", "float32[batch, 4]"), b.parameter("w", np.ones((4, 3), "float32"))
    b.output("loss", b.sum(b.tanh(x @ w)), role="loss")
    irlib.save(b.build(), path)


def main(rounds: int) -> int:
    """Measure and print; the exit status is 1 when a limit is broken."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": f"{folder}/cache"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        model = Path(folder) / "small.pb"
        small_model(model)
        measured = commands(model)
        times: dict[str, list[float]] = {name: [] for name in measured}
        for _ in range(rounds + 1):  # the first fills the cache
            for name, arguments in measured.items():
                started = perf_counter()
                subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True, env=environment)
                times[name].append((perf_counter() - started) * 1e3)
    broken = 0
    for name, found in times.items():
        limit = LIMITS.get(name)
        over = limit is not None and min(found) > limit
        broken += over
        note = "" if limit is None else f"  limit {limit}{', BROKEN' if over else ''}"
        print(f"{name:<32} {min(found):6.0f} {median(found):6.0f} ms{note}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
