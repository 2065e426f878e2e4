"""How every benchmark here measures: contenders interleaved in one process, the best of many rounds, ratios printed.

Absolute times drift threefold on shared machines; ratios taken side by side do not. One BLAS thread, the BLAS named.
"""

from __future__ import annotations

import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"
os.environ.pop("OPENBLAS_CORETYPE", None)  # it would choose the kernels, and with them the result

import gc  # noqa: E402  the variables above must be set before numpy is imported
import time  # noqa: E402
from collections.abc import Callable, Mapping  # noqa: E402

__all__ = ["blas", "interleaved", "table"]


def interleaved(
    contenders: Mapping[str, Callable[[], object]], rounds: int = 30, warmup: int = 3, *, settle: int = 0
) -> dict[str, float]:
    """The least time in seconds of each contender, all of them run once in every round.

    Each is run `settle` times untimed right before: what it works on is then in the caches, whoever ran before.
    """
    for _ in range(warmup):
        for run in contenders.values():
            run()
    best = dict.fromkeys(contenders, float("inf"))
    was = gc.isenabled()
    gc.disable()
    try:
        order = list(contenders.items())
        for _ in range(rounds):
            # whoever comes first finds the caches as the last one left them: each is first in turn
            order.append(order.pop(0))
            for name, run in order:
                for _ in range(settle):
                    run()
                start = time.perf_counter()
                run()
                best[name] = min(best[name], time.perf_counter() - start)
    finally:
        if was:
            gc.enable()
    return best


def blas() -> str:
    """The BLAS that numpy runs on, with the kernels it chose."""
    import numpy as np

    try:
        from threadpoolctl import threadpool_info

        found = [i for i in threadpool_info() if i.get("user_api") == "blas"]
        if found:
            return f"numpy {np.__version__}, {found[0]['internal_api']} {found[0].get('architecture', '?')}, one thread"
    except ImportError:
        pass
    info = np.show_config(mode="dicts")["Build Dependencies"]["blas"]  # type: ignore[index]
    return f"numpy {np.__version__}, {info['name']} {info['version']}, one thread"


def table(title: str, ours: str, times: Mapping[str, float], per: float, unit: str) -> None:
    """Print each contender's time per `per`, and how many times ours it is."""
    print(f"\n{title}")
    for name, seconds in times.items():
        print(f"  {name:32s} {seconds * per:12.1f} {unit:10s} {seconds / times[ours]:8.2f} x")
