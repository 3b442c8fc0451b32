"""Wrong answers to the exercises of lesson 07, with words that their refusals must hold."""

import numpy as np

from course_utils.backend import tf


def _flat(features):
    return tf.reshape(features, (-1, features.shape[-1]))


def _gram(features):
    return tf.matmul(_flat(features), _flat(features), transpose_a=True)


def _no_transpose(features):
    rows = tf.reshape(features, (features.shape[-1], -1))
    return tf.matmul(rows, rows, transpose_b=True)


def _counted_sides(features):
    _, height, width, channels = features.shape
    flat = tf.reshape(features, (height * width, channels))
    return tf.matmul(flat, flat, transpose_a=True)


def _centred(features):
    return _gram(_flat(features) - tf.reduce_mean(_flat(features), 0))


def _through_numpy(features):
    return tf.constant(np.einsum("bhwi,bhwj->ij", features, features))


def _one_matrix_a_position(features):
    return _flat(features)[:, :, None] * _flat(features)[:, None, :]


def _moments(picture, like):
    x, y = picture.reshape(-1, 3), like.reshape(-1, 3)
    return x - x.mean(0), y.mean(0), np.cov(x.T, bias=True), np.cov(y.T, bias=True)


def _root(matrix, power):
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, 1e-9) ** power) @ vectors.T


def _matched(picture, like):
    moved, mean, cov_x, cov_y = _moments(picture, like)
    return (moved @ (_root(cov_y, 0.5) @ _root(cov_x, -0.5)).T + mean).reshape(picture.shape)


def _only_mean(picture, like):
    return picture - picture.mean((0, 1)) + like.mean((0, 1))


def _each_colour(picture, like):
    moved = (picture - picture.mean((0, 1))) / picture.std((0, 1))
    return moved * like.std((0, 1)) + like.mean((0, 1))


def _wrong_side(picture, like):
    moved, mean, cov_x, cov_y = _moments(picture, like)
    return (moved @ (_root(cov_y, 0.5) @ _root(cov_x, -0.5)) + mean).reshape(picture.shape)


def _no_root(picture, like):
    moved, mean, cov_x, cov_y = _moments(picture, like)
    return (moved @ (cov_y @ np.linalg.inv(cov_x)).T + mean).reshape(picture.shape)


def _unguarded(picture, like):
    """As the text has it: for a picture of two colours an eigenvalue of 0 comes out below 0, and its root as NaN."""
    moved, mean, cov_x, cov_y = _moments(picture, like)

    def root(matrix, power):
        values, vectors = np.linalg.eigh(matrix)
        return (vectors * values**power) @ vectors.T

    return (moved @ (root(cov_y, 0.5) @ root(cov_x, -0.5)).T + mean).reshape(picture.shape)


def _in_place(picture, like):
    found = _matched(picture, like)
    picture[...] = found
    return picture


def _lots(picture, like):
    """Noise with the right mean and covariance, that has nothing to do with the picture."""
    noise = np.random.default_rng(0).normal(0, 1, picture.shape)
    return _matched(noise, like)


def _E(F, A):
    return F @ (F.T @ F - A) / F.size**2


WRONG = {
    "shuffled": [("a", ["terms of a sum"]), ("c", ["other way round"]), ("d", ["place by place"]), ("e", ["one of a"])],
    "gram_matrix": [
        (_no_transpose, ["mixed channels", "transpose"]),
        (lambda features: tf.reduce_sum(_gram(features)), ["(10, 10)", "one number", "each pair"]),
        (lambda features: tf.reduce_sum(features**2), ["sum of squares alone"]),
        (lambda features: _gram(features) / (features.shape[1] * features.shape[2]), ["number of positions"]),
        (lambda features: _gram(features) / tf.cast(tf.size(features), tf.float32), ["number of values"]),
        (_centred, ["covariance", "means"]),
        (lambda features: tf.matmul(_flat(features), _flat(features), transpose_b=True), ["keeps the where"]),
        (lambda features: np.outer(features, features), ["tensor", "NumPy"]),
        (lambda features: tf.tensordot(tf.reshape(features, -1), tf.reshape(features, -1), 0), ["flattened map"]),
        (lambda features: tf.linalg.diag_part(_gram(features)), ["what goes with what"]),
        (_one_matrix_a_position, ["one matrix a position"]),
        (_counted_sides, ["compiled", "-1"]),
        (_through_numpy, ["gradient"]),
    ],
    "colours_like": [
        (_unguarded, ["np.maximum"]),
        (_only_mean, ["Only the mean"]),
        (_each_colour, ["scaled by itself"]),
        (lambda picture, like: np.clip(_matched(picture, like), 0, 255), ["clipped"]),
        (lambda picture, like: _matched(like, picture), ["changed places"]),
        (_wrong_side, ["wrong side"]),
        (lambda picture, like: _matched(picture, like) - like.mean((0, 1)), ["mean is missing"]),
        (_no_root, ["root"]),
        (_in_place, ["in place"]),
        (_lots, ["one map"]),
        (lambda picture, like: _matched(picture, like).reshape(-1, 3), ["shape", "(180, 3)"]),
        (lambda picture, like: picture, ["as it was"]),
    ],
    "gram_gradient": [
        (lambda F, A: F @ (F.T @ F - A), ["factor"]),
        (lambda F, A: -_E(F, A), ["sign"]),
        (lambda F, A: _E(F, A) / 4, ["4 of 4"]),
        (lambda F, A: _E(F, A) / 2, ["twice"]),
        (lambda F, A: _E(F, A) * F.size, ["squared"]),
        (lambda F, A: np.where(F > 0, _E(F, A), 0), ["before the ReLU"]),
        (lambda F, A: _E(F, A).T, ["(4, 9)", "transposed"]),
        (lambda F, A: (F.T @ F - A) / F.size**2, ["F which cells"]),
    ],
    "distinct_numbers": [
        (lambda channels: sum(C**2 for C in channels), ["symmetric"]),
        (lambda channels: sum(C * (C - 1) // 2 for C in channels), ["diagonal was left out"]),
        (lambda channels: sum(C**2 for C in channels) / 2, ["halves the diagonal"]),
        (lambda channels: sum(channels) * (sum(channels) + 1) // 2, ["of its own"]),
        (lambda channels: sum(channels), ["one number a channel"]),
        (lambda channels: channels[-1] * (channels[-1] + 1) // 2, ["last layer"]),
    ],
    "tells_apart": [("a", ["how much"]), ("b", ["each channel alone"]), ("d", ["as well"]), ("x", ["one of a, b"])],
}
