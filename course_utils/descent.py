"""L-BFGS on a picture as an iterator: for those who look at every step, and may stop or go on elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from course_utils.optimize import CompiledObjective, Objective, Recorder, State, basis_of, compiled, our_lbfgs


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
    Raises CourseError: unknown basis, a term that is not a finite number.
    """
    space = basis_of(basis, start)
    record = Recorder(compiled(objective), space)
    for optimiser in our_lbfgs(record, space.vector(start), memory):
        yield record.best
        if optimiser.evaluations >= steps:
            return
