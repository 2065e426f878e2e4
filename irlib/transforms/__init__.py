"""Transforms: functions from graph to graph."""
