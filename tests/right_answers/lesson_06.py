"""Right answers to the exercises of lesson 06, in other ways than the course's own."""

import numpy as np

from course_utils import tf


def adam_in_place(gradient, m, v, t, rate, epsilon=1e-12):
    """The averages are the method's own, and it changes them where they lie."""
    m *= 0.9
    m += 0.1 * gradient
    v *= 0.999
    v += 0.001 * gradient * gradient
    return -rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + epsilon), m, v


def adam_in_float64(gradient, m, v, t, rate, epsilon=1e-12):
    """Kingma's shorter form, whose factors of float64 make float64 of all; a list of three."""
    g, root = np.asarray(gradient, "float64"), np.sqrt(np.float64(1 - 0.999**t))
    m = m + (1 - 0.9) * (g - m)
    v = v + (1 - 0.999) * (np.square(g) - v)
    return [-(rate * root / (1 - np.power(0.9, t))) * m / (np.sqrt(v) + epsilon * root), m, v]


def adam_by_tensors(gradient, m, v, t, rate, epsilon=1e-12):
    gradient = tf.constant(gradient)
    m = tf.cast(0.9 * m, gradient.dtype) + 0.1 * gradient
    v = tf.cast(0.999 * v, gradient.dtype) + 0.001 * gradient**2
    change = -rate * (m / (1 - 0.9**t)) / (tf.sqrt(v / (1 - 0.999**t)) + epsilon)
    return change.numpy(), m, v


def adam_number_by_number(gradient, m, v, t, rate, epsilon=1e-12):
    n = len(gradient)
    m, v = (list(one) if np.ndim(one) else [one] * n for one in (m, v))
    m = [0.9 * m[k] + 0.1 * gradient[k] for k in range(n)]
    v = [0.999 * v[k] + 0.001 * gradient[k] ** 2 for k in range(n)]
    return [-rate * m[k] / (1 - 0.9**t) / ((v[k] / (1 - 0.999**t)) ** 0.5 + epsilon) for k in range(n)], m, v


def by_recursion(gradient, pairs):
    pairs = list(pairs)
    last = pairs[-1]

    def times(g, k):
        if k < 0:
            return g * (last[0] @ last[1]) / (last[1] @ last[1])
        s, y = pairs[k]
        rho = 1 / (s @ y)
        inner = times(g - rho * (s @ g) * y, k - 1)
        return inner - rho * (y @ inner) * s + rho * (s @ g) * s

    return -times(gradient, len(pairs) - 1)


def by_sums(gradient, pairs):
    """Without dot products of NumPy."""
    q = [float(one) for one in gradient]
    alphas = []
    for s, y in reversed(pairs):
        alphas.append(sum(a * b for a, b in zip(s, q)) / sum(a * b for a, b in zip(s, y)))
        q = [a - alphas[-1] * b for a, b in zip(q, y)]
    gamma = sum(a * b for a, b in zip(*pairs[-1])) / sum(b * b for b in pairs[-1][1])
    r = [gamma * a for a in q]
    for s, y in pairs:
        beta = alphas.pop() - sum(a * b for a, b in zip(y, r)) / sum(a * b for a, b in zip(s, y))
        r = [a + beta * float(b) for a, b in zip(r, s)]
    return -np.array(r)


def by_tensors(gradient, pairs):
    q, alphas = tf.constant(gradient), {}
    for k in range(len(pairs) - 1, -1, -1):
        s, y = pairs[k]
        alphas[k] = tf.tensordot(s, q, 1) / tf.tensordot(s, y, 1)
        q -= alphas[k] * y
    s, y = pairs[-1]
    q *= tf.tensordot(s, y, 1) / tf.tensordot(y, y, 1)
    for k, (s, y) in enumerate(pairs):
        q += (alphas[k] - tf.tensordot(y, q, 1) / tf.tensordot(s, y, 1)) * s
    return -q.numpy()


def of_a_table(gradient, pairs):
    """All pairs in two tables of m rows, and einsum."""
    S, Y = (np.array([pair[k] for pair in pairs]) for k in (0, 1))
    rho = 1 / np.einsum("mn,mn->m", S, Y)
    q, alphas = gradient.copy(), np.zeros(len(S))
    for k in reversed(range(len(S))):
        alphas[k] = rho[k] * np.einsum("n,n", S[k], q)
        q -= (alphas[k] * Y[k]).astype(q.dtype)
    q *= np.dot(S[-1], Y[-1]) / np.vdot(Y[-1], Y[-1])
    for k in range(len(S)):
        q += ((alphas[k] - rho[k] * np.inner(Y[k], q)) * S[k]).astype(q.dtype)
    return np.negative(q)


def unit_of_a_list(function, x):
    _, gradient = function(np.array(x))
    factor = (sum(one**2 for one in gradient) / len(gradient)) ** -0.5
    return lambda point: [float(factor * function(point)[0]), [factor * one for one in function(point)[1]]]


def unit_by_norm(function, x):
    factor = np.sqrt(x.size) / np.linalg.norm(function(x)[1])
    return lambda point: tuple(factor * part for part in function(point))


class Scaled:
    def __init__(self, function, x):
        self.function = function
        self.unit = tf.sqrt(tf.reduce_mean(tf.square(function(x)[1]))).numpy()

    def __call__(self, x):
        loss, gradient = self.function(x)
        gradient /= self.unit
        return loss / self.unit, gradient


def by_polyfit(loss, slope, step, new_loss):
    """The parabola from its three conditions."""
    conditions = np.array([[0, 0, 1], [0, 1, 0], [step**2, step, 1]])
    c, b, _ = np.linalg.solve(conditions, [loss, slope, new_loss])
    return np.median([0.1 * step, -b / (2 * c), 0.5 * step])


def by_shares(loss, slope, step, new_loss):
    promised, came = -slope * step, loss - new_loss
    return step * min(max(promised / (2 * (promised - came)), 0.1), 0.5)


def of_a_tensor(loss, slope, step, new_loss):
    return tf.clip_by_value(
        tf.constant(-slope * step**2 / (2 * (new_loss - loss - slope * step)), "float64"), 0.1 * step, 0.5 * step
    )


def pixel_by_pixel(x, shape, mean):
    picture = np.zeros(shape)
    for k, value in enumerate(x):
        picture[np.unravel_index(k, shape)] = min(max(value + mean[k % 3], 0), 255)
    return picture


def of_a_copy(x, shape, mean):
    picture = x.copy().reshape(shape)
    picture += mean
    picture[picture < 0] = 0
    picture[picture > 255] = 255
    return picture


RIGHT = {
    "adam_step": [adam_in_place, adam_in_float64, adam_by_tensors, adam_number_by_number],
    "lbfgs_direction": [by_recursion, by_sums, by_tensors, of_a_table],
    "shorter_step": [by_polyfit, by_shares, of_a_tensor],
    "ten_rounds": ["b", " B ", "b)", '"b"'],
    "put_in_unit": [unit_of_a_list, unit_by_norm, Scaled],
    "look_at": [
        pixel_by_pixel,
        of_a_copy,
        lambda x, shape, mean: tf.clip_by_value(tf.reshape(x, shape) + mean, 0, 255),
        lambda x, shape, mean: np.minimum(255, np.maximum(0, (x + np.tile(mean, x.size // 3)).reshape(shape))),
    ],
}
