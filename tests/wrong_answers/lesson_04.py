"""Wrong answers to the exercises of lesson 04, with words that their refusals must hold."""

import numpy as np

from course_utils.backend import tf


def _deltas(loss=None, at_F=None, at_z=None):
    """All three right but those that are made of (z, F, P)."""

    def content_deltas(z, P):
        F = np.maximum(z, 0)
        right = 0.5 * np.sum((F - P) ** 2), F - P, np.where(z > 0, F - P, 0)
        return tuple(make(z, F, P) if make else value for make, value in zip((loss, at_F, at_z), right, strict=True))

    return content_deltas


def _deltas_in_place(z, P):
    np.maximum(z, 0, out=z)
    return 0.5 * np.sum((z - P) ** 2), z - P, np.where(z > 0, z - P, 0)


def _enlarged(values, k):
    return np.repeat(np.repeat(values, k, 0), k, 1)


def _means(picture, k):
    return np.mean([picture[i::k, j::k] for i in range(k) for j in range(k)], 0)


def _pooled_in_place(start, code, k):
    start += _enlarged(code - _means(start, k), k)
    return start


def _variations(**changed):
    """All three right but those that are made of (picture, dx, dy)."""

    def total_variations(x):
        dx, dy = x[:, :, 1:] - x[:, :, :-1], x[:, 1:] - x[:, :-1]
        right = {
            "squared": lambda x, dx, dy: tf.reduce_sum(dx**2) + tf.reduce_sum(dy**2),
            "l1": lambda x, dx, dy: tf.reduce_sum(abs(dx)) + tf.reduce_sum(abs(dy)),
            "keras": lambda x, dx, dy: tf.reduce_sum((dx[:, :-1] ** 2 + dy[:, :, :-1] ** 2) ** 1.25),
        }
        return {form: make(x, dx, dy) for form, make in (right | changed).items()}

    return total_variations


def _in_numpy(x):
    x = np.asarray(x)
    dx, dy = np.diff(x, axis=2), np.diff(x, axis=1)
    keras = np.sum((dx[:, :-1] ** 2 + dy[:, :, :-1] ** 2) ** 1.25)
    return {"squared": np.sum(dx**2) + np.sum(dy**2), "l1": np.sum(abs(dx)) + np.sum(abs(dy)), "keras": keras}


def _tape_cut(x):
    return _variations(l1=lambda x, dx, dy: tf.constant(np.abs(dx).sum() + np.abs(dy).sum()))(x)


def _of_fixed_sides(x):
    h, w = x.shape[1], x.shape[2]
    dx, dy = x[:, :, 1:] - x[:, :, : w - 1], x[:, 1:] - x[:, : h - 1]
    keras = tf.reduce_sum((dx[:, : h - 1] ** 2 + dy[:, :, : w - 1] ** 2) ** 1.25)
    return {
        "squared": tf.reduce_sum(dx**2) + tf.reduce_sum(dy**2),
        "l1": tf.reduce_sum(abs(dx)) + tf.reduce_sum(abs(dy)),
        "keras": keras,
    }


def _rolled(x, dx, dy):
    return sum(tf.reduce_sum((tf.roll(x, -1, axis) - x) ** 2) for axis in (1, 2))


def _descent(sign=-1, size=lambda g: np.sqrt((g**2).mean()), falls=True, first=0, again=True):
    def descend(gradient_of, picture, steps, length):
        g = gradient_of(picture)
        for k in range(steps):
            g = gradient_of(picture) if again else g
            picture = picture + sign * length * (1 - (k + first) / steps if falls else 1) * g / size(g)
        return picture

    return descend


def _descent_in_place(gradient_of, picture, steps, length):
    for k in range(steps):
        g = gradient_of(picture)
        picture -= (length * (1 - k / steps) * g / np.sqrt((g**2).mean())).astype(picture.dtype)
    return picture


