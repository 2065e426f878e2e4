"""Damaged models: bytes and messages changed at random, from a seed.

``python -m tests.converters.onnx_model.mutants SEED COUNT`` makes so many from the cases of ONNX's suite, reads each,
and tells which raised anything but an IRError, took more than five seconds, or 200 MB.
"""

from __future__ import annotations

import random
import resource
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import onnx

import irlib

__all__ = ["SECONDS", "mutants", "outcome", "sources"]

SECONDS = 5.0
MEGABYTES = 200
NUMBERS = (-(2**63), -(2**31), -2, -1, 0, 1, 2, 7, 255, 2**16, 2**31 - 1, 2**31, 2**40, 2**62, 2**63 - 1)
TEXTS = (b"", b"x", b"\xff\xfe", b"a" * 5000, b"\x00", b"...", b"->", b"i,j->", "é".encode(), b"../x", b"%s{0}")


def sources(*, stored: bool = False) -> list[Any]:
    """Small models of ONNX's suite: those that come as files, or those of single operators, which take time to make."""
    from tests.external.identity import node_models, stored_models

    found = [model for _, model, _ in (stored_models() if stored else node_models())]
    return sorted((m for m in found if m.ByteSize() < 20_000), key=lambda m: int(m.ByteSize()))


def _messages(message: Any) -> Iterator[Any]:
    waiting = [message]
    while waiting:
        at = waiting.pop()
        yield at
        for field, value in at.ListFields():
            if field.message_type is not None:
                waiting.extend(value if field.is_repeated else [value])


def _swap_bits(r: random.Random, model: Any) -> bytes:
    data = bytearray(model.SerializeToString())
    for _ in range(r.choice((1, 1, 1, 3, 10))):
        at = r.randrange(len(data))
        data[at] ^= 1 << r.randrange(8)
    return bytes(data)


def _truncate(r: random.Random, model: Any) -> bytes:
    data: bytes = model.SerializeToString()
    return data[: r.randrange(len(data))]


def _splice(r: random.Random, model: Any) -> bytes:
    data: bytes = model.SerializeToString()
    a, b, c = (r.randrange(len(data)) for _ in range(3))
    return data[:a] + data[min(b, c) : max(b, c)] + data[a:]


def _number_of(r: random.Random, field: Any) -> Any:
    if field.cpp_type in (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE):
        return r.choice((0.0, -1.0, float("nan"), float("inf"), 1e30, 1e-30, 0.5))
    low, high = -(2**63), 2**63 - 1
    if field.cpp_type in (field.CPPTYPE_INT32, field.CPPTYPE_ENUM):
        low, high = -(2**31), 2**31 - 1
    elif field.cpp_type == field.CPPTYPE_UINT64:
        low, high = 0, 2**64 - 1
    number = r.choice((*NUMBERS, r.randrange(30), r.randrange(30)))
    return min(max(number, low), high)


def _set(r: random.Random, message: Any, field: Any) -> None:
    """Another value for one field."""
    value = getattr(message, field.name)
    if field.message_type is not None:
        if field.is_repeated and len(value):
            k = r.randrange(len(value))
            change = r.randrange(4)
            if change == 0:
                del value[k]
            elif change == 1:
                value.add().CopyFrom(value[k])
            elif change == 2 and len(value) > 1:
                other = r.randrange(len(value))
                kept = type(value[k]).FromString(value[k].SerializeToString())
                value[k].CopyFrom(value[other])
                value[other].CopyFrom(kept)
            else:
                value[k].Clear()
        else:
            message.ClearField(field.name)
        return
    if r.randrange(6) == 0:
        message.ClearField(field.name)
        return
    new: Any
    if field.cpp_type == field.CPPTYPE_STRING:
        new = r.choice(TEXTS)
        if field.type == field.TYPE_STRING:
            new = new.decode(errors="ignore")
    else:
        new = _number_of(r, field)
    if not field.is_repeated:
        setattr(message, field.name, new)
    elif r.randrange(3) and len(value):
        value[r.randrange(len(value))] = new
    elif r.randrange(2):
        value.append(new)
    else:
        del value[:]


def _set_fields(r: random.Random, model: Any) -> bytes:
    made = onnx.ModelProto.FromString(model.SerializeToString())
    for _ in range(r.choice((1, 1, 2, 4))):
        messages = [m for m in _messages(made) if m.ListFields()]
        if not messages:
            break
        message = r.choice(messages)
        field = r.choice(message.DESCRIPTOR.fields if r.randrange(8) == 0 else [f for f, _ in message.ListFields()])
        try:
            _set(r, message, field)
        except (ValueError, TypeError):
            continue  # an enum without this number, say
    return made.SerializeToString()


def _cross(r: random.Random, model: Any, other: Any) -> bytes:
    """A node, an attribute or a tensor of another model in the place of one of this."""
    made = onnx.ModelProto.FromString(model.SerializeToString())
    kind = r.choice(("NodeProto", "AttributeProto", "TensorProto", "TypeProto", "ValueInfoProto"))
    here = [m for m in _messages(made) if m.DESCRIPTOR.name == kind]
    there = [m for m in _messages(other) if m.DESCRIPTOR.name == kind]
    if here and there:
        r.choice(here).CopyFrom(r.choice(there))
    return made.SerializeToString()


def mutants(models: Sequence[Any], seed: int, count: int) -> Iterator[bytes]:
    """`count` damaged models."""
    r = random.Random(seed)
    plain: tuple[Callable[[random.Random, Any], bytes], ...] = (_swap_bits, _truncate, _splice, *[_set_fields] * 5)
    for _ in range(count):
        model = r.choice(models)
        k = r.randrange(len(plain) + 2)
        yield plain[k](r, model) if k < len(plain) else _cross(r, model, r.choice(models))


def outcome(data: bytes) -> str:
    """Empty where reading gives a graph or an IRError, and `check` a report that says the same; else what happened."""
    from irlib.converters.onnx_model import check

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            report = check(data)
        except Exception:  # noqa: BLE001  that is what is looked for
            return f"check raised: {traceback.format_exc(limit=-3)}"
        try:
            irlib.from_onnx(data)
        except irlib.IRError as error:
            if report.ok:
                return f"from_onnx refused what check passed: {error}"
            return "" if error.code else f"an error without a code: {error}"
        except Exception:  # noqa: BLE001
            return f"from_onnx raised: {traceback.format_exc(limit=-3)}"
        return "" if report.ok else "from_onnx took what check refused"


def main() -> int:
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    models = sources()
    for model in models[::50]:
        outcome(model.SerializeToString())
    bad = 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for k, data in enumerate(mutants(models, seed, count)):
        start = time.process_time()
        why = outcome(data)
        taken = time.process_time() - start
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if taken > SECONDS:
            why = f"{why} took {taken:.1f} s"
        if after - before > MEGABYTES * 1000:
            why = f"{why} took {(after - before) / 1000:.0f} MB"
        before = after
        if why:
            bad += 1
            sys.stdout.write(f"seed {seed}, mutant {k}: {why}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{count} mutants of {len(models)} models, {bad} bad\n")
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())
