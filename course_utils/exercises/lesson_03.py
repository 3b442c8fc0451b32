"""Lesson 03, A picture for a class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from course_utils.exercises.comparing import Tolerance
from course_utils.exercises.draws import FORMS, Case, Draw
from course_utils.exercises.exercise import Question, exercise
from course_utils.exercises.kinds import Array, Number, Parts, Several, Wrong
from course_utils.exercises.running import Answer

FLOAT64 = tuple(replace(form, dtype="float64") for form in FORMS)  # As the lesson's scores and classifiers are.

Three = tuple[np.ndarray, np.ndarray, np.ndarray]


def _some_scores(draw: Draw) -> Case:
    classes = draw.size(3, 12)
    k = int(draw.rng.integers(classes))
    return Case((draw.normal((classes,), 0, draw.number(0.8, 2.5)), k), f"for {classes} scores and class {k}")


def _shares(scores: np.ndarray) -> np.ndarray:
    shares = np.exp(scores - scores.max())
    return shares / shares.sum()


def _class_deltas(scores: np.ndarray, k: int, shares: Callable = _shares) -> Three:
    p, one_hot = shares(scores), np.eye(len(scores))[k]
    return one_hot, p[k] * (one_hot - p), one_hot - p


def _with_delta(place: int, other: Callable[[np.ndarray, np.ndarray, int], np.ndarray]) -> Callable:
    """Three deltas, all right but one, which is made of (one-hot, shares, k)."""

    def found(scores: np.ndarray, k: int) -> list[np.ndarray]:
        right = _class_deltas(scores, k)
        return [other(right[0], _shares(scores), k) if n == place else one for n, one in enumerate(right)]

    return found


def _delta(name: str) -> Array:
    """Whatever `delta[None]` and tf.constant(delta, tf.float32) can use."""
    return Array(f"the delta of {name}", dtypes=("float", "int", "bool"), also=("float32 tensor",))


@exercise(
    draws=_some_scores,
    also=[
        Case((np.array([20.0, 1.0, -2.0, 3.0]), 1), "for the scores 20, 1, -2 and 3 and class 1"),
    ],
    forms=FLOAT64,
    returns=Parts(_delta("the score"), _delta("the share"), _delta("the logarithm of the share"), things="deltas"),
    mistakes={
        "That lets every class count; a wish for one score has a single 1.": _with_delta(
            0, lambda e, p, k: np.ones_like(e)
        ),
        "The delta is the weight with which the score counts, 1, and not the score itself.": (
            lambda scores, k: (scores * np.eye(len(scores))[k], *_class_deltas(scores, k)[1:])
        ),
        "The other classes count as well: if their scores fall, the share grows.": (
            _with_delta(1, lambda e, p, k: p[k] * (1 - p[k]) * e),
            _with_delta(2, lambda e, p, k: (1 - p[k]) * e),
            _with_delta(2, lambda e, p, k: e / p[k]),
        ),
        "That is the delta of the share's logarithm: the factor p_k is missing.": _with_delta(1, lambda e, p, k: e - p),
        "The sign is turned: this delta makes the share smaller.": _with_delta(1, lambda e, p, k: p[k] * (p - e)),
        "The factor is the share of the class itself, p_k, and the same for all.": _with_delta(
            1, lambda e, p, k: p * (e - p)
        ),
        "That is the share itself; the delta is its derivative.": (
            _with_delta(1, lambda e, p, k: p),
            _with_delta(1, lambda e, p, k: p * e),
        ),
        "That is the delta of the share; the logarithm's derivative divides it by p_k.": _with_delta(
            2, lambda e, p, k: p[k] * (e - p)
        ),
        "The sign is turned: this is the delta of the cross-entropy, which one descends.": _with_delta(
            2, lambda e, p, k: p - e
        ),
        "Divide by p_k, and not by each class's own share.": _with_delta(2, lambda e, p, k: p[k] * (e - p) / p),
        "That is the logarithm itself; the delta is its derivative.": (
            _with_delta(2, lambda e, p, k: np.log(p)),
            _with_delta(2, lambda e, p, k: np.log(p) * e),
        ),
    },
    praise="all three are the derivatives of their wishes; the last two add up to 0, the first does not.",
)
def class_deltas(scores: np.ndarray, k: int) -> Three:
    """Three deltas at the scores (classes,): of a class's score, of its share, and of the share's logarithm."""
    return _class_deltas(scores, k)


def _climbing(draw: Draw) -> Case:
    height, width = draw.sides(3, 20)
    picture = draw.uniform((height, width, 3))
    gradient = draw.normal(picture.shape, 0, draw.number(1, 9) * 10.0 ** draw.rng.integers(-5, 3))
    step, l2 = draw.number(1, 6), draw.number(0.05, 0.4)
    return Case((picture, gradient, step, l2), f"of {height} x {width} pixels, step {step:g} and l2 {l2:g},")


def _grey(picture: np.ndarray) -> np.ndarray:
    return picture - 127.5


def _ascent(
    size: Callable[[np.ndarray], Any] = lambda gradient: np.abs(gradient).mean() + 1e-12,
    pull: Callable[[np.ndarray], Any] = _grey,
    sign: int = 1,
    clip: bool = True,
) -> Callable:
    """A step with another size of the gradient, another pull, down the gradient, or beyond the range."""

    def step_of(picture: np.ndarray, gradient: np.ndarray, step: float, l2: float) -> np.ndarray:
        moved = picture + sign * step * gradient / size(gradient) - l2 * pull(picture)
        return np.clip(moved, 0, 255) if clip else moved

    return step_of


_step = _ascent()

EDGE = np.array([[[1.0, 254.0, 127.5]]]), np.array([[[-1.0, 1.0, 1.0]]])
DRIFT = np.random.default_rng(3).uniform(0, 255, (4, 5, 3))


@exercise(
    draws=_climbing,
    also=[
        Case((*EDGE, 5.0, 0.0), "of one pixel, (1, 254, 127.5), moved by (-5, 5, 5),"),
        Case((DRIFT, np.zeros_like(DRIFT), 3.0, 0.15), "with a gradient of zeros, where only the pull is left,"),
        Case((DRIFT, 4e-9 * (DRIFT - 99), 4.5, 0.02), "with a gradient whose mean size is below a millionth,"),
        Case((DRIFT, DRIFT - DRIFT.mean(), 2.5, 1.0), "with a pull of 1, which makes all grey before the step,"),
    ],
    returns=Array("the picture after a step", dtypes=("float",)),
    mistakes={
        "That goes down the gradient; here the picture climbs.": _ascent(sign=-1),
        "The pull is missing: take l2 times the distance from grey off.": _ascent(pull=np.zeros_like),
        "That pushes away from grey: the pull has a minus.": _ascent(pull=lambda picture: 127.5 - picture),
        "That pulls to black; grey is 127.5.": _ascent(pull=lambda picture: picture),
        "Grey is 127.5, the middle of 0 and 255.": (
            _ascent(pull=lambda picture: picture - 128),
            _ascent(pull=lambda picture: picture - 127),
            _ascent(pull=lambda picture: picture - picture.mean()),
        ),
        "The 2 of the square's derivative is in l2 already.": _ascent(pull=lambda picture: 2 * _grey(picture)),
        "The pull is not multiplied by the step.": lambda picture, gradient, step, l2: _step(
            picture, gradient, step, step * l2
        ),
        "The pull is measured from the picture before the step, not from the moved one.": (
            lambda picture, gradient, step, l2: np.clip(
                (1 - l2) * _ascent(clip=False)(picture, gradient, step, 0) + l2 * 127.5, 0, 255
            )
        ),
        "The gradient was not divided by its mean size.": _ascent(size=lambda gradient: 1),
        "Divide by the mean of the sizes: the plain mean lets signs cancel.": (
            _ascent(size=lambda gradient: gradient.mean() + 1e-12),
            _ascent(size=lambda gradient: np.abs(gradient.mean()) + 1e-12),
        ),
        "That is the gradient's largest size; the mean was asked for.": _ascent(
            size=lambda gradient: np.abs(gradient).max() + 1e-12
        ),
        "That is the gradient's length; its mean size was asked for.": _ascent(
            size=lambda gradient: np.linalg.norm(gradient) + 1e-12
        ),
        "That is the root of the mean square; the mean of the sizes was asked for.": _ascent(
            size=lambda gradient: np.sqrt((gradient**2).mean()) + 1e-12
        ),
        "That is the gradient's standard deviation; the mean of its sizes was asked for.": _ascent(
            size=lambda gradient: gradient.std() + 1e-12
        ),
        "One mean for the whole gradient: here each colour has its own.": _ascent(
            size=lambda gradient: np.abs(gradient).mean((0, 1)) + 1e-12
        ),
        "That takes the signs of the gradient alone; divide it by its mean size.": _ascent(
            size=lambda gradient: np.abs(gradient) + 1e-12
        ),
        "With a gradient of zeros that is 0 / 0: add 1e-12 to the mean.": _ascent(
            size=lambda gradient: np.abs(gradient).mean()
        ),
        "So much added to the mean makes the step too short: add 1e-12.": (
            _ascent(size=lambda gradient: np.abs(gradient).mean() + 1e-8),
            _ascent(size=lambda gradient: np.abs(gradient).mean() + 1e-7),
            _ascent(size=lambda gradient: np.abs(gradient).mean() + 1e-6),
        ),
        "Clip to 0..255 in the end.": (
            _ascent(clip=False),
            lambda picture, gradient, step, l2: _step(picture, gradient, step, 0) - l2 * _grey(picture),
        ),
        "That is the change alone; give the picture back.": lambda picture, *given: (
            _ascent(clip=False)(picture, *given) - picture
        ),
    },
    praise="the step does not depend on the gradient's size, the pull leads to grey, and the range is kept.",
)
def ascent_step(picture: np.ndarray, gradient: np.ndarray, step: float, l2: float) -> np.ndarray:
    """One step of ascent on a picture (h, w, 3), by a gradient of mean size 1, with a pull back to grey."""
    return _step(picture, gradient, step, l2)


def _noise(draw: Draw) -> Case:
    height, width = draw.sides(21, 39)  # Sides at which no wave but one along an axis has exactly 0.25 periods.
    light = draw.normal((height, width), draw.number(60, 190), draw.number(4, 30))
    slow = draw.number(2, 40) * np.cos(2 * np.pi * draw.number(0.03, 0.15) * np.arange(width))
    return Case((light + slow.astype(light.dtype),), f"of waves and noise on {height} x {width} pixels")


def _fine(
    length: Callable = np.hypot,
    exponent: int = 2,
    border: float = 0.25,
    mean: bool = False,
    above: Callable = np.greater,
) -> Callable[[np.ndarray], float]:
    """The share of power with another length of (down, right), another power or border, or with the mean."""

    def share(light: np.ndarray) -> float:
        power = np.abs(np.fft.fft2(light if mean else light - light.mean())) ** exponent
        frequency = length(np.fft.fftfreq(light.shape[0])[:, None], np.fft.fftfreq(light.shape[1]))
        return float(power[above(frequency, border)].sum() / power.sum())

    return share


_share = _fine()

ROWS, COLUMNS = np.mgrid[:32, :48]
SLOW, RIPPLE = np.cos(2 * np.pi * COLUMNS / 8), np.cos(2 * np.pi * ROWS * 3 / 8)
STEEP = np.cos(2 * np.pi * (ROWS * 3 / 16 + COLUMNS * 3 / 16))  # 0.1875 each way: 0.265 along the diagonal.
FLAT = np.cos(2 * np.pi * (ROWS * 5 / 32 - COLUMNS * 8 / 48))  # 0.228 along the diagonal.
BROAD = np.random.default_rng(4).normal(90, 3, (101, 108)).cumsum(0)
BROAD[96:], BROAD[:, 96:] = 40 * (ROWS.T[:5, :1] % 2), 50 * (COLUMNS[0, :12] % 2)
CHEQUERED = np.random.default_rng(7).normal(30, 4, (6, 4)) + 20 * (COLUMNS[:6, :4] % 2)
FOUR = np.cos(2 * np.pi * np.arange(64) / 4) + np.zeros((32, 1))


@exercise(
    draws=_noise,
    first=[Case((100 + 3 * SLOW + RIPPLE,), "of a slow wave of height 3 and a fine one of height 1 on a grey of 100")],
    also=[
        Case((SLOW,), "of stripes of 8 pixels, 0.125 periods a pixel,"),
        Case((RIPPLE,), "of stripes of 2.7 pixels, 0.375 periods a pixel,"),
        Case((STEEP,), "of a diagonal wave of 0.1875 periods down and 0.1875 right, 0.265 along the diagonal,"),
        Case((FLAT,), "of a diagonal wave of 0.156 periods down and 0.167 left, 0.228 along the diagonal,"),
        Case((BROAD,), "of noise on 101 x 108 pixels, which is finer to the right and below"),
        Case((CHEQUERED,), "of 6 x 4 pixels, every second one of them bright"),
        Case((FOUR + 9,), "of stripes of 4 pixels, exactly 0.25 periods a pixel and so not above it,"),
    ],
    returns=Number("the share"),
    mistakes={
        "The power is the square of the size.": _fine(exponent=1),
        "The mean has to go first: a grey has no grain.": _fine(mean=True),
        "That is the share of the slow waves.": (lambda light: 1 - _share(light), _fine(above=np.less)),
        "That is the ratio of fine to slow power; the share divides by all of it.": (
            lambda light: _share(light) / max(1 - _share(light), 1e-12)
        ),
        "That is in per cent; a share goes from 0 to 1.": lambda light: 100 * _share(light),
        "That is the power itself; the share divides by all of it.": lambda light: (
            _share(light) * (np.abs(np.fft.fft2(light - light.mean())) ** 2).sum()
        ),
        "That is how many of the waves are fine, whatever their power.": lambda light: _share(
            np.eye(1, light.size, 0).reshape(light.shape)  # A single light holds all waves alike.
        ),
        "The frequency is the length of (down, right), not the larger of the two.": _fine(
            lambda down, right: np.maximum(np.abs(down), np.abs(right))
        ),
        "The frequency is the length of (down, right), and not their sum.": _fine(
            lambda down, right: np.abs(down) + np.abs(right)
        ),
        "A frequency below 0 is a wave as well, which runs the other way: take the length of (down, right).": (
            _fine(lambda down, right: down + right),
            _fine(lambda down, right: np.where((down < 0) | (right < 0), 0, np.hypot(down, right))),
        ),
        "Only the frequencies down were looked at; a wave runs down and right.": _fine(
            lambda down, right: np.abs(down) + 0 * right
        ),
        "Only the frequencies to the right were looked at; a wave runs down and right.": _fine(
            lambda down, right: 0 * down + np.abs(right)
        ),
        "The border is half of Nyquist's frequency, 0.25 periods a pixel, for the length itself, not for its square.": (
            _fine(border=0.5),
            _fine(border=0.125),
            _fine(lambda down, right: down**2 + right**2, border=0.5),
        ),
        "A wave of exactly 0.25 periods is not above it.": _fine(above=np.greater_equal),
    },
    praise="waves are sorted by their length, whichever way they run, and neither light nor contrast matters.",
)
def fine_share(light: np.ndarray) -> float:
    """Of the power of a map (h, w) without its mean: the share above 0.25 periods a pixel."""
    return _share(light)


def _classifier(draw: Draw) -> Case:
    count = draw.size(4, 20)
    w, x = draw.normal((count,)), draw.normal((count,), 0, draw.number(1, 9))
    w[draw.rng.integers(count)] = 0  # A number that does not count; what moves it is free, within limits.
    w[0] = w[0] or 0.5
    score = draw.number(1, 9) * (1 if draw.form.sides == "tall" else -1)
    return Case((w, score - float(w @ x), x), f"for a classifier of {count} numbers, score {score:g},")


_CHANGE = Array("the change")


def _after(answer: Answer, w: np.ndarray, b: float, x: np.ndarray) -> dict:
    """What a change does. Where a weight is 0 there is more than one that is right, but all of them do the same."""
    change = _CHANGE.plain(answer(w, b, x))
    if change.shape != x.shape:
        raise Wrong(f"the change should have the shape {x.shape}, and has {change.shape}.")
    score = w @ (x + change.astype("float64")) + b
    return {"score": round(float(score), 9) + 0.0, "largest": np.abs(change).max()}


def _flip(
    size: Callable[[np.ndarray, float, np.ndarray], Any], sign: Callable[[np.ndarray], Any] = np.sign
) -> Callable:
    """A change of another size, made of (w, score, x), or by other signs."""
    return lambda w, b, x: size(w, w @ x + b, x) * sign(w)


def _even(w: np.ndarray, score: float, x: np.ndarray) -> float:
    return -score / np.abs(w).sum()


_smallest_flip = _flip(_even)


def _one_number(w: np.ndarray, b: float, x: np.ndarray) -> np.ndarray:
    change, k = np.zeros_like(x), np.argmax(np.abs(w))
    change[k] = -(w @ x + b) / w[k]
    return change


LECTURE = np.array([-1, -1, 1, -1, 1, -1, 1, 1, -1, 1.0]), 0.0, np.array([2, -1, 3, -2, 2, 2, 1, -4, 5, 1.0])
TEMPLATE = np.random.default_rng(5).normal(0, 0.01, 64), -0.4, np.random.default_rng(6).uniform(0, 255, 64)


@exercise(
    draws=_classifier,
    first=[Case(LECTURE, "for the lecture's classifier")],
    also=[
        Case((np.array([2.0, -0.5, 1.0]), -3.0, np.array([1.0, 0.0, 1.0])), "for a score that is 0 already"),
        Case((np.array([-0.8]), 1.0, np.array([4.0])), "for a classifier of one number"),
        Case(TEMPLATE, "for a classifier of 8 x 8 pixels"),
        Case((np.array([3.0, -5.0, 1.0]), -0.002, np.array([2.0, 1.0, -1.0])), "for a score of only -0.002"),
    ],
    forms=FLOAT64,
    use=_after,
    tolerance=Tolerance(absolute=2e-5),  # A score is a sum that float32 computes to six digits.
    returns=Several(
        score=Number("the score after the change"), largest=Number("the largest number of the change, max |d|,")
    ),
    mistakes={
        "That reaches 0 with the smallest sum of squares, but its largest number is larger than need be.": _flip(
            lambda w, score, x: -score / (w @ w), lambda w: w
        ),
        "That moves one number alone, by much; share the work among all.": _one_number,
        "That goes the wrong way: the score gets twice as far from 0.": _flip(lambda *given: -_even(*given)),
        "The size has to come from the score and the weights; what suits the lecture's numbers does not suit others.": (
            lambda w, b, x: 0.3 * np.sign(w),
            lambda w, b, x: 0.5 * np.sign(w),
        ),
        "That stops halfway; the score was to be 0.": _flip(lambda *given: _even(*given) / 2),
        "That is x + d; the change d alone was asked for.": lambda w, b, x: x + _smallest_flip(w, b, x),
        "Each number must move the way of its own weight: use the signs of w.": (
            lambda w, b, x: np.abs(_smallest_flip(w, b, x)),
            _flip(_even, lambda w: np.ones_like(w)),
        ),
        "The signs are those of the weights, not of x.": lambda w, b, x: _even(w, w @ x + b, x) * np.sign(x),
        "Take the score as it is, with its sign: where it is below 0 it has to rise.": _flip(
            lambda w, score, x: _even(w, abs(score), x)
        ),
        "That leaves the bias out of the score.": lambda w, b, x: _smallest_flip(w, 0.0, x),
        "Divide by the sum of the sizes of w: in the plain sum, weights cancel.": _flip(
            lambda w, score, x: -score / w.sum()
        ),
        "Divide by the sum of the sizes of w, not by the number of weights.": _flip(
            lambda w, score, x: -score / len(w)
        ),
        "Divide by the sum of the sizes of w, not by its length.": (
            _flip(lambda w, score, x: -score / np.linalg.norm(w)),
            _flip(lambda w, score, x: -score / np.linalg.norm(w), lambda w: w),
            _flip(lambda w, score, x: -score / (w @ w)),
        ),
        "Multiply by the signs of w, not by w itself.": _flip(_even, lambda w: w),
        "w / |w| is 0 / 0 where a weight is 0; np.sign gives 0 there.": _flip(_even, lambda w: w / np.abs(w)),
    },
    praise="the score lands on 0, and no change with a smaller largest number does that; 0.3 suffices in the "
    "lecture's case.",
)
def smallest_flip(w: np.ndarray, b: float, x: np.ndarray) -> np.ndarray:
    """The change with the smallest largest number that brings the score of a linear classifier to 0."""
    return _smallest_flip(w, b, x)


def _fooling(draw: Draw) -> Case:
    limit = draw.number(0.2, 0.9) if draw.form.sides == "square" else draw.size(2, 9)
    height, width = draw.sides(4, 20)
    original = draw.uniform((height, width, 3))
    original[0, 0], original[-1, -1] = (0, 255, 0.5), (254, 128, 2)
    gradient = 1e-3 * draw.normal(original.shape).astype("float32")
    gradient[0, 0], gradient[1, 1] = (-1, 1, -1), 0
    # Some have gone as far as they may, some have not moved yet.
    moved = limit * np.clip(draw.normal(original.shape), -1, 1)
    moved[1, 1], moved[2, 2] = 0.5 * limit, limit * np.sign(gradient[2, 2])
    picture = np.clip(original + moved, 0, 255).astype(original.dtype)
    return Case((picture, gradient, original, limit), f"of {height} x {width} pixels, limit {limit:g},")


def _fooled(
    move: Callable[[np.ndarray, float], Any] = lambda gradient, limit: np.sign(gradient),
    within: bool = True,
    clip: bool = True,
    anew: bool = False,
    moving: bool = False,
) -> Callable:
    """A step by another move of (gradient, limit), without one of the limits, from the original, or limited anew."""

    def step(picture: np.ndarray, gradient: np.ndarray, original: np.ndarray, limit: float) -> np.ndarray:
        moved = (original if anew else picture) + move(gradient, limit)
        middle = picture if moving else original
        moved = np.clip(moved, middle - limit, middle + limit) if within else moved
        return np.clip(moved, 0, 255) if clip else moved

    return step


_fooling_step = _fooled()


@exercise(
    draws=_fooling,
    returns=Array("the picture after a step"),
    mistakes={
        "Neither limit is kept: clip to the original +- limit, and to 0..255.": _fooled(within=False, clip=False),
        "It leaves 0..255.": _fooled(clip=False),
        "It gets farther than `limit` from the original: clip to original +- limit as well.": _fooled(within=False),
        "That measures the limit from the picture, which moves on; measure from the original.": _fooled(moving=True),
        "That goes down the gradient; the wish shall grow.": _fooled(lambda gradient, limit: -np.sign(gradient)),
        "That adds the gradient itself; a step of 1 by its sign was asked for.": (
            _fooled(lambda gradient, limit: gradient),
            _fooled(lambda gradient, limit: gradient / np.abs(gradient).mean()),
            _fooled(lambda gradient, limit: gradient / np.abs(gradient).max()),
        ),
        "Where the gradient is 0 its sign is 0, and the value stays.": (
            _fooled(lambda gradient, limit: np.where(gradient > 0, 1, -1)),
            _fooled(lambda gradient, limit: np.where(gradient < 0, -1, 1)),
        ),
        "That starts from the original each time, so that no step adds to the last.": (
            _fooled(anew=True),
            _fooled(anew=True, within=False),
        ),
        "That goes to the limit in one step; the step is 1.": (
            _fooled(lambda gradient, limit: limit * np.sign(gradient), anew=True),
            _fooled(lambda gradient, limit: limit * np.sign(gradient)),
        ),
        "That is the change alone; give the picture back.": (
            lambda picture, gradient, original, limit: np.sign(gradient),
            lambda picture, gradient, original, limit: _fooling_step(picture, gradient, original, limit) - original,
            lambda picture, gradient, original, limit: _fooling_step(picture, gradient, original, limit) - picture,
        ),
        "Whole numbers are not asked for: do not round.": (
            lambda *given: np.rint(_fooling_step(*given)),
            lambda *given: np.floor(_fooling_step(*given)),
        ),
    },
    praise="every value makes one step, stops at the limit however often you ask, and stays within 0..255.",
)
def fooling_step(picture: np.ndarray, gradient: np.ndarray, original: np.ndarray, limit: float) -> np.ndarray:
    """A step of 1 by the sign of a gradient, kept within a limit of the original and within 0..255."""
    return _fooling_step(picture, gradient, original, limit)


flip_at_double_size = Question(
    "flip_at_double_size",
    "b",
    {
        "a": "||w||_1 does become four times as large; but the score of a typical picture does not stay: it is a "
        "sum of four times as many terms of random sign, and so about twice as large.",
        "b": "the score of a typical picture doubles (random signs: the root of 4), ||w||_1 is four times as "
        "large, and the change is their ratio.",
        "c": "|s| and ||w||_1 both grow, but not alike: terms of random sign grow as the root of their number, "
        "terms of one sign as the number itself.",
    },
    doc="Prediction: what four times as many numbers do to the smallest change that flips a linear classifier.",
)
