"""The backward pass is a graph: it is saved, read, run, and differentiated again."""

import numpy as np

import irlib

b = irlib.Builder("valley")
x, y = b.input("x", "float64[]"), b.input("y", "float64[]")
b.output("f", b.square(1.0 - x) + 100.0 * b.square(y - b.square(x)))  # Rosenbrock's function
model = b.build()

gradient = irlib.gradient(model, of="f", wrt=["x", "y"])
irlib.save(gradient, "gradient.pb")
gradient = irlib.load("gradient.pb")
print(irlib.text(gradient))

# The gradient of one of its outputs is a row of the matrix of second derivatives.
row = irlib.gradient(gradient, of="d_x", wrt=["x", "y"])
at = {"x": np.array(0.5), "y": np.array(-1.0)}
found = irlib.run(row, at)
print("row of the Hessian:", found["d_x"], found["d_y"])
assert found["d_x"] == 2 - 400 * at["y"] + 1200 * at["x"] ** 2
assert found["d_y"] == -400 * at["x"]

# Newton's method from two graphs: at the minimum in a few steps, because the second derivatives are exact.
rows = [irlib.gradient(gradient, of=name, wrt=["x", "y"]) for name in ("d_x", "d_y")]
point = np.array([-1.2, 1.0])
for k in range(8):
    feeds = {"x": np.array(point[0]), "y": np.array(point[1])}
    slope = np.array(list(irlib.run(gradient, feeds).values()))
    hessian = np.array([list(irlib.run(row, feeds).values()) for row in rows])
    point = point - np.linalg.solve(hessian, slope)
    print(f"step {k + 1}: {point}")
assert np.allclose(point, 1, atol=1e-8)
