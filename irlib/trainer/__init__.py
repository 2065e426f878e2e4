"""Training a model on data: mini-batches, epochs, checkpoints. What a step is, `irlib.training` says."""

from __future__ import annotations

from irlib.trainer.runs import Trained, redrawn, train

__all__ = ["Trained", "redrawn", "train"]
