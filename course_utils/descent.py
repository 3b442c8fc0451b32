"""L-BFGS on a picture as an iterator: for those who look at every step, and may stop or go on elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from course_utils.bases import BASES
from course_utils.lbfgs import LBFGS
from course_utils.optimize import FIRST_STEP, CompiledObjective, Objective, State, compiled


def descent(
    objective: Objective | CompiledObjective,
    start: np.ndarray,
    steps: int,
    *,
    basis: str | Callable = "spectral",
    memory: int = 10,
) -> Iterator[State]:
    """Minimise an objective from a picture (h, w, 3) by our L-BFGS; yields a State after each iteration.

    The same numbers as `minimize`: with as many evaluations, its last State is the result there. steps: no iteration
    begins after so many evaluations. basis, memory: see `minimize`. Each State is lower than the one before.
    Raises CourseError: a term that is not a finite number.
    """
    space = (BASES[basis] if isinstance(basis, str) else basis)(start.shape)
    evaluate = compiled(objective)
    seen: list[tuple[np.ndarray, dict[str, float]]] = []

    def function(vector: np.ndarray) -> tuple[float, np.ndarray]:
        picture = space.picture(vector)
        terms, gradient = evaluate(picture)
        seen[:] = [(picture, terms)]
        return sum(terms.values()), space.gradient(picture, gradient).astype(vector.dtype, copy=False)

    vector = space.vector(start)
    optimiser = LBFGS(function, vector, memory, first_step=FIRST_STEP * vector.size**0.5)
    for _ in optimiser:
        # The point that was accepted is the one that was evaluated last.
        picture, terms = seen[0]
        yield State(optimiser.evaluations, optimiser.loss, terms, lambda picture=picture: picture)
        if optimiser.evaluations >= steps:
            return
