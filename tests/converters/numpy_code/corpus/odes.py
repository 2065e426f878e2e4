"""Time integration and particle systems."""

import numpy as np


def lorenz(state, sigma=10.0, rho=28.0, beta=8.0 / 3.0):
    x, y, z = state
    return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])


def rk4_step(f, y, dt):
    k1 = f(y)
    k2 = f(y + 0.5 * dt * k1)
    k3 = f(y + 0.5 * dt * k2)
    k4 = f(y + dt * k3)
    return y + dt / 6.0 * (k1 + 2 * k2 + 2 * k3 + k4)


def lorenz_trajectory(state, dt, num_steps):
    xyzs = np.empty((num_steps + 1, 3))
    xyzs[0] = state
    for i in range(num_steps):
        xyzs[i + 1] = rk4_step(lorenz, xyzs[i], dt)
    return xyzs


def euler_method(y0, rate, t):
    y = np.zeros(len(t))
    y[0] = y0
    for i in range(0, len(t) - 1):
        y[i + 1] = y[i] + (t[i + 1] - t[i]) * (-rate * y[i])
    return y


def lotka_volterra(y0, alpha, beta, gamma, delta, ts):
    def deriv(X, t):
        x, y = X
        dotx = x * (alpha - beta * y)
        doty = y * (-delta + gamma * x)
        return np.array([dotx, doty])

    X = [y0]
    for n in range(len(ts) - 1):
        h = ts[n + 1] - ts[n]
        k1 = deriv(X[n], ts[n])
        k2 = deriv(X[n] + h * k1 / 2, ts[n] + h / 2)
        X.append(X[n] + h * k2)
    return np.asarray(X)


def dormand_prince_step(y, h, mu):
    a = [
        [],
        [1 / 5],
        [3 / 40, 9 / 40],
        [44 / 45, -56 / 15, 32 / 9],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
    ]
    b = np.array([35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84])
    k = np.zeros((6, len(y)))
    for i in range(6):
        yi = y + h * sum((a[i][j] * k[j] for j in range(i)), np.zeros(len(y)))
        k[i] = [yi[1], mu * (1 - yi[0] ** 2) * yi[1] - yi[0]]
    return y + h * b @ k


def velocity_verlet_oscillator(x, v, k, m, dt, steps):
    xs = np.zeros(steps)
    a = -k / m * x
    for i in range(steps):
        x = x + v * dt + 0.5 * a * dt**2
        a_new = -k / m * x
        v = v + 0.5 * (a + a_new) * dt
        a = a_new
        xs[i] = x
    energy = 0.5 * m * v**2 + 0.5 * k * x**2
    return xs, energy


def get_acc(pos, mass, G, softening):
    x = pos[:, 0:1]
    y = pos[:, 1:2]
    z = pos[:, 2:3]
    dx = x.T - x
    dy = y.T - y
    dz = z.T - z
    inv_r3 = dx**2 + dy**2 + dz**2 + softening**2
    inv_r3[inv_r3 > 0] = inv_r3[inv_r3 > 0] ** (-1.5)
    ax = G * (dx * inv_r3) @ mass
    ay = G * (dy * inv_r3) @ mass
    az = G * (dz * inv_r3) @ mass
    return np.hstack((ax, ay, az))


def nbody_leapfrog(pos, vel, mass, dt, steps):
    acc = get_acc(pos, mass, 1.0, 0.1)
    for _ in range(steps):
        vel += acc * dt / 2.0
        pos += vel * dt
        acc = get_acc(pos, mass, 1.0, 0.1)
        vel += acc * dt / 2.0
    ke = 0.5 * np.sum(np.sum(mass * vel**2))
    return pos, vel, ke


def nbody_pairs(positions, masses):
    n = len(masses)
    forces = np.zeros_like(positions)
    for i in range(n):
        for j in range(i + 1, n):
            r = positions[j] - positions[i]
            dist = np.linalg.norm(r)
            f = masses[i] * masses[j] * r / (dist**3 + 1e-3)
            forces[i] += f
            forces[j] -= f
    return forces


def lennard_jones(pos, eps, sigma, box):
    n = pos.shape[0]
    rij = pos[:, None, :] - pos[None, :, :]
    rij -= box * np.round(rij / box)
    r2 = np.sum(rij**2, axis=-1)
    np.fill_diagonal(r2, 1.0)
    s6 = (sigma**2 / r2) ** 3
    off = 1 - np.eye(n)
    energy = 0.5 * np.sum(4 * eps * (s6**2 - s6) * off)
    f = (24 * eps * (2 * s6**2 - s6) / r2 * off)[..., None] * rij
    return energy, f.sum(axis=1)