WRONG = {
    "content_deltas": [
        (_deltas(loss=lambda z, F, P: np.sum((F - P) ** 2)), ["half in front"]),
        (_deltas(loss=lambda z, F, P: np.mean((F - P) ** 2)), ["sum"]),
        (_deltas(at_F=lambda z, F, P: 2 * (F - P)), ["delta at F", "takes the 2 away"]),
        (_deltas(at_F=lambda z, F, P: P - F), ["sign is turned"]),
        (_deltas(at_F=lambda z, F, P: np.where(F > 0, F - P, 0)), ["F - P everywhere"]),
        (_deltas(at_z=lambda z, F, P: F - P), ["delta at z", "lets nothing pass"]),
        (_deltas(at_z=lambda z, F, P: z - P), ["does not change F"]),
        (_deltas(at_z=lambda z, F, P: np.where(P > 0, F - P, 0)), ["opens the ReLU"]),
        (_deltas_in_place, ["in place"]),
        (_deltas(at_z=lambda z, F, P: np.where(z >= 0, F - P, 0)), ["exactly 0"]),
        (_deltas(at_F=lambda z, F, P: tf.constant(F - P)), ["delta at F", "NumPy array"]),
        (_deltas(at_z=lambda z, F, P: np.where(z > 0, F - P, 0).tolist()), ["delta at z", "NumPy array"]),
        (_deltas(loss=lambda z, F, P: 0.5 * np.sum((F - P) ** 2, -1)), ["the loss should be one number"]),
        (lambda z, P: np.maximum(z, 0) - P, ["three things"]),
    ],
    "code_error": [
        (lambda a, a0: np.sum((a - a0) ** 2) / np.sum(a0**2), ["take the root"]),
        (lambda a, a0: 0.5 * np.sum((a - a0) ** 2) / np.sum(a0**2), ["half is for the loss"]),
        (lambda a, a0: np.linalg.norm(a - a0) / np.linalg.norm(a), ["and not by a"]),
        (lambda a, a0: np.linalg.norm(a - a0), ["divide it by the length"]),
        (lambda a, a0: np.abs(a - a0).sum() / np.abs(a0).sum(), ["sums of sizes"]),
        (
            lambda a, a0: np.linalg.norm(a - a0, axis=-1) / np.linalg.norm(a0, axis=-1),
            ["one number", "an array of shape"],
        ),
        (lambda a, a0: np.sqrt(np.mean((a - a0) ** 2)), ["own unit"]),
        (lambda a, a0: [np.linalg.norm(a - a0) / np.linalg.norm(a0)], ["one number"]),
        (lambda a, a0: np.linalg.norm(a - a0, axis=-1).mean() / np.linalg.norm(a0, axis=-1).mean(), ["should be"]),
        (lambda a, a0: float(np.sqrt(np.mean((a - a0) ** 2) / np.var(a0))), ["should be"]),
    ],
    "lost_first": [("a", ["stays longest"]), ("b)", ["sooner"]), ("e", ["one of a, b, c"])],
    "pooled_inversion": [
        (lambda start, code, k: _enlarged(code, k), ["nothing of the start"]),
        (lambda start, code, k: start + _enlarged(code, k), ["still inside"]),
        (lambda start, code, k: start + _enlarged(_means(start, k) - code, k), ["not mean - code"]),
        (lambda start, code, k: start + np.tile(code - _means(start, k), (k, k, 1)), ["np.tile"]),
        (lambda start, code, k: start + _enlarged(code - _means(start, k), k) / k**2, ["one step"]),
        (lambda start, code, k: code - _means(start, k), ["shape"]),
        (_pooled_in_place, ["in place"]),
        (lambda start, code, k: np.clip(start + _enlarged(code - _means(start, k), k), 0, 255), ["Clipped"]),
        (lambda start, code, k: (start + _enlarged(code - _means(start, k), k)).tolist(), ["NumPy array"]),
        (lambda start, code, k: start + _enlarged(code - _means(start, 2), 2), ["it stops with ValueError"]),
    ],
    "total_variations": [
        (_variations(squared=lambda x, dx, dy: tf.reduce_sum(dx**2)), ["squared", "above each other"]),
        (_variations(squared=lambda x, dx, dy: tf.reduce_mean(dx**2) + tf.reduce_mean(dy**2)), ["mean"]),
        (_variations(squared=_rolled), ["opposite border"]),
        (_variations(l1=lambda x, dx, dy: tf.reduce_sum(dx) + tf.reduce_sum(dy)), ["l1", "must not matter"]),
        (
            _variations(keras=lambda x, dx, dy: tf.reduce_sum((dx[:, :-1] ** 2 + dy[:, :, :-1] ** 2) ** 2.5)),
            ["keras", "2.5"],
        ),
        (
            _variations(keras=lambda x, dx, dy: tf.reduce_sum(dx[:, :-1] ** 2 + dy[:, :, :-1] ** 2) ** 1.25),
            ["whole sum"],
        ),
        (_in_numpy, ["TensorFlow's functions"]),
        (_tape_cut, ["no gradient", "'l1'"]),
        (_of_fixed_sides, ["compiled", "tf.shape"]),
        (
            _variations(squared=lambda x, dx, dy: tf.cast(tf.reduce_sum(dx**2) + tf.reduce_sum(dy**2), "float64")),
            ["tf.cast"],
        ),
        (_variations(l1=lambda x, dx, dy: tf.image.total_variation(x)), ["the shape ()", "(1,)"]),
        (
            _variations(keras=lambda x, dx, dy: tf.reduce_sum((dx**2)[:, :-1] ** 1.25 + (dy**2)[:, :, :-1] ** 1.25)),
            ["first"],
        ),
        (lambda x: dict(list(_variations()(x).items())[:2]), ["the keys 'squared', 'l1', 'keras'"]),
        (lambda x: tf.reduce_sum((x[:, 1:] - x[:, :-1]) ** 2), ["should be a dict"]),
    ],
    "descend": [
        (_descent(sign=1), ["goes up"]),
        (_descent(size=lambda g: 1), ["not divided"]),
        (_descent(size=lambda g: abs(g).mean()), ["mean size"]),
        (_descent(size=lambda g: abs(g).max()), ["largest value"]),
        (_descent(size=np.linalg.norm), ["SUM"]),
        (_descent(size=lambda g: (g**2).mean()), ["root is missing"]),
        (_descent(falls=False), ["same length"]),
        (_descent(first=1), ["count the steps from 0"]),
        (_descent(again=False), ["inside the loop"]),
        (lambda f, x, n, length: x, ["the one that has moved"]),
        (lambda f, x, n, length: f(x), ["should be"]),
        (lambda f, x, n, length: f(x[None])[0], ["gradient_of takes a picture"]),
        (lambda f, x, n, length: _descent()(f, x, n, length).tolist(), ["NumPy array"]),
        (_descent_in_place, ["changes `picture` in place"]),
    ],
}
