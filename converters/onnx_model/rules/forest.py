"""The tables of a forest from the attributes that spell it, checked: all children exist, and no walk is without end."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np

from irlib.converters.onnx_model.rules.rule import OnnxOp
from irlib.errors import AttributeValueError, SafetyError
from irlib.tensor import Array

__all__ = ["Forest", "classic_forest", "compact_forest"]

_MODES = {
    "BRANCH_LEQ": 0, "BRANCH_LT": 1, "BRANCH_GTE": 2, "BRANCH_GT": 3, "BRANCH_EQ": 4, "BRANCH_NEQ": 5, "LEAF": 0,
}  # fmt: skip
_MAX_CELLS = 2**24
_PER_ENTRY = 256  # what the file says may grow so far, for forests that are large themselves
"""The most elements of a table of leaves by targets, or of nodes by members."""


@dataclass(frozen=True)
class Forest:
    """All nodes of all trees; entry i describes node i. A leaf is its own child."""

    features: Array
    thresholds: Array
    modes: Array
    yes: Array
    no: Array
    missing: Array
    """Whether NaN takes the way of yes."""
    roots: Array
    depth: int
    """The most steps from a root to a leaf."""
    weights: Array
    """[nodes, targets]: what a leaf adds to each target."""
    said: Array
    """Whether a leaf says anything of a target."""
    members: Array | None = None
    """[nodes, most]: the members of each node's set, NaN behind them."""


def _wrong(what: str) -> AttributeValueError:
    return AttributeValueError(what, code="IR302")


def _floats(n: OnnxOp, name: str) -> Array:
    tensor = n[f"{name}_as_tensor"] if n.version >= 3 else None
    return tensor.array.reshape(-1) if tensor is not None else np.array(n[name] or (), np.float32)


def _ints(n: OnnxOp, name: str) -> Array:
    return np.array(n[name] or (), np.int64)


def _placed(keys: list[tuple[int, int]], trees: Array, ids: Array, what: str) -> Array:
    """Where the nodes of these trees and ids stand."""
    at = {key: k for k, key in enumerate(keys)}
    try:
        return np.array([at[key] for key in zip(trees.tolist(), ids.tolist(), strict=True)], np.int64)
    except (KeyError, ValueError) as error:
        raise _wrong(f"{what} names a node that is not there: {error}") from None


def classic_forest(n: OnnxOp, kind: str) -> Forest:
    """The forest of TreeEnsembleRegressor (kind target) or TreeEnsembleClassifier (kind class)."""
    trees, ids = _ints(n, "nodes_treeids"), _ints(n, "nodes_nodeids")
    count = len(trees)
    modes = n["nodes_modes"] or ()
    if not count or not len(ids) == len(modes) == count:
        raise _wrong(f"{count} nodes_treeids, {len(ids)} nodes_nodeids, {len(modes)} nodes_modes, expected as many")
    unknown = [m for m in modes if m not in _MODES]
    if unknown:
        raise _wrong(f"nodes_modes has {unknown[0]!r}, expected one of {', '.join(_MODES)}")
    keys = list(zip(trees.tolist(), ids.tolist(), strict=True))
    leaf, own = np.array([m == "LEAF" for m in modes]), np.arange(count)
    children = []
    for name in ("nodes_truenodeids", "nodes_falsenodeids"):
        given = _ints(n, name)
        if len(given) != count:
            raise _wrong(f"{len(given)} {name}, expected {count}")
        children.append(_placed(keys, trees, np.where(leaf, ids, given), name))
    features, thresholds = _ints(n, "nodes_featureids"), _floats(n, "nodes_values")
    if len(features) != count or len(thresholds) != count:
        raise _wrong(f"{len(features)} nodes_featureids, {len(thresholds)} nodes_values, expected {count}")
    tracks = _ints(n, "nodes_missing_value_tracks_true")
    weights, said = _weights(n, kind, keys, count)
    firsts = {tree: k for k, tree in reversed(list(enumerate(trees.tolist())))}
    below = np.zeros(count, bool)
    for child in children:
        below[child[child != own]] = True
    # the root of a tree is the node below none, or its first where that is not unique
    tops: dict[int, list[int]] = {}
    for k in np.flatnonzero(~below).tolist():
        tops.setdefault(int(trees[k]), []).append(k)
    roots = [tops[t][0] if len(tops.get(t, ())) == 1 else k for t, k in sorted(firsts.items(), key=lambda p: p[1])]
    return Forest(
        features=np.where(leaf, 0, features),
        thresholds=thresholds,
        modes=np.array([_MODES[m] for m in modes], np.uint8),
        yes=children[0],
        no=children[1],
        missing=tracks.astype(bool) if len(tracks) == count else np.zeros(count, bool),
        roots=np.array(roots, np.int64),
        depth=_depth(roots, children[0], children[1]),
        weights=weights,
        said=said,
    )


