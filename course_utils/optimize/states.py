"""What an optimisation yields, step by step, and what it leaves at its end."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from course_utils.checks import COUNT, optional, shown
from course_utils.errors import CourseError
from course_utils.optimize.interrupts import hasty, noted
from course_utils.progress import bar

STOPPED = "stopped as asked"  # The message of a run that `stop` ended.
INTERRUPTED = "interrupted"  # And of one that Ctrl-C did.


@dataclass(frozen=True)
class State:
    """One moment of an optimisation. step: evaluations so far. picture: a fresh copy (h, w, 3), 0..255 or beyond.

    stage: of a picture that is made at several sizes, which one this is, from 0.
    """

    step: int
    loss: float
    terms: dict[str, float]
    _draw: Callable[[], np.ndarray] = field(repr=False)
    stage: int = 0

    @property
    def picture(self) -> np.ndarray:
        return self._draw().copy()

    def through(self, change: Callable[[np.ndarray], np.ndarray]) -> State:
        """The same moment, whose picture is changed by a function when it is asked for."""
        return replace(self, _draw=lambda: change(self._draw()))


@dataclass(frozen=True)
class Result:
    """What an optimisation leaves.

    picture: the best, within 0..255. loss, terms: its values before any clipping. history: every term and "loss", a
    list with one entry an evaluation. message: why it ended. clipped_loss: the loss after clipping, where pixels could
    leave 0..255, else None. interrupted: ended by Ctrl-C or the notebook's stop button.
    """

    picture: np.ndarray
    loss: float
    terms: dict[str, float]
    history: dict[str, list[float]]
    message: str
    clipped_loss: float | None = None
    interrupted: bool = False

    @property
    def evaluations(self) -> int:
        return len(self.history["loss"])


def after(count: int) -> Callable[[], bool]:
    """A `stop` for a run that shall end after so many steps, or iterations."""
    COUNT("count", count)
    asked = itertools.count(1)
    return lambda: next(asked) >= count


def consume(
    states: Iterator[State],
    total: int | None = None,
    *,
    callback: Callable[[State], None] | None = None,
    stop: Callable[[], bool] | None = None,
    progress: bool | str = True,
) -> Result:
    """Run an iterator of states to its end, with a bar of `total` steps; the result has the last state's picture.

    callback: given each State. stop: asked after each. progress: a bar; a string names it. Ctrl-C, or the notebook's
    stop button, ends the run and gives back what there is.
    """
    optional(COUNT)("total", total)
    if not hasattr(states, "__next__"):
        raise CourseError(f"states must be an iterator of states, not {shown(states)}.")
    history: dict[str, list[float]] = {"loss": []}
    state, message = None, "all steps are done"
    with noted() as ctrl_c:
        try:
            with bar(total, progress) as steps_done, hasty(ctrl_c):
                for state in states:
                    for name, value in ({"loss": state.loss} | state.terms).items():
                        history.setdefault(name, []).append(value)
                    steps_done.update()
                    if callback is not None:
                        callback(state)
                    if stop is not None and stop():
                        message = STOPPED
                        break
                    if ctrl_c.pressed:
                        break
        except KeyboardInterrupt:  # Of a callback, or of one who could not wait for it.
            if state is None:
                raise
            ctrl_c.pressed = True
        interrupted = ctrl_c.pressed
    if state is None:
        raise CourseError("there is not a single step to do: steps must be at least 1.")
    message = INTERRUPTED if interrupted else message
    return Result(np.clip(state.picture, 0, 255), state.loss, state.terms, history, message, None, interrupted)
