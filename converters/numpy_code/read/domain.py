"""What the machine has to know of the arrays it works on. The tracing namespace is one such domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

__all__ = ["Domain"]


class Domain(Protocol):
    """Arrays, and the functions of numpy on them."""

    @property
    def functions(self) -> Mapping[str, Any]:
        """What is in numpy, by dotted name: functions, ufuncs, types and constants; nothing else is reached."""

    @property
    def control(self) -> Mapping[str, Any]:
        """What ``import irlib`` gives source: scan, cond, while_loop."""

    naming: bool
    """Whether nodes are called as in the source."""

    @property
    def nodes(self) -> int:
        """How many nodes the graph has so far."""

    def at(self, file: str, line: int) -> None:
        """Nodes made from now on come from this place."""

    def is_array(self, value: Any) -> bool:
        """Whether this is an array, or a scalar of numpy."""

    def is_flat(self, value: Any) -> bool:
        """Whether this is what ``x.flat`` gives: elements in row-major order, read and written by index."""

    def is_scalar(self, value: Any) -> bool:
        """Whether this array is one of numpy's scalars, which cannot be changed."""

    def is_dim(self, value: Any) -> bool:
        """Whether this is a dim that is computed with like an int, and is not known."""

    def number(self, value: Any) -> Any:
        """The Python number that an array of one element or a dim is known to be; None where it is not known."""

    def condition(self, value: Any) -> Any:
        """A bool array of rank 0 for the truth of an array of one element. Raises: IRError for several."""

    def both(self, first: Any, second: Any) -> Any:
        """A condition: whether both hold."""

    def opposite(self, condition: Any) -> Any:
        """A condition: whether this does not hold."""

    def choose(self, condition: Any, first: Any, second: Any) -> Any:
        """`first` where the condition holds, else `second`: arrays or numbers of one shape and dtype.

        Raises: SourceError where shapes or dtypes differ.
        """

    def cell(self, array: Any) -> Any:
        """What holds the value of an array and of all views of it; None where it cannot be changed."""

    def held(self, cell: Any) -> Any:
        """The value of a cell."""

    def hold(self, cell: Any, value: Any) -> None:
        """Make this the value of a cell."""

    def same_held(self, first: Any, second: Any) -> bool:
        """Whether a cell holds the same in both cases."""

    def array_of(self, cell: Any) -> Any:
        """A fresh array of what a cell holds."""

    def move_in(self, cell: Any, array: Any) -> None:
        """Make the value of an array that of a cell, as one that may be written where the machine now is."""

    def weak(self, value: Any) -> Any:
        """A scalar as a number of Python, which counts weakly in promotion."""

    def snapshot(self, array: Any) -> Any:
        """An array of its own with the present value of another."""

    def blank(self, value: Any) -> Any:
        """Zeros of the dtype and shape of a value; None where the shape is not known."""

    def choose_held(self, condition: Any, first: Any, second: Any) -> Any:
        """The value of a cell that is one or the other."""

    def relate(self, cells: Sequence[Any]) -> None:
        """It is not known whether these cells share memory: a write into one leaves the others unknown."""

    def related(self, cell: Any) -> Sequence[Any]:
        """The cells of which it is not known whether they share memory with this one."""

    def is_unknown(self, cell: Any) -> bool:
        """Whether the value of a cell is not known any more."""

    def named(self, array: Any, name: str) -> None:
        """The node that makes this array is called `name` in the source."""

    def instance_of(self, array: Any, kind: type) -> bool:
        """What ``isinstance(array, kind)`` says in numpy."""

    def viewed(self, array: Any, dtype: Any) -> Any:
        """The bits of an array as another dtype of the same width, as ``x.view(dtype)``."""

    def convert(self, value: Any, kind: type) -> Any:
        """An array as a scalar of a numpy type, as in ``np.float32(x)``."""
