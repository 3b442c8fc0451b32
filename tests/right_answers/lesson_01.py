"""Right answers to the exercises of lesson 01, in other ways than the course's own."""

import numpy as np
from scipy.spatial.distance import cdist

from course_utils.backend import tf


def counted(features):
    shares = {}
    for layer in features:
        values = features[layer].numpy().ravel()
        shares[layer] = 1 - np.count_nonzero(values) / len(values)
    return shares


def from_the_end(layers):
    """The field that one cell needs, walked backward."""
    field, jump = 1, 1
    for window, stride in reversed(layers):
        field = (field - 1) * stride + window
        jump = jump * stride
    return [field, jump]


def patches(maps, side, step, count=9):
    found = []
    for number, values in enumerate(maps):
        row, column = np.argwhere(values == values.max())[-1]  # The last of equal cells.
        half = (side - step) // 2
        found.append([values.max(), number, row * step - half, column * step - half])
    return sorted(found, reverse=True)[:count]


def by_a_list(table, k, count=4):
    distances = [(float(((row - table[k]) ** 2).sum()), n) for n, row in enumerate(table) if n != k]
    return [n for _, n in sorted(distances)[:count]]


def with_one_buffer(score, picture, size, stride, fill):
    height, width, _ = picture.shape
    before, hidden = score(picture), picture.astype("float64")
    drops = []
    for top in range(0, height - size + 1, stride):
        drops.append([])
        for left in range(0, width - size + 1, stride):
            kept = hidden[top : top + size, left : left + size].copy()
            hidden[top : top + size, left : left + size] = fill
            drops[-1].append(before - score(hidden))
            hidden[top : top + size, left : left + size] = kept
    return np.array(drops, "float32")


RIGHT = {
    "zero_shares": [
        counted,
        lambda features: {k: tf.reduce_mean(tf.cast(v == 0, tf.float32)) for k, v in features.items()},
    ],
    "receptive_field": [from_the_end],
    "best_patches": [patches],
    "neighbours": [by_a_list, lambda table, k, count=4: np.delete(np.argsort(own(table, k)), 0)[:count]],
    "score_drops": [with_one_buffer],
    "black_square": ["B", " b ", "b)", '"b"'],
}


def own(table, k):
    """Distances, with the row itself before all."""
    distances = cdist(table[k : k + 1], table)[0]
    distances[k] = -1
    return distances
