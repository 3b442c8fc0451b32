"""Lesson 04, Inversion: what a layer remembers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.backend import tf
from course_utils.exercises.draws import FLOAT32, Case, Draw
from course_utils.exercises.exercise import Question, exercise
from course_utils.exercises.kinds import Array, Named, Number, Parts, Several, Tensor, Wrong
from course_utils.exercises.running import Answer, check_shape, compiled
from course_utils.losses import total_variation_loss

VARIATIONS = ("squared", "l1", "keras")


def _values_and_target(draw: Draw) -> Case:
    shape = (draw.size(8, 30),) if draw.form.sides == "tall" else (1, *draw.sides(2, 20), draw.size(2, 20))
    return Case((draw.normal(shape, 0, 2), draw.activations(shape)), f"of arrays of shape {shape}")


def _squares(difference: np.ndarray) -> float:
    return 0.5 * np.sum(difference**2)


def _deltas(
    loss: Callable = lambda z, F, P: _squares(F - P),
    at_F: Callable = lambda z, F, P: F - P,
    at_z: Callable = lambda z, F, P: np.where(z > 0, F - P, 0),
) -> Callable:
    """All three, right but for those that are made of (z, F, P)."""

    def content_deltas(z: np.ndarray, P: np.ndarray) -> tuple:
        F = np.maximum(z, 0)
        return loss(z, F, P), at_F(z, F, P), at_z(z, F, P)

    return content_deltas


Z = np.array([[-1.5, 0.0, 2.5], [0.75, -0.25, 1.0]], "float32")


@exercise(
    draws=_values_and_target,
    also=[
        Case((Z, np.zeros_like(Z)), "for a target of zeros"),
        Case((Z[0], np.maximum(Z[0], 0)), "for the target itself"),
    ],
    returns=Parts(Number("the loss"), Array("the delta at F"), Array("the delta at z")),
    mistakes={
        "The half in front of the sum is missing.": _deltas(lambda z, F, P: np.sum((F - P) ** 2)),
        "That is the mean; the paper's loss is a sum.": _deltas(lambda z, F, P: np.mean((F - P) ** 2)),
        "That is half the mean; the paper's loss is a sum.": _deltas(lambda z, F, P: 0.5 * np.mean((F - P) ** 2)),
        "F is the ReLU of z: the negative numbers must go first.": (
            _deltas(lambda z, F, P: _squares(z - P)),
            _deltas(at_F=lambda z, F, P: z - P),
            _deltas(lambda z, F, P: _squares(z - P), lambda z, F, P: z - P, lambda z, F, P: z - P),
        ),
        "Square the differences before you add them up.": _deltas(lambda z, F, P: 0.5 * np.sum(F - P)),
        "Those are their sizes; add up the squares of the differences.": _deltas(
            lambda z, F, P: 0.5 * np.sum(np.abs(F - P))
        ),
        "That is half the length of the difference; the loss takes no root.": _deltas(
            lambda z, F, P: 0.5 * np.linalg.norm(F - P)
        ),
        "That counts only where z is above 0; the sum goes over all numbers.": _deltas(
            lambda z, F, P: _squares((F - P)[z > 0])
        ),
        "The half takes the 2 away that the square brings down.": (
            _deltas(at_F=lambda z, F, P: 2 * (F - P)),
            _deltas(at_z=lambda z, F, P: np.where(z > 0, 2 * (F - P), 0)),
        ),
        "The sign is turned: where F is above P, the loss grows with F.": _deltas(at_F=lambda z, F, P: P - F),
        "The sign is turned: where F is above P, the loss grows with z.": _deltas(
            at_z=lambda z, F, P: np.where(z > 0, P - F, 0)
        ),
        "With respect to F itself it is F - P everywhere; the zeros belong to z.": _deltas(
            at_F=lambda z, F, P: np.where(z > 0, F - P, 0)
        ),
        "A ReLU lets nothing pass where z is below 0: some of these must be 0.": _deltas(at_z=lambda z, F, P: F - P),
        "Where z is below 0 a small change of z does not change F, so the loss does not move.": _deltas(
            at_z=lambda z, F, P: z - P
        ),
        "Where z is exactly 0 it is 0 as well: F - P only where z > 0.": _deltas(
            at_z=lambda z, F, P: np.where(z >= 0, F - P, 0)
        ),
        "It is z, not P, that opens the ReLU.": _deltas(at_z=lambda z, F, P: np.where(P > 0, F - P, 0)),
        "It is z, not the difference F - P, that opens the ReLU.": _deltas(at_z=lambda z, F, P: np.maximum(F - P, 0)),
        "That is 1 where the ReLU is open, the derivative of F by z: multiply it by F - P.": _deltas(
            at_z=lambda z, F, P: 1.0 * (z > 0)
        ),
        "That is the ReLU's output, in the place of the delta.": _deltas(at_z=lambda z, F, P: F),
    },
    praise="F - P at F, the same at z where the ReLU is open, and 0 where it is shut.",
)
def content_deltas(z: np.ndarray, P: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """(loss, delta_F, delta_z) of 1/2 sum (F - P)^2 with F = max(z, 0), of arrays z and P of any one shape."""
    return _deltas()(z, P)


def _two_codes(draw: Draw) -> Case:
    unit = draw.number(0.5, 2) * 10.0 ** draw.rng.integers(-3, 4)
    if draw.form.sides == "tall":  # The scores of an answer's classes, which may be negative.
        shape: tuple[int, ...] = (1, draw.size(8, 30))
        a, a0 = draw.normal(shape, 0.2), draw.normal(shape, -0.3, 2)
    else:
        shape = (1, *draw.sides(2, 20), draw.size(2, 20))
        a, a0 = draw.activations(shape), 2 * draw.activations(shape)
    one = draw.form.dtype
    return Case(((unit * a).astype(one), (unit * a0).astype(one)), f"of a code of shape {shape}")


def _length(code: np.ndarray) -> float:
    return np.sqrt(np.sum(code**2))


def _error(a: np.ndarray, a0: np.ndarray) -> float:
    return _length(a - a0) / _length(a0)


def _of_cells(a: np.ndarray, a0: np.ndarray) -> np.ndarray:
    return np.sqrt(np.sum((a - a0) ** 2, -1) / np.sum(a0**2, -1))


CODE = np.random.default_rng(2).exponential(3, (1, 2, 5, 3)).astype("float32")


@exercise(
    draws=_two_codes,
    also=[
        Case((CODE, CODE), "of the target itself"),
        Case((0 * CODE, CODE), "of a code of zeros"),
        Case((3 * CODE, CODE), "of a code three times the target"),
        Case((CODE[..., ::-1], CODE), "of the target with its channels in another order"),
    ],
    returns=Number("the error"),
    mistakes={
        "That is the square of the error: take the root at the end.": lambda a, a0: _error(a, a0) ** 2,
        "The half is for the loss; here two lengths are divided.": (
            lambda a, a0: _error(a, a0) ** 2 / 2,
            lambda a, a0: _error(a, a0) / np.sqrt(2),
            lambda a, a0: _error(a, a0) / 2,
        ),
        "Divide by the target a0, which stays, and not by a.": lambda a, a0: _length(a - a0) / _length(a),
        "That is the square of the error, and of a in the place of a0.": lambda a, a0: (
            (_length(a - a0) / _length(a)) ** 2
        ),
        "The root is taken of the upper sum alone: take it of both.": lambda a, a0: _length(a - a0) / np.sum(a0**2),
        "That is the length of the difference: divide it by the length of a0.": lambda a, a0: _length(a - a0),
        "That is the root of the mean squared difference, in the code's own unit: divide the length of the difference "
        "by that of a0.": lambda a, a0: np.sqrt(np.mean((a - a0) ** 2)),
        "That divides sums of sizes; the root of the sums of squares was asked for.": lambda a, a0: (
            np.sum(np.abs(a - a0)) / np.sum(np.abs(a0))
        ),
        "That compares the two lengths: take the difference of the codes first, then its length.": (
            lambda a, a0: (_length(a) - _length(a0)) / _length(a0),
            lambda a, a0: np.abs(_length(a) - _length(a0)) / _length(a0),
        ),
        "That is the mean of the cells' errors: add up all cells before dividing.": lambda a, a0: np.mean(
            _of_cells(a, a0)
        ),
        "That divides number by number: add up all squares before dividing.": (
            lambda a, a0: np.mean(np.abs(a - a0) / np.abs(a0)),
            lambda a, a0: np.sqrt(np.mean((a - a0) ** 2 / a0**2)),
            lambda a, a0: np.sqrt(np.sum((a - a0) ** 2 / a0**2)),
        ),
        "That is in per cent; the error is a share, 1 for a code of zeros.": lambda a, a0: 100 * _error(a, a0),
    },
    praise="0 for the target, 1 for a code of zeros, and the same in any unit.",
)
def code_error(a: np.ndarray, a0: np.ndarray) -> float:
    """The length of a - a0 over the length of a0, for two codes of one shape; a0 is not all 0."""
    return _error(a, a0)


lost_first = Question(
    "lost_first",
    "c",
    {
        "a": "where it is light and where dark, over areas of many pixels, is what stays longest: each of a deep "
        "layer's cells still lies over its own part of the picture.",
        "b": "colour does go, but something else goes sooner. What does the first pooling, which keeps one of four "
        "numbers, already forget?",
        "c": "which pixel is lighter than its neighbour goes first, colour later, and the layout of light and dark "
        "last.",
    },
    doc="Which of layout, colour and fine detail is lost first with depth?",
)


def _some_picture(draw: Draw) -> Case:
    height, width = draw.sides(2, 16)
    use = None if draw.form.levels else _with_a_tape  # Where neighbours are equal, a root has no slope.
    return Case((draw.uniform((1, height, width, 3), -40, 300),), f"of a picture of {height} x {width} pixels", use=use)


def _eager(answer: Answer, picture: np.ndarray) -> dict[str, Any]:
    """Where neighbours are equal a slope may be taken from either side, but it has to be a number."""
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x := tf.constant(picture))
        values = answer(x)
    if not isinstance(values, Mapping) or not all(map(tf.is_tensor, values.values())):
        return {"values": values}
    gradients = [tape.gradient(value, x, unconnected_gradients="zero") for value in values.values()]
    return {"values": values, "unknown": sum(int(np.sum(~np.isfinite(one))) for one in gradients)}


def _with_a_tape(answer: Answer, picture: np.ndarray) -> dict[str, Any]:
    x = tf.constant(picture)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        values = answer(x)
    if not isinstance(values, Mapping) or not all(map(tf.is_tensor, values.values())):
        return {"values": values}
    gradients: Any = {name: tape.gradient(value, x) for name, value in values.items()}
    for name, gradient in gradients.items():
        if gradient is None:
            gradients = Wrong(
                f"no gradient comes back from {name!r} to the picture: compute with TensorFlow's functions from end to "
                "end."
            )
            break
    return {"values": values, "gradients": gradients}


def _as_the_lesson_does(answer: Answer, picture: np.ndarray) -> dict[str, Any]:
    """Compiled for pictures of any size, with the gradient of the one that the lesson descends."""

    def values_and_gradient(x: tf.Tensor) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            values = answer.function(x)
        return values, tape.gradient(values["squared"], x)

    values, gradient = compiled(values_and_gradient, tf.TensorSpec((1, None, None, 3), tf.float32))(picture)
    return {"compiled": values, "slope": gradient}


def _sums(**changed: Callable) -> Callable:
    """All three, right but for those that are made of a picture (h, w, 3) and its differences to right and below."""
    right: dict[str, Callable] = {
        "squared": lambda x, dx, dy: np.sum(dx**2) + np.sum(dy**2),
        "l1": lambda x, dx, dy: np.sum(np.abs(dx)) + np.sum(np.abs(dy)),
        "keras": lambda x, dx, dy: np.sum(_at_pixels(dx, dy) ** 1.25),
    }

    def total_variations(picture: tf.Tensor) -> dict[str, np.float32]:
        x = np.asarray(picture)[0].astype("float64")
        dx, dy = np.diff(x, axis=1), np.diff(x, axis=0)
        return {form: np.float32(make(x, dx, dy)) for form, make in (right | changed).items()}

    return total_variations


def _at_pixels(dx: np.ndarray, dy: np.ndarray) -> np.ndarray:
    """dx^2 + dy^2 at the pixels that have both neighbours."""
    return dx[:-1] ** 2 + dy[:, :-1] ** 2


def _with_borders(x: np.ndarray, dx: np.ndarray, dy: np.ndarray) -> np.ndarray:
    """dx^2 + dy^2 at all pixels; a neighbour that is missing does not differ."""
    return np.pad(dx, ((0, 0), (0, 1), (0, 0))) ** 2 + np.pad(dy, ((0, 1), (0, 0), (0, 0))) ** 2


def _rolled(size: Callable, join: Callable = lambda dx, dy: np.sum(dx) + np.sum(dy)) -> Callable:
    """With the opposite border for the neighbour that is missing."""
    return lambda x, dx, dy: join(*(size(np.roll(x, -1, axis) - x) for axis in (1, 0)))


RAMP = np.zeros((1, 2, 9, 3), "float32")
RAMP[..., 0] = np.arange(9)
STEP = np.zeros_like(RAMP)
STEP[:, :, 4:, 0] = 8
SPECKS = np.random.default_rng(5).uniform(0, 255, (1, 5, 6, 3)).astype("float32")


@exercise(
    draws=_some_picture,
    forms=FLOAT32[:3],
    also=[
        Case((np.full((1, 4, 5, 3), 100, "float32"),), "of a constant picture"),
        Case((RAMP,), "of a ramp from 0 to 8 in two rows of one colour"),
        Case((STEP,), "of a step from 0 to 8 in two rows of one colour"),
        Case((STEP.transpose(0, 2, 1, 3),), "of the step, turned upright"),
        Case((SPECKS,), "of a picture of 5 x 6 pixels", use=_as_the_lesson_does),
    ],
    use=_eager,
    returns=Several(
        values=Named("the answer", Tensor("the total variation")),
        gradients=Named("the gradients", Tensor("the gradient of the total variation")),
        unknown=Number("the number of gradients that are NaN"),
        compiled=Named("the compiled answer", Tensor("the compiled total variation")),
        slope=Tensor("the gradient of the compiled total variation 'squared'"),
    ),
    mistakes={
        "Only neighbours beside each other are compared; those above each other count too.": _sums(
            squared=lambda x, dx, dy: np.sum(dx**2),
            l1=lambda x, dx, dy: np.sum(np.abs(dx)),
            keras=lambda x, dx, dy: np.sum(np.abs(dx) ** 2.5),
        ),
        "Only neighbours above each other are compared; those beside each other count too.": _sums(
            squared=lambda x, dx, dy: np.sum(dy**2),
            l1=lambda x, dx, dy: np.sum(np.abs(dy)),
            keras=lambda x, dx, dy: np.sum(np.abs(dy) ** 2.5),
        ),
        "That is a mean; the sum was asked for.": (
            _sums(
                squared=lambda x, dx, dy: np.mean(dx**2) + np.mean(dy**2),
                l1=lambda x, dx, dy: np.mean(np.abs(dx)) + np.mean(np.abs(dy)),
                keras=lambda x, dx, dy: np.mean(_at_pixels(dx, dy) ** 1.25),
            ),
            _sums(
                squared=lambda x, dx, dy: (np.sum(dx**2) + np.sum(dy**2)) / x.size,
                l1=lambda x, dx, dy: (np.sum(np.abs(dx)) + np.sum(np.abs(dy))) / x.size,
                keras=lambda x, dx, dy: np.sum(_at_pixels(dx, dy) ** 1.25) / x.size,
            ),
        ),
        "That is half of it.": _sums(squared=lambda x, dx, dy: 0.5 * (np.sum(dx**2) + np.sum(dy**2))),
        "The sign of a difference must not matter: rises and falls would cancel.": _sums(
            l1=lambda x, dx, dy: np.sum(dx) + np.sum(dy)
        ),
        "Square each difference before you add them up.": _sums(
            squared=lambda x, dx, dy: np.sum(dx) ** 2 + np.sum(dy) ** 2
        ),
        "L1 adds |dx| and |dy|; that is the length of (dx, dy) at each pixel.": (
            _sums(l1=lambda x, dx, dy: np.sum(np.sqrt(_at_pixels(dx, dy)))),
            _sums(l1=lambda x, dx, dy: np.sum(np.sqrt(_with_borders(x, dx, dy)))),
        ),
        "roll takes the opposite border for a neighbour: use slices.": _sums(
            squared=_rolled(np.square),
            l1=_rolled(np.abs),
            keras=_rolled(np.square, lambda dx, dy: np.sum((dx + dy) ** 1.25)),
        ),
        "That leaves out the last row and the last column; only the form of Keras does.": _sums(
            squared=lambda x, dx, dy: np.sum(dx[:-1] ** 2) + np.sum(dy[:, :-1] ** 2),
            l1=lambda x, dx, dy: np.sum(np.abs(dx[:-1])) + np.sum(np.abs(dy[:, :-1])),
        ),
        "Two of the forms have changed places: 'squared' adds squares, 'l1' sizes.": _sums(
            squared=lambda x, dx, dy: np.sum(np.abs(dx)) + np.sum(np.abs(dy)),
            l1=lambda x, dx, dy: np.sum(dx**2) + np.sum(dy**2),
        ),
        "Squares already count twice: with the power 1.25 on them, |d| has the power 2.5.": _sums(
            keras=lambda x, dx, dy: np.sum(_at_pixels(dx, dy) ** 2.5)
        ),
        "The power 1.25 belongs to the sum of the squares, not to its root.": _sums(
            keras=lambda x, dx, dy: np.sum(_at_pixels(dx, dy) ** 0.625)
        ),
        "The power 1.25 is missing.": _sums(keras=lambda x, dx, dy: np.sum(_at_pixels(dx, dy))),
        "Add the two squares at a pixel first, then take the power.": (
            _sums(keras=lambda x, dx, dy: np.sum(np.abs(dx[:-1]) ** 2.5 + np.abs(dy[:, :-1]) ** 2.5)),
            _sums(keras=lambda x, dx, dy: np.sum(np.abs(dx) ** 2.5) + np.sum(np.abs(dy) ** 2.5)),
        ),
        "The power belongs to each pixel, not to the whole sum.": (
            _sums(keras=lambda x, dx, dy: np.sum(_at_pixels(dx, dy)) ** 1.25),
            _sums(keras=lambda x, dx, dy: (np.sum(dx**2) + np.sum(dy**2)) ** 1.25),
        ),
        "Each colour on its own: take the power before you add the colours up.": _sums(
            keras=lambda x, dx, dy: np.sum(np.sum(_at_pixels(dx, dy), -1) ** 1.25)
        ),
        "Only pixels that have both neighbours count; those of the last row and the last column do not.": _sums(
            keras=lambda x, dx, dy: np.sum(_with_borders(x, dx, dy) ** 1.25)
        ),
        "dx and dy belong to one pixel: leave out the last row of dx and the last column of dy, not the first.": _sums(
            keras=lambda x, dx, dy: np.sum((dx[1:] ** 2 + dy[:, 1:] ** 2) ** 1.25)
        ),
    },
    praise="0 for a constant picture, the right price for ramp and step; it can be compiled, and the tape can follow.",
)
def total_variations(picture: tf.Tensor) -> dict[str, tf.Tensor]:
    """{"squared", "l1", "keras"}: the three total variations of a picture tensor (1, h, w, 3)."""
    return {form: total_variation_loss(picture, form) for form in VARIATIONS}


def _valley(draw: Draw) -> Case:
    shape = (*draw.sides(4, 30), 3)
    curvatures, lowest, start = draw.uniform(shape, 0.5, 2), draw.uniform(shape), draw.uniform(shape)
    steps, length = draw.size(5, 40), draw.number(2, 9)
    return Case((curvatures, lowest, start, steps, length), f"after {steps} steps, the first of length {length:g},")


def _with_slopes(
    answer: Answer, curvatures: np.ndarray, lowest: np.ndarray, picture: np.ndarray, steps: int, length: float
) -> Any:
    """A quadratic cost whose curvatures differ from pixel to pixel; like the lesson's, its gradient takes arrays."""

    def gradient_of(seen: np.ndarray) -> np.ndarray:
        check_shape("gradient_of", seen, picture)
        return curvatures * (np.asarray(seen) - lowest)

    return answer(gradient_of, picture, steps, length)


