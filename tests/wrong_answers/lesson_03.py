"""Wrong answers to the exercises of lesson 03, with words that their refusals must hold."""

import numpy as np

from course_utils.backend import tf


def softmax(scores):
    shares = np.exp(scores - scores.max())
    return shares / shares.sum()


def deltas(first=None, share=None, log=None):
    """All three deltas right but those that are given, made of (one-hot, shares, k, scores)."""

    def class_deltas(scores, k):
        e, p = np.eye(len(scores))[k], softmax(scores)
        right = e, p[k] * (e - p), e - p
        made = (first, share, log)
        return tuple(right[i] if make is None else make(e, p, k, scores) for i, make in enumerate(made))

    return class_deltas


def step_by(size, pull=lambda picture: picture - 127.5, sign=1, clip=True):
    def ascent_step(picture, gradient, step, l2):
        moved = picture + sign * step * gradient / size(gradient) - l2 * pull(picture)
        return np.clip(moved, 0, 255) if clip else moved

    return ascent_step


def mean_size(gradient):
    return np.abs(gradient).mean() + 1e-12


def no_guard(picture, gradient, step, l2):
    with np.errstate(all="ignore"):
        return np.clip(picture + step * gradient / np.abs(gradient).mean() - l2 * (picture - 127.5), 0, 255)


def in_place(picture, gradient, step, l2):
    picture += step * gradient / mean_size(gradient) - l2 * (picture - 127.5)
    return np.clip(picture, 0, 255)


def fine(length=np.hypot, exponent=2, keep_mean=False, border=0.25, relative=False):
    def fine_share(light):
        power = np.abs(np.fft.fft2(light if keep_mean else light - light.mean())) ** exponent
        f = length(np.fft.fftfreq(light.shape[0])[:, None], np.fft.fftfreq(light.shape[1]))
        return power[f > border].sum() / (power[f <= border].sum() if relative else power.sum())

    return fine_share


def one_number(w, b, x):
    d = np.zeros_like(x)
    k = np.argmax(np.abs(w))
    d[k] = -(w @ x + b) / w[k]
    return d


def flip(w, b, x):
    return -(w @ x + b) / np.abs(w).sum() * np.sign(w)


def fool(picture, original, limit, move):
    return np.clip(np.clip(picture + move, original - limit, original + limit), 0, 255)


