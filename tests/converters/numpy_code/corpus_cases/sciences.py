"""Calls of odes, fields, statistics and geometry."""

from __future__ import annotations

import numpy as np

from tests.converters.numpy_code.corpus_case import (
    Case,
    Generator,
    case,
    integers,
    normal,
    spd,
    stochastic,
    uniform,
)


def lattice(g: Generator) -> np.ndarray:
    """Particles on a cubic lattice, moved a little: none too close to another."""
    grid = np.stack(np.meshgrid(*[np.arange(2) * 1.2] * 3), axis=-1).reshape(-1, 3)
    return grid + 0.05 * g.normal(size=grid.shape)


def with_gaps(g: Generator) -> np.ndarray:
    x = g.normal(size=(6, 3))
    x[[0, 2, 2], [1, 0, 2]] = np.nan
    return x


def rotation(g: Generator) -> np.ndarray:
    q, _ = np.linalg.qr(g.normal(size=(3, 3)))
    made: np.ndarray = q * np.sign(np.linalg.det(q))
    return made


FACES = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]])

CASES: list[Case] = [
    case("odes.lorenz_trajectory", lambda g: (1 + normal(g, 3), 0.01, 6)),
    case("odes.euler_method", lambda _: (np.array(1.5), np.array(0.7), np.linspace(0, 1, 8))),
    case("odes.lotka_volterra", lambda _: (np.array([1.0, 0.6]), 1.1, 0.4, 0.4, 0.1, np.linspace(0, 1, 6))),
    case("odes.dormand_prince_step", lambda g: (normal(g, 2), np.array(0.1), np.array(1.3))),
    case("odes.velocity_verlet_oscillator", lambda _: (np.array(1.0), np.array(0.2), np.array(2.0), np.array(1.5), 0.05, 7)),
    case("odes.nbody_leapfrog", lambda g: (normal(g, 4, 3), normal(g, 4, 3), uniform(g, 4, 1), 0.01, 3)),
    case("odes.nbody_pairs", lambda g: (normal(g, 4, 2), uniform(g, 4))),
    case("odes.lennard_jones", lambda g: (lattice(g), 1.0, 1.0, 6.0)),
    case("odes.lennard_jones_energy", lambda g: (lattice(g),)),
    case("odes.double_pendulum", lambda g: (normal(g, 4), 1.0, 1.5, 1.0, 0.8, 0.01, 5)),
    case("odes.sir_model", lambda _: (np.array(0.4), np.array(0.1), np.array(0.9), np.array(0.1), 8)),
    case("odes.implicit_euler_stiff", lambda g: (normal(g, 3), -spd(g, 3), 0.1, 4)),
    case("odes.hodgkin_huxley", lambda g: (np.array(-65.3), 10 * uniform(g, 5), 0.01)),
    case("odes.kuramoto", lambda g: (normal(g, 5), normal(g, 5), np.array(1.2), 0.05, 4)),
    case("odes.adaptive_step_size", lambda _: (np.array(0.02), np.array(0.1), np.array(0.01))),
    case("odes.boids_step", lambda g: (normal(g, 6, 2), normal(g, 6, 2), 1.0)),
    case("fields.heat_1d", lambda g: (normal(g, 9), 0.1, 0.5, 0.2, 4)),
    case("fields.heat_1d_history", lambda g: (normal(g, 6), 0.2, 4)),
    case("fields.heat_2d", lambda g: (normal(g, 5, 6), 1.0, 0.1, 1.0, 1.0, 3)),
    case("fields.wave_1d", lambda g: (normal(g, 8), 1.0, 0.5, 0.2, 4)),
    case("fields.jacobi_poisson", lambda g: (normal(g, 5, 5), 0.2, 4)),
    case("fields.gauss_seidel_laplace", lambda g: (normal(g, 5, 5), 2)),
    case("fields.sor_red_black", lambda g: (normal(g, 5, 6), normal(g, 5, 6), 1.3, 0.2)),
    case("fields.thomas", lambda g: (uniform(g, 4), 3 + uniform(g, 5), uniform(g, 4), normal(g, 5))),
    case("fields.crank_nicolson", lambda g: (normal(g, 6), 0.4, 3)),
    case("fields.burgers_upwind", lambda g: (1 + uniform(g, 7), 0.07, 0.01, 0.2, 3)),
    case("fields.advection_lax_wendroff", lambda g: (normal(g, 8), 0.5, 4)),
    case("fields.minmod_limiter", lambda g: (normal(g, 9),)),
    case("fields.gray_scott", lambda g: (uniform(g, 5, 5), uniform(g, 5, 5), 0.2, 0.1, 0.055, 0.062, 3)),
    case("fields.turing_pattern", lambda g: (normal(g, 5, 6), normal(g, 5, 6), 2.8e-4, 5e-3, 0.5, 0.01)),
    case("fields.lattice_boltzmann_step", lambda g: (1 + 0.1 * normal(g, 3, 4, 9), 0.6)),
    case("fields.pressure_poisson", lambda g: (normal(g, 5, 5), 0.3, 0.2, normal(g, 5, 5), 3)),
    case("fields.fem_1d_assembly", lambda g: (np.linspace(0, 1, 5) + 0.02 * normal(g, 5), 1 + uniform(g, 4), normal(g, 4))),
    case("fields.truss_stiffness", lambda g: (np.array([[0.0, 0], [1, 0.1], [0.5, 0.9]]) + 0.05 * normal(g, 3, 2), [(0, 1), (1, 2), (2, 0)], 2.0)),
    case("fields.spectral_derivative", lambda g: (normal(g, 8), 2 * np.pi)),
    case("fields.spectral_poisson_2d", lambda g: (normal(g, 4, 4),)),
    case("fields.split_step_schrodinger", lambda g: (normal(g, 8), normal(g, 8), 0.3, 0.05, 3)),
    case("fields.multigrid_two_level", lambda g: (normal(g, 9), normal(g, 9), 0.125)),
    case("fields.shallow_water_step", lambda g: (1 + uniform(g, 7), normal(g, 7), 9.8, 0.1, 0.01)),
    case("fields.level_set_curvature", lambda g: (normal(g, 5, 5),)),
    case("statistics.covariance_by_hand", lambda g: (normal(g, 7, 3),)),
    case("statistics.correlation_matrix", lambda g: (normal(g, 7, 3),)),
    case("statistics.mahalanobis", lambda g: (normal(g, 5, 3), normal(g, 3), spd(g, 3))),
    case("statistics.welford", lambda g: (normal(g, 7),)),
    case("statistics.weighted_statistics", lambda g: (normal(g, 6), uniform(g, 6))),
    case("statistics.skew_kurtosis", lambda g: (normal(g, 9),)),
    case("statistics.winsorize", lambda g: (normal(g, 11), 10, 85)),
    case("statistics.robust_scale", lambda g: (normal(g, 7, 2),)),
    case("statistics.fill_nan_with_column_mean", lambda g: (with_gaps(g),), smooth=False),
    case("statistics.bootstrap_mean_ci", lambda g: (normal(g, 7), integers(g, 7, 20, 7))),
    case("statistics.kernel_density", lambda g: (normal(g, 4), normal(g, 6), 0.4)),
    case("statistics.monte_carlo_pi", lambda g: (uniform(g, 50, 2, low=0, high=1),)),
    case("statistics.black_scholes", lambda _: (np.array([90.0, 110.0]), np.array(100.0), np.array(0.7), np.array(0.03), np.array(0.25))),
    case("statistics.monte_carlo_asian_option", lambda g: (np.array(100.0), 95.0, 0.02, np.array(0.2), 1.0, normal(g, 8, 4))),
    case("statistics.heston_paths", lambda g: (100.0, 0.04, 1.5, 0.04, 0.3, normal(g, 4, 3), normal(g, 4, 3), -0.6, 0.02)),
    case("statistics.binomial_tree_american_put", lambda _: (np.array(95.0), 100.0, np.array(0.05), np.array(0.3), 1.0, 5)),
    case("statistics.implied_volatility_newton", lambda _: (np.array(9.0), np.array(100.0), 105.0, 0.8, 0.02, 0.3, 4)),
    case("statistics.max_drawdown", lambda g: (100 + normal(g, 9),)),
    case("statistics.sharpe_ratio", lambda g: (100 + normal(g, 9), 0.02)),
    case("statistics.minimum_variance_portfolio", lambda g: (normal(g, 12, 3),)),
    case("statistics.value_at_risk", lambda g: (normal(g, 12, 3), stochastic(g, 3), 0.2)),
    case("statistics.ewma_volatility", lambda g: (0.1 + uniform(g, 8), 0.94)),
    case("statistics.garch_likelihood", lambda g: (np.array([0.1, 0.2, 0.6]), normal(g, 8))),
    case("statistics.metropolis_hastings", lambda g: (np.array(0.3), normal(g, 6), np.log(uniform(g, 6))), fixed="log_u"),
    case("statistics.metropolis_branch", lambda g: (np.array(0.3), normal(g, 6), np.log(uniform(g, 6))), fixed="log_u"),
    case("statistics.importance_weights", lambda g: (normal(g, 6),)),
    case("statistics.systematic_resample", lambda g: (stochastic(g, 6), np.array(0.4), normal(g, 6, 2)), fixed="weights u0"),
    case("statistics.confusion_matrix", lambda g: (integers(g, 3, 20), integers(g, 3, 20), 3)),
    case("statistics.roc_auc", lambda g: (normal(g, 8), np.array([0, 1, 1, 0, 1, 0, 0, 1]))),
    case("statistics.mutual_information", lambda g: (stochastic(g, 12).reshape(3, 4),)),
    case("statistics.entropy_bits", lambda g: (uniform(g, 6),)),
    case("statistics.wasserstein_1d", lambda g: (normal(g, 6), normal(g, 6))),
    case("statistics.sinkhorn", lambda g: (stochastic(g, 4), stochastic(g, 3), uniform(g, 4, 3), 0.5, 6)),
    case("statistics.box_muller", lambda g: (uniform(g, 5), uniform(g, 5))),
    case("statistics.group_means", lambda g: (normal(g, 8), np.array([0, 2, 2, 0, 3, 3, 0, 2]), 5)),
    case("statistics.rolling_zscore", lambda g: (normal(g, 9), 4)),
    case("statistics.rank_transform", lambda g: (normal(g, 7),), smooth=False),
    case("statistics.durbin_levinson", lambda _: (np.array([1.0, 0.6, 0.3, 0.1]), 3)),
    case("geometry.rotation_matrix_2d", lambda _: (np.array(0.7),)),
    case("geometry.euler_to_matrix", lambda g: (normal(g, 3),)),
    case("geometry.rodrigues", lambda g: (normal(g, 3),)),
    case("geometry.quaternion_rotate", lambda g: (normal(g, 4), normal(g, 3))),
    case("geometry.slerp", lambda _: (np.array([1.0, 0, 0, 0.1]), np.array([0.6, 0.5, 0.3, 0.2]), np.array(0.3))),
    case("geometry.pinhole_projection", lambda g: (normal(g, 4, 3), np.array([[500.0, 0, 320], [0, 500, 240], [0, 0, 1]]), rotation(g), np.array([0.1, 0.2, 9.0]))),
    case("geometry.look_at", lambda g: (normal(g, 3), 5 + normal(g, 3), np.array([0.0, 1.0, 0.0]))),
    case("geometry.normalize_points_dlt", lambda g: (normal(g, 5, 2),)),
    case("geometry.kabsch", lambda g: (normal(g, 6, 3), normal(g, 6, 3))),
    case("geometry.icp_step", lambda g: (lattice(g)[:6], lattice(g))),
    case("geometry.pairwise_distances", lambda g: (normal(g, 4, 3),), smooth=False),
    case("geometry.ray_sphere", lambda g: (np.tile([0.0, 0, -5], (4, 1)), 0.2 * normal(g, 4, 3) + np.array([0.0, 0, 1]), np.array([0.1, 0, 0]), 1.0)),
    case("geometry.lambert_shading", lambda g: (normal(g, 5, 3), normal(g, 3), uniform(g, 3, high=0.4))),
    case("geometry.triangle_areas", lambda g: (normal(g, 4, 3), FACES)),
    case("geometry.vertex_normals", lambda g: (normal(g, 4, 3), FACES)),
    case("geometry.polygon_area", lambda g: (normal(g, 5), normal(g, 5))),
    case("geometry.bezier_de_casteljau", lambda g: (normal(g, 4, 2), np.array(0.3))),
    case("geometry.bspline_basis", lambda g: (uniform(g, 5, low=2.1, high=3.9), np.arange(8.0), 2), fixed="knots"),
    case("geometry.haversine", lambda g: tuple(10 * normal(g, 3) for _ in range(4))),
    case("geometry.barycentric", lambda g: tuple(normal(g, 2) for _ in range(4))),
    case("geometry.forward_kinematics", lambda g: (normal(g, 3), uniform(g, 3))),
    case("geometry.jacobian_ik_step", lambda g: (normal(g, 3), uniform(g, 3), normal(g, 2))),
    case("geometry.homogeneous_inverse", lambda g: (np.vstack([np.hstack([rotation(g), normal(g, 3, 1)]), [[0, 0, 0, 1]]]),)),
    case("geometry.fit_plane", lambda g: (normal(g, 6, 3) * np.array([3.0, 2.0, 0.1]),)),
    case("geometry.nerf_render", lambda g: (uniform(g, 3, 4), uniform(g, 3, 4, 3), uniform(g, 3, 4))),
]  # fmt: skip
