"""``irlib convert``: from one form to another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from irlib.cli.files import READERS, ModelOut, face, opened, save, suffix_of
from irlib.cli.verb import verb

if TYPE_CHECKING:
    from irlib import Graph

__all__ = ["command"]


@verb(
    "convert",
    "irlib convert resnet.onnx resnet.pb",
    "irlib convert net.py net.onnx --function forward --arg 'x=float32[batch, 64]' --arg w=w.npy --parameters w",
)
@click.argument("source", metavar="IN", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("target", metavar="OUT", type=ModelOut())
@click.option("--function", metavar="NAME", help="The function to read from a .py file.")
@click.option(
    "--arg", "arguments", metavar="NAME=VALUE", multiple=True,
    help="An argument of that function: a type such as 'float64[batch, 3]', a number, or a .npy or .npz file.",
)  # fmt: skip
@click.option("--parameters", metavar="NAMES", help="The arguments that become parameters, separated by commas.")
@click.option("--grad", is_flag=True, help="To .py: write the backward pass too, of the loss by the parameters.")
@click.option(
    "--opset", type=int, metavar="N", help="To .onnx: the opset, 17 or newer; its own where it came from ONNX."
)
@click.option(
    "--functions", is_flag=True, help="To .onnx: composites that ONNX does not have as functions of the model."
)
@click.option("--style", type=click.Choice(("fused", "nodes")), help="To .py: one line per thought, or per node.")
def command(
    *,
    source: Path,
    target: Path,
    function: str | None,
    arguments: tuple[str, ...],
    parameters: str | None,
    grad: bool,
    style: str | None,
    opset: int | None,
    functions: bool,
) -> None:
    """Read a model in one form and write it in another.

    The suffix says the form: .pb, .json, .onnx or .py. A .py file is read as text, never run: name its function and
    give the types of its arguments. A .py file that is written imports numpy only; its arrays are in an .npz beside it.
    """
    is_code = suffix_of(target) == ".py"
    if (grad or style is not None) and not is_code:
        raise click.UsageError("--grad and --style are for a .py file that is written")
    is_onnx = suffix_of(target) == ".onnx"
    if (opset is not None or functions) and not is_onnx:
        raise click.UsageError("--opset and --functions are for an .onnx file that is written")
    if suffix_of(source) == ".py":
        if function is None:
            raise click.UsageError(f"{source} is Python: name the function to read with --function")
        graph = _from_numpy(source, function, arguments, parameters)
    elif function is not None or arguments or parameters is not None:
        raise click.UsageError("--function, --arg and --parameters are for a .py file")
    elif suffix_of(source) not in READERS:
        raise click.BadParameter(f"{source}: models are read from {', '.join(READERS)}, .py", param_hint="'IN'")
    else:
        graph = opened(source)
    if is_code:
        face("to_numpy")(graph, style or "fused", gradient=grad).save(target)
    elif is_onnx:
        face("to_onnx")(graph, target, opset=opset, inline=not functions)
    else:
        save(graph, target)


def _from_numpy(source: Path, function: str, arguments: Sequence[str], parameters: str | None) -> Graph:
    read = face("from_numpy")
    given = dict(_argument(text) for text in arguments)
    names = () if parameters is None else tuple(name.strip() for name in parameters.split(","))
    graph: Graph = read(source, function, parameters=names, **given)
    return graph


def _argument(text: str) -> tuple[str, Any]:
    """The name and value in ``NAME=VALUE``."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise click.BadParameter(f"{text!r}: write it as NAME=VALUE", param_hint="'--arg'")
    return name, _value(value.strip())


def _value(text: str) -> Any:
    from irlib.cli.arrays import read_npy, read_npz

    readers = {".npy": read_npy, ".npz": read_npz}
    path = Path(text)
    if path.suffix in readers:
        return readers[path.suffix](path)
    if text.endswith("]") and text[:1].isalpha():
        return face("spec")(text)
    import json

    try:
        return json.loads(text)
    except ValueError:
        return text