WRONG = {
    "class_deltas": [
        (deltas(first=lambda e, p, k, s: np.ones_like(e)), ["single 1"]),
        (deltas(first=lambda e, p, k, s: s * e), ["not the score itself"]),
        (deltas(share=lambda e, p, k, s: p[k] * (1 - p[k]) * e), ["delta of the share", "other classes"]),
        (deltas(share=lambda e, p, k, s: e - p), ["factor p_k is missing"]),
        (deltas(share=lambda e, p, k, s: p * (e - p)), ["same for all"]),
        (deltas(log=lambda e, p, k, s: p - e), ["cross-entropy"]),
        (deltas(log=lambda e, p, k, s: (1 - p[k]) * e), ["logarithm", "other classes"]),
        (lambda scores, k: np.eye(len(scores))[k], ["three deltas"]),
        (lambda scores, k: deltas()(scores, np.argmax(scores)), ["the delta of the score", "class 6"]),
        (lambda scores, k: (deltas()(scores, k)[0], ..., ...), ["the delta of the share is still `...`"]),
        (lambda scores, k: [one.tolist() for one in deltas()(scores, k)], ["NumPy array", "a list"]),
        (lambda scores, k: tf.constant(deltas()(scores, k)), ["float64", "float32"]),
        (deltas(log=lambda e, p, k, s: e / p[k]), ["other classes"]),
        (deltas(share=lambda e, p, k, s: p), ["the share itself"]),
    ],
    "ascent_step": [
        (step_by(mean_size, sign=-1), ["climbs"]),
        (step_by(mean_size, pull=lambda picture: 0), ["pull is missing"]),
        (step_by(mean_size, pull=lambda picture: 127.5 - picture), ["minus"]),
        (step_by(mean_size, pull=lambda picture: picture), ["black"]),
        (step_by(lambda g: 1), ["not divided"]),
        (step_by(lambda g: g.mean() + 1e-12), ["signs cancel"]),
        (step_by(np.linalg.norm), ["length"]),
        (step_by(mean_size, clip=False), ["Clip"]),
        (no_guard, ["1e-12"]),
        (in_place, ["in place", "copy"]),
        (step_by(lambda g: np.sqrt((g**2).mean()) + 1e-12), ["root of the mean square"]),
        (step_by(lambda g: np.abs(g).max() + 1e-12), ["largest size"]),
        (step_by(lambda g: np.abs(g).mean((0, 1)) + 1e-12), ["each colour"]),
        (step_by(lambda g: np.abs(g).mean() + 1e-7), ["add 1e-12"]),
        (step_by(mean_size, pull=lambda picture: picture - 128), ["127.5"]),
        (step_by(mean_size, pull=lambda picture: 2 * (picture - 127.5)), ["2 of the square"]),
        (lambda picture, gradient, step, l2: step_by(mean_size)(picture, gradient, step, step * l2), ["by the step"]),
        (lambda *given: tf.constant(step_by(mean_size)(*given)), ["a tensor", ".numpy()"]),
        (lambda *given: step_by(mean_size)(*given).astype("uint8"), ["float", "uint8"]),
    ],
    "fine_share": [
        (fine(exponent=1), ["square"]),
        (fine(keep_mean=True), ["mean has to go"]),
        (fine(relative=True), ["ratio", "share divides"]),
        (fine(length=lambda down, right: np.maximum(abs(down), abs(right))), ["larger of the two"]),
        (fine(length=lambda down, right: abs(down) + abs(right)), ["not their sum"]),
        (fine(border=0.5), ["grey of 100"]),
        (lambda light: 1 - fine()(light), ["slow waves"]),
        (fine(length=lambda down, right: down + right), ["A frequency below 0"]),
        (fine(length=lambda down, right: down**2 + right**2), ["not for its square"]),
        (fine(border=0.2499), ["exactly 0.25"]),
        (lambda light: 100 * fine()(light), ["per cent"]),
        (lambda light: fine()(light[:32, :32]), ["waves and noise"]),
        (lambda light: np.array([fine()(light)]), ["one number"]),
    ],
    "smallest_flip": [
        (lambda w, b, x: -(w @ x + b) * w / (w @ w), ["sum of squares", "larger than need be"]),
        (one_number, ["one number alone"]),
        (lambda w, b, x: -flip(w, b, x), ["wrong way"]),
        (lambda w, b, x: x + flip(w, b, x), ["d alone"]),
        (lambda w, b, x: flip(w, 0, x), ["bias"]),
        (lambda w, b, x: np.abs(flip(w, b, x)), ["signs of w"]),
        (lambda w, b, x: -(w @ x + b) / len(w) * np.sign(w), ["number of weights"]),
        (lambda w, b, x: 0.5 * np.sign(w), ["the lecture's"]),
        (lambda w, b, x: 1.01 * flip(w, b, x), ["should be 0"]),
        (lambda w, b, x: -(w @ x + b) / np.abs(w).sum() * w / np.abs(w), ["finite", "0 / 0"]),
        (lambda w, b, x: -(w @ x + b) / np.linalg.norm(w) * np.sign(w), ["not by its length"]),
        (lambda w, b, x: flip(w, b, x)[None], ["shape (10,)", "(1, 10)"]),
        (lambda w, b, x: flip(w, b, x).tolist(), ["NumPy array", "a list"]),
        (lambda w, b, x: tf.constant(flip(w, b, x)), ["a tensor", ".numpy()"]),
        (lambda w, b, x: flip(w, b, x) * (np.arange(len(w)) > 0), ["the lecture's"]),
    ],
    "fooling_step": [
        (lambda picture, gradient, original, limit: picture + np.sign(gradient), ["Neither limit"]),
        (lambda picture, gradient, original, limit: np.clip(picture + np.sign(gradient), 0, 255), ["farther than"]),
        (
            lambda picture, gradient, original, limit: np.clip(
                picture + np.sign(gradient), original - limit, original + limit
            ),
            ["leaves 0..255"],
        ),
        (lambda picture, gradient, original, limit: fool(picture, original, limit, -np.sign(gradient)), ["down"]),
        (lambda picture, gradient, original, limit: fool(picture, original, limit, gradient), ["by its sign"]),
        (
            lambda picture, gradient, original, limit: np.clip(original + limit * np.sign(gradient), 0, 255),
            ["in one step"],
        ),
        (lambda picture, gradient, original, limit: np.clip(original + np.sign(gradient), 0, 255), ["each time"]),
        (lambda picture, gradient, original, limit: fool(picture, picture, limit, np.sign(gradient)), ["moves on"]),
        (lambda picture, gradient, original, limit: fool(picture, original, 2, np.sign(gradient)), ["limit 3"]),
        (lambda picture, gradient, original, limit: fool(picture, original, 8, np.sign(gradient)), ["limit 3"]),
        (
            lambda picture, gradient, original, limit: fool(picture, original, limit, np.where(gradient > 0, 1, -1)),
            ["its sign is 0"],
        ),
        (lambda picture, gradient, original, limit: np.sign(gradient), ["change alone"]),
        (
            lambda picture, gradient, original, limit: tf.constant(fool(picture, original, limit, np.sign(gradient))),
            ["a tensor", ".numpy()"],
        ),
        (
            lambda picture, gradient, original, limit: np.rint(fool(picture, original, limit, np.sign(gradient))),
            ["do not round"],
        ),
    ],
    "flip_at_double_size": [("a", ["does not stay"]), ("c", ["not alike"]), ("d", ["one of a, b, c"])],
}
