"""Training steps as graphs: what a step computes is written in the graph, and its signature says what to feed back.

An output of role update-of(w) is the value w has after the step; feeding it as w is the next step. So any runtime that
can run a graph can train one.

>>> import numpy as np
>>> import irlib
>>> from irlib.training import sgd_step, updates
>>> b = irlib.Builder("square")
>>> w = b.parameter("w", np.array(1.0))
>>> b.output("loss", w * w, role="loss")
>>> step = sgd_step(b.build(), learning_rate=0.25)
>>> outputs = irlib.run(step)
>>> float(outputs["loss"]), {name: float(value) for name, value in updates(step, outputs).items()}
(1.0, {'w': 0.5})
"""

from __future__ import annotations

from irlib.training.sgd import SGD, sgd_step
from irlib.training.state import updates, with_values
from irlib.training.step import Rule, State, training_step

__all__ = ["SGD", "Rule", "State", "sgd_step", "training_step", "updates", "with_values"]
