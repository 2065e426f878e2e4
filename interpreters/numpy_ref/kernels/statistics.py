"""Kernels of statistics: none, their bodies of sums run as they are."""
