"""Branches on traced values: both are read from the same state, and what they leave is chosen element by element.

Reading a branch changes variables, lists, dicts, objects and arrays in place. So the state that can be reached is kept,
put back before the second branch, and the two outcomes are merged. A return, break or continue in a branch is an exit
that may have been taken: what follows it is read all the same, and merged with the state at the exit where the ways
join.
"""

from __future__ import annotations

import ast
from typing import Any

from irlib.converters.numpy_code.read.machine import Exit, Leave, Machine, Raised, Steps
from irlib.converters.numpy_code.read.objects import Instance, Scope
from irlib.converters.numpy_code.read.refusal import refused
from irlib.converters.numpy_code.read.state import Merge, State

__all__ = ["both", "either", "is_traced", "known_truth", "mark", "rejoin", "resume", "returned", "truth", "truth_steps"]


def is_traced(m: Machine, value: Any) -> bool:
    """Whether this is an array or a dim whose truth is not known."""
    return (m.domain.is_array(value) or m.domain.is_dim(value)) and m.domain.number(value) is None


def truth(m: Machine, value: Any) -> bool:
    """The truth of a value that is known, and no object of the source with a say in it."""
    if m.domain.is_array(value) or m.domain.is_dim(value):
        return bool(m.domain.number(value))
    if isinstance(value, Instance):
        return True
    return bool(value)


def truth_steps(m: Machine, value: Any) -> Steps:
    """The truth of a value that is known; an object with a ``__len__`` is true unless it is 0."""
    if isinstance(value, Instance):
        from irlib.converters.numpy_code.read.calls import call
        from irlib.converters.numpy_code.read.operators import method_of

        found = method_of(value, "__len__")
        if found is not None:
            return truth(m, (yield call(m, found, [], {})))
    return truth(m, value)
    yield


def known_truth(m: Machine, value: Any, what: str) -> bool:
    """The truth of a value that has to be known here. Raises: SourceError with the remedy where it is not."""
    if is_traced(m, value):
        raise refused(
            f"the condition of this {what} depends on a traced value",
            code="IR897",
            remedy=_REMEDIES.get(what, _REMEDIES[""]),
        )
    return truth(m, value)


_REMEDIES = {
    "while": "loop a fixed number of times and break, use irlib.while_loop, or name the argument in static=",
    "comprehension": "use np.where or a mask",
    "": "use np.where, np.clip or np.maximum, or name the argument in static=",
}


def mark(m: Machine) -> int:
    """The number of exits so far: those behind it belong to what comes now."""
    return len(m.frames[-1].exits)


def both(
    m: Machine,
    node: ast.AST,
    condition: Any,
    scope: Scope,
    first: Steps,
    second: Steps,
    merges: list[Merge] | None = None,
) -> Steps:
    """Two blocks, of which one is taken: how the block around them is left, with the state merged.

    What merged the state is added to `merges`, where both blocks came to their ends.
    """
    frame, depth, outer = m.frames[-1], len(m.frames), m.arm
    before = State.of(m, scope)
    ends = []
    for arm, holds in ((first, True), (second, False)):
        start = len(frame.exits)
        m.arm = object()
        try:
            left = yield arm
            raised = None
        except Raised as caught:
            raised, left = caught, None
            del m.frames[depth:]
        m.arm = outer
        m.at(node)
        taken = condition if holds else m.domain.opposite(condition)
        for exit_ in frame.exits[start:]:
            exit_.condition = m.domain.both(taken, exit_.condition)
        ends.append((taken, left, raised, before.again(m)))
        before.restore(m)
    return _merged(m, node, condition, ends, [] if merges is None else merges)


