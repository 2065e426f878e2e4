"""The result of a comparison: changes in sections, readable as a unified diff and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = ["Change", "Difference", "Kind"]

Kind: TypeAlias = Literal["added", "removed", "changed", "renamed"]

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was added, removed, changed or renamed: its line before and after, and what differs."""

    kind: Kind
    name: str
    before: str = ""
    after: str = ""
    details: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """As in a unified diff; details follow as comments."""
        if self.before:
            yield f"-{self.before}"
        if self.after:
            yield f"+{self.after}"
        for detail in self.details:
            yield f"#  {detail}"

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "name": self.name,
            "before": self.before,
            "after": self.after,
            "details": list(self.details),
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes from one graph to another. `equal` when there are none; `str` is like a unified diff."""

    before: str
    after: str
    graph: tuple[Change, ...] = ()
    symbols: tuple[Change, ...] = ()
    metadata: tuple[Change, ...] = ()
    variables: tuple[Change, ...] = ()
    nodes: tuple[Change, ...] = ()
    outputs: tuple[Change, ...] = ()

    @property
    def sections(self) -> dict[str, tuple[Change, ...]]:
        """The changes by section, in order."""
        return {
            "graph": self.graph,
            "symbols": self.symbols,
            "metadata": self.metadata,
            "variables": self.variables,
            "nodes": self.nodes,
            "outputs": self.outputs,
        }

    @property
    def equal(self) -> bool:
        return not any(self.sections.values())

    def __bool__(self) -> bool:
        """Whether there is any difference."""
        return not self.equal

    def __iter__(self) -> Iterator[Change]:
        for changes in self.sections.values():
            yield from changes

    def to_json(self) -> dict[str, Any]:
        """Plain lists, dicts and strings."""
        return {
            "equal": self.equal,
            "before": self.before,
            "after": self.after,
            **{name: [change.to_json() for change in changes] for name, changes in self.sections.items()},
        }

    def __str__(self) -> str:
        if self.equal:
            return ""
        lines = [f"--- graph {self.before}", f"+++ graph {self.after}"]
        for name, changes in self.sections.items():
            if changes:
                lines.append(f"@@ {name} @@")
            for change in changes[:_SHOWN]:
                lines.extend(change.lines())
            if len(changes) > _SHOWN:
                lines.append(f"# and {len(changes) - _SHOWN} more changes of {name}")
        return "\n".join(lines)