def lennard_jones_energy(pos):
    i, j = np.triu_indices(len(pos), k=1)
    r = np.linalg.norm(pos[i] - pos[j], axis=1)
    return np.sum(4 * ((1 / r) ** 12 - (1 / r) ** 6))


def double_pendulum(s, m1, m2, L1, L2, dt, steps):
    g = 9.81
    theta1, w1, theta2, w2 = s
    for _ in range(steps):
        delta = theta2 - theta1
        den1 = (m1 + m2) * L1 - m2 * L1 * np.cos(delta) ** 2
        a1 = (
            m2 * L1 * w1 * w1 * np.sin(delta) * np.cos(delta)
            + m2 * g * np.sin(theta2) * np.cos(delta)
            + m2 * L2 * w2 * w2 * np.sin(delta)
            - (m1 + m2) * g * np.sin(theta1)
        ) / den1
        den2 = (L2 / L1) * den1
        a2 = (
            -m2 * L2 * w2 * w2 * np.sin(delta) * np.cos(delta)
            + (m1 + m2) * g * np.sin(theta1) * np.cos(delta)
            - (m1 + m2) * L1 * w1 * w1 * np.sin(delta)
            - (m1 + m2) * g * np.sin(theta2)
        ) / den2
        theta1, w1, theta2, w2 = theta1 + dt * w1, w1 + dt * a1, theta2 + dt * w2, w2 + dt * a2
    return np.array([theta1, w1, theta2, w2])


def sir_model(beta, gamma, S0, I0, days):
    S, I, R = np.zeros(days), np.zeros(days), np.zeros(days)
    S[0], I[0] = S0, I0
    for t in range(1, days):
        new = beta * S[t - 1] * I[t - 1]
        rec = gamma * I[t - 1]
        S[t] = S[t - 1] - new
        I[t] = I[t - 1] + new - rec
        R[t] = R[t - 1] + rec
    return S, I, R


def implicit_euler_stiff(y0, A, h, steps):
    identity = np.eye(len(y0))
    ys = [y0]
    for _ in range(steps):
        ys.append(np.linalg.solve(identity - h * A, ys[-1]))
    return np.vstack(ys)


def hodgkin_huxley(V0, I_ext, dt):
    C, g_Na, g_K, g_L = 1.0, 120.0, 36.0, 0.3
    E_Na, E_K, E_L = 50.0, -77.0, -54.387
    n_steps = len(I_ext)
    V = np.zeros(n_steps + 1)
    V[0] = V0
    m, h, n = 0.05, 0.6, 0.32
    for t in range(n_steps):
        v = V[t]
        am = 0.1 * (v + 40.0) / (1.0 - np.exp(-(v + 40.0) / 10.0))
        bm = 4.0 * np.exp(-(v + 65.0) / 18.0)
        ah = 0.07 * np.exp(-(v + 65.0) / 20.0)
        bh = 1.0 / (1.0 + np.exp(-(v + 35.0) / 10.0))
        an = 0.01 * (v + 55.0) / (1.0 - np.exp(-(v + 55.0) / 10.0))
        bn = 0.125 * np.exp(-(v + 65) / 80.0)
        m = m + dt * (am * (1 - m) - bm * m)
        h = h + dt * (ah * (1 - h) - bh * h)
        n = n + dt * (an * (1 - n) - bn * n)
        current = g_Na * m**3 * h * (v - E_Na) + g_K * n**4 * (v - E_K) + g_L * (v - E_L)
        V[t + 1] = v + dt * (I_ext[t] - current) / C
    return V


def kuramoto(theta, omega, K, dt, steps):
    n = theta.size
    order = []
    for _ in range(steps):
        diff = np.subtract.outer(theta, theta)
        theta = theta + dt * (omega - K / n * np.sin(diff).sum(axis=1))
        order.append(np.abs(np.exp(1j * theta).mean()))
    return theta, np.array(order)


def adaptive_step_size(err, h, tol):
    if err > tol:
        h = h * np.maximum(0.1, 0.9 * (tol / err) ** 0.25)
    else:
        h = h * np.minimum(5.0, 0.9 * (tol / err) ** 0.2)
    return h


def boids_step(pos, vel, radius):
    n = len(pos)
    d = np.linalg.norm(pos[:, None] - pos, axis=2)
    near = (d < radius) & ~np.eye(n, dtype=bool)
    count = np.maximum(near.sum(axis=1), 1).reshape(-1, 1)
    center = near @ pos / count - pos
    align = near @ vel / count - vel
    vel = vel + 0.01 * center + 0.125 * align
    speed = np.sqrt((vel**2).sum(1))
    too_fast = speed > 1.0
    vel[too_fast] = vel[too_fast] / speed[too_fast][:, None]
    return pos + vel, vel
