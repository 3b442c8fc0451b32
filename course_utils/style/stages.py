"""A picture that is made small first, and then larger, every time from what was reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from course_utils.errors import CourseError
from course_utils.optimize.interrupts import noted
from course_utils.optimize.loop import descent, minimize
from course_utils.optimize.pool import borrowed
from course_utils.optimize.states import INTERRUPTED, STOPPED, Result, State


@dataclass(frozen=True)
class Stage:
    """A size at which a picture is made.

    number: among all that were asked for, from 0. steps: evaluations, at least 1. aim: makes its objective, which the
    next one's can take over, see `optimize.pool`. start: gives the picture to begin with, from that of the stage before
    or, where there is none, from None. basis: see `minimize`.
    """

    number: int
    steps: int
    aim: Callable[[], Any]
    start: Callable[[np.ndarray | None], np.ndarray]
    basis: str | Callable


def not_empty(stages: list[Stage]) -> list[Stage]:
    """The stages. Raises CourseError where there is none, since its steps are 0 at every size that can be taken."""
    if not stages:
        raise CourseError("steps are 0 at every size that the network can take: leave the first ones out.")
    return stages


def minimize_stages(
    stages: Sequence[Stage],
    *,
    method: str,
    callback: Callable[[State], None] | None,
    stop: Callable[[], bool] | None,
    progress: bool | str,
) -> Result:
    """Minimise stage by stage; the history, and the steps that the callback is told, go on through all of them.

    The result's picture has the size of the last stage that was begun.
    """
    result: Result | None = None
    with borrowed(stages[0].aim()) as objective, noted():
        for stage in stages:
            if result is not None:
                objective.objective.take_over(stage.aim())
            first = stage.start(None if result is None else result.picture)
            try:
                told = _counting_on(callback, stage, result)
                bar = f"{progress}, {max(first.shape)} pixels" if isinstance(progress, str) else progress
                made = minimize(objective, first, stage.steps, method=method, basis=stage.basis,
                                callback=told, stop=stop, progress=bar)  # fmt: skip
            except KeyboardInterrupt:
                if result is None:
                    raise
                return replace(result, message=INTERRUPTED, interrupted=True)
            result = _joined(result, made)
            if result.interrupted or result.message.startswith(STOPPED):
                break
    assert result is not None  # There is at least one stage.
    return result


def descend_stages(stages: Sequence[Stage]) -> Iterator[State]:
    """The same by our L-BFGS, as an iterator of States: one an iteration, each in the size of its stage."""
    state: State | None = None
    with borrowed(stages[0].aim()) as objective:
        for stage in stages:
            before = 0 if state is None else state.step
            if state is not None:
                objective.objective.take_over(stage.aim())
            first = stage.start(None if state is None else np.clip(state.picture, 0, 255))
            for found in descent(objective, first, stage.steps, basis=stage.basis):
                state = replace(found, step=before + found.step, stage=stage.number)
                yield state


def _counting_on(
    callback: Callable[[State], None] | None, stage: Stage, before: Result | None
) -> Callable[[State], None] | None:
    """The callback, told of the stage, and of steps that are counted on from those before."""
    if callback is None:
        return None
    done = 0 if before is None else before.evaluations
    return lambda state: callback(replace(state, step=done + state.step, stage=stage.number))


def _joined(before: Result | None, after: Result) -> Result:
    """The result of a run with the history of those before it in front of its own."""
    if before is None:
        return after
    return replace(after, history={name: before.history[name] + values for name, values in after.history.items()})
