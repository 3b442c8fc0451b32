"""Wrong answers to the exercises of lesson 05, with words that their refusals must hold."""

import numpy as np

from course_utils.backend import tf


def inner(a, border):
    return a[:, border : tf.shape(a)[1] - border, border : tf.shape(a)[2] - border]


def total(of, use=inner):
    def dream_score(activations, weights, border):
        return sum(weight * of(use(activations[name], border)) for name, weight in weights.items())

    return dream_score


def half_mean(x):
    return 0.5 * tf.reduce_mean(x**2)


def by_whole_count(activations, weights, border):
    return sum(
        w * 0.5 * tf.reduce_sum(inner(activations[n], border) ** 2) / tf.cast(tf.size(activations[n]), tf.float32)
        for n, w in weights.items()
    )


def last_layer(activations, weights, border):
    for name, weight in weights.items():
        score = weight * half_mean(inner(activations[name], border))
    return score


def in_numpy(activations, weights, border):
    cut = {n: np.asarray(inner(a, border)) for n, a in activations.items()}
    return sum(w * 0.5 * np.mean(cut[n] ** 2) for n, w in weights.items())


def through_all(activations, weights, border):
    return sum(weights[name] * half_mean(inner(a, border)) for name, a in activations.items())


def by_place(activations, weights, border):
    return sum(w * half_mean(inner(a, border)) for w, a in zip(weights.values(), activations.values()))


def other_names(activations, weights, cells):
    return total(half_mean)(activations, weights, cells)


def cut_in_place(activations, weights, border):
    for name in weights:
        activations[name] = inner(activations[name], border)
    return total(half_mean)(activations, weights, 0)


def emptied(activations, weights, border):
    score = 0.0
    while weights:
        score += total(half_mean)(activations, dict([weights.popitem()]), border)
    return score


def tape_cut(activations, weights, border):
    return tf.constant(in_numpy(activations, weights, border))


def steps(keras=1.275, tensorflow=None, book=None):
    def mean_steps(g):
        mean = np.abs(g).mean()
        return [
            1.5,
            keras,
            1.275 * mean / g.std() if tensorflow is None else tensorflow,
            2550 * mean / np.linalg.norm(g) if book is None else book(g),
        ]

    return mean_steps


def without_units(g):
    mean = np.abs(g).mean()
    return [1.5, 0.01, 0.01 * mean / g.std(), 20 * mean / np.linalg.norm(g)]


def roll(gradient_of, picture, there, back):
    return np.roll(gradient_of(np.roll(picture, there, (0, 1))), back, (0, 1))


def in_place(dreamt, base, original, enlarge):
    dreamt -= base
    return original + enlarge(dreamt)


def cells(guide):
    return guide.reshape(-1, guide.shape[-1])


def nearest(a, guide):
    distances = ((a[:, :, None] - cells(guide)) ** 2).sum(-1)
    return cells(guide)[distances.argmin(-1)]


def cosine(a, guide):
    return cells(guide)[(a @ (cells(guide) / np.linalg.norm(cells(guide), axis=1, keepdims=True)).T).argmax(-1)]


def seams(first, of=np.abs, upside_down=False, rest=True):
    """The jumps number first(tile), first(tile) + tile ... over the others."""

    def seam_ratio(change, tile):
        at, others = [], []
        for jumps in (of(np.diff(change, axis=0)), of(np.diff(change, axis=1)).T):
            mask = np.zeros(len(jumps), bool)
            mask[first(tile) :: tile] = True
            at.append(jumps[mask].ravel())
            others.append(jumps[~mask if rest else mask | True].ravel())
        ratio = np.concatenate(at).mean() / np.concatenate(others).mean()
        return 1 / ratio if upside_down else ratio

    return seam_ratio


def right(tile):
    return tile - 1


def two_ratios(change, tile):
    jumps = [np.abs(np.diff(change, axis=0)), np.abs(np.diff(change, axis=1)).T]
    masks = [(np.arange(len(one)) + 1) % tile == 0 for one in jumps]
    return np.mean([one[mask].mean() / one[~mask].mean() for one, mask in zip(jumps, masks)])


