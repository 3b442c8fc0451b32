"""Simple steps as iterators of States: plain gradient ascent, and Adam."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from course_utils import checks
from course_utils.backend import keras, tf
from course_utils.checks import Number, one_of
from course_utils.errors import CourseError
from course_utils.optimize.evaluation import CompiledObjective, Objective, compiled
from course_utils.optimize.states import State

# What a gradient is divided by, so that `step` means the same at every layer and picture.
NORMALIZATIONS: dict[str, Callable[[np.ndarray], float | np.floating]] = {
    "mean": lambda g: np.mean(np.abs(g)),  # google/deepdream and Keras: the mean step is `step`.
    "std": np.std,  # TensorFlow's tutorial.
    "max": lambda g: np.max(np.abs(g)),  # No pixel moves by more than `step`.
    "l2": np.linalg.norm,  # Keras' book: the whole step has length `step`, shared among all pixels.
    "none": lambda g: 1.0,
}


def silent(terms: dict[str, float]) -> CourseError:
    """What is said of an ascent that never moved."""
    return CourseError(
        f"nothing moved: the gradient of {', '.join(terms)} is 0 everywhere, since nothing in the picture excites it; "
        "take another channel, layer or picture."
    )


def gradient_ascent(
    score: Objective | CompiledObjective,
    start: np.ndarray,
    steps: int = 20,
    step: float = 1.5,
    normalize: str = "mean",
    clip: bool = True,
) -> Iterator[State]:
    """Climb the sum of a score's terms: picture += step x gradient / its size. Yields a State after each step.

    step: in units of 0..255; 1.5 with "mean" is google/deepdream's. normalize: see NORMALIZATIONS. clip: keep 0..255.
    A State holds the terms before its step. Raises CourseError for what is out of its range; and at the end where
    nothing moved, since the gradient was 0 everywhere at each step.
    """
    start = checks.picture("start", start)
    Number(1, whole=True)("steps", steps)
    Number(0)("step", step)
    one_of(*NORMALIZATIONS)("normalize", normalize)
    return _climb(compiled(score), start.astype("float32"), steps, step, NORMALIZATIONS[normalize], clip)


def _climb(
    evaluate: CompiledObjective, picture: np.ndarray, steps: int, step: float, size: Callable, clip: bool
) -> Iterator[State]:
    moved = False
    for k in range(1, steps + 1):
        terms, gradient = evaluate(picture)
        moved = moved or bool(gradient.any())
        picture = picture + np.float32(step / (size(gradient) + 1e-12)) * gradient
        picture = np.clip(picture, 0, 255) if clip else picture
        yield State(k, sum(terms.values()), terms, _held(picture))
    if not moved:
        raise silent(terms)


def adam(
    objective: Objective | CompiledObjective, start: np.ndarray, steps: int = 200, rate: float = 5.0, clip: bool = True
) -> Iterator[State]:
    """Minimise by Keras' Adam, on pixels; rate in units of 0..255. Yields a State with the terms before each step.

    Raises CourseError for what is out of its range.
    """
    start = checks.picture("start", start)
    Number(1, whole=True)("steps", steps)
    Number(0, 1e6, above=True)("rate", rate)
    return _adam(compiled(objective), tf.Variable(start.astype("float32")), steps, float(rate), clip)


def _adam(evaluate: CompiledObjective, picture: tf.Variable, steps: int, rate: float, clip: bool) -> Iterator[State]:
    optimiser = keras.optimizers.Adam(rate)  # Keras takes no whole number.
    for k in range(1, steps + 1):
        terms, gradient = evaluate(picture.numpy())
        optimiser.apply([tf.constant(gradient)], [picture])
        if clip:
            picture.assign(tf.clip_by_value(picture, 0, 255))
        yield State(k, sum(terms.values()), terms, _held(picture.numpy()))


def _held(picture: np.ndarray) -> Callable[[], np.ndarray]:
    """A function that gives this picture: a lambda inside a loop would give the loop's last one."""
    return lambda: picture