def _root_mean_square(gradient: np.ndarray) -> float:
    return np.sqrt(np.mean(gradient**2))


def _descent(
    sign: int = -1,
    size: Callable[[np.ndarray], float] = _root_mean_square,
    falls: Callable[[int, int], float] = lambda k, steps: 1 - k / steps,
    again: bool = True,
) -> Callable:
    """Steps along the gradient, or against it. again: it is computed anew at each step."""

    def descend(gradient_of: Callable, picture: np.ndarray, steps: int, length: float) -> np.ndarray:
        first = gradient_of(picture)
        for k in range(steps):
            gradient = gradient_of(picture) if again else first
            picture = picture + sign * length * falls(k, steps) * gradient / size(gradient)
        return picture

    return descend


@exercise(
    draws=_valley,
    also=[
        Case((np.ones((2, 3, 3)), np.zeros((2, 3, 3)), np.full((2, 3, 3), 10.0), 1, 4.0), "after a single step"),
        Case((np.ones((2, 3, 3)), np.zeros((2, 3, 3)), np.full((2, 3, 3), 90.0), 2, 4.0), "after two steps"),
    ],
    use=_with_slopes,
    returns=Array("the picture", also=("tensor",)),
    mistakes={
        "That goes up: a descent moves the picture against the gradient, so subtract it.": _descent(sign=1),
        "The gradient is not divided by its root mean square, so that a step has no fixed length.": _descent(
            size=lambda gradient: 1.0
        ),
        "The gradient is divided by its mean size, mean(|g|); the root mean square is asked for.": _descent(
            size=lambda gradient: np.mean(np.abs(gradient))
        ),
        "The gradient is divided by its largest value; the root mean square is asked for.": _descent(
            size=lambda gradient: np.max(np.abs(gradient))
        ),
        "The gradient is divided by its length, the root of the SUM of squares; take the mean.": _descent(
            size=lambda gradient: np.sqrt(np.sum(gradient**2))
        ),
        "The gradient is divided by the mean square: its root is missing.": _descent(
            size=lambda gradient: np.mean(gradient**2)
        ),
        "All steps have the same length: step k, counted from 0, has the length (1 - k / steps) times the first.": (
            _descent(falls=lambda k, steps: 1.0)
        ),
        "The first step is too short already: count the steps from 0.": _descent(
            falls=lambda k, steps: 1 - (k + 1) / steps
        ),
        "The gradient belongs to the first picture: compute it anew at each step, inside the loop.": _descent(
            again=False
        ),
        "That is the picture at the start: return the one that has moved.": lambda gradient_of, picture, *_: picture,
    },
    praise="each step goes against a fresh gradient, has the length that it should, and the last are short.",
)
def descend(gradient_of: Callable, picture: np.ndarray, steps: int, length: float) -> np.ndarray:
    """A picture after some steps of gradient descent, the first of root mean square `length`, later ones shorter."""
    return _descent()(gradient_of, picture, steps, length)


