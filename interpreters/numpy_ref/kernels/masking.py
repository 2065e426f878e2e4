"""Kernels of masking: none, the bodies run as they are."""
