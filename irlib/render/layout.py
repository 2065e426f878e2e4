"""Where boxes stand: in rows, every box above those it points to, so that few arrows cross and most are straight.

Source: Sugiyama, Tagawa and Toda 1981; places within a row by isotonic regression.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import fsum  # `sum` rounds otherwise from version to version, and pictures are compared

__all__ = ["Layout", "layout"]

SWEEPS, WORK = 12, 30_000
"""How often rows are gone through at most, and about how many boxes and bends are looked at in all of that."""

LIGHT, HEAVY = 0.05, 4.0
GAP, ROW_GAP = 18.0, 30.0


@dataclass
class Layout:
    """Places: of each box its anchor (x, and the middle y), of each arrow the rows it passes: x, from y, to y."""

    x: list[float]
    y: list[float]
    bends: list[list[tuple[float, float, float]]]
    width: float
    height: float


@dataclass
class _Rows:
    """Boxes and the bends of arrows, row by row; `up` and `down` are the neighbours of each.

    `pull` says how much a box counts: bends are to make straight lines, and what floats goes where the others are.
    """

    rank: list[int]
    left: list[float]
    right: list[float]
    pull: list[float]
    rows: list[list[int]] = field(default_factory=list)
    up: list[list[int]] = field(default_factory=list)
    down: list[list[int]] = field(default_factory=list)


def layout(
    extents: Sequence[tuple[float, float, float]],
    arrows: Sequence[tuple[int, int]],
    floating: Sequence[bool],
) -> Layout:
    """Places for boxes that reach so far left and right of their anchor and are so high; arrows go by index.

    The arrows make no cycle. Boxes that are `floating` (variables) stand one row above the first that they point to,
    the others as high as those that point to them allow.
    """
    rank = _ranks(len(extents), arrows, floating)
    leaves = {target for _, target in arrows} - {source for source, _ in arrows}
    pull = [LIGHT if f or k in leaves else 1.0 for k, f in enumerate(floating)]
    made = _Rows(rank, [e[0] for e in extents], [e[1] for e in extents], pull)
    paths = _with_bends(made, arrows)
    _order(made)
    x = _placed(made)
    tops, heights, y = [0.0] * len(made.rows), [0.0] * len(made.rows), 0.0
    for k, row in enumerate(made.rows):
        heights[k] = max((extents[i][2] for i in row if i < len(extents)), default=0.0)
        tops[k] = y
        y += heights[k] + ROW_GAP
    middle = [tops[r] + heights[r] / 2 for r in made.rank]
    rows = [(tops[r], tops[r] + heights[r]) for r in made.rank]
    low = min((x[i] - made.left[i] for i in range(len(x))), default=0.0)
    high = max((x[i] + made.right[i] for i in range(len(x))), default=0.0)
    count = len(extents)
    return Layout(
        [v - low for v in x[:count]], middle[:count], [[(x[i] - low, *rows[i]) for i in path] for path in paths],
        high - low, max(y - ROW_GAP, 0.0),
    )  # fmt: skip


def _ranks(count: int, arrows: Sequence[tuple[int, int]], floating: Sequence[bool]) -> list[int]:
    """The row of each box: one below the lowest that points to it."""
    out: list[list[int]] = [[] for _ in range(count)]
    left = [0] * count
    for source, target in arrows:
        out[source].append(target)
        left[target] += 1
    rank = [0] * count
    ready = [k for k in range(count) if left[k] == 0]
    for box in ready:  # grows while it is gone through: Kahn's order
        for target in out[box]:
            rank[target] = max(rank[target], rank[box] + 1)
            left[target] -= 1
            if left[target] == 0:
                ready.append(target)
    for box in range(count):
        if floating[box] and out[box]:
            rank[box] = max(min(rank[t] for t in out[box]) - 1, 0)
    return rank


def _with_bends(made: _Rows, arrows: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Put a bend on every row that an arrow passes; returns those of each arrow."""
    paths = []
    links = []
    for source, target in arrows:
        path = []
        for row in range(made.rank[source] + 1, made.rank[target]):
            path.append(len(made.rank))
            made.rank.append(row)
            made.left.append(3.0)
            made.right.append(3.0)
            made.pull.append(HEAVY)
        ends = [source, *path, target]
        links += list(pairwise(ends))
        paths.append(path)
    made.up = [[] for _ in made.rank]
    made.down = [[] for _ in made.rank]
    for a, b in links:
        made.down[a].append(b)
        made.up[b].append(a)
    made.rows = [[] for _ in range(max(made.rank, default=-1) + 1)]
    for box, row in enumerate(made.rank):
        made.rows[row].append(box)
    return paths


