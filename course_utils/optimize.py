"""Optimise one picture: L-BFGS (ours, or SciPy's), Adam, and plain gradient ascent.

An objective maps a picture tensor (1, h, w, 3), RGB, 0..255, to a dict of named scalar terms, whose sum is minimised.
There is one picture and no noise in its cost, which is why L-BFGS, and not Adam, is the natural choice.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy.optimize
from tqdm.auto import tqdm

from course_utils.backend import keras, tf
from course_utils.bases import BASES
from course_utils.blas import one_blas_thread
from course_utils.errors import CourseError
from course_utils.interrupts import held
from course_utils.lbfgs import LBFGS

Objective = Callable[[tf.Tensor], dict[str, tf.Tensor]]
METHODS = ("lbfgs", "scipy")
STOPPED = "stopped as asked"  # The message of a run that `stop` ended.
FIRST_STEP = 2.0  # Root mean square of the first step, in units of 0..255.


class CompiledObjective:
    """An objective as one compiled function of a NumPy picture, for pictures of any size: traced once."""

    def __init__(self, objective: Objective) -> None:
        self.objective, self.names = objective, ()

        @tf.function(input_signature=[tf.TensorSpec((1, None, None, 3), tf.float32)])
        def value_and_gradient(picture: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            with tf.GradientTape() as tape:
                tape.watch(picture)
                terms = objective(picture)
                values = tf.stack(list(terms.values()))
                loss = tf.reduce_sum(values)
            self.names = tuple(terms)  # Python runs here once, while tracing.
            return values, tape.gradient(loss, picture)

        self._value_and_gradient = value_and_gradient

    def __call__(self, picture: np.ndarray) -> tuple[dict[str, float], np.ndarray]:
        """Terms by name, and the gradient (h, w, 3) of their sum, at a picture (h, w, 3).

        Raises CourseError where a term or the gradient is not a finite number.
        """
        with held():
            values, gradient = self._value_and_gradient(picture[None])
        names = getattr(self.objective, "term_names", self.names)  # One that takes over another's aims changes them.
        terms, gradient = dict(zip(names, values.numpy().tolist(), strict=True)), gradient.numpy()[0]
        for name, value in terms.items():
            if not np.isfinite(value):
                raise CourseError(f"the term {name!r} of the objective is {value}: check its weight and the picture.")
        if not np.isfinite(gradient).all():
            raise CourseError("the objective's gradient holds values that are not numbers: check its weights.")
        return terms, gradient


def compiled(objective: Objective | CompiledObjective) -> CompiledObjective:
    """The objective, compiled if it is not yet."""
    return objective if isinstance(objective, CompiledObjective) else CompiledObjective(objective)


@dataclass(frozen=True)
class State:
    """One moment of an optimisation. step: evaluations so far. picture: a fresh copy (h, w, 3), 0..255 or beyond."""

    step: int
    loss: float
    terms: dict[str, float]
    _draw: Callable[[], np.ndarray] = field(repr=False)

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
    asked = itertools.count(1)
    return lambda: next(asked) >= count


class _Enough(Exception):
    """Raised inside an optimiser to end it: not every one of them can be asked to stop."""


class Recorder:
    """The function of a flat vector that an optimiser sees. It counts, keeps the history and the best picture."""

    def __init__(self, objective: CompiledObjective, basis: Any, steps: float = math.inf) -> None:
        self.objective, self.basis, self.steps = objective, basis, steps
        self.history: dict[str, list[float]] = {"loss": []}
        self.best: State | None = None
        self.bar: tqdm | None = None

    def __call__(self, vector: np.ndarray) -> tuple[float, np.ndarray]:
        done = len(self.history["loss"])
        if done >= self.steps:
            raise _Enough(f"all {self.steps} evaluations are used")
        picture = self.basis.picture(vector)
        terms, gradient = self.objective(picture)
        loss = sum(terms.values())
        for name, value in ({"loss": loss} | terms).items():
            self.history.setdefault(name, []).append(value)
        if self.best is None or loss < self.best.loss:
            self.best = State(done + 1, loss, terms, lambda: picture)  # Each evaluation makes a new array: no copy.
        if self.bar is not None:
            self.bar.set_postfix_str(f"loss {loss:.4g}", refresh=False)
            self.bar.update()
        return loss, self.basis.gradient(picture, gradient).astype(vector.dtype, copy=False)


def minimize(
    objective: Objective | CompiledObjective,
    start: np.ndarray,
    steps: int = 75,
    *,
    method: str = "lbfgs",
    basis: str | Callable = "spectral",
    memory: int = 10,
    callback: Callable[[State], None] | None = None,
    stop: Callable[[], bool] | None = None,
    progress: bool | str = True,
) -> Result:
    """Minimise an objective, from a picture (h, w, 3), with at most `steps` evaluations of it.

    method: "lbfgs" (ours) or "scipy" (L-BFGS-B). basis: "spectral" (the default: natural pictures are reached sooner),
    "pixels" (with bounds 0..255 under SciPy, clipped at the end under ours), or a class like those in `bases`.
    memory: pairs that L-BFGS keeps. callback: given a State after each iteration. stop: asked after each iteration.
    progress: a bar with the loss and the time left; a string names it.
    Raises CourseError: unknown method or basis, a term that is not a finite number.
    """
    if method not in METHODS:
        raise CourseError(f'method is "lbfgs" or "scipy", not {method!r}.')
    if steps < 1:
        raise CourseError(f"steps must be at least 1, not {steps}.")
    space = basis_of(basis, start)
    record, message, interrupted = Recorder(compiled(objective), space, steps), "", False

    def iterated() -> None:
        if callback is not None:
            callback(record.best)
        if stop is not None and stop():
            raise _Enough(STOPPED)

    run = _run_lbfgs if method == "lbfgs" else _run_scipy
    bar = tqdm(total=steps, disable=not progress, desc=progress if isinstance(progress, str) else None, leave=False)
    with bar, one_blas_thread():
        record.bar = bar
        try:
            message = run(record, space.vector(start), memory, iterated)
        except _Enough as reason:
            message = str(reason)
        except KeyboardInterrupt:
            if record.best is None:
                raise
            message, interrupted = "interrupted", True
    picture, clipped_loss = record.best.picture, None
    if picture.min() < 0 or picture.max() > 255:
        picture = np.clip(picture, 0, 255)
        clipped_loss = sum(record.objective(picture)[0].values())
        message += f"; clipping to 0..255 changed the loss from {record.best.loss:.4g} to {clipped_loss:.4g}"
    return Result(picture, record.best.loss, record.best.terms, record.history, message, clipped_loss, interrupted)


def basis_of(basis: str | Callable, start: np.ndarray) -> Any:
    """The basis of a name or a class, for a picture. Raises CourseError: another name."""
    if isinstance(basis, str) and basis not in BASES:
        raise CourseError(f"basis is one of {', '.join(BASES)}, not {basis!r}.")
    return (BASES[basis] if isinstance(basis, str) else basis)(start.shape)


def our_lbfgs(record: Recorder, x: np.ndarray, memory: int) -> LBFGS:
    """Our L-BFGS on a vector, with a first step that suits pictures."""
    return LBFGS(record, x, memory, first_step=FIRST_STEP * x.size**0.5)


def _run_lbfgs(record: Recorder, x: np.ndarray, memory: int, iterated: Callable[[], None]) -> str:
    optimiser = our_lbfgs(record, x, memory)
    for _ in optimiser:
        iterated()
    return optimiser.message


def _run_scipy(record: Recorder, x: np.ndarray, memory: int, iterated: Callable[[], None]) -> str:
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
        options={"maxcor": memory, "maxfun": 2 * record.steps, "maxiter": record.steps, "ftol": 1e-7, "gtol": 0},
    )
    words = {"CONVERGENCE: RELATIVE REDUCTION": "flat: an iteration lowered the loss by less than 1e-07 of it"}
    return next((text for start, text in words.items() if answer.message.startswith(start)), str(answer.message))


NORMALIZATIONS = {  # What a gradient is divided by, so that `step` means the same at every layer and picture.
    "mean": lambda g: np.mean(np.abs(g)),  # google/deepdream and Keras: the mean step is `step`.
    "std": np.std,  # TensorFlow's tutorial.
    "max": lambda g: np.max(np.abs(g)),  # No pixel moves by more than `step`.
    "l2": np.linalg.norm,  # Keras' book: the whole step has length `step`, shared among all pixels.
    "none": lambda g: 1.0,
}


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
    A State holds the terms before its step.
    """
    if normalize not in NORMALIZATIONS:
        raise CourseError(f"normalize is one of {', '.join(NORMALIZATIONS)}, not {normalize!r}.")
    evaluate, picture = compiled(score), start.astype("float32")
    for k in range(1, steps + 1):
        terms, gradient = evaluate(picture)
        picture = picture + np.float32(step / (NORMALIZATIONS[normalize](gradient) + 1e-12)) * gradient
        picture = np.clip(picture, 0, 255) if clip else picture
        yield State(k, sum(terms.values()), terms, lambda shown=picture: shown)


