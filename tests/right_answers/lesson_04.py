"""Right answers to the exercises of lesson 04, in other ways than the course's own."""

import numpy as np

from course_utils.backend import tf


def deltas_in_float32(z, P):
    F = np.maximum(z, 0).astype("float32")
    delta = F - P.astype("float32")
    return 0.5 * np.square(delta).sum(), delta, delta * (z > 0)


def deltas_as_a_list(z, P):
    F = z.copy()
    F[F < 0] = 0
    at_z = F - P
    at_z[~(z > 0)] = 0
    return [0.5 * np.vdot(F - P, F - P), F - P, at_z]


def deltas_by_a_tape(z, P):
    x = tf.constant(z)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        F = tf.nn.relu(x)
        loss = tf.reduce_sum((F - P) ** 2) / 2
    return loss, tape.gradient(loss, F).numpy(), tape.gradient(loss, x).numpy()


def error_in_float32(a, a0):
    a, a0 = a.astype("float32"), a0.astype("float32")
    return np.sqrt(((a - a0) ** 2).mean() / (a0**2).mean())


def error_by_tensorflow(a, a0):
    return tf.norm(a - a0) / tf.norm(a0)


def error_by_a_loop(a, a0):
    above = below = 0.0
    for one, target in zip(a.ravel().tolist(), a0.ravel().tolist()):
        above, below = above + (one - target) ** 2, below + target**2
    return (above / below) ** 0.5


def variations_by_image(picture):
    dx, dy = picture[:, :, :-1] - picture[:, :, 1:], picture[:, :-1] - picture[:, 1:]
    down, right = tf.image.image_gradients(picture)
    keras = tf.pow(right**2 + down**2, 1.25)[:, :-1, :-1]
    return {
        "keras": tf.reduce_sum(keras),
        "l1": tf.image.total_variation(picture)[0],
        "squared": 2 * (tf.nn.l2_loss(dx) + tf.nn.l2_loss(dy)),
    }


def variations_by_roots(picture):
    """Whose slopes are not finite where neighbours are equal; those of the one that the lesson descends are."""
    h, w = tf.shape(picture)[1], tf.shape(picture)[2]
    dx, dy = picture[:, :, 1:w] - picture[:, :, : w - 1], picture[:, 1:h] - picture[:, : h - 1]
    return {
        "squared": tf.einsum("bijc,bijc->", dx, dx) + tf.einsum("bijc,bijc->", dy, dy),
        "l1": tf.reduce_sum(tf.maximum(dx, -dx)) + tf.reduce_sum(tf.maximum(dy, -dy)),
        "keras": tf.reduce_sum(tf.sqrt(dx[:, : h - 1] ** 2 + dy[:, :, : w - 1] ** 2) ** 2.5),
    }


def descent_in_place_of_a_copy(gradient_of, picture, steps, length):
    picture = np.array(picture, "float64")
    for k in range(steps):
        g = gradient_of(picture)
        picture -= length * (steps - k) / steps * g / np.sqrt((g**2).mean())
    return picture


def descent_by_tensorflow(gradient_of, picture, steps, length):
    picture = tf.constant(picture)
    for k in range(steps):
        g = tf.constant(gradient_of(picture))
        factor = tf.cast(length * (1 - k / steps) / tf.sqrt(tf.reduce_mean(g**2)), g.dtype)
        picture = picture - factor * g
    return picture


def descent_with_a_list_of_lengths(gradient_of, picture, steps, length):
    for now in np.linspace(length, 0, steps, endpoint=False):
        g = gradient_of(picture)
        picture = picture - now * g * np.sqrt(g.size) / np.linalg.norm(g)
    return picture


def _enlarged(code, k):
    return np.kron(code, np.ones((k, k, 1)))


def inversion_by_kron(start, code, k):
    rows, columns = code.shape[:2]
    return start - _enlarged(start.reshape(rows, k, columns, k, 3).mean((1, 3)), k) + _enlarged(code, k)


def inversion_by_loops(start, code, k):
    picture = np.array(start, "float32")
    for i, j in np.ndindex(code.shape[:2]):
        where = slice(i * k, (i + 1) * k), slice(j * k, (j + 1) * k)
        picture[where] += code[i, j] - picture[where].mean((0, 1))
    return picture


def inversion_by_descent(start, code, k):
    picture = np.array(start, "float64")
    for _ in range(40):
        means = sum(picture[i::k, j::k] for i in range(k) for j in range(k)) / k**2
        picture -= 0.5 * _enlarged(means - code, k)
    return picture


def inversion_by_tensorflow(start, code, k):
    means = tf.nn.avg_pool2d(tf.constant(start)[None], k, k, "VALID")[0]
    change = tf.constant(code) - means
    return start + tf.repeat(tf.repeat(change, k, 0), k, 1)


RIGHT = {
    "content_deltas": [deltas_in_float32, deltas_as_a_list, deltas_by_a_tape],
    "code_error": [error_in_float32, error_by_tensorflow, error_by_a_loop],
    "lost_first": ["c", " C)", '"c"'],
    "total_variations": [variations_by_image, variations_by_roots],
    "descend": [descent_in_place_of_a_copy, descent_by_tensorflow, descent_with_a_list_of_lengths],
    "pooled_inversion": [inversion_by_kron, inversion_by_loops, inversion_by_descent, inversion_by_tensorflow],
}
