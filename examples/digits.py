"""Handwritten digits by seven systems: built with irlib.nn, trained with irlib.train.

python examples/digits.py [logistic|mlp|cnn|residual|gru|lstm|attention] [EPOCHS] [SEED]
"""

import sys
from time import perf_counter

import numpy as np

import irlib
from irlib import data, nn, training

SYSTEM = sys.argv[1] if len(sys.argv) > 1 else "mlp"
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 0


def logistic(b, x):
    """A linear map of the pixels."""
    return nn.linear(b, b.reshape(x, [-1, 64]), 10, seed=SEED)


def mlp(b, x):
    """Three layers."""
    h = b.relu(nn.linear(b, b.reshape(x, [-1, 64]), 128, weight_init=nn.he_normal(), seed=SEED))
    return nn.linear(b, b.relu(nn.linear(b, h, 64, weight_init=nn.he_normal(), seed=SEED)), 10, seed=SEED)


def cnn(b, x):
    """Two convolutions, each pooled."""
    h = b.relu(nn.conv2d(b, b.unsqueeze(x, [1]), 16, 3, padding="same", weight_init=nn.he_normal(), seed=SEED))
    h = b.relu(nn.conv2d(b, nn.max_pool2d(b, h, 2), 32, 3, padding="same", weight_init=nn.he_normal(), seed=SEED))
    return nn.linear(b, b.reshape(nn.max_pool2d(b, h, 2), [-1, 128]), 10, seed=SEED)


def residual(b, x):
    """Two blocks of two convolutions, added to what they are given."""
    h = b.relu(nn.layer_norm(b, nn.conv2d(b, b.unsqueeze(x, [1]), 16, 3, padding=1, seed=SEED), axis=1))
    for k in range(2):
        part = b.relu(nn.group_norm(b, nn.conv2d(b, h, 16, 3, padding=1, name=f"block{k}", seed=SEED), 4))
        h = h + nn.conv2d(b, part, 16, 3, padding=1, name=f"block{k}.out", seed=SEED)
    return nn.linear(b, b.reshape(nn.max_pool2d(b, h, 2), [-1, 256]), 10, seed=SEED)


def recurrent(b, x):
    """A row of pixels is a step; the last state tells the digit."""
    _, last, *_ = getattr(nn, SYSTEM)(b, x, 64, batch_first=True, seed=SEED)
    return nn.linear(b, b.squeeze(last, [0]), 10, seed=SEED)


def attention(b, x):
    """Rows attend to rows; where a row is, is learned."""
    place = b.parameter("place", nn.normal(0.1).draw((8, 32), nn.Fans(1, 1), "place", SEED).astype("float32"))
    h = nn.linear(b, x, 32, seed=SEED) + place
    for k in range(2):
        h = nn.encoder_block(b, h, num_heads=4, hidden_size=64, norm_first=True, name=f"block{k}", seed=SEED)
    return nn.linear(b, b.reshape(h, [-1, 256]), 10, seed=SEED)


SYSTEMS = {"logistic": logistic, "mlp": mlp, "cnn": cnn, "residual": residual, "attention": attention}
SYSTEMS |= {"gru": recurrent, "lstm": recurrent}
EPOCHS = int(sys.argv[2]) if len(sys.argv) > 2 else {"logistic": 60, "mlp": 40}.get(SYSTEM, 25)
b = irlib.Builder(SYSTEM)
x, t = b.input("x", "float32[n, 8, 8]"), b.input("t", "int64[n]")
scores = b.named(SYSTEMS[SYSTEM](b, x), "scores")
b.output("scores", scores)
b.output("loss", b.cross_entropy(scores, t), role="loss")

images, labels = data.digits()
images, labels = (images / np.float32(16)).astype("float32"), labels.astype("int64")
train, test = np.split(np.random.default_rng(SEED).permutation(len(images)), [len(images) * 4 // 5])
started = perf_counter()
rule = training.adamw(training.one_cycle(1e-2 if SYSTEM == "logistic" else 4e-3, EPOCHS * 45))
made = irlib.train(b.build(), {"x": images[train], "t": labels[train]}, optimizer=rule, epochs=EPOCHS, seed=SEED)
found = irlib.run(made.model, {"x": images[test], "t": labels[test]})["scores"]
accuracy = 100 * np.mean(found.argmax(1) == labels[test])
print(f"{SYSTEM}: test accuracy {accuracy:.2f} % after {EPOCHS} epochs, {perf_counter() - started:.1f} s")
irlib.save(made.model, f"{SYSTEM}.pb")
