"""Training steps as graphs: what a step computes is written in the graph, and its signature says what to feed back.

An output of role update-of(w) is the value w has after the step; feeding it as w is the next step. So any runtime that
can run a graph can train one.

>>> import numpy as np
>>> import irlib
>>> from irlib.training import adam, updates, with_values
>>> b = irlib.Builder("square")
>>> w = b.parameter("w", np.array(1.0))
>>> b.output("loss", w * w, role="loss")
>>> step = irlib.training_step(b.build(), loss="loss", optimizer=adam(0.25))
>>> [(o.name, o.of) for o in step.outputs if o.of is not None]  # doctest: +NORMALIZE_WHITESPACE
[('new_w', 'w'), ('new_w.first_moment', 'w.first_moment'), ('new_w.second_moment', 'w.second_moment'),
 ('new_optimizer.step', 'optimizer.step')]
>>> outputs = irlib.run(step)
>>> after = with_values(step, updates(step, outputs))  # the same step, one step later
>>> float(outputs["loss"]), round(float(irlib.run(after)["loss"]), 6)
(1.0, 0.5625)
"""

from __future__ import annotations

from irlib.training.clipping import clipped_by_norm, clipped_by_value, global_norm
from irlib.training.ensemble import ensemble
from irlib.training.optimizer import (
    OPTIMIZERS,
    Optimizer,
    Pace,
    State,
    adagrad,
    adam,
    adamw,
    momentum,
    nesterov,
    rmsprop,
    sgd,
)
from irlib.training.schedule import (
    Schedule,
    constant,
    cosine,
    exponential,
    one_cycle,
    reduce_on_plateau,
    step_decay,
    warm_up,
)
from irlib.training.state import updates, values_of, with_values
from irlib.training.step import sgd_step, training_step

__all__ = [
    "OPTIMIZERS",
    "Optimizer",
    "Pace",
    "Schedule",
    "State",
    "adagrad",
    "adam",
    "adamw",
    "clipped_by_norm",
    "clipped_by_value",
    "constant",
    "cosine",
    "ensemble",
    "exponential",
    "global_norm",
    "momentum",
    "nesterov",
    "one_cycle",
    "reduce_on_plateau",
    "rmsprop",
    "sgd",
    "sgd_step",
    "step_decay",
    "training_step",
    "updates",
    "values_of",
    "warm_up",
    "with_values",
]
