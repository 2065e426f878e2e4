"""The generated modules are what the schema says; whichever protoc wrote them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from google.protobuf import descriptor_pb2

from irlib.graph import OutputRole, Role
from irlib.schema.v1 import model_pb2, ops_pb2, types_pb2
from irlib.types import DTYPES

ROOT = Path(__file__).parents[2]
MODULES = {"types": types_pb2, "ops": ops_pb2, "model": model_pb2}
FILES = [f"irlib/schema/v1/{name}.proto" for name in MODULES]


def _protoc(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", "--proto_path=proto", *arguments, *FILES], cwd=ROOT, check=True
    )


def test_the_generated_modules_are_fresh(tmp_path: Path) -> None:
    _protoc(f"--descriptor_set_out={tmp_path / 'set'}")
    fresh = descriptor_pb2.FileDescriptorSet.FromString((tmp_path / "set").read_bytes())
    for file in fresh.file:
        committed = descriptor_pb2.FileDescriptorProto()
        MODULES[Path(file.name).stem].DESCRIPTOR.CopyToProto(committed)
        for proto in (file, committed):
            for message in proto.message_type:  # what protoc derives and a pool leaves out
                for field in message.field:
                    field.ClearField("json_name")
        assert committed == file, f"run proto/generate: {file.name}"


def test_the_stubs_are_fresh(tmp_path: Path) -> None:
    _protoc(f"--pyi_out={tmp_path}")
    for name in MODULES:
        fresh = (tmp_path / f"irlib/schema/v1/{name}_pb2.pyi").read_text()
        committed = (ROOT / f"irlib/schema/v1/{name}_pb2.pyi").read_text()
        # versions of protoc differ in whether a bool may be None
        assert committed.replace("_Optional[bool]", "bool") == fresh.replace("_Optional[bool]", "bool")


def test_dtypes_and_roles_have_the_numbers_of_the_schema() -> None:
    assert {f"DTYPE_{d.name.upper()}": d.number for d in DTYPES.values()} == dict(list(types_pb2.DType.items())[1:])
    assert {f"ROLE_{r.name}": r.value for r in Role} == dict(list(model_pb2.Role.items())[1:])
    assert {f"OUTPUT_ROLE_{r.name}": r.value for r in OutputRole} == dict(list(model_pb2.OutputRole.items())[1:])
