"""Review a model like code: what changed between two files, by name and not by place in the file."""

import numpy as np

import irlib


def network(activation: str, width: int) -> irlib.Graph:
    """A small network with one hidden layer."""
    b = irlib.Builder("network")
    x = b.input("x", "float32[batch, 4]")
    w1 = b.parameter("w1", np.zeros((4, width), "float32"))
    w2 = b.parameter("w2", np.zeros((width, 2), "float32"))
    hidden = getattr(b, activation)(x @ w1, name="hidden")
    b.output("y", b.matmul(hidden, w2, name="y"))
    return b.build()


before, after = network("tanh", 2), network("sigmoid", 3)
irlib.save(before, "before.pb")
irlib.save(after, "after.pb")

# The same graph has the same bytes and the same digest, wherever and in whatever order it was built.
assert irlib.digest(before) == irlib.digest(irlib.load("before.pb"))
assert irlib.digest(before) != irlib.digest(after)

difference = irlib.diff(before, after)
print(difference)  # as `irlib diff before.pb after.pb` prints it
for change in difference.nodes:
    print(change.kind, change.name)
assert irlib.diff(before, irlib.load("before.pb")).equal
