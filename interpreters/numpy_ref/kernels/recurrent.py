"""Kernels of recurrent: none; bodies are as fast."""
