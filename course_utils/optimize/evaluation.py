"""An objective as one compiled function of a NumPy picture: its terms and its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.backend import tf
from course_utils.checks import function
from course_utils.errors import CourseError
from course_utils.optimize.interrupts import held

Objective = Callable[[tf.Tensor], dict[str, tf.Tensor]]


class CompiledObjective:
    """An objective as one compiled function of a NumPy picture, for pictures of any size: traced once."""

    def __init__(self, objective: Objective) -> None:
        self.objective: Any = objective  # It may know more than to be called: `term_names`, and what `pool` asks for.
        self.names: tuple[str, ...] = ()

        @tf.function(input_signature=[tf.TensorSpec((1, None, None, 3), tf.float32)])
        def value_and_gradient(picture: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            with tf.GradientTape() as tape:
                tape.watch(picture)
                terms = objective(picture)
                values = tf.stack(list(terms.values()))
                loss = tf.reduce_sum(values)
            self.names = tuple(terms)  # Python runs here once, while tracing.
            return values, tape.gradient(loss, picture, unconnected_gradients=tf.UnconnectedGradients.ZERO)

        self._value_and_gradient = value_and_gradient

    def __call__(self, picture: np.ndarray) -> tuple[dict[str, float], np.ndarray]:
        """Terms by name, and the gradient (h, w, 3) of their sum, at a picture (h, w, 3).

        Raises CourseError where a term or the gradient is not a finite number, and where the picture is too small.
        """
        try:
            with held():
                values, gradient = self._value_and_gradient(picture[None])
        except tf.errors.InvalidArgumentError:  # Such as a pooling with nothing left to pool.
            height, width = picture.shape[:2]
            words = f"the objective has no value at a picture of {width} x {height} pixels: take a larger one."
            raise CourseError(words) from None
        names = getattr(self.objective, "term_names", self.names)  # One that takes over another's aims changes them.
        terms, gradient = dict(zip(names, values.numpy().tolist(), strict=True)), gradient.numpy()[0]
        for name, value in terms.items():
            if not np.isfinite(value):
                raise CourseError(f"the term {name!r} of the objective is {value}: check its weight and the picture.")
        if not np.isfinite(gradient).all():
            raise CourseError("the objective's gradient holds values that are not numbers: check its weights.")
        return terms, gradient


def compiled(objective: Objective | CompiledObjective) -> CompiledObjective:
    """The objective, compiled if it is not yet. Raises CourseError for what is no function."""
    if isinstance(objective, CompiledObjective):
        return objective
    return CompiledObjective(function("the objective", objective))