def _order(made: _Rows) -> None:
    """Sort each row by the mean place of its neighbours above, then below, and keep what crosses least."""
    best, fewest = [list(row) for row in made.rows], _crossings(made)
    for sweep in range(_sweeps(made)):
        downwards = sweep % 2 == 0
        near = made.up if downwards else made.down
        for row in made.rows[1:] if downwards else reversed(made.rows[:-1]):
            other = made.rows[made.rank[row[0]] + (-1 if downwards else 1)] if row else []
            place = {box: k for k, box in enumerate(other)}
            own = {box: k for k, box in enumerate(row)}
            scale = max(len(other), 1) / max(len(row), 1)
            row.sort(key=lambda box: _mean([place[n] for n in near[box]], own[box] * scale))
        found = _crossings(made)
        if found < fewest:
            best, fewest = [list(row) for row in made.rows], found
    made.rows = best


def _sweeps(made: _Rows) -> int:
    return max(2, min(SWEEPS, WORK // max(len(made.rank), 1)))


def _crossings(made: _Rows) -> int:
    """How many pairs of arrows between neighbouring rows cross: inversions, counted by a Fenwick tree."""
    total = 0
    for upper, lower in pairwise(made.rows):
        place = {box: k for k, box in enumerate(lower)}
        ends = [k for box in upper for k in sorted(place[n] for n in made.down[box])]
        tree = [0] * (len(lower) + 1)
        for seen, end in enumerate(ends):
            k, before = end + 1, 0
            while k:
                before += tree[k]
                k &= k - 1
            total += seen - before
            k = end + 1
            while k <= len(lower):
                tree[k] += 1
                k += k & -k
    return total


def _placed(made: _Rows) -> list[float]:
    """The x of each anchor: as near as may be to the mean of its neighbours, in the order of its row."""
    x = [0.0] * len(made.rank)
    for row in made.rows:
        at = 0.0
        for box in row:
            x[box] = at + made.left[box]
            at = x[box] + made.right[box] + GAP
        shift = (at - GAP) / 2
        for box in row:
            x[box] -= shift
    for sweep in range(2 * _sweeps(made) + 1):
        near = made.up if sweep % 2 == 0 else made.down
        for row in made.rows if sweep % 2 == 0 else reversed(made.rows):
            wanted = [_pulled(made, near[box] or (*made.up[box], *made.down[box]), x, x[box]) for box in row]
            _spread(made, row, wanted, x)
    return x


def _pulled(made: _Rows, boxes: Sequence[int], x: Sequence[float], otherwise: float) -> float:
    """The mean place of boxes, each as heavy as it pulls."""
    total = fsum(made.pull[n] for n in boxes)
    return fsum(made.pull[n] * x[n] for n in boxes) / total if total else otherwise


def _spread(made: _Rows, row: Sequence[int], wanted: Sequence[float], x: list[float]) -> None:
    """The places nearest to those wanted that keep order and distance: least squares by pooling neighbours."""
    offset, at = [], 0.0
    for k, box in enumerate(row):
        at += 0.0 if k == 0 else made.right[row[k - 1]] + GAP + made.left[box]
        offset.append(at)
    pools: list[tuple[float, float, int]] = []  # mean, weight, length
    for box, target, o in zip(row, wanted, offset, strict=True):
        mean, weight, length = target - o, made.pull[box], 1
        while pools and pools[-1][0] >= mean:
            m, v, n = pools.pop()
            mean, weight, length = (m * v + mean * weight) / (v + weight), v + weight, n + length
        pools.append((mean, weight, length))
    k = 0
    for mean, _, length in pools:
        for _ in range(length):
            x[row[k]] = mean + offset[k]
            k += 1


def _mean(values: Sequence[float], otherwise: float) -> float:
    return fsum(values) / len(values) if values else otherwise
