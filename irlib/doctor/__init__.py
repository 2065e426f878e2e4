"""What ails a network: one forward and one backward pass over a batch, looked at layer by layer."""

from __future__ import annotations

from irlib.doctor.diagnosis import Diagnosis, diagnose
from irlib.doctor.figures import Activation, Sequence, Weight

__all__ = ["Activation", "Diagnosis", "Sequence", "Weight", "diagnose"]
