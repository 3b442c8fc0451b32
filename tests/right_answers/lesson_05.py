"""Right answers to the exercises of lesson 05, in other ways than the course's own."""

import numpy as np

from course_utils.backend import tf


def score_with_a_cut(activations, weights, border):
    score = tf.constant(0.0)
    for name in weights:
        a = activations[name]
        if border > 0:
            a = a[:, border:-border, border:-border, :]
        score = score + weights[name] * tf.reduce_mean(tf.square(a)) / 2
    return score


def score_in_float64(activations, weights, border):
    total = tf.zeros((), "float64")
    for name, weight in weights.items():
        a = tf.cast(activations[name], "float64")
        shape = tf.shape(a)
        inner = tf.slice(a, [0, border, border, 0], [-1, shape[1] - 2 * border, shape[2] - 2 * border, -1])
        total += weight * tf.nn.l2_loss(inner) / tf.cast(tf.size(inner), "float64")
    return total


def score_with_a_mask(activations, weights, border):
    terms = []
    for name, weight in weights.items():
        h, w = tf.shape(activations[name])[1], tf.shape(activations[name])[2]
        rows, columns = tf.range(h), tf.range(w)
        rows, columns = (
            rows[(rows >= border) & (rows < h - border)],
            columns[(columns >= border) & (columns < w - border)],
        )
        inner = tf.gather(tf.gather(activations[name], rows, axis=1), columns, axis=2)
        terms.append(0.5 * weight * tf.reduce_mean(inner * inner))
    return tf.add_n(terms)


def steps_as_an_array(gradient):
    g = gradient / np.abs(gradient).mean()
    return np.array([1.5, 1.275, 1.275 / g.std(ddof=1), 2550 / np.linalg.norm(g.ravel())])


def steps_taken(gradient):
    """With the small numbers that programs add against a division by zero."""
    mean, deviation = tf.reduce_mean(tf.abs(gradient)), tf.math.reduce_std(gradient)
    norm = tf.sqrt(tf.reduce_sum(tf.square(gradient)))
    steps = [
        1.5 * gradient / (mean + 1e-8),
        0.01 * gradient / tf.maximum(mean, 1e-6) * 255 / 2,
        0.01 * gradient / (deviation + 1e-8) * 255 / 2,
        20 * gradient / norm * 255 / 2,
    ]
    return tf.stack([tf.reduce_mean(tf.abs(step)) for step in steps])


def steps_as_a_tuple(gradient):
    mean = float(np.mean(np.abs(gradient), dtype="float64"))
    size = mean / np.array([mean, mean, gradient.std(), np.sqrt((gradient.astype("float64") ** 2).sum())])
    return tuple(size * [1.5, 1.275, 1.275, 2550])


def rolled_one_axis_at_a_time(gradient_of, picture, shift):
    rolled = np.roll(np.roll(picture, shift[0], 0), shift[1], 1)
    return np.roll(np.roll(gradient_of(rolled), -shift[1], 1), -shift[0], 0)


def rolled_by_numbers(gradient_of, picture, shift):
    rows, columns = ((np.arange(n) - s) % n for n, s in zip(picture.shape[:2], shift))
    gradient = np.empty(picture.shape)
    gradient[np.ix_(rows, columns)] = gradient_of(picture[rows][:, columns])
    return gradient


def rolled_back_by_tensorflow(gradient_of, picture, shift):
    return tf.roll(gradient_of(np.roll(picture, shift, (0, 1))), -shift, (0, 1))


def octave_by_lost_detail(dreamt, base, original, enlarge):
    return enlarge(dreamt) + (original - enlarge(base))


def octave_in_float32(dreamt, base, original, enlarge):
    return (original + enlarge(dreamt) - enlarge(base)).astype("float32")


def octave_clipped(dreamt, base, original, enlarge):
    change = enlarge(np.subtract(dreamt, base))
    return np.clip(original + change, 0, 255)


def guided_by_einsum(activation, guide):
    h, w, c = activation.shape
    best = np.einsum("ijc,klc->ijkl", activation, guide).reshape(h, w, -1).argmax(-1)
    return guide.reshape(-1, c)[best]


def guided_by_loops(activation, guide):
    delta = np.zeros(activation.shape)
    for i, j in np.ndindex(activation.shape[:2]):
        products = (guide * activation[i, j]).sum(-1)
        delta[i, j] = guide[np.unravel_index(products.argmax(), products.shape)]
    return delta


def guided_by_tensorflow(activation, guide):
    cells = tf.reshape(guide, (-1, guide.shape[-1]))
    best = tf.argmax(tf.matmul(tf.reshape(activation, (-1, guide.shape[-1])), cells, transpose_b=True), axis=1)
    return tf.reshape(tf.gather(cells, best), activation.shape)


def seams_by_loops(change, tile):
    at, others = [], []
    height, width = change.shape
    for i, j in np.ndindex(height, width):
        if i + 1 < height:
            (others if (i + 1) % tile else at).append(abs(float(change[i + 1, j]) - float(change[i, j])))
        if j + 1 < width:
            (others if (j + 1) % tile else at).append(abs(float(change[i, j + 1]) - float(change[i, j])))
    return sum(at) / len(at) / (sum(others) / len(others))


def seams_by_slices(change, tile):
    down, right = np.abs(change[1:] - change[:-1]), np.abs(change[:, 1:] - change[:, :-1])
    at = down[tile - 1 :: tile].sum() + right[:, tile - 1 :: tile].sum()
    count = down[tile - 1 :: tile].size + right[:, tile - 1 :: tile].size
    return (at / count) / ((down.sum() + right.sum() - at) / (down.size + right.size - count))


def seams_as_a_tensor(change, tile):
    return tf.constant(seams_by_slices(change, tile), "float32")


RIGHT = {
    "dream_score": [score_with_a_cut, score_in_float64, score_with_a_mask],
    "mean_steps": [steps_as_an_array, steps_taken, steps_as_a_tuple],
    "rolled_gradient": [rolled_one_axis_at_a_time, rolled_by_numbers, rolled_back_by_tensorflow],
    "next_octave": [octave_by_lost_detail, octave_in_float32, octave_clipped],
    "guide_delta": [guided_by_einsum, guided_by_loops, guided_by_tensorflow],
    "seam_ratio": [seams_by_loops, seams_by_slices, seams_as_a_tensor],
}