def _merged(m: Machine, node: ast.AST, condition: Any, ends: list[Any], merges: list[Merge]) -> Any:
    """One way on from two ends."""
    (taken, left, raised, state), (not_taken, other_left, other_raised, other_state) = ends
    frame = m.frames[-1]
    line = getattr(node, "lineno", 0)
    if raised is not None and other_raised is not None:
        raise raised
    if raised is not None or other_raised is not None:
        m.unchecked.append(m.where)
        kept, kept_left = (other_state, other_left) if raised is not None else (state, left)
        kept.restore(m)
        return kept_left
    if left is None and other_left is None:
        merges.append(state.merge(m, condition, other_state, line, None))
        return None
    if left is not None and other_left is not None and left.kind == other_left.kind:
        merge = state.merge(m, condition, other_state, line, None)
        if left.kind == "return":
            return Leave("return", merge.value(left.value, other_left.value, "the value returned"))
        return left
    if left is not None:
        frame.exits.append(Exit(left.kind, taken, left.value, state))
        other_state.restore(m)
        return other_left
    frame.exits.append(Exit(other_left.kind, not_taken, other_left.value, other_state))
    state.restore(m)
    return None


def pair(m: Machine, node: ast.AST, condition: Any, scope: Scope, first: Steps, second: Steps) -> Steps:
    """The values of two expressions, of which one is evaluated, and what merges them; None where one raises.

    Where one raises, both values are that of the other.
    """
    values: list[Any] = []
    merges: list[Merge] = []

    def kept(arm: Steps) -> Steps:
        values.append((yield arm))

    yield both(m, node, condition, scope, kept(first), kept(second), merges)
    return values[0], values[-1], merges[0] if merges else None


def either(m: Machine, node: ast.AST, condition: Any, scope: Scope, first: Steps, second: Steps) -> Steps:
    """Two expressions, of which one is evaluated: the value chosen."""
    one, other, merge = yield pair(m, node, condition, scope, first, second)
    return one if merge is None else merge.value(one, other, "the value")


def rejoin(m: Machine, kind: str, start: int, left: Any, scope: Scope, end: int | None = None) -> Any:
    """The ways that left by `kind` since `start` come together with the one that went on, or left as `left` says.

    With `end`, only those before it do. Gives how the block is left by all of them: None, or `left` where none went on.
    """
    frame = m.frames[-1]
    waiting = [e for e in frame.exits[start:end] if e.kind == kind]
    if left is not None and not waiting:
        return left
    for exit_ in reversed(waiting):
        later = frame.exits[frame.exits.index(exit_) + 1 :]
        _passed_over(m, [e for e in later if e not in waiting], exit_.condition)
    if left is not None:
        reached = m.domain.opposite(waiting[0].condition)
        for exit_ in waiting[1:]:
            reached = m.domain.both(reached, m.domain.opposite(exit_.condition))
        frame.exits.append(Exit(left.kind, reached, left.value, State.of(m, scope)))
        last = waiting.pop()
        frame.exits.remove(last)
        last.state.restore(m)
    for exit_ in reversed(waiting):
        frame.exits.remove(exit_)
        resume(m, exit_, None)
    return None


def _passed_over(m: Machine, later: list[Exit], condition: Any) -> None:
    """Exits behind one that was taken were not reached."""
    if later:
        reached = m.domain.opposite(condition)
        for exit_ in later:
            exit_.condition = m.domain.both(reached, exit_.condition)


def resume(m: Machine, exit_: Exit, dead: Scope | None) -> Merge:
    """The state is that at the exit where its condition holds; gives what merges values in the same way.

    The variables of `dead`, a scope that is left for good, are not merged.
    """
    state: State = exit_.state
    return state.merge(m, exit_.condition, state.again(m), 0, dead)


def returned(m: Machine, frame: Any, left: Any) -> Any:
    """The value of a call: of the return that was reached, or of those on traced values before it."""
    value = None if left is None else left.value
    if left is not None and left.kind != "return":
        raise refused(f"{left.kind} outside of a loop")
    for exit_ in reversed(frame.exits):
        merge = resume(m, exit_, None if frame.scope.captured else frame.scope)
        value = merge.value(exit_.value, value, "the value returned")
    frame.exits.clear()
    return value
