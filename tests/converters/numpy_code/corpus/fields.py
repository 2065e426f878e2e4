"""Partial differential equations on grids, finite elements, spectral methods."""

import numpy as np


def heat_1d(u0, alpha, dx, dt, steps):
    u = u0.copy()
    for _ in range(steps):
        u[1:-1] = u[1:-1] + alpha * dt / dx**2 * (u[2:] - 2 * u[1:-1] + u[:-2])
        u[0] = 0
        u[-1] = 0
    return u


def heat_1d_history(u_init, r, nt):
    nx = u_init.shape[0]
    u = np.zeros((nt, nx))
    u[0, :] = u_init
    for n in range(0, nt - 1):
        for i in range(1, nx - 1):
            u[n + 1, i] = u[n, i] + r * (u[n, i + 1] - 2 * u[n, i] + u[n, i - 1])
        u[n + 1, 0] = u[n + 1, 1]
        u[n + 1, nx - 1] = u[n + 1, nx - 2]
    return u


def heat_2d(u, D, dt, dx2, dy2, steps):
    u0 = u.copy()
    for _ in range(steps):
        u[1:-1, 1:-1] = u0[1:-1, 1:-1] + D * dt * (
            (u0[2:, 1:-1] - 2 * u0[1:-1, 1:-1] + u0[:-2, 1:-1]) / dx2
            + (u0[1:-1, 2:] - 2 * u0[1:-1, 1:-1] + u0[1:-1, :-2]) / dy2
        )
        u0 = u.copy()
    return u0, u


def wave_1d(u0, c, dx, dt, steps):
    C2 = (c * dt / dx) ** 2
    u_prev = u0.copy()
    u = u0.copy()
    u[1:-1] = u_prev[1:-1] + 0.5 * C2 * (u_prev[2:] - 2 * u_prev[1:-1] + u_prev[:-2])
    for _ in range(steps):
        u_next = np.zeros_like(u)
        u_next[1:-1] = -u_prev[1:-1] + 2 * u[1:-1] + C2 * (u[2:] - 2 * u[1:-1] + u[:-2])
        u_next[0] = 0
        u_next[-1] = 0
        u_prev, u = u, u_next
    return u


def jacobi_poisson(f, h, iterations):
    u = np.zeros_like(f)
    for _ in range(iterations):
        new = u.copy()
        new[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - h**2 * f[1:-1, 1:-1])
        u = new
    return u