def _weights(n: OnnxOp, kind: str, keys: list[tuple[int, int]], count: int) -> tuple[Array, Array]:
    values, ids = _floats(n, f"{kind}_weights"), _ints(n, f"{kind}_ids")
    nodes = _placed(keys, _ints(n, f"{kind}_treeids"), _ints(n, f"{kind}_nodeids"), f"{kind}_nodeids")
    if kind == "target":
        targets = n["n_targets"] or 1
    else:
        targets = len(n["classlabels_strings"] or n["classlabels_int64s"] or ())
    return _spread(nodes, ids, values, count, targets)


def _spread(nodes: Array, ids: Array, values: Array, count: int, targets: int) -> tuple[Array, Array]:
    """Weights by node and target, those at one place added up; and where there are any."""
    if not len(nodes) == len(ids) == len(values) or (len(ids) and not 0 <= ids.min() <= ids.max() < targets):
        raise _wrong(f"{len(values)} weights of {len(nodes)} leaves, expected as many, of targets 0 to {targets - 1}")
    most = max(_MAX_CELLS, _PER_ENTRY * len(values))
    if count * targets > most:
        raise SafetyError(f"{count} nodes with {targets} targets, expected at most {most} cells", code="IR511")
    made, said = np.zeros((count, targets), values.dtype), np.zeros((count, targets), bool)
    np.add.at(made, (nodes, ids), values)
    said[nodes, ids] = True
    return made, said


def _depth(roots: list[int], yes: Array, no: Array) -> int:
    """The most steps from a root to a leaf. Raises: AttributeValueError when a node is below itself."""
    level, steps = np.unique(np.array(roots, np.int64)), 0
    while True:
        below = np.unique(np.concatenate([yes[level], no[level]]))
        inner = (yes[below] != below) | (no[below] != below)
        if not ((yes[level] != level) | (no[level] != level)).any():
            return steps
        steps += 1
        if steps > len(yes):
            raise _wrong("a tree has a node that is below itself")
        level = below[inner] if inner.any() else below


def compact_forest(n: OnnxOp) -> Forest:
    """The forest of TreeEnsemble: inner nodes first, then the leaves."""
    count, leaves = len(n["nodes_featureids"]), len(n["leaf_targetids"])
    total = count + leaves
    children = []
    for side in ("true", "false"):
        ids, ends = _ints(n, f"nodes_{side}nodeids"), _ints(n, f"nodes_{side}leafs")
        if len(ids) != count or len(ends) != count:
            raise _wrong(f"{len(ids)} nodes_{side}nodeids, {len(ends)} nodes_{side}leafs, expected {count}")
        placed = np.where(ends != 0, ids + count, ids)
        if (ids < 0).any() or (placed >= np.where(ends != 0, total, count)).any():
            raise _wrong(f"nodes_{side}nodeids names a node or leaf that is not there")
        children.append(np.concatenate([placed, np.arange(count, total)]))
    splits, modes = n["nodes_splits"].array.reshape(-1), n["nodes_modes"].array.reshape(-1)
    if len(splits) != count or len(modes) != count or (count and modes.max() > 6):
        raise _wrong(f"{len(splits)} nodes_splits, {len(modes)} nodes_modes from 0 to 6, expected {count}")
    roots = list(n["tree_roots"])
    if not roots or not 0 <= min(roots) <= max(roots) < count:
        raise _wrong(f"tree_roots {roots[:8]}, expected nodes 0 to {count - 1}")
    values = n["leaf_weights"].array.reshape(-1)
    weights, said = _spread(
        np.arange(count, total), _ints(n, "leaf_targetids"), values, total, n["n_targets"] or 1
    )  # fmt: skip
    tracks = _ints(n, "nodes_missing_value_tracks_true")
    rest = np.zeros(leaves, np.int64)
    return Forest(
        features=np.concatenate([_ints(n, "nodes_featureids"), rest]),
        thresholds=np.concatenate([splits, rest.astype(splits.dtype)]),
        modes=np.concatenate([modes, rest]).astype(np.uint8),
        yes=children[0],
        no=children[1],
        missing=np.concatenate([tracks if len(tracks) == count else np.zeros(count), rest]).astype(bool),
        roots=np.array(roots, np.int64),
        depth=_depth(roots, children[0], children[1]),
        weights=weights,
        said=said,
        members=_members(n, modes, total),
    )


def _members(n: OnnxOp, modes: Any, total: int) -> Array | None:
    """The sets of the nodes that test for membership, in order, parted by NaN."""
    nodes = np.flatnonzero(modes == 6)
    if not len(nodes):
        return None
    given = n["membership_values"]
    array = np.zeros(0, np.float32) if given is None else given.array.reshape(-1)
    sets: list[list[Any]] = [[]]
    for value in array.tolist():
        if isnan(value):
            sets.append([])
        else:
            sets[-1].append(value)
    if len(sets) < len(nodes):
        raise _wrong(f"{len(sets)} sets of membership_values for {len(nodes)} nodes, expected as many")
    most = max(len(s) for s in sets)
    if total * most > _MAX_CELLS:
        raise SafetyError(f"{total} nodes with {most} members, expected at most {_MAX_CELLS} cells", code="IR511")
    made = np.full((total, max(most, 1)), np.nan, array.dtype)
    for node, members in zip(nodes.tolist(), sets, strict=False):
        made[node, : len(members)] = members
    return made
