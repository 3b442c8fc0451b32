"""Lesson 03, A picture for a class."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from course_utils.exercises.checking import Answer, checker, choice, compare, parts, unchanged


def _shares(scores: np.ndarray) -> np.ndarray:
    shares = np.exp(scores - scores.max())
    return shares / shares.sum()


def _class_deltas(scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    shares, one_hot = _shares(scores), np.eye(len(scores))[k]
    return one_hot, shares[k] * (one_hot - shares), one_hot - shares


@checker(_class_deltas)
def class_deltas(attempt: Answer) -> str:
    """Three deltas at the scores (classes,): of a class's score, of its share, and of the share's logarithm."""
    scores, k = np.random.default_rng(1).normal(0, 1.5, 6), 2
    given = scores.copy()
    found = parts(attempt(given, k), "score", "share", "log share", what="deltas")
    unchanged(scores, given, "The array of scores")
    p, e = _shares(scores), np.eye(6)[k]
    mistakes = [
        {
            "That lets every class count; a wish for one score has a single 1.": np.ones(6),
            "The delta is the weight with which the score counts, 1, and not the score itself.": scores * e,
        },
        {
            "The other classes count as well: if their scores fall, the share grows.": p[k] * (1 - p[k]) * e,
            "That is the delta of the share's logarithm: the factor p_k is missing.": e - p,
            "The sign is turned: this delta makes the share smaller.": p[k] * (p - e),
            "The factor is the share of the class itself, p_k, and the same for all.": p * (e - p),
        },
        {
            "The other classes count as well: if their scores fall, the share grows.": (1 - p[k]) * e,
            "That is the delta of the share; the logarithm's derivative divides it by p_k.": p[k] * (e - p),
            "The sign is turned: this is the delta of the cross-entropy, which one descends.": p - e,
            "Divide by p_k, and not by each class's own share.": p[k] * (e - p) / p,
        },
    ]
    names = ("the delta of the score", "the delta of the share", "the delta of the logarithm of the share")
    for one, right, name, known in zip(found, _class_deltas(scores, k), names, mistakes, strict=True):
        compare(one, right, name, mistakes=known)
    _wishes_grow(attempt)
    large = np.array([900.0, 905.0, 910.0])
    compare(
        attempt(large.copy(), 1)[2],
        _class_deltas(large, 1)[2],
        "the third delta of scores near 900, where exp overflows (take the largest score off all of them first),",
    )
    return "small changes of the scores confirm all three; the last two add up to 0, the first does not."


def _wishes_grow(attempt: Answer) -> None:
    """Raises Wrong unless the deltas tell how the three wishes change with the scores."""
    rng = np.random.default_rng(2)
    scores, k, change = rng.normal(0, 2, 9), 7, 1e-5 * rng.normal(0, 1, 9)
    wishes = {
        "the score": lambda s: s[k],
        "the share": lambda s: _shares(s)[k],
        "the logarithm of the share": lambda s: np.log(_shares(s)[k]),
    }
    for delta, (name, wish) in zip(attempt(scores.copy(), k), wishes.items(), strict=True):
        measured = (wish(scores + change) - wish(scores - change)) / 2
        compare(np.sum(delta * change), measured, f"the change of {name} that the delta foretells", atol=1e-12)


def _ascent_step(picture: np.ndarray, gradient: np.ndarray, step: float, l2: float) -> np.ndarray:
    size = np.abs(gradient).mean() + 1e-12
    return np.clip(picture + step * gradient / size - l2 * (picture - 127.5), 0, 255)


@checker(_ascent_step)
def ascent_step(attempt: Answer) -> str:
    """One step of ascent on a picture (h, w, 3), by a gradient of mean size 1, with a pull back to grey."""
    rng = np.random.default_rng(3)
    picture, gradient = rng.uniform(20, 235, (4, 5, 3)), 1e-4 * rng.normal(0, 1, (4, 5, 3))
    step, l2 = 3.0, 0.1
    given = picture.copy(), gradient.copy()
    found = attempt(*given, step, l2)
    unchanged(picture, given[0], "The picture")
    unchanged(gradient, given[1], "The gradient")
    g, pull = gradient / np.abs(gradient).mean(), l2 * (picture - 127.5)
    compare(
        found,
        _ascent_step(picture, gradient, step, l2),
        "the picture after a step",
        mistakes={
            "That goes down the gradient; here the picture climbs.": picture - step * g - pull,
            "The pull is missing: take l2 times the distance from grey off.": picture + step * g,
            "That pushes away from grey: the pull has a minus.": picture + step * g + pull,
            "That pulls to black; grey is 127.5.": picture + step * g - l2 * picture,
            "The gradient was not divided by its mean size.": picture + step * gradient - pull,
            "Divide by the mean of the sizes: the plain mean lets signs cancel.": np.clip(
                picture + step * gradient / (gradient.mean() + 1e-12) - pull, 0, 255
            ),
            "That is the gradient's largest size; the mean was asked for.": picture
            + step * gradient / np.abs(gradient).max()
            - pull,
            "That is the gradient's length; its mean size was asked for.": picture
            + step * gradient / np.linalg.norm(gradient)
            - pull,
        },
    )
    edge = np.array([[[1.0, 254.0, 127.5]]])
    upward = np.array([[[-1.0, 1.0, 1.0]]])
    compare(
        attempt(edge.copy(), upward.copy(), 5.0, 0.0),
        [[[0, 255, 132.5]]],
        "a step from (1, 254, 127.5) by (-5, +5, +5)",
        mistakes={"Clip to 0..255 in the end.": [[[-4, 259, 132.5]]]},
    )
    compare(
        attempt(picture.copy(), np.zeros_like(gradient), step, l2),
        picture - pull,
        "a step with a gradient of zeros, where only the pull is left (add 1e-12 to the mean),",
    )
    compare(
        attempt(picture.copy(), 1e3 * gradient, step, l2),
        found,
        "the step with a gradient a thousand times as large",
    )
    return "the step does not depend on the gradient's size, the pull leads to grey, and the range is kept."


def _fine_share(light: np.ndarray) -> float:
    power = np.abs(np.fft.fft2(light - light.mean())) ** 2
    frequency = np.hypot(np.fft.fftfreq(light.shape[0])[:, None], np.fft.fftfreq(light.shape[1]))
    return float(power[frequency > 0.25].sum() / power.sum())


@checker(_fine_share)
def fine_share(attempt: Answer) -> str:
    """Of the power of a map (h, w) without its mean: the share above 0.25 periods a pixel."""
    rows, columns = np.mgrid[:32, :48]
    slow, fine = np.cos(2 * np.pi * columns / 8), np.cos(2 * np.pi * rows * 3 / 8)
    light = 100 + 3 * slow + fine  # Powers 9 to 1.
    given = light.copy()
    found = attempt(given)
    unchanged(light, given, "The map")
    size = np.abs(np.fft.fft2(light))
    frequency = np.hypot(np.fft.fftfreq(32)[:, None], np.fft.fftfreq(48))
    compare(
        found,
        0.1,
        "the share of a slow wave of height 3 and a fine one of height 1, on a grey of 100,",
        mistakes={
            "The power is the square of the size.": 0.25,
            "The mean has to go first: a grey has no grain.": (size**2)[frequency > 0.25].sum() / (size**2).sum(),
            "That is the share of the slow waves.": 0.9,
            "That is the ratio of fine to slow power; the share divides by all of it.": 1 / 9,
        },
    )
    for light, right, what in (
        (slow, 0, "of stripes of 8 pixels, 0.125 periods a pixel,"),
        (fine, 1, "of stripes of 2.7 pixels, 0.375 periods a pixel,"),
    ):
        compare(attempt(light.copy()), right, f"the share {what}", atol=1e-6)
    diagonal = np.cos(2 * np.pi * (rows * 3 / 16 + columns * 3 / 16))  # 0.1875 each way: 0.265 along the diagonal.
    compare(
        attempt(diagonal),
        1,
        "the share of a diagonal wave of 0.1875 periods down and 0.1875 right, 0.265 along the diagonal,",
        mistakes={"The frequency is the length of (down, right), not the larger of the two.": 0},
    )
    low = np.cos(2 * np.pi * (rows * 5 / 32 - columns * 8 / 48))  # 0.228 along the diagonal.
    compare(
        attempt(low),
        0,
        "the share of a diagonal wave of 0.156 periods down and 0.167 left, 0.228 along the diagonal,",
        mistakes={"The frequency is the length of (down, right), and not their sum.": 1},
        atol=1e-6,
    )
    noise = np.random.default_rng(4).normal(100, 20, (33, 46))
    compare(attempt(noise), _fine_share(noise), "the share of white noise of 33 x 46 pixels")
    compare(attempt(3 * noise + 50), attempt(noise), "the share of noise and of the same with more light and contrast,")
    return "waves are sorted by their length, whichever way they run, and neither light nor contrast matters."


def _smallest_flip(w: np.ndarray, b: float, x: np.ndarray) -> np.ndarray:
    return -(w @ x + b) / np.abs(w).sum() * np.sign(w)


@checker(_smallest_flip)
def smallest_flip(attempt: Answer) -> str:
    """The change with the smallest largest number that brings the score of a linear classifier to 0."""
    rng = np.random.default_rng(5)
    lecture = np.array([-1, -1, 1, -1, 1, -1, 1, 1, -1, 1.0]), 0.0, np.array([2, -1, 3, -2, 2, 2, 1, -4, 5, 1.0])
    uneven = rng.normal(0, 1, 7), 1.5, rng.normal(0, 2, 7)
    uneven[0][3] = 0  # A number that does not count.
    above = uneven[0], 6.0 - float(uneven[0] @ uneven[2]), uneven[2]  # A score that has to fall.
    for (w, b, x), what in (
        (lecture, "the lecture's classifier"),
        (uneven, "one with uneven weights"),
        (above, "one with a score of 6"),
    ):
        given = w.copy(), b, x.copy()
        found = attempt(*given)
        unchanged(w, given[0], "w")
        unchanged(x, given[2], "x")
        right, score = _smallest_flip(w, b, x), w @ x + b
        single = np.zeros_like(x)
        single[np.argmax(np.abs(w))] = -score / w[np.argmax(np.abs(w))]
        mistakes = {
            "That reaches 0 with the smallest sum of squares, but its largest number is larger than need be.": -score
            * w
            / (w @ w),
            "That moves one number alone, by much; share the work among all.": single,
            "That goes the wrong way: the score gets twice as far from 0.": -right,
            "That is x + d; the change d alone was asked for.": x + right,
            "Each number must move the way of its own weight: use the signs of w.": np.abs(right),
            "That leaves the bias out of the score.": _smallest_flip(w, 0.0, x),
            "Divide by the sum of the sizes of w: in the plain sum, weights cancel.": -score / w.sum() * np.sign(w)
            if w.sum()
            else right + 1,
            "Divide by the sum of the sizes of w, not by the number of weights.": -score / len(w) * np.sign(w)
            if not np.isclose(np.abs(w).sum(), len(w))
            else right + 1,
        }
        compare(found, right, f"the change for {what}", mistakes=mistakes)
    w, b, x = above
    # A linear programme that knows no formula: minimise t where w d = -score and every |d_i| <= t.
    bounds = np.vstack([np.hstack([np.eye(7), -np.ones((7, 1))]), np.hstack([-np.eye(7), -np.ones((7, 1))])])
    best = linprog(
        [0] * 7 + [1], bounds, np.zeros(14), np.append(w, 0)[None], [-(w @ x + b)], bounds=[(None, None)] * 8
    ).fun
    compare(np.abs(attempt(*above)).max(), best, "the largest number of the change, beside a linear programme's,")
    return "the score lands on 0, and a linear programme finds no smaller change; 0.3 suffices in the lecture's case."


def _fooling_step(picture: np.ndarray, gradient: np.ndarray, original: np.ndarray, limit: float) -> np.ndarray:
    moved = picture + np.sign(gradient)
    return np.clip(np.clip(moved, original - limit, original + limit), 0, 255)


@checker(_fooling_step)
def fooling_step(attempt: Answer) -> str:
    """A step of 1 by the sign of a gradient, kept within a limit of the original and within 0..255."""
    rng = np.random.default_rng(6)
    original = rng.integers(0, 256, (4, 5, 3)).astype("float64")
    original[0, 0], original[3, 4] = (0, 255, 1), (254, 128, 2)
    gradient, limit = 1e-3 * rng.normal(0, 1, original.shape), 2
    gradient[0, 0] = (-1e-3, 1e-3, -2e-3)
    picture = np.clip(original + rng.integers(-2, 3, original.shape), 0, 255)
    picture[1, 1] = original[1, 1] + 2 * np.sign(gradient[1, 1])  # As far as it may go already.
    given = picture.copy(), gradient.copy(), original.copy()
    found = attempt(*given, limit)
    for before, after, name in zip((picture, gradient, original), given, ("picture", "gradient", "original")):
        unchanged(before, after, f"The {name}")
    free = picture + np.sign(gradient)
    within = np.clip(free, original - limit, original + limit)
    small = picture + gradient
    compare(
        found,
        np.clip(within, 0, 255),
        "the picture after a step",
        mistakes={
            "Neither limit is kept: clip to the original +- limit, and to 0..255.": free,
            "It leaves 0..255.": within,
            "It gets farther than `limit` from the original: clip to original +- limit as well.": np.clip(free, 0, 255),
            "That measures the limit from the picture, which moves on; measure from the original.": np.clip(
                np.clip(free, picture - limit, picture + limit), 0, 255
            ),
            "That goes down the gradient; the wish shall grow.": np.clip(
                np.clip(picture - np.sign(gradient), original - limit, original + limit), 0, 255
            ),
            "That adds the gradient itself; a step of 1 by its sign was asked for.": np.clip(
                np.clip(small, original - limit, original + limit), 0, 255
            ),
            "That starts from the original each time, so that no step adds to the last.": np.clip(
                original + np.sign(gradient), 0, 255
            ),
            "That goes to the limit in one step; the step is 1.": np.clip(original + limit * np.sign(gradient), 0, 255),
            "That is the change alone; give the picture back.": np.sign(gradient),
        },
    )
    walked = original.copy()
    for _ in range(9):
        walked = attempt(walked.copy(), gradient.copy(), original.copy(), limit)
    compare(
        walked,
        np.clip(original + limit * np.sign(gradient), 0, 255),
        "the picture after nine steps with one gradient, as far as the limits allow,",
    )
    return "every value makes one step, stops at the limit however often you ask, and stays within 0..255."


@checker("b")
def flip_at_double_size(attempt: str) -> str:
    """Prediction: what four times as many numbers do to the smallest change that flips a linear classifier."""
    return choice(
        attempt,
        "b",
        {
            "a": "||w||_1 does become four times as large; but the score of a typical picture does not stay: it is a "
            "sum of four times as many terms of random sign, and so about twice as large.",
            "b": "the score of a typical picture doubles (random signs: the root of 4), ||w||_1 is four times as "
            "large, and the change is their ratio.",
            "c": "|s| and ||w||_1 both grow, but not alike: terms of random sign grow as the root of their number, "
            "terms of one sign as the number itself.",
        },
    )
