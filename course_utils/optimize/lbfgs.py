"""L-BFGS, short enough to be read: limited-memory quasi-Newton minimisation after Nocedal (1980).

Nocedal and Wright, "Numerical Optimization" (2006), algorithms 7.4 (the two-loop recursion) and 7.5.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

import numpy as np
from scipy.linalg import get_blas_funcs

from course_utils import checks
from course_utils.checks import Number
from course_utils.errors import CourseError

Function = Callable[[np.ndarray], tuple[float, np.ndarray]]


def two_loop(gradient: np.ndarray, pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """The direction -H g, where H is the inverse Hessian that BFGS builds from the pairs, never formed as a matrix.

    gradient: flat array (n,). pairs: (s, y), oldest first; s the step between two points, y the change of the gradient,
    both divided by the root of s.y: a pair says the same at any scale, and at this one s.y, by which textbooks divide,
    is 1.
    """
    pairs, q, alphas = list(pairs), gradient.copy(), []
    add = get_blas_funcs("axpy", (q,))  # add(v, q, a=a) is q += a * v, without memory for the product.
    for s, y in reversed(pairs):
        alphas.append(s @ q)
        add(y, q, a=-alphas[-1])
    if pairs:  # The newest pair tells how long a step is: the Hessian to begin with is y.y times the identity.
        _, y = pairs[-1]
        q /= y @ y
    for (s, y), alpha in zip(pairs, reversed(alphas), strict=True):
        add(s, q, a=alpha - y @ q)
    return np.negative(q, out=q)


def scaled_pair(s: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A step and its change of the gradient, both scaled so that s.y, which must be above 0, becomes 1."""
    root = np.sqrt(s @ y)
    return s / root, y / root


class LBFGS:
    """An iterator of points, each lower than the last; it ends when no lower one is found.

    function: maps a flat array (n,) to (loss, gradient), the gradient in the same shape and dtype.
    x: where to start. memory: how many pairs are kept (10 takes 20 times the memory of the picture).
    first_step: length of the first step, taken before anything is known of the function's scale.
    flat: end when an iteration lowers the loss by less than this share of it.

    After each `next`: x, loss, gradient, evaluations (of the function, so far) and, at the end, message.
    """

    def __init__(
        self, function: Function, x: np.ndarray, memory: int = 10, first_step: float = 1.0, flat: float = 1e-7
    ) -> None:
        memory = Number(0, whole=True)("memory", memory)
        Number(0, above=True)("first_step", first_step)
        Number(0)("flat", flat)
        x = checks.array("x", x)
        if x.ndim != 1 or x.dtype.kind != "f":
            raise CourseError(f"x must be a flat array (n,) of floats, not {checks.shown(x)} and type {x.dtype}.")
        self.function, self.first_step, self.flat = checks.function("function", function), first_step, flat
        self.message = ""
        self.pairs: deque[tuple[np.ndarray, np.ndarray]] = deque(maxlen=memory)
        self.x, self.evaluations = x, 0
        self.loss, self.gradient = self._evaluate(x)

    def _evaluate(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        self.evaluations += 1
        return self.function(x)

    def change(self, function: Function, x: np.ndarray | None = None) -> None:
        """Go on with another function, from here or from x. The pairs described the old function and are dropped."""
        self.function, self.x = function, self.x if x is None else x
        self.pairs.clear()
        self.loss, self.gradient = self._evaluate(self.x)

    def __iter__(self) -> LBFGS:
        return self

    def __next__(self) -> LBFGS:
        if not self.gradient.any():
            self.message = "at the bottom: the gradient is zero"
            raise StopIteration
        if not self._search(two_loop(self.gradient, self.pairs) if self.pairs else self._downhill()):
            raise StopIteration
        return self

    def _downhill(self) -> np.ndarray:
        """Straight down the gradient, by a step of a given length: its own length says nothing about how far to go."""
        length = float(np.linalg.norm(self.gradient))
        if length < 1e-18:  # In float32 the squares of such small numbers are 0.
            wide = self.gradient.astype("float64")
            return (wide * (-self.first_step / float(np.linalg.norm(wide)))).astype(self.gradient.dtype)
        return self.gradient * self.gradient.dtype.type(-self.first_step / length)

    def _search(self, direction: np.ndarray, trials: int = 12) -> bool:
        """Take the whole step if it lowers the loss enough (Armijo's rule), else shorter ones, by a parabola."""
        slope, step = float(self.gradient @ direction), 1.0
        for _ in range(trials):
            x = self.x + self.x.dtype.type(step) * direction
            loss, gradient = self._evaluate(x)
            if loss <= self.loss + 1e-4 * step * slope:
                s, y = x - self.x, gradient - self.gradient
                if s @ y > -1e-10 * step * slope:  # Only a positive curvature keeps the direction pointing downhill.
                    self.pairs.append(scaled_pair(s, y))
                before, self.x, self.loss, self.gradient = self.loss, x, loss, gradient
                if before - loss <= self.flat * max(abs(before), abs(loss)):
                    self.message = f"flat: an iteration lowered the loss by less than {self.flat:g} of it"
                    return False
                return True
            bend = 2 * (loss - self.loss - slope * step)  # 0 where all of it is too small for a number.
            fitted = -slope * step**2 / bend if bend else 0.0
            step = float(np.clip(np.nan_to_num(fitted), 0.1 * step, 0.5 * step))  # A loss may be no number out there.
        if self.pairs:  # The pairs may mislead after a rough passage: once more, straight down the gradient.
            self.pairs.clear()
            return self._search(self._downhill())
        self.message = "no lower point: the line search found none along the gradient (rounding, or a wrong gradient)"
        return False