def whole_tiles(change, tile):
    """As if a last tile that is cut off were none."""
    at, others = [], []
    for jumps in (np.abs(np.diff(change, axis=0)), np.abs(np.diff(change, axis=1)).T):
        seam = np.zeros(len(jumps), bool)
        for number in range(1, (len(jumps) + 1) // tile):
            seam[number * tile - 1] = True
        at.append(jumps[seam].ravel())
        others.append(jumps[~seam].ravel())
    return np.concatenate(at).mean() / np.concatenate(others).mean()


def one_seam(change, tile):
    at, others = [], []
    for jumps in (np.abs(np.diff(change, axis=0)), np.abs(np.diff(change, axis=1)).T):
        at.append(jumps[tile - 1 : tile].ravel())
        others.append(np.delete(jumps, np.s_[tile - 1 : tile], 0).ravel())
    return np.concatenate(at).mean() / np.concatenate(others).mean()


WRONG = {
    "dream_score": [
        (total(half_mean, lambda a, border: a[:, border:-border, border:-border]), ["border of 0", "empty"]),
        (total(lambda x: 0.5 * tf.reduce_sum(x**2)), ["divide each layer's"]),
        (total(lambda x: tf.reduce_mean(x**2)), ["1/2 is missing"]),
        (total(tf.reduce_mean), ["the mean, not half the mean square"]),
        (total(lambda x: -half_mean(x)), ["climbs", "minus"]),
        (total(half_mean, lambda a, border: a), ["border is not left out"]),
        (lambda a, weights, border: total(half_mean)(a, dict.fromkeys(weights, 1.0), border), ["weights are not used"]),
        (by_whole_count, ["inner ones alone"]),
        (last_layer, ["last layer", "add them up"]),
        (in_numpy, ["TensorFlow", "NumPy"]),
        (total(lambda x: tf.reduce_sum(x)), ["should be"]),
        (through_all, ["go through `weights`"]),
        (by_place, ["by its name"]),
        (other_names, ["unexpected keyword argument 'border'"]),
        (tape_cut, ["no gradient"]),
        (cut_in_place, ["changes `activations` in place"]),
        (emptied, ["changes `weights` in place"]),
        (total(half_mean, lambda a, b: a[:, b : a.shape[1] - b, b : a.shape[2] - b]), ["tf.shape", "compiled"]),
    ],
    "mean_steps": [
        (without_units, ["Keras' step", "127.5"]),
        (steps(keras=2.55), ["factor is 127.5"]),
        (steps(tensorflow=1.275), ["standard deviation"]),
        (steps(tensorflow=1.275 * np.sqrt(2 / np.pi)), ["Gaussian"]),
        (steps(book=lambda g: 2550 * np.abs(g).mean() / np.sqrt((g**2).mean())), ["of the sum"]),
        (steps(book=lambda g: 2550 * abs(g.mean()) / np.linalg.norm(g)), ["absolute values"]),
        (lambda g: steps()(g)[:3], ["four numbers"]),
        (lambda g: [[one] for one in steps()(g)], ["google's step should be one number"]),
        (lambda g: dict(zip("abcd", steps()(g))), ["four numbers"]),
        (steps(book=lambda g: 2550 / np.sqrt(g.size)), ["number of values alone"]),
    ],
    "rolled_gradient": [
        (lambda f, x, s: roll(f, x, s, 0), ["roll it back"]),
        (lambda f, x, s: roll(f, x, s, s), ["not back", "sign"]),
        (lambda f, x, s: roll(f, x, s, (-s[0], 0)), ["Only the rows"]),
        (lambda f, x, s: f(x), ["was not rolled before"]),
        (lambda f, x, s: roll(f, x, -s, s), ["wrong way"]),
        (lambda f, x, s: f(x + 5), ["should be"]),  # Noise, which was called jitter as well.
        (lambda f, x, s: x, ["the picture; the gradient is asked for"]),
        (lambda f, x, s: roll(f, x, 0, -s), ["Without rolling the picture first"]),
        (lambda f, x, s: roll(f, x, -s, 0), ["wrong way, and the gradient not back"]),
        (lambda f, x, s: roll(f, x, s[::-1], -s[::-1]), ["changed places"]),
        (lambda f, x, s: roll(f, x, s, -s).tolist(), ["NumPy array"]),
    ],
    "next_octave": [
        (lambda dreamt, base, original, enlarge: enlarge(dreamt), ["fine detail is missing"]),
        (lambda dreamt, base, original, enlarge: original, ["dream is missing"]),
        (lambda dreamt, base, original, enlarge: original + enlarge(dreamt), ["twice"]),
        (lambda dreamt, base, original, enlarge: enlarge(dreamt - base), ["add it to the photograph"]),
        (lambda dreamt, base, original, enlarge: enlarge(dreamt) - original + enlarge(base), ["taken away"]),
        (lambda dreamt, base, original, enlarge: (original + enlarge(dreamt)) / 2, ["Half of each"]),
        (lambda dreamt, base, original, enlarge: original + dreamt - base, ["stops with ValueError"]),
        (in_place, ["changes `dreamt` in place"]),
    ],
    "guide_delta": [
        (nearest, ["distance", "dot product"]),
        (cosine, ["cosine"]),
        (lambda a, guide: a, ["without a guide"]),
        (lambda a, guide: (a @ cells(guide).T).argmax(-1), ["numbers of the best cells"]),
        (lambda a, guide: (a @ cells(guide).T).max(-1), ["largest dot products"]),
        (lambda a, guide: cells(guide)[(cells(a) @ cells(guide).T).argmax(1)], ["map's shape"]),
        (lambda a, guide: guide.reshape(-1, a.shape[0])[: a.shape[0]], ["should have the shape"]),
        (lambda a, guide: tf.constant(cells(guide)[(a @ cells(guide).T).argmax(-1)], "float64"), ["float32"]),
    ],
    "seam_ratio": [
        (seams(lambda tile: tile), ["row 3 to row 4"]),
        (seams(lambda tile: 0), ["edge is none"]),
        (seams(right, upside_down=True), ["upside down"]),
        (seams(right, rest=False), ["should not hold the seams"]),
        (seams(right, of=lambda x: x), ["absolute values"]),
        (seams(right, of=np.square), ["not of squares"]),
        (two_ratios, ["mean of two ratios"]),
        (whole_tiles, ["last seam is missing"]),
        (one_seam, ["Only the first seam"]),
        (lambda change, tile: seams(right)(change[:, : change.shape[0]], tile), ["should be"]),
        (lambda change, tile: seams(right)(change, 4), ["should be"]),
    ],
}
