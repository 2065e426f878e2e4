"""Kernels of loss: none; bodies are as fast."""
