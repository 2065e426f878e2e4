"""An op of your own: a body of other ops gives it its types, its result and its gradient, in every file."""

from dataclasses import dataclass

import numpy as np

import irlib
from irlib.methods import Emitter, Value
from irlib.op import Composite, register


@register
@dataclass(frozen=True)
class Bump(Composite):
    """`x` times the bell curve exp(-sharpness * x * x)."""

    sharpness: float = 1.0

    name = "bump"
    dialect = "example"

    def decompose(self, b: Emitter, x: Value) -> Value:
        """The body: what it means, in ops that every reader knows."""
        return x * b.exp(-self.sharpness * b.square(x))


b = irlib.Builder("bumps")
x = b.input("x", "float64[n]")
(y,) = b.emit(Bump(sharpness=0.5), [x], name="y")
b.output("y", y)
b.output("loss", b.sum(b.square(y)), role="loss")
model = b.build()

print(irlib.text(model))  # the op keeps its name; its body stands below
print(irlib.text(irlib.decompose(model)))  # the same without composites

feeds = {"x": np.linspace(-2, 2, 9)}
for check in irlib.check_gradients(model, feeds, of="loss", wrt=["x"]):
    print("gradient of", check)
    assert check.ok

# The body is in the file: a reader that has never heard of `bump` runs and differentiates it.
irlib.save(model, "bumps.pb")
assert irlib.load("bumps.pb") == model
