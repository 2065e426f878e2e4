"""The words of the text form: names, labels and strings, as written and as patterns to read them by."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["LABEL", "NAME", "OP", "STRING", "TYPE", "label", "op_name", "quoted", "unquoted", "word"]

_SIMPLE = r"[A-Za-z_/][A-Za-z0-9_./-]*"
STRING = r'"(?:[^"\\]|\\.)*"'
NAME = rf"(?:{_SIMPLE}|{STRING})"
LABEL = rf"%(?:[0-9]+|{NAME})"
OP = rf"(?:[A-Za-z_][A-Za-z0-9_.]*|{STRING}\.{STRING})"
TYPE = r"(?:sequence<|optional<)*[a-z][a-z0-9_]*\[[^\]]*\]>*"

_is_simple: Any = re.compile(_SIMPLE).fullmatch
_is_op: Any = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").fullmatch
_is_dialect: Any = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*").fullmatch


def quoted(text: str) -> str:
    """`text` in double quotes, with JSON's escapes for everything that is not plainly printable."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def unquoted(token: str) -> str:
    """What a quoted string or a simple word stands for. Raises: ValueError when its escapes are wrong."""
    if not token.startswith('"'):
        return token
    made = json.loads(token)
    if not isinstance(made, str):
        raise ValueError(token)
    return made


def word(name: str) -> str:
    """`name` as it is where that is unambiguous, else quoted."""
    return name if _is_simple(name) else quoted(name)


def label(name: str | None, index: int) -> str:
    """``%name``, or ``%index`` for a node without a name; a name that looks like a number is quoted."""
    return f"%{index}" if name is None else f"%{word(name)}"


def op_name(dialect: str, name: str, version: int) -> str:
    """``tanh``, ``tanh:2`` of version 2, ``onnx.Gelu`` of another dialect."""
    if _is_op(name) and dialect == "irlib":
        made = name
    elif _is_op(name) and _is_dialect(dialect):
        made = f"{dialect}.{name}"
    else:
        made = f"{quoted(dialect)}.{quoted(name)}"
    return made if version == 1 else f"{made}:{version}"
