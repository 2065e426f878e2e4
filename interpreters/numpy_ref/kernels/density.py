"""Kernels of density: none; bodies are as fast."""
