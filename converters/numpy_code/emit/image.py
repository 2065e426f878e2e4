"""Images."""

from __future__ import annotations

from irlib.converters.numpy_code.emit.form import rules, unsupported

__all__: list[str] = []

rules({"decode_image": unsupported("numpy decodes no images")})
