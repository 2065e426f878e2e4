"""Helper functions that emitted modules carry along; each file stands on its own."""