def gauss_seidel_laplace(u, sweeps):
    n, m = u.shape
    for _ in range(sweeps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                u[i, j] = 0.25 * (u[i + 1, j] + u[i - 1, j] + u[i, j + 1] + u[i, j - 1])
    return u


def sor_red_black(u, f, omega, h):
    i, j = np.meshgrid(np.arange(u.shape[0]), np.arange(u.shape[1]), indexing="ij")
    interior = (i > 0) & (i < u.shape[0] - 1) & (j > 0) & (j < u.shape[1] - 1)
    for colour in (0, 1):
        mask = interior & ((i + j) % 2 == colour)
        avg = 0.25 * (
            np.roll(u, 1, axis=0) + np.roll(u, -1, axis=0) + np.roll(u, 1, axis=1) + np.roll(u, -1, axis=1) - h * h * f
        )
        u[mask] = (1 - omega) * u[mask] + omega * avg[mask]
    return u


def thomas(a, b, c, d):
    n = len(d)
    ac, bc, cc, dc = map(np.array, (a, b, c, d))
    for it in range(1, n):
        mc = ac[it - 1] / bc[it - 1]
        bc[it] = bc[it] - mc * cc[it - 1]
        dc[it] = dc[it] - mc * dc[it - 1]
    xc = bc
    xc[-1] = dc[-1] / bc[-1]
    for il in range(n - 2, -1, -1):
        xc[il] = (dc[il] - cc[il] * xc[il + 1]) / bc[il]
    return xc


def crank_nicolson(u, r, steps):
    n = len(u)
    A = np.diag((2 + 2 * r) * np.ones(n)) + np.diag(-r * np.ones(n - 1), 1) + np.diag(-r * np.ones(n - 1), -1)
    B = np.diag((2 - 2 * r) * np.ones(n)) + np.diag(r * np.ones(n - 1), 1) + np.diag(r * np.ones(n - 1), -1)
    for _ in range(steps):
        u = np.linalg.solve(A, B.dot(u))
    return u


def burgers_upwind(u, nu, dt, dx, nt):
    nx = len(u)
    for _ in range(nt):
        un = u.copy()
        for i in range(1, nx - 1):
            u[i] = un[i] - un[i] * dt / dx * (un[i] - un[i - 1]) + nu * dt / dx**2 * (un[i + 1] - 2 * un[i] + un[i - 1])
        u[0] = un[0] - un[0] * dt / dx * (un[0] - un[-2])
        u[-1] = u[0]
    return u


def advection_lax_wendroff(u, c, steps):
    for _ in range(steps):
        up, um = np.roll(u, -1), np.roll(u, 1)
        u = u - 0.5 * c * (up - um) + 0.5 * c**2 * (up - 2 * u + um)
    return u


def minmod_limiter(u):
    du = np.diff(u)
    a, b = du[:-1], du[1:]
    return 0.5 * (np.sign(a) + np.sign(b)) * np.minimum(np.abs(a), np.abs(b))


def laplacian(Z):
    return (
        -4 * Z
        + np.roll(Z, (0, -1), (0, 1))
        + np.roll(Z, (0, 1), (0, 1))
        + np.roll(Z, (-1, 0), (0, 1))
        + np.roll(Z, (1, 0), (0, 1))
    )


def gray_scott(A, B, DA, DB, f, k, steps):
    for _ in range(steps):
        reaction = A * B**2
        diff_A = DA * laplacian(A) - reaction + f * (1 - A)
        diff_B = DB * laplacian(B) + reaction - (k + f) * B
        A += diff_A
        B += diff_B
    return A, B


def turing_pattern(U, V, a, b, dx, dt):
    def lap(Z):
        Ztop = Z[0:-2, 1:-1]
        Zleft = Z[1:-1, 0:-2]
        Zbottom = Z[2:, 1:-1]
        Zright = Z[1:-1, 2:]
        Zcenter = Z[1:-1, 1:-1]
        return (Ztop + Zleft + Zbottom + Zright - 4 * Zcenter) / dx**2

    for _ in range(3):
        deltaU, deltaV = lap(U), lap(V)
        Uc, Vc = U[1:-1, 1:-1], V[1:-1, 1:-1]
        U[1:-1, 1:-1], V[1:-1, 1:-1] = (
            Uc + dt * (a * deltaU + Uc - Uc**3 - Vc),
            Vc + dt * (b * deltaV + Uc - Vc),
        )
        for Z in (U, V):
            Z[0, :] = Z[1, :]
            Z[-1, :] = Z[-2, :]
            Z[:, 0] = Z[:, 1]
            Z[:, -1] = Z[:, -2]
    return U, V


def lattice_boltzmann_step(F, tau):
    idxs = np.arange(9)
    cxs = np.array([0, 0, 1, 1, 1, 0, -1, -1, -1])
    cys = np.array([0, 1, 1, 0, -1, -1, -1, 0, 1])
    weights = np.array([4 / 9, 1 / 9, 1 / 36, 1 / 9, 1 / 36, 1 / 9, 1 / 36, 1 / 9, 1 / 36])
    for i, cx, cy in zip(idxs, cxs, cys):
        F[:, :, i] = np.roll(F[:, :, i], cx, axis=1)
        F[:, :, i] = np.roll(F[:, :, i], cy, axis=0)
    rho = np.sum(F, 2)
    ux = np.sum(F * cxs, 2) / rho
    uy = np.sum(F * cys, 2) / rho
    Feq = np.zeros(F.shape)
    for i, cx, cy, w in zip(idxs, cxs, cys, weights):
        Feq[:, :, i] = (
            rho * w * (1 + 3 * (cx * ux + cy * uy) + 9 * (cx * ux + cy * uy) ** 2 / 2 - 3 * (ux**2 + uy**2) / 2)
        )
    F += -(1.0 / tau) * (F - Feq)
    return F


def pressure_poisson(p, dx, dy, b, nit):
    pn = np.empty_like(p)
    for _ in range(nit):
        pn = p.copy()
        p[1:-1, 1:-1] = ((pn[1:-1, 2:] + pn[1:-1, 0:-2]) * dy**2 + (pn[2:, 1:-1] + pn[0:-2, 1:-1]) * dx**2) / (
            2 * (dx**2 + dy**2)
        ) - dx**2 * dy**2 / (2 * (dx**2 + dy**2)) * b[1:-1, 1:-1]
        p[:, -1] = p[:, -2]
        p[0, :] = p[1, :]
        p[:, 0] = p[:, 1]
        p[-1, :] = 0
    return p


def fem_1d_assembly(nodes, k, f):
    n = len(nodes)
    K = np.zeros((n, n))
    F = np.zeros(n)
    for e in range(n - 1):
        h = nodes[e + 1] - nodes[e]
        ke = k[e] / h * np.array([[1, -1], [-1, 1]])
        fe = f[e] * h / 2 * np.array([1, 1])
        dofs = [e, e + 1]
        K[np.ix_(dofs, dofs)] += ke
        F[dofs] += fe
    K[0, :] = 0
    K[0, 0] = 1
    F[0] = 0
    return np.linalg.solve(K, F)


def truss_stiffness(coords, elements, EA):
    ndof = 2 * len(coords)
    K = np.zeros((ndof, ndof))
    for a, b in elements:
        d = coords[b] - coords[a]
        L = np.sqrt(d @ d)
        c, s = d / L
        T = np.array([[c, s, 0, 0], [0, 0, c, s]])
        kl = EA / L * np.array([[1.0, -1.0], [-1.0, 1.0]])
        dofs = np.array([2 * a, 2 * a + 1, 2 * b, 2 * b + 1])
        K[dofs[:, None], dofs] += T.T @ kl @ T
    return K


def spectral_derivative(u, L):
    n = u.size
    k = 2 * np.pi * np.fft.fftfreq(n, d=L / n)
    return np.real(np.fft.ifft(1j * k * np.fft.fft(u)))


def spectral_poisson_2d(f):
    n = f.shape[0]
    k = np.fft.fftfreq(n) * n
    kx, ky = np.meshgrid(k, k)
    denom = -(kx**2 + ky**2)
    denom[0, 0] = 1.0
    u_hat = np.fft.fft2(f) / denom
    u_hat[0, 0] = 0
    return np.fft.ifft2(u_hat).real


def split_step_schrodinger(psi_re, V, dx, dt, steps):
    psi = psi_re.astype(complex)
    n = len(V)
    k = 2 * np.pi * np.fft.fftfreq(n, dx)
    half = np.exp(-0.5j * V * dt)
    kinetic = np.exp(-0.5j * k**2 * dt)
    for _ in range(steps):
        psi = half * psi
        psi = np.fft.ifft(kinetic * np.fft.fft(psi))
        psi *= half
    return np.abs(psi) ** 2


def restrict(r):
    return np.pad(0.25 * (r[1:-2:2] + 2 * r[2:-1:2] + r[3::2]), 1)


def multigrid_two_level(u, f, h):
    def smooth(v, rhs, step, n):
        for _ in range(n):
            v[1:-1] = 0.5 * (v[:-2] + v[2:] + step**2 * rhs[1:-1])
        return v

    u = smooth(u, f, h, 2)
    r = np.zeros_like(u)
    r[1:-1] = f[1:-1] + (u[2:] - 2 * u[1:-1] + u[:-2]) / h**2
    coarse = smooth(np.zeros((len(u) + 1) // 2), restrict(r), 2 * h, 4)
    fine = np.zeros_like(u)
    fine[::2] = coarse
    fine[1::2] = 0.5 * (coarse[:-1] + coarse[1:])
    return smooth(u + fine, f, h, 2)


def shallow_water_step(h, u, g, dx, dt):
    dhdx = np.gradient(h, dx)
    dudx = np.gradient(u, dx)
    return h - dt * (u * dhdx + h * dudx), u - dt * (u * dudx + g * dhdx)


def level_set_curvature(phi):
    fy, fx = np.gradient(phi)
    fyy, _ = np.gradient(fy)
    fxy, fxx = np.gradient(fx)
    return (fxx * fy**2 - 2 * fxy * fx * fy + fyy * fx**2) / (fx**2 + fy**2 + 1e-8) ** 1.5
