"""The L-BFGS loop: `minimize`, by our L-BFGS or by SciPy's, and `descent`, the same as an iterator of States."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.optimize
from tqdm import tqdm

from course_utils import checks
from course_utils.checks import Number, one_of, optional
from course_utils.optimize.bases import BASES
from course_utils.optimize.blas import one_blas_thread
from course_utils.optimize.evaluation import CompiledObjective, Objective, compiled
from course_utils.optimize.interrupts import CtrlC, hasty, noted
from course_utils.optimize.lbfgs import LBFGS
from course_utils.optimize.states import INTERRUPTED, STOPPED, Result, State
from course_utils.progress import bar

METHODS = ("lbfgs", "scipy")
MEMORY, MOST_BYTES = 10, 3e8  # Pairs that L-BFGS keeps, and what they may take: of a poster's only some fit.
FIRST_STEP = 2.0  # Root mean square of the first step, in units of 0..255.


class _Enough(Exception):
    """Raised inside an optimiser to end it: not every one of them can be asked to stop."""


class Recorder:
    """The function of a flat vector that an optimiser sees. It counts, keeps the history and the best picture."""

    best: State  # There from the first evaluation on.

    def __init__(self, objective: CompiledObjective, basis: Any, steps: float = math.inf) -> None:
        self.objective, self.basis, self.steps = objective, basis, steps
        self.history: dict[str, list[float]] = {"loss": []}
        self.bar: tqdm | None = None
        self.ctrl_c = CtrlC()

    def __call__(self, vector: np.ndarray) -> tuple[float, np.ndarray]:
        done = len(self.history["loss"])
        if done >= self.steps:
            raise _Enough(f"all {self.steps} evaluations are used")
        picture = self.basis.picture(vector)
        terms, gradient = self.objective(picture)
        loss = sum(terms.values())
        if not done or loss < self.best.loss:
            self.best = State(done + 1, loss, terms, lambda: picture)  # Each evaluation makes a new array: no copy.
        for name, value in ({"loss": loss} | terms).items():
            self.history.setdefault(name, []).append(value)
        if self.bar is not None:
            self.bar.set_postfix_str(f"loss {loss:.4g}", refresh=False)
            self.bar.update()
        if self.ctrl_c.pressed:
            raise _Enough(INTERRUPTED)
        return loss, self.basis.gradient(picture, gradient).astype(vector.dtype, copy=False)


def minimize(
    objective: Objective | CompiledObjective,
    start: np.ndarray,
    steps: int = 75,
    *,
    method: str = "lbfgs",
    basis: str | Callable = "spectral",
    memory: int | None = None,
    callback: Callable[[State], None] | None = None,
    stop: Callable[[], bool] | None = None,
    progress: bool | str = True,
) -> Result:
    """Minimise an objective, from a picture (h, w, 3), with at most `steps` evaluations of it.

    method: "lbfgs" (ours) or "scipy" (L-BFGS-B). basis: "spectral" (the default: natural pictures are reached sooner),
    "even" (likewise, no wave favoured), "pixels" (with bounds 0..255 under SciPy, clipped at the end under ours), or a
    class like those in `optimize.bases`.
    memory: pairs that L-BFGS keeps; None: 10, or as many as 300 MB hold, and 3 at least. callback: given a State after
    each iteration. stop: asked after each iteration.
    progress: a bar with the loss and the time left; a string names it.
    Ctrl-C, or the notebook's stop button, ends the run after the evaluation that is under way and gives back what there
    is; it raises KeyboardInterrupt where that is the start alone.
    Raises CourseError: unknown method or basis, a start or a term that is not a finite number.
    """
    one_of(*METHODS)("method", method)
    start = _checked(start, steps, memory)
    space = basis_of(basis, start)
    record, message = Recorder(compiled(objective), space, steps), ""

    def iterated() -> None:
        with hasty(record.ctrl_c):
            if callback is not None:
                callback(record.best)
            if stop is not None and stop():
                raise _Enough(STOPPED)

    run = _run_lbfgs if method == "lbfgs" else _run_scipy
    with noted() as record.ctrl_c, one_blas_thread():
        try:
            with bar(steps, progress) as record.bar:
                message = run(record, space.vector(start), memory, iterated)
        except _Enough as reason:
            message = str(reason)
        except KeyboardInterrupt:  # Of a callback, or of one who could not wait for it.
            if not record.history["loss"]:
                raise
            record.ctrl_c.pressed = True
        if record.ctrl_c.pressed and len(record.history["loss"]) == 1:
            raise KeyboardInterrupt  # There is nothing yet but the start.
        return _result(record, INTERRUPTED if record.ctrl_c.pressed else message, record.ctrl_c.pressed)


def _result(record: Recorder, message: str, interrupted: bool) -> Result:
    """The best picture of a run, within 0..255."""
    picture, clipped_loss = record.best.picture, None
    if picture.min() < 0 or picture.max() > 255:
        picture = np.clip(picture, 0, 255)
        clipped_loss = sum(record.objective(picture)[0].values())
        message += f"; clipping to 0..255 changed the loss from {record.best.loss:.4g} to {clipped_loss:.4g}"
    return Result(picture, record.best.loss, record.best.terms, record.history, message, clipped_loss, interrupted)


def _checked(start: np.ndarray, steps: int, memory: int | None) -> np.ndarray:
    """The picture to start from as an array, when a run can be made of it and of the numbers."""
    Number(1, whole=True)("steps", steps)
    optional(Number(0, whole=True))("memory", memory)
    return checks.picture("start", start)


def basis_of(basis: str | Callable, start: np.ndarray) -> Any:
    """The basis of a name or a class, for a picture. Raises CourseError: another name."""
    if not callable(basis):
        one_of(*BASES)("basis", basis)
    return (BASES[basis] if isinstance(basis, str) else basis)(start.shape)


def pairs_kept(x: np.ndarray) -> int:
    """How many pairs of vectors like this one are kept where nobody asks for a number."""
    return min(MEMORY, max(3, int(MOST_BYTES / (2 * x.nbytes))))


def our_lbfgs(record: Recorder, x: np.ndarray, memory: int | None) -> LBFGS:
    """Our L-BFGS on a vector, with a first step that suits pictures."""
    return LBFGS(record, x, pairs_kept(x) if memory is None else memory, first_step=FIRST_STEP * x.size**0.5)


def _run_lbfgs(record: Recorder, x: np.ndarray, memory: int | None, iterated: Callable[[], None]) -> str:
    optimiser = our_lbfgs(record, x, memory)
    for _ in optimiser:
        iterated()
    return optimiser.message


def _run_scipy(record: Recorder, x: np.ndarray, memory: int | None, iterated: Callable[[], None]) -> str:
    x = x.astype("float64")  # SciPy's L-BFGS-B computes in float64; the basis casts back for the network.
    first = record(x)
    # Its first step is as long as the gradient, and a small loss makes it give up there: the loss is put in a unit in
    # which that step is ours.
    unit = FIRST_STEP * x.size**0.5 / max(float(np.linalg.norm(first[1])), 1e-30)

    def scaled(point: np.ndarray) -> tuple[float, np.ndarray]:
        loss, gradient = first if point is x or np.array_equal(point, x) else record(point)
        return unit * loss, unit * gradient

    answer = scipy.optimize.minimize(
        scaled,
        x,
        jac=True,
        method="L-BFGS-B",
        bounds=None if record.basis.bounds is None else scipy.optimize.Bounds(*record.basis.bounds),
        callback=lambda _: iterated(),
        options={
            "maxcor": pairs_kept(x) if memory is None else memory,
            "maxfun": 2 * record.steps,
            "maxiter": record.steps,
            "ftol": 1e-7,
            "gtol": 0,
        },
    )
    words = {"CONVERGENCE: RELATIVE REDUCTION": "flat: an iteration lowered the loss by less than 1e-07 of it"}
    return next((text for start, text in words.items() if answer.message.startswith(start)), str(answer.message))


def descent(
    objective: Objective | CompiledObjective,
    start: np.ndarray,
    steps: int,
    *,
    basis: str | Callable = "spectral",
    memory: int | None = None,
) -> Iterator[State]:
    """Minimise an objective from a picture (h, w, 3) by our L-BFGS; yields a State after each iteration.

    The same numbers as `minimize`: with as many evaluations, its last State is the result there. steps: no iteration
    begins after so many evaluations. basis, memory: see `minimize`. Each State is lower than the one before.
    Raises CourseError: unknown basis, a term that is not a finite number.
    """
    start = _checked(start, steps, memory)
    space = basis_of(basis, start)
    return _descent(Recorder(compiled(objective), space), space.vector(start), steps, memory)


def _descent(record: Recorder, x: np.ndarray, steps: int, memory: int | None) -> Iterator[State]:
    for optimiser in our_lbfgs(record, x, memory):
        yield record.best
        if optimiser.evaluations >= steps:
            return