def adam(
    objective: Objective | CompiledObjective, start: np.ndarray, steps: int = 200, rate: float = 5.0, clip: bool = True
) -> Iterator[State]:
    """Minimise by Keras' Adam, on pixels; rate in units of 0..255. Yields a State with the terms before each step."""
    evaluate, picture = compiled(objective), tf.Variable(start.astype("float32"))
    optimiser = keras.optimizers.Adam(float(rate))  # Keras takes no whole number.
    for k in range(1, steps + 1):
        terms, gradient = evaluate(picture.numpy())
        optimiser.apply([tf.constant(gradient)], [picture])
        if clip:
            picture.assign(tf.clip_by_value(picture, 0, 255))
        shown = picture.numpy()
        yield State(k, sum(terms.values()), terms, lambda shown=shown: shown)


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
    history: dict[str, list[float]] = {"loss": []}
    state, message, interrupted = None, "all steps are done", False
    bar = tqdm(total=total, disable=not progress, desc=progress if isinstance(progress, str) else None, leave=False)
    try:
        with bar:
            for state in states:
                for name, value in ({"loss": state.loss} | state.terms).items():
                    history.setdefault(name, []).append(value)
                bar.update()
                if callback is not None:
                    callback(state)
                if stop is not None and stop():
                    message = STOPPED
                    break
    except KeyboardInterrupt:
        if state is None:
            raise
        message, interrupted = "interrupted", True
    if state is None:
        raise CourseError("there is not a single step to do: steps must be at least 1.")
    return Result(np.clip(state.picture, 0, 255), state.loss, state.terms, history, message, None, interrupted)
