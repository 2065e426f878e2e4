"""Rotations, cameras, curves and meshes."""

import numpy as np


def rotation_matrix_2d(theta):
    c, s = np.cos(theta), np.sin(theta)
    return np.array([[c, -s], [s, c]])


def euler_to_matrix(angles):
    roll, pitch, yaw = angles
    Rx = np.array([[1, 0, 0], [0, np.cos(roll), -np.sin(roll)], [0, np.sin(roll), np.cos(roll)]])
    Ry = np.array([[np.cos(pitch), 0, np.sin(pitch)], [0, 1, 0], [-np.sin(pitch), 0, np.cos(pitch)]])
    Rz = np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1]])
    return Rz @ Ry @ Rx


def skew(v):
    return np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])


def rodrigues(rvec):
    theta = np.linalg.norm(rvec)
    k = rvec / theta
    K = skew(k)
    return np.eye(3) + np.sin(theta) * K + (1 - np.cos(theta)) * np.dot(K, K)


def quaternion_multiply(q, r):
    w0, x0, y0, z0 = q
    w1, x1, y1, z1 = r
    return np.array(
        [
            -x1 * x0 - y1 * y0 - z1 * z0 + w1 * w0,
            x1 * w0 + y1 * z0 - z1 * y0 + w1 * x0,
            -x1 * z0 + y1 * w0 + z1 * x0 + w1 * y0,
            x1 * y0 - y1 * x0 + z1 * w0 + w1 * z0,
        ],
        dtype=np.float64,
    )


def quaternion_rotate(q, v):
    q = q / np.linalg.norm(q)
    q_conj = q * np.array([1, -1, -1, -1])
    v_q = np.concatenate(([0.0], v))
    return quaternion_multiply(quaternion_multiply(q, v_q), q_conj)[1:]


def slerp(q0, q1, t):
    dot = np.clip(np.sum(q0 * q1), -1.0, 1.0)
    theta_0 = np.arccos(dot)
    s0 = np.sin((1 - t) * theta_0) / np.sin(theta_0)
    s1 = np.sin(t * theta_0) / np.sin(theta_0)
    return s0 * q0 + s1 * q1


def pinhole_projection(points, K, R, t):
    cam = (R @ points.T + t.reshape(3, 1)).T
    homogeneous = (K @ cam.T).T
    return homogeneous[:, :2] / homogeneous[:, 2:]


def look_at(eye, target, up):
    forward = target - eye
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    true_up = np.cross(right, forward)
    view = np.identity(4)
    view[0, :3] = right
    view[1, :3] = true_up
    view[2, :3] = -forward
    view[:3, 3] = -view[:3, :3] @ eye
    return view


def normalize_points_dlt(pts):
    centroid = pts.mean(axis=0)
    scale = np.sqrt(2) / np.mean(np.linalg.norm(pts - centroid, axis=1))
    T = np.array([[scale, 0, -scale * centroid[0]], [0, scale, -scale * centroid[1]], [0, 0, 1]])
    homogeneous = np.column_stack((pts, np.ones(len(pts))))
    return (T @ homogeneous.T).T


def kabsch(P, Q):
    Pc = P - P.mean(axis=0)
    Qc = Q - Q.mean(axis=0)
    H = Pc.T @ Qc
    U, S, Vt = np.linalg.svd(H)
    d = np.sign(np.linalg.det(Vt.T @ U.T))
    D = np.diag(np.array([1.0, 1.0, d]))
    R = Vt.T @ D @ U.T
    return R, np.sqrt(np.mean(np.sum((Pc @ R.T - Qc) ** 2, axis=1)))


def icp_step(source, target):
    d = ((source[:, None, :] - target[None, :, :]) ** 2).sum(-1)
    matched = target[np.argmin(d, axis=1)]
    mu_s, mu_t = source.mean(0), matched.mean(0)
    W = (matched - mu_t).T @ (source - mu_s)
    U, _, Vt = np.linalg.svd(W)
    R = U @ Vt
    return (R @ (source - mu_s).T).T + mu_t


def pairwise_distances(X):
    G = X @ X.T
    sq = np.diag(G)
    D2 = np.add.outer(sq, sq) - 2 * G
    np.maximum(D2, 0, out=D2)
    return D2


def ray_sphere(origins, directions, center, radius):
    oc = origins - center
    b = 2.0 * np.sum(oc * directions, axis=-1)
    c = np.sum(oc * oc, axis=-1) - radius**2
    disc = b**2 - 4 * c
    hit = disc > 0
    t = np.where(hit, (-b - np.sqrt(np.where(hit, disc, 1.0))) / 2, np.inf)
    return np.where(np.isfinite(t), t, 0.0), hit


