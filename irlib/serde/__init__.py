"""Files: the border between graphs and bytes. The only importer, with `irlib.schema`, of protobuf and the like."""

from __future__ import annotations

from irlib.serde.files import check, digest, from_bytes, load, save, to_bytes

__all__ = ["check", "digest", "from_bytes", "load", "save", "to_bytes"]