def _start_and_code(draw: Draw) -> Case:
    k, (rows, columns) = draw.size(2, 5), draw.sides(6, 20)
    start, code = draw.uniform((k * rows, k * columns, 3)), draw.uniform((rows, columns, 3))
    return Case((start, code, k), f"of a code of {rows} x {columns} means, each of {k} x {k} pixels,")


def _means(picture: np.ndarray, k: int) -> np.ndarray:
    return np.mean([picture[i::k, j::k] for i in range(k) for j in range(k)], 0)


def _repeated(code: np.ndarray, k: int) -> np.ndarray:
    return np.repeat(np.repeat(code, k, 0), k, 1)


def _moved(start: np.ndarray, code: np.ndarray, k: int) -> np.ndarray:
    return start + _repeated(code - _means(start, k), k)


PICTURE = np.random.default_rng(4).uniform(0, 255, (12, 18, 3)).astype("float32")


@exercise(
    draws=_start_and_code,
    also=[
        Case((PICTURE, PICTURE[::6, 1::6], 6), "of a code of 2 x 3 means, each of 6 x 6 pixels,"),
        Case((PICTURE[:7, :7], PICTURE[8:9, 8:9], 7), "of a code of a single mean, of 7 x 7 pixels,"),
        Case((PICTURE[:3, :4], PICTURE[4:7, 4:8], 1), "where each mean is of one pixel,"),
        Case((PICTURE, _means(PICTURE, 2), 2), "of the start's own code"),
    ],
    returns=Array("the inversion", also=("tensor",)),
    mistakes={
        "That has the code, but nothing of the start: the nearest picture keeps all that the code does not fix.": (
            lambda start, code, k: _repeated(code, k)
        ),
        "The start's own means are still inside: change each square by code - mean.": lambda start, code, k: (
            start + _repeated(code, k)
        ),
        "The change is code - mean, not mean - code.": lambda start, code, k: (
            start - _repeated(code - _means(start, k), k)
        ),
        "Enlarge by repeating each number k times along both axes; np.tile repeats the whole array.": (
            lambda start, code, k: start + np.tile(code - _means(start, k), (k, k, 1))
        ),
        "That is one step of gradient descent with a rate of 1: it goes only 1 / k^2 of the way.": (
            lambda start, code, k: start + _repeated(code - _means(start, k), k) / k**2
        ),
        "That removes the mean of the whole start; each square has its own.": lambda start, code, k: (
            start + _repeated(code, k) - start.mean((0, 1))
        ),
        "That removes one mean of all three colours; each colour of a square has its own.": lambda start, code, k: (
            start + _repeated(code - _means(start, k).mean(-1, keepdims=True), k)
        ),
        "Clipped to 0..255 it no longer has the code; the nearest picture may leave that range.": (
            lambda start, code, k: np.clip(_moved(start, code, k), 0, 255)
        ),
        "That is the start as it was.": lambda start, code, k: start,
        "That is the change alone: add it to the start.": lambda start, code, k: _repeated(code - _means(start, k), k),
        "A square is moved by one amount, which is added: multiplied, it loses its own differences.": (
            lambda start, code, k: start * _repeated(code / _means(start, k), k)
        ),
    },
    praise="its code is the one asked for, the rest is the start's: the place where gradient descent ends.",
)
def pooled_inversion(start: np.ndarray, code: np.ndarray, k: int) -> np.ndarray:
    """The picture nearest to start (h, w, 3) whose k x k means are the code (h / k, w / k, 3)."""
    return _moved(start, code, k)
