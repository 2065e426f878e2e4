"""The adding problem: two numbers of a sequence are marked, and their sum is asked for at its end.

python examples/remember.py [EPOCHS] [rnn|gru|lstm]

A network has to remember the first of them until the second comes, and both to the end: a gate that stays shut keeps
a number as it is, which a plain recurrent network is slow to learn.
"""

import sys

import irlib
from irlib import data, nn, training

EPOCHS = int(sys.argv[1]) if len(sys.argv) > 1 else 15
KINDS = sys.argv[2:] or ["rnn", "gru", "lstm"]
LENGTH, HIDDEN = 30, 24

steps, totals = (a.astype("float32") for a in data.adding_problem(2000, LENGTH, seed=1))
unseen, sums = (a.astype("float32") for a in data.adding_problem(1000, LENGTH, seed=2))

for kind in KINDS:
    b = irlib.Builder(kind)
    x, t = b.input("x", f"float32[n, {LENGTH}, 2]"), b.input("t", "float32[n]")
    _, last, *_ = getattr(nn, kind)(b, x, HIDDEN, batch_first=True, name=kind)
    y = b.squeeze(nn.linear(b, b.squeeze(last, [0]), 1, name="total"), [1])
    b.output("y", y)
    b.output("loss", b.mse_loss(y, t), role="loss")
    made = irlib.train(
        b.build(), {"x": steps, "t": totals}, optimizer=training.adam(1e-2), epochs=EPOCHS, batch_size=50, clip_norm=1.0
    )
    error = float(irlib.run(made.model, {"x": unseen, "t": sums})["loss"])
    print(f"{kind}: mean square error {error:.4f} after {EPOCHS} epochs (guessing 1: 0.1667)")
    irlib.save(made.model, f"{kind}.pb")
