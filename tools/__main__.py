"""Writes everything that is generated from the ops and the command: ``python -m tools``; with --check, compares it."""

from __future__ import annotations

import sys

from tools import cli_page, layer_table, numpy_names, onnx_table, op_index, op_stub, op_table, system_pages
from tools.generated import all_of, command

GENERATORS = (op_index, op_stub, op_table, cli_page, layer_table, onnx_table, numpy_names)

if __name__ == "__main__":
    statuses = [command(g.TARGET, g.made, sys.argv[1:]) for g in GENERATORS]
    sys.exit(max([*statuses, all_of(system_pages.TARGETS, sys.argv[1:])]))
