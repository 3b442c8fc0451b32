"""Lesson 04, Inversion: what a layer remembers."""

from __future__ import annotations

import numpy as np

from course_utils.backend import tf
from course_utils.exercises.checking import Answer, Wrong, checker, choice, compare, parts, short, unchanged
from course_utils.losses import total_variation_loss
from course_utils.optimize.evaluation import compiled

FORMS = ("squared", "l1", "keras")


def _content_deltas(z: np.ndarray, P: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    F = np.maximum(z, 0)
    return 0.5 * np.sum((F - P) ** 2), F - P, np.where(z > 0, F - P, 0)


@checker(_content_deltas)
def content_deltas(attempt: Answer) -> str:
    """(loss, delta_F, delta_z) of 1/2 sum (F - P)^2 with F = max(z, 0), of arrays z and P of any one shape."""
    rng = np.random.default_rng(1)
    z, P = rng.normal(0, 2, (3, 4, 2)), np.maximum(rng.normal(0.5, 2, (3, 4, 2)), 0)
    P[z < 0] += 0.5  # A cell that is silent and should not be: there the two deltas differ.
    given = z.copy(), P.copy()
    found = attempt(*given)
    unchanged(z, given[0], "z")
    unchanged(P, given[1], "P")
    parts(found, "loss", "delta_F", "delta_z")
    F, open_ = np.maximum(z, 0), z > 0
    loss, delta_F, delta_z = _content_deltas(z, P)
    compare(
        found[0],
        loss,
        "the loss",
        mistakes={
            "The half in front of the sum is missing.": 2 * loss,
            "That is the mean; the paper's loss is a sum.": loss / z.size,
            "That is half the mean; the paper's loss is a sum.": 2 * loss / z.size,
            "F is the ReLU of z: the negative numbers must go first.": 0.5 * np.sum((z - P) ** 2),
            "Square the differences before you add them up.": 0.5 * np.sum(F - P),
        },
    )
    compare(
        found[1],
        delta_F,
        "the delta at F",
        mistakes={
            "The half takes the 2 away that the square brings down.": 2 * delta_F,
            "The sign is turned: where F is above P, the loss grows with F.": -delta_F,
            "With respect to F itself it is F - P everywhere; the zeros belong to z.": delta_z,
            "F is the ReLU of z: the negative numbers must go first.": z - P,
        },
    )
    compare(
        found[2],
        delta_z,
        "the delta at z",
        mistakes={
            "A ReLU lets nothing pass where z is below 0: some of these must be 0.": delta_F,
            "Where z is below 0 a small change of z does not change F, so the loss does not move.": z - P,
            "It is z, not P, that opens the ReLU.": np.where(P > 0, delta_F, 0),
            "That is 1 or 0, or the ReLU's output, in the place of the delta.": open_ * F,
        },
    )
    change = 1e-5 * rng.normal(0, 1, z.shape)
    measured = (attempt(z + change, P)[0] - attempt(z - change, P)[0]) / 2
    compare(np.sum(delta_z * change), measured, "the change of your loss that the delta at z foretells", atol=1e-9)
    return "F - P at F, the same at z where the ReLU is open and 0 where it is shut; small changes of z confirm it."


def _code_error(a: np.ndarray, a0: np.ndarray) -> float:
    return np.sqrt(np.sum((a - a0) ** 2) / np.sum(a0**2))


@checker(_code_error)
def code_error(attempt: Answer) -> str:
    """The length of a - a0 over the length of a0, for two codes of one shape."""
    rng = np.random.default_rng(2)
    a, a0 = np.maximum(rng.normal(0, 1, (2, 1, 3, 5, 4)), 0)
    a0 = 2 * a0 + 0.1  # No cell of the target is silent as a whole: a mean of the cells' errors would be infinite.
    given = a.copy(), a0.copy()
    found = attempt(*given)
    unchanged(a, given[0], "a")
    unchanged(a0, given[1], "a0")
    ratio, own = np.sum((a - a0) ** 2) / np.sum(a0**2), np.sum((a - a0) ** 2) / np.sum(a**2)
    cells = np.sqrt(np.sum((a - a0) ** 2, -1) / np.sum(a0**2, -1))
    compare(
        found,
        np.sqrt(ratio),
        "the error of a code of 60 numbers",
        mistakes={
            "That is the square of the error: take the root at the end.": ratio,
            "The half is for the loss; here two lengths are divided.": ratio / 2,
            "The half is for the loss; two lengths are divided here.": np.sqrt(ratio / 2),
            "Divide by the target a0, which stays, and not by a.": np.sqrt(own),
            "That is the square of the error, and of a in the place of a0.": own,
            "That is the length of the difference: divide it by the length of a0.": np.sqrt(np.sum((a - a0) ** 2)),
            "That divides sums of sizes; the root of the sums of squares was asked for.": np.sum(np.abs(a - a0))
            / np.sum(np.abs(a0)),
            "That is the mean of the cells' errors: add up all cells before dividing.": cells.mean(),
            "One number is wanted for the whole code, not one for each cell.": cells,
        },
    )
    compare(attempt(a0, a0), 0, "the error of the target itself")
    compare(attempt(0 * a0, a0), 1, "the error of a code of zeros")
    compare(attempt(1000 * a, 1000 * a0), found, "the error of both codes, each taken 1000 times,")
    return "0 for the target, 1 for a code of zeros, and the same in any unit."


@checker("c")
def lost_first(attempt: str) -> str:
    """Which of layout, colour and fine detail is lost first with depth?"""
    return choice(
        attempt,
        "c",
        {
            "a": "where it is light and where dark, over areas of many pixels, is what stays longest: each of a deep "
            "layer's cells still lies over its own part of the picture. Look at the topmost curve.",
            "b": "colour does go, but it has a companion that goes sooner. Look at the curves once more.",
            "c": "which pixel is lighter than its neighbour goes first, colour later, and the layout of light and dark "
            "last.",
        },
    )


def _pooled_inversion(start: np.ndarray, code: np.ndarray, k: int) -> np.ndarray:
    means = start.reshape(start.shape[0] // k, k, start.shape[1] // k, k, 3).mean((1, 3))
    return start + np.repeat(np.repeat(code - means, k, 0), k, 1)


@checker(_pooled_inversion)
def pooled_inversion(attempt: Answer) -> str:
    """The picture nearest to start (h, w, 3) whose k x k means are the code (h / k, w / k, 3)."""
    rng = np.random.default_rng(4)
    for k, rows, columns in ((2, 3, 4), (3, 2, 3)):
        start, code = rng.uniform(0, 255, (k * rows, k * columns, 3)), rng.uniform(0, 255, (rows, columns, 3))
        given = start.copy(), code.copy()
        found = attempt(*given, k)
        unchanged(start, given[0], "The start that you were given")
        unchanged(code, given[1], "The code that you were given")
        expected = _pooled_inversion(start, code, k)
        large, means = np.repeat(np.repeat(code, k, 0), k, 1), _means(start, k)
        compare(
            found,
            expected,
            f"the inversion of a code of {k} x {k} means",
            mistakes={
                "That has the code, but nothing of the start: the nearest picture keeps all that the code does not "
                "fix.": large,
                "The start's own means are still inside: change each square by code - mean.": start + large,
                "The change is code - mean, not mean - code.": start - np.repeat(np.repeat(code - means, k, 0), k, 1),
                "Enlarge by repeating each number k times along both axes; np.tile repeats the whole array.": start
                + np.tile(code - means, (k, k, 1)),
                "That is one step of gradient descent with a rate of 1: it goes only 1 / k^2 of the way.": start
                + np.repeat(np.repeat(code - means, k, 0), k, 1) / k**2,
                "That removes the mean of the whole start; each square has its own.": start
                + large
                - start.mean((0, 1)),
            },
        )
        walked = start.copy()
        for _ in range(400):  # Gradient descent on 1/2 sum (means - code)^2, which knows nothing of the formula.
            walked -= np.repeat(np.repeat(_means(walked, k) - code, k, 0), k, 1) / k**2
        compare(found, walked, "the place where gradient descent ends", atol=1e-3)
    return "its code is the one asked for, the rest is the start's; gradient descent ends at the same picture."


def _means(picture: np.ndarray, k: int) -> np.ndarray:
    return np.mean([picture[i::k, j::k] for i in range(k) for j in range(k)], 0)


def _total_variations(picture: tf.Tensor) -> dict[str, tf.Tensor]:
    return {form: total_variation_loss(picture, form) for form in FORMS}


@checker(_total_variations)
def total_variations(attempt: Answer) -> str:
    """{"squared", "l1", "keras"}: the three total variations of a picture tensor (1, h, w, 3)."""
    rng = np.random.default_rng(5)
    ramp = np.zeros((1, 2, 9, 3), "float32")
    ramp[..., 0] = np.arange(9)
    step = np.zeros_like(ramp)
    step[:, :, 4:, 0] = 8
    cases = {
        "of a constant picture": np.full((1, 4, 5, 3), 100, "float32"),
        "of a ramp from 0 to 8 in two rows of one colour": ramp,
        "of a step from 0 to 8 in two rows of one colour": step,
        "of the step, turned upright": step.transpose(0, 2, 1, 3),
        "of a random picture": rng.uniform(0, 255, (1, 5, 6, 3)).astype("float32"),
    }
    for what, x in cases.items():
        found = attempt(tf.constant(x))
        if not isinstance(found, dict) or set(found) != set(FORMS):
            raise Wrong(f"a dict with the keys {', '.join(FORMS)} was expected, and not {short(found)}.")
        if not all(tf.is_tensor(value) for value in found.values()):
            raise Wrong("the tape cannot follow NumPy: use TensorFlow's functions, such as tf.reduce_sum, and slices.")
        dx, dy = np.diff(x.astype("float64"), axis=2), np.diff(x.astype("float64"), axis=1)
        for form, value in found.items():
            known = _mistakes(form, x.astype("float64"), dx, dy)
            compare(value, _brute(form, x[0]), f'"{form}" {what}', mistakes=known, rtol=1e-3, atol=1e-3)
    x = cases["of a random picture"]
    for form, power in zip(FORMS, (2, 1, 2.5)):
        once, thrice = attempt(tf.constant(x))[form], attempt(tf.constant(3 * x))[form]
        compare(thrice / once, 3**power, f'"{form}" of three times a picture, over that of the picture,', rtol=1e-3)
    _differentiable(attempt, x[0])
    return "0 for a constant picture, the right price for ramp and step, and three times the contrast costs 9, 3, 15.6."


def _brute(form: str, x: np.ndarray) -> float:
    """A total variation of a picture (h, w, 3), cell by cell."""
    h, w, _ = x.shape
    total, x = 0.0, x.astype("float64")
    for i, j in np.ndindex(h, w):
        right = x[i, j + 1] - x[i, j] if j + 1 < w else None
        below = x[i + 1, j] - x[i, j] if i + 1 < h else None
        if form == "keras":
            total += 0 if right is None or below is None else np.sum((right**2 + below**2) ** 1.25)
        else:
            size = np.square if form == "squared" else np.abs
            total += sum(np.sum(size(one)) for one in (right, below) if one is not None)
    return total


def _mistakes(form: str, x: np.ndarray, dx: np.ndarray, dy: np.ndarray) -> dict[str, float]:
    wrapped = [np.roll(x, -1, axis) - x for axis in (2, 1)]
    inner = np.square(dx[:, :-1]), np.square(dy[:, :, :-1])
    if form == "keras":
        return {
            "Squares already count twice: with the power 1.25 on them, |d| has the power 2.5.": np.sum(
                (inner[0] + inner[1]) ** 2.5
            ),
            "Add the two squares at a pixel first, then take the power.": np.sum(inner[0] ** 1.25 + inner[1] ** 1.25),
            "The power belongs to each pixel, not to the whole sum.": np.sum(inner[0] + inner[1]) ** 1.25,
            "np.roll takes the opposite border for a neighbour: use slices.": np.sum(
                (wrapped[0] ** 2 + wrapped[1] ** 2) ** 1.25
            ),
        }
    size = np.square if form == "squared" else np.abs
    return {
        "Only neighbours beside each other are compared; those above each other count too.": np.sum(size(dx)),
        "Only neighbours above each other are compared; those beside each other count too.": np.sum(size(dy)),
        "That is a mean; the sum was asked for.": np.mean(size(dx)) + np.mean(size(dy)),
        "The sign of a difference must not matter: rises and falls would cancel.": np.sum(dx) + np.sum(dy),
        "roll takes the opposite border for a neighbour: use slices.": sum(np.sum(size(one)) for one in wrapped),
        "That leaves out the last row and the last column; only the form of Keras does.": np.sum(size(dx[:, :-1]))
        + np.sum(size(dy[:, :, :-1])),
    }


def _differentiable(attempt: Answer, picture: np.ndarray) -> None:
    """Raises Wrong unless a tape can follow, in a function compiled for pictures of any size."""
    _, gradient = compiled(lambda x: {"squared": attempt(x)["squared"]})(picture)
    change = np.random.default_rng(6).normal(0, 1, picture.shape)
    measured = (_brute("squared", picture + change) - _brute("squared", picture - change)) / 2
    compare(np.sum(gradient * change), measured, "the slope of the squared form along a random direction", rtol=1e-3)


@checker("b")
def step_price(attempt: str) -> str:
    """Which form asks the same for a step as for a ramp of the same height?"""
    return choice(
        attempt,
        "b",
        {
            "a": "the square of one jump of 8 is 64, and eight jumps of 1 cost 8: it asks eight times as much for the "
            "step.",
            "b": "one jump of 8 or eight jumps of 1, the sum of sizes is 8. It has no wish in the matter; the other "
            "two want the ramp.",
            "c": "its power on a jump is 2 times 1.25, that is 2.5, and 8 to that power is 181: of the three it asks "
            "the most for a step.",
            "d": "a form that liked the step better would have to ask less for one jump of 8 than for eight of 1. A "
            "power below 1 does; none of these three has one.",
        },
    )
