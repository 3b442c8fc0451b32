"""Right answers to the exercises of lesson 07, in other ways than the course's own."""

import numpy as np
import scipy.linalg

from course_utils.backend import tf


def turned_first(features):
    channels = tf.transpose(features[0], (2, 0, 1))
    flat = tf.reshape(channels, (tf.shape(channels)[0], -1))
    return flat @ tf.transpose(flat)


def by_singular_values(picture, like):
    """The roots by SciPy's svd, whose values are never below 0."""

    def root(pixels, inverse):
        u, values, _ = scipy.linalg.svd(np.cov(pixels, rowvar=False, bias=True))
        return u @ np.diag(np.sqrt(values) if not inverse else 1 / np.sqrt(values)) @ u.T

    x, y = picture.reshape(-1, 3), like.reshape(-1, 3)
    return ((root(y, False) @ root(x, True) @ (x - x.mean(0)).T).T + y.mean(0)).reshape(picture.shape)


def one_by_one(F, A):
    M, N = F.shape
    change = F.T @ F - A
    return (
        np.array([[sum(F[k, j] * change[j, i] for j in range(N)) for i in range(N)] for k in range(M)]) / (M * N) ** 2
    )


RIGHT = {
    "gram_matrix": [turned_first, lambda features: tf.einsum("bhwi,bhwj->ij", features, features)],
    "shuffled": ["b)", "B", '"b"'],
    "colours_like": [by_singular_values],
    "gram_gradient": [one_by_one, lambda F, A: (F @ (F.T @ F - A) / F.size**2).astype("float32")],
    "distinct_numbers": [
        lambda channels: len([1 for C in channels for i in range(C) for j in range(i, C)]),
        lambda channels: int(np.sum([(C**2 + C) / 2 for C in channels])),
    ],
    "tells_apart": ["(c)", "C."],
}