def lambert_shading(normals, light, albedo):
    light = light / np.linalg.norm(light)
    intensity = np.clip(normals @ light, 0, None)
    return np.clip(albedo[None, :] * intensity[:, None], 0.0, 1.0)


def triangle_areas(vertices, faces):
    a, b, c = vertices[faces[:, 0]], vertices[faces[:, 1]], vertices[faces[:, 2]]
    n = np.cross(b - a, c - a)
    return 0.5 * np.linalg.norm(n, axis=1)


def vertex_normals(vertices, faces):
    tris = vertices[faces]
    n = np.cross(tris[:, 1] - tris[:, 0], tris[:, 2] - tris[:, 0])
    normals = np.zeros(vertices.shape, dtype=vertices.dtype)
    for k in range(3):
        np.add.at(normals, faces[:, k], n)
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def polygon_area(x, y):
    return 0.5 * np.abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))


def bezier_de_casteljau(points, t):
    pts = points.copy()
    n = len(pts)
    for r in range(1, n):
        for i in range(n - r):
            pts[i] = (1 - t) * pts[i] + t * pts[i + 1]
    return pts[0]


def bspline_basis(t, knots, degree):
    n = len(knots) - degree - 1

    def basis(i, k):
        if k == 0:
            return np.where((knots[i] <= t) & (t < knots[i + 1]), 1.0, 0.0)
        left = (t - knots[i]) / (knots[i + k] - knots[i]) * basis(i, k - 1)
        right = (knots[i + k + 1] - t) / (knots[i + k + 1] - knots[i + 1]) * basis(i + 1, k - 1)
        return left + right

    return np.stack([basis(i, degree) for i in range(n)], axis=1)


def haversine(lon1, lat1, lon2, lat2):
    lon1, lat1, lon2, lat2 = map(np.radians, [lon1, lat1, lon2, lat2])
    a = np.sin((lat2 - lat1) / 2.0) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2.0) ** 2
    return 6371 * 2 * np.arcsin(np.sqrt(a))


def barycentric(p, a, b, c):
    v0, v1, v2 = b - a, c - a, p - a
    d00, d01, d11 = v0 @ v0, v0 @ v1, v1 @ v1
    d20, d21 = v2 @ v0, v2 @ v1
    denom = d00 * d11 - d01 * d01
    v = (d11 * d20 - d01 * d21) / denom
    w = (d00 * d21 - d01 * d20) / denom
    return np.array([1.0 - v - w, v, w])


def forward_kinematics(joint_angles, link_lengths):
    T = np.eye(4)
    positions = [T[:3, 3]]
    for theta, length in zip(joint_angles, link_lengths):
        step = np.array(
            [
                [np.cos(theta), -np.sin(theta), 0, length * np.cos(theta)],
                [np.sin(theta), np.cos(theta), 0, length * np.sin(theta)],
                [0, 0, 1, 0],
                [0, 0, 0, 1],
            ]
        )
        T = T @ step
        positions.append(T[:3, 3])
    return np.array(positions)


def jacobian_ik_step(theta, lengths, target):
    angles = np.cumsum(theta)
    xy = np.array([np.sum(lengths * np.cos(angles)), np.sum(lengths * np.sin(angles))])
    J = np.zeros((2, len(theta)))
    for i in range(len(theta)):
        J[0, i] = -np.sum(lengths[i:] * np.sin(angles[i:]))
        J[1, i] = np.sum(lengths[i:] * np.cos(angles[i:]))
    return theta + np.linalg.pinv(J) @ (target - xy)


def homogeneous_inverse(T):
    R = T[:3, :3]
    p = T[:3, 3]
    return np.block([[R.T, -R.T @ p[:, None]], [np.zeros((1, 3)), np.ones((1, 1))]])


def fit_plane(points):
    centroid = points.mean(axis=0)
    _, _, vh = np.linalg.svd(points - centroid)
    normal = vh[-1]
    distances = np.abs((points - centroid) @ normal)
    return centroid, distances


def nerf_render(densities, colors, deltas):
    alpha = 1.0 - np.exp(-densities * deltas)
    trans = np.cumprod(np.concatenate([np.ones((alpha.shape[0], 1)), 1.0 - alpha + 1e-10], -1), -1)[:, :-1]
    weights = alpha * trans
    return np.sum(weights[..., None] * colors, -2), weights.sum(-1)
