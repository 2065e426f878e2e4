"""Kernels of nn: none; bodies are as fast."""
