"""Suites that others wrote judge us here: ONNX's own cases, run by adapters that know nothing but the public face."""
