"""Measurements: a script each, ratios in one process. Nothing here is a test."""
