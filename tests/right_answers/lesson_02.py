"""Right answers to the exercises of lesson 02, each in another way than the course's own."""

import numpy as np
from scipy import ndimage

from course_utils.backend import tf


def by_tape(a, cell, channel):
    a = tf.constant(a, tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(a)
        costs = a[cell[0], cell[1], channel], tf.reduce_sum(a[..., channel]), 0.5 * tf.reduce_sum(a**2)
    return [tf.convert_to_tensor(tape.gradient(cost, a)) for cost in costs]


def by_comparison(a, cell, channel):
    rows, columns, channels = np.indices(a.shape)
    whole = channels == channel
    return whole & (rows == cell[0]) & (columns == cell[1]), whole, a


def by_outer_products(a, cell, channel):
    down, right, across = (np.eye(n)[k] for n, k in zip(a.shape, (*cell, channel)))
    return np.stack(
        [np.einsum("i,j,c->ijc", down, right, across), np.broadcast_to(across, a.shape), a.astype("float64")]
    )


def in_loops(gradient):
    return np.array([[max(abs(float(colour)) for colour in pixel) for pixel in row] for row in gradient])


def by_the_ends(gradient):
    return np.maximum(gradient.max(axis=2), -gradient.min(axis=2))


def by_order(saliency, share):
    bright = np.zeros(saliency.size, bool)
    bright[np.argsort(-saliency.ravel())[: round(share * saliency.size)]] = True
    labels, count = ndimage.label(bright.reshape(saliency.shape))
    sizes = ndimage.sum_labels(np.ones_like(saliency), labels, range(1, count + 1))
    return labels == np.argmax(sizes) + 1


def by_flooding(saliency, share):
    free = {tuple(place) for place in np.argwhere(saliency >= np.percentile(saliency, 100 * (1 - share)))}
    largest = set()
    while free:
        region, edge = set(), [free.pop()]
        while edge:
            i, j = edge.pop()
            region.add((i, j))
            near = {(i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)} & free
            free -= near
            edge += near
        largest = max(largest, region, key=len)
    mask = np.zeros(saliency.shape, dtype=bool)
    mask[tuple(np.transpose(sorted(largest)))] = True
    return mask


def as_a_tensor(saliency, share):
    return tf.constant(by_order(saliency, share))


def by_factors(x, delta, rule):
    if rule == "plain":
        return (x > 0) * delta
    return np.maximum(delta, 0) * (1 if rule == "deconvnet" else np.heaviside(x, 0))


def cell_by_cell(x, delta, rule):
    found = np.zeros(x.shape)
    for place in np.ndindex(*x.shape):
        shut = (rule != "deconvnet" and x[place] <= 0) or (rule != "plain" and delta[place] <= 0)
        found[place] = 0 if shut else delta[place]
    return found.tolist()


def in_tensorflow(x, delta, rule):
    below = tf.nn.relu(delta) if rule != "plain" else tf.convert_to_tensor(delta)
    return below if rule == "deconvnet" else tf.where(x > 0, below, tf.zeros_like(below))


@tf.custom_gradient
def products(x):
    gate = tf.cast(x > 0, x.dtype)
    return x * gate, lambda delta: gate * tf.nn.relu(delta)


@tf.custom_gradient
def in_numpy(x):
    def back(delta):
        return np.where((x.numpy() > 0) & (delta.numpy() > 0), delta, 0)

    return np.maximum(x, 0), back


@tf.function
def compiled(x):
    return products(x)


def in_one_sum(gradient_of, picture, blank, steps):
    middles = np.arange(0.5, steps) / steps
    return sum(gradient_of((1 - share) * blank + share * picture) * (picture - blank) for share in middles) / steps


def from_the_picture_back(gradient_of, picture, blank, steps):
    part = (picture.astype("float64") - blank) / steps
    return np.add.reduce([part * gradient_of(picture - (k + 0.5) * part) for k in range(steps)])


def by_running_mean(gradient_of, picture, blank, steps):
    way, mean = picture - blank, np.zeros_like(picture)
    for k in range(steps):
        mean += (gradient_of(blank + (2 * k + 1) / (2 * steps) * way) - mean) / (k + 1)
    return way * mean


RIGHT = {
    "deltas": [by_tape, by_comparison, by_outer_products],
    "saliency_of": [in_loops, by_the_ends, lambda gradient: np.linalg.norm(gradient, np.inf, -1)],
    "saliency_mask": [by_order, by_flooding, as_a_tensor],
    "relu_backward": [by_factors, cell_by_cell, in_tensorflow],
    "guided_relu": [products, in_numpy, compiled],
    "unmoved": ["C", " c ", '"c"', "c)"],
    "integrated_gradients": [in_one_sum, from_the_picture_back, by_running_mean],
}
