"""Lesson 06, Optimising a picture."""

from __future__ import annotations

import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import scipy.optimize

from course_utils.exercises.comparing import Tolerance
from course_utils.exercises.draws import FORMS, Case, Draw
from course_utils.exercises.exercise import Question, exercise
from course_utils.exercises.kinds import Array, Number, Parts, Several, Text, Wrong, short
from course_utils.exercises.running import Answer
from course_utils.optimize.lbfgs import scaled_pair, two_loop

Pairs = Sequence[tuple[np.ndarray, np.ndarray]]
Function = Callable[[np.ndarray], tuple[float, np.ndarray]]


def _gradients(draw: Draw) -> Case:
    unknowns, dtype = draw.size(4, 12), np.dtype(draw.form.dtype).type
    gradients = draw.normal((3, unknowns)) * dtype(draw.number(0.5, 8))
    rate = dtype(draw.number(0.05, 30)) if draw.form.dtype == "float32" else draw.number(0.05, 30)
    return Case((gradients, 0.0, 0.0, 1, rate), f"of {unknowns} unknowns, at a rate of {rate:.3g},")


STEP = Parts(Number("the change of x"), Number("m"), Number("v"))


def _walk(answer: Answer, gradients: np.ndarray, m: Any, v: Any, t: int, *numbers: float) -> dict[str, Any]:
    """Steps as the lesson makes them: the averages go back to the answer as it gave them, and are its own to change."""
    found: dict[str, Any] = {}
    for k, gradient in enumerate(gradients, t):
        step = answer(gradient, m, v, k, *numbers, may_change=(1, 2))
        STEP.plain(step, strict=False)  # Raises Wrong where there are not three.
        change, m, v = step
        if np.ndim(m) == 0 or np.ndim(v) == 0:
            raise Wrong(f"m and v after step {k} are to be the new averages, with a number for each unknown.")
        found |= {f"m{k}": m, f"v{k}": v, f"change{k}": change}
    return found


LATE = 200
SEQUENCE = ("list", "tuple")
THREE: dict[str, Array] = {}
for _t in (1, 2, 3, LATE):
    THREE[f"m{_t}"] = Array(f"m after step {_t}", also=(*SEQUENCE, "tensor"))
    THREE[f"v{_t}"] = Array(f"v after step {_t}", also=(*SEQUENCE, "tensor"))
    THREE[f"change{_t}"] = Array(f"the change of x at step {_t}", also=SEQUENCE)

Change = Callable[..., Any]


def _formula(m: Any, v: Any, t: int, rate: float, epsilon: float, beta1: float = 0.9, beta2: float = 0.999) -> Any:
    return -rate * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon)


def _adam(
    change: Change | None = None,
    keep: tuple[float, float] = (0.9, 0.1),
    keep_squares: tuple[float, float] = (0.999, 0.001),
    power: int = 2,
    gives: Callable[[Any, Any, Any, int], tuple] | None = None,
) -> Callable[..., tuple]:
    """Adam with another change, made of (gradient, m, v, t, rate, epsilon), other averages, or other results."""

    def adam_step(gradient: Any, m: Any, v: Any, t: int, rate: float, epsilon: float = 1e-12) -> tuple:
        m = keep[0] * m + keep[1] * gradient
        v = keep_squares[0] * v + keep_squares[1] * gradient**power
        step = change(gradient, m, v, t, rate, epsilon) if change else _formula(m, v, t, rate, epsilon)
        return gives(step, m, v, t) if gives else (step, m, v)

    return adam_step


_right_step = _adam()


def _old_averages(gradient: Any, m: Any, v: Any, t: int, rate: float, epsilon: float = 1e-12) -> tuple:
    return _formula(m + 0 * gradient, v, t, rate, epsilon), *_right_step(gradient, m, v, t, rate, epsilon)[1:]


def _scaled_gradient(gradient: Any, m: Any, v: Any, t: int, rate: float, epsilon: float = 1e-12) -> tuple:
    found = _right_step(gradient, m, v, t, rate, epsilon)
    gradient *= 0.1
    return found


AVERAGE = np.array([0.3, -2.0, 0.01, 0.0, 7.0])


@exercise(
    draws=_gradients,
    forms=FORMS[:3],
    also=[
        Case(
            (np.array([[1e-4, -1.0, 3e5, 0.0]]), 0.0, 0.0, 1, 0.5),
            "whose size is the rate for each unknown (and 0 for a gradient of 0),",
        ),
        Case((np.array([[2.0]]), 0.0, 0.0, 1, 0.5, 2.0), "for a gradient of 2 and an epsilon of 2"),
        Case((np.array([[3e-12, -1e-12]]), 0.0, 0.0, 1, 4.0), "for gradients about as small as epsilon"),
        Case((AVERAGE[::-1][None] + 0.5, AVERAGE, AVERAGE**2 + 0.1, LATE, 0.07), "of five unknowns"),
    ],
    use=_walk,
    returns=Several(**THREE),
    mistakes={
        "The two shares have changed places: keep 0.9 of the old m.": _adam(keep=(0.1, 0.9)),
        "The new gradient counts 1 - 0.9 = 0.1 here, not 1 as in momentum.": _adam(keep=(0.9, 1)),
        "m has its own share, 0.9: 0.999 is that of v.": _adam(keep=(0.999, 0.001)),
        "Give back m itself: it is divided by 1 - 0.9^t for the step only.": _adam(
            gives=lambda change, m, v, t: (change, m / (1 - 0.9**t), v)
        ),
        "v averages the squares of the gradient.": _adam(power=1),
        "v has its own share, 0.999.": _adam(keep_squares=(0.9, 0.1)),
        "The two shares have changed places: keep 0.999 of the old v.": _adam(keep_squares=(0.001, 0.999)),
        "Give back v itself: it is divided by 1 - 0.999^t for the step only.": _adam(
            gives=lambda change, m, v, t: (change, m, v / (1 - 0.999**t))
        ),
        "The three are to come in the order (change of x, new m, new v).": _adam(
            gives=lambda change, m, v, t: (m, v, change)
        ),
        "The new averages are to be returned, and not the old ones.": lambda gradient, m, v, t, *numbers: (
            _right_step(gradient, m, v, t, *numbers)[0],
            m + 0 * gradient,
            v + 0 * gradient,
        ),
        "That leads uphill: the cost is to fall, so there is a minus.": _adam(lambda g, *others: -_formula(*others)),
        "Without the division by 1 - beta^t the averages still remember that they began at 0.": _adam(
            lambda g, m, v, t, rate, epsilon: -rate * m / (np.sqrt(v) + epsilon)
        ),
        "v is to be divided by 1 - 0.999^t as well.": _adam(
            lambda g, m, v, t, rate, epsilon: -rate * m / (1 - 0.9**t) / (np.sqrt(v) + epsilon)
        ),
        "m is to be divided by 1 - 0.9^t as well.": _adam(
            lambda g, m, v, t, rate, epsilon: -rate * m / (np.sqrt(v / (1 - 0.999**t)) + epsilon)
        ),
        "t counts from 1: beta^t, and not beta^(t + 1), beta^(t - 1) or beta itself.": (
            _adam(lambda g, m, v, t, *numbers: _formula(m, v, t + 1, *numbers)),
            _adam(lambda g, m, v, t, *numbers: _formula(m, v, 1, *numbers)),
            _adam(lambda g, m, v, t, *numbers: _formula(m, v, t - 1, *numbers) if t > 1 else np.nan * m),
        ),
        "The betas have changed places under the averages: 1 - 0.9^t belongs to m, 1 - 0.999^t to v.": _adam(
            lambda g, m, v, t, rate, epsilon: _formula(m, v, t, rate, epsilon, 0.999, 0.9)
        ),
        "Divide by the root of v.": _adam(
            lambda g, m, v, t, rate, epsilon: -rate * m / (1 - 0.9**t) / (v / (1 - 0.999**t) + epsilon)
        ),
        "The numerator is the average m, and not the gradient of this step.": _adam(
            lambda g, m, v, t, rate, epsilon: -rate * g / (np.sqrt(v / (1 - 0.999**t)) + epsilon)
        ),
        "The averages that make the step are the new ones.": _old_averages,
        "The rate is missing.": _adam(lambda g, m, v, t, rate, epsilon: _formula(m, v, t, 1, epsilon)),
        "Epsilon is missing: a gradient of 0 has a v of 0.": _adam(
            lambda g, m, v, t, rate, epsilon: _formula(m, v, t, rate, 0)
        ),
        "Epsilon is added after the root, not under it.": _adam(
            lambda g, m, v, t, rate, epsilon: -rate * m / (1 - 0.9**t) / np.sqrt(v / (1 - 0.999**t) + epsilon)
        ),
        "Epsilon is added to the root of v / (1 - 0.999^t): divide v first.": _adam(
            lambda g, m, v, t, rate, epsilon: -rate * m / (1 - 0.9**t) / (np.sqrt(v) + epsilon) * np.sqrt(1 - 0.999**t)
        ),
        "Take the epsilon that is given, and 1e-12 if none is.": (
            _adam(lambda g, m, v, t, rate, epsilon: _formula(m, v, t, rate, 1e-12)),
            _adam(lambda g, m, v, t, rate, epsilon: _formula(m, v, t, rate, 1e-8)),
            _adam(lambda g, m, v, t, rate, epsilon: _formula(m, v, t, rate, 1e-7)),
        ),
        "m and v are yours to change, the gradient is not.": _scaled_gradient,
    },
    praise="three steps in a row, a late one, and a first step whose size is the rate, whatever the gradient's.",
)
def adam_step(gradient: Any, m: Any, v: Any, t: int, rate: float, epsilon: float = 1e-12) -> tuple:
    """Adam's change of x and its two averages, from a gradient, the averages so far, and the number of the step."""
    return _right_step(gradient, m, v, t, rate, epsilon)


def _curved(rng: np.random.Generator, unknowns: int, count: int, condition: float) -> Pairs:
    """Pairs of a quadratic with curvatures from 1 to `condition`, none of whose unknowns stands alone."""
    basis = np.linalg.qr(rng.normal(size=(unknowns, unknowns)))[0]
    hessian = (basis * np.geomspace(1, condition, unknowns)) @ basis.T
    return [(s, hessian @ s) for s in rng.normal(size=(count, unknowns))]


def _some_pairs(draw: Draw) -> Case:
    unknowns, count = draw.size(9, 30), draw.size(3, 8)
    pairs = _curved(draw.rng, unknowns, count, draw.number(5, 20))
    pairs = [(s.astype(draw.form.dtype), y.astype(draw.form.dtype)) for s, y in pairs]
    named = f"from {count} pairs of {unknowns} unknowns"
    gradient = draw.normal((unknowns,)) * np.dtype(draw.form.dtype).type(draw.number(0.5, 3))
    if draw.form.sides == "wide":
        return Case((gradient, pairs), f"{named}, in a list,")
    return Case((gradient, deque(pairs)), f"{named}, in a deque as the lesson's lbfgs keeps them,")


def _direction(answer: Answer, gradient: np.ndarray, pairs: Pairs) -> Any:
    try:
        found = answer(gradient, pairs)
    except TypeError as error:
        if isinstance(pairs, deque) and "slice" in str(error):
            raise Wrong(
                "the lesson keeps its pairs in a deque, which cannot be sliced, as by pairs[::-1] or pairs[1:]. "
                "Use reversed(pairs), or make a list of it first: list(pairs)."
            ) from error
        raise
    if isinstance(found, np.ndarray) and found.dtype == "float32" and gradient.dtype == "float64":
        raise Wrong("the direction is float32 where the gradient is float64: half of its digits are lost.")
    return found


def _in_little_memory(answer: Answer, gradient: np.ndarray, pairs: Pairs) -> Any:
    """The direction. Raises Wrong if half the memory of a matrix was taken on the way; NumPy tells `tracemalloc`."""
    running = tracemalloc.is_tracing()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        found = _direction(answer, gradient, pairs)
        taken = tracemalloc.get_traced_memory()[1] - before
    finally:
        if not running:
            tracemalloc.stop()
    if taken > gradient.size**2 * 2:  # Half of a matrix of float32.
        raise Wrong(
            f"a matrix is made: {taken / 1e6:.1f} MB are taken for {gradient.size} unknowns, and a vector of them has "
            f"{gradient.nbytes / 1e6:.3f} MB. Dot products and sums of vectors are enough; a picture's matrix would "
            "fit into no memory."
        )
    return found


def _loops(
    *,
    first: int = -1,
    turned: bool = False,
    scale: str = "sy",
    alphas_of: str = "q",
    back: Callable[[list], Iterator | list] = reversed,
    less: str = "y",
    early: bool = False,
    last: int = 0,
    sign: int = -1,
) -> Callable[[np.ndarray, Pairs], np.ndarray]:
    """The two loops as they are in textbooks, with one thing wrong."""

    def direction(gradient: np.ndarray, pairs: Pairs) -> np.ndarray:
        pairs = (list(pairs)[::-1] if turned else list(pairs))[-last:]
        s, y = pairs[first]
        gamma = {"sy": (s @ y) / (y @ y), "none": 1, "inverse": (y @ y) / (s @ y), "ss": (s @ s) / (s @ y)}[scale]
        q, alphas = (gradient * gamma if early else gradient.copy()), []
        for s, y in reversed(pairs):
            alphas.append((s @ (q if alphas_of == "q" else gradient)) / (s @ y))
            q = q - alphas[-1] * y
        r = q if early else q * gamma
        order = reversed(pairs) if less == "reversed" else pairs
        for (s, y), alpha in zip(order, alphas if less == "reversed" else back(alphas), strict=True):
            beta = {"none": 0, "s": (s @ r) / (s @ y)}.get(less, (y @ r) / (s @ y))
            r = r + (alpha + beta if less == "plus" else alpha - beta) * s
        return sign * r

    return direction


def _in_place(gradient: np.ndarray, pairs: Pairs) -> np.ndarray:
    found = _loops()(gradient, pairs)
    gradient -= found
    return found


RNG = np.random.default_rng(2)
ONE, SEVEN, TINY = _curved(RNG, 6, 1, 9), _curved(RNG, 10, 7, 12), _curved(RNG, 8, 2, 7)
MANY = 500
TWENTY = _curved(RNG, 40, 20, 8)
LONG = [(s, y * np.linspace(1, 4, MANY)) for s, y in ((s, s) for s in RNG.normal(size=(2, MANY)))]


@exercise(
    draws=_some_pairs,
    forms=FORMS[:3],
    also=[
        Case((RNG.normal(size=6), deque(ONE)), "from a single pair of 6 unknowns"),
        Case((RNG.normal(size=40), deque(TWENTY)), "from 20 pairs of 40 unknowns"),
        Case((SEVEN[-1][1], SEVEN), "at g = y of the newest pair, which is -s,"),
        Case(
            (1e-9 * RNG.normal(size=8), [(s, 1e-9 * y) for s, y in TINY]),
            "for a cost in a unit that makes its gradients tiny",
        ),
        Case((RNG.normal(size=MANY), LONG), f"of {MANY} unknowns", use=_in_little_memory),
    ],
    use=_direction,
    returns=Array("the direction", dtypes=("float",)),
    tolerance=Tolerance(1e-5, 1e-12),
    mistakes={
        "That is +H g, which leads uphill: turn the sign.": _loops(sign=1),
        "That is the gradient's own direction: the pairs were not used.": lambda gradient, pairs: -gradient,
        "Between the loops, q is to be multiplied by gamma.": _loops(scale="none"),
        "gamma was turned round: it is s.y / y.y.": _loops(scale="inverse"),
        "gamma is s.y / y.y, not s.s / s.y.": _loops(scale="ss"),
        "gamma belongs between the loops, not before the first.": _loops(early=True),
        "gamma is that of the newest pair, and the newest is the last.": _loops(first=0),
        "The loops run the wrong way: the first from the newest to the oldest.": _loops(turned=True, first=0),
        "The loops run the wrong way: the first from the newest to the oldest, and gamma is that of the newest.": (
            _loops(turned=True)
        ),
        "In the second loop each pair needs its own alpha: they were found in the other order.": _loops(
            back=lambda alphas: alphas
        ),
        "The second loop runs from the oldest pair to the newest.": _loops(less="reversed"),
        "Only the newest pair was used.": _loops(last=1),
        "alpha is made of q, from which the newer pairs have taken their part, and not of the gradient.": _loops(
            alphas_of="gradient"
        ),
        "In the second loop rho y.r is to be subtracted from alpha.": (_loops(less="none"), _loops(less="plus")),
        "In the second loop it is y.r, and not s.r.": _loops(less="s"),
        "q begins as a copy: after q = gradient, q -= ... writes into the gradient, q = q - ... does not.": _in_place,
    },
    praise="for a list and for a deque, from one pair and from many, with no matrix; at the newest y it is -s.",
)
def lbfgs_direction(gradient: np.ndarray, pairs: Pairs) -> np.ndarray:
    """The direction -H g of L-BFGS, from a gradient (n,) and pairs (s, y), oldest first, without a matrix."""
    return two_loop(gradient, [scaled_pair(s, y) for s, y in pairs])


def _trial(draw: Draw) -> Case:
    """A trial that did not fall enough, in the units of a cost of any size."""
    unit, step, promised = 10.0 ** draw.number(-6, 4), draw.number(0.05, 4), draw.number(0.3, 2)
    too_high = {"wide": 0.4, "tall": 1.5, "square": 0.1}[draw.form.sides] * promised
    loss = draw.number(0.5, 3)
    slope = -promised / step
    return Case((unit * loss, unit * slope, step, unit * (loss + too_high)), "of a trial that was too long")


def _fitted(
    vertex: Callable[[float, float, float, float], float], low: float = 0.1, high: float = 0.5
) -> Callable[[float, float, float, float], float]:
    """The vertex of a parabola, held between two shares of the step."""

    def shorter_step(loss: float, slope: float, step: float, new_loss: float) -> float:
        return float(np.clip(vertex(loss, slope, step, new_loss), low * step, high * step))

    return shorter_step


def _vertex(loss: float, slope: float, step: float, new_loss: float) -> float:
    return -slope * step**2 / (2 * (new_loss - loss - slope * step))


_shorter = _fitted(_vertex)


@exercise(
    draws=_trial,
    forms=FORMS[:3],
    also=[
        Case((2.0, -4.0, 1.0, 3.0), "for a loss of 2, a slope of -4, a step of 1 and a new loss of 3"),
        Case((2.0, -4.0, 0.5, 90.0), "where the parabola's minimum lies before a tenth of the step"),
        Case((2.0, -4.0, 0.25, 1.9999), "where the loss fell, but by too little,"),
    ],
    returns=Number("the shorter step"),
    tolerance=Tolerance(1e-9, 1e-15),
    mistakes={
        "The parabola's minimum is at -slope / (2 c): the 2 is missing.": _fitted(
            lambda *numbers: 2 * _vertex(*numbers)
        ),
        "That is the parabola's c: its minimum is at -slope / (2 c).": _fitted(
            lambda loss, slope, step, new_loss: (new_loss - loss - slope * step) / step**2
        ),
        "The parabola also has the slope of the start: c is (new_loss - loss - slope step) / step^2.": _fitted(
            lambda loss, slope, step, new_loss: -slope * step**2 / (2 * (new_loss - loss))
        ),
        "Over the whole step the slope alone would change the loss by slope step: subtract that.": _fitted(
            lambda loss, slope, step, new_loss: -slope * step**2 / (2 * (new_loss - loss - slope))
        ),
        "c is divided by the square of the step.": _fitted(
            lambda loss, slope, step, new_loss: -slope * step / (2 * (new_loss - loss - slope * step)),
        ),
        "It is to be at least a tenth and at most half of the step: clip it.": _vertex,
        "It is to be at least a tenth of the step.": _fitted(_vertex, low=0),
        "It is to be at most half of the step.": _fitted(_vertex, high=1),
        "The limits are shares of the step: 0.1 step and 0.5 step.": lambda *numbers: float(
            np.clip(_vertex(*numbers), 0.1, 0.5)
        ),
        "That is half of the step, whatever the losses are: use the parabola.": lambda loss, slope, step, new_loss: (
            0.5 * step
        ),
    },
    praise="the minimum of the parabola, between a tenth and half of the step that failed.",
)
def shorter_step(loss: float, slope: float, step: float, new_loss: float) -> float:
    """The next step to try in a line search, from the loss and slope at 0 and the loss at a step that failed."""
    return _shorter(loss, slope, step, new_loss)


ten_rounds = Question(
    "ten_rounds",
    "b",
    {
        "a": "the point is kept from round to round, but not the pairs: each round begins as gradient descent and "
        "has to learn the curvatures again.",
        "b": "each round begins as gradient descent and learns the curvatures anew; ten pairs are full when the "
        "round is half over.",
        "c": "old pairs mislead where the curvature changes fast. On a quadratic it does not change at all, and "
        "L-BFGS drops the oldest pair by itself.",
    },
    doc="What do ten rounds of 20 evaluations reach, against one run of 200?",
)


def _loss_and_gradient(where: str = "") -> Parts:
    also = (*SEQUENCE, "tensor")
    return Parts(Number(f"the loss{where}"), Array(f"the gradient{where}", also=also))


def _called(function: Callable[[np.ndarray], Any], x: np.ndarray) -> list[Any]:
    """What a function that the answer has made gives for a point: a loss and a gradient, as they came."""
    before = x.copy()
    found = function(x)
    _loss_and_gradient().plain(found, strict=False)  # Raises Wrong where there are not two.
    if not np.array_equal(before, x):
        raise Wrong("the function that is returned changes its x in place: it is the optimiser's, work on a copy.")
    return list(found)


def _a_function(found: Any) -> Callable[[np.ndarray], Any]:
    if not callable(found):
        raise Wrong(f"a function of x is to be returned, and not {short(found)}.")
    return found


def _goes_to(function: Callable[[np.ndarray], Any], x: np.ndarray, minimum: np.ndarray, near: float) -> str:
    end = scipy.optimize.fmin_l_bfgs_b(function, x, maxfun=100)[0]  # A wrong function may walk for ever.
    distance = float(np.abs(end - minimum).max())
    return "reached" if distance < near else f"missed by {distance:.3g}"


def _quadratics(draw: Draw) -> Case:
    unknowns, power = draw.size(3, 16), {"wide": -9, "tall": 5, "square": -7}[draw.form.sides]
    curvatures, minimum = draw.rng.uniform(0.5, 20, unknowns), draw.rng.normal(0, 3, unknowns)
    start, other = draw.rng.normal(0, 30, (2, unknowns))
    unit = draw.number(1, 9) * 10.0**power
    named = f"for {unknowns} unknowns, whose gradients are {'large' if power > 0 else 'tiny'},"
    return Case((curvatures, minimum, unit, draw.number(-2, 2), start, other), named)


def _quadratic(curvatures: np.ndarray, minimum: np.ndarray, unit: float, constant: float) -> Function:
    def function(x: np.ndarray) -> tuple[float, np.ndarray]:
        slope = curvatures * (x - minimum)
        return unit * (float(0.5 * slope @ (x - minimum)) + constant), unit * slope

    return function


def _in_its_unit(answer: Answer, *numbers: Any) -> dict[str, Any]:
    """What the function that comes back gives at two points, the start not first, and at one of them twice."""
    *quadratic, start, other = numbers
    scaled = _a_function(answer(_quadratic(*quadratic), start))
    there = _called(scaled, other.copy())
    there[1] = np.array(there[1])
    again, here = (_called(scaled, x.copy()) for x in (other, start))
    size = np.sqrt(np.mean(np.square(np.asarray(here[1], "float64"))))
    return {"size": size, "here": here, "there": there, "again": again}


def _sent_to_scipy(answer: Answer, *numbers: Any) -> dict[str, Any]:
    *quadratic, start, _ = numbers
    scaled = _a_function(answer(_quadratic(*quadratic), start))
    return {"end": _goes_to(scaled, start, quadratic[1], 0.02)}


def _united(
    unit: Callable[[np.ndarray], float], loss_too: bool = True, gradient_too: bool = True, anew: bool = False
) -> Callable[[Function, np.ndarray], Function]:
    """The function times what is made of its gradient."""

    def put_in_unit(function: Function, x: np.ndarray) -> Function:
        fixed = unit(function(x)[1])

        def scaled(point: np.ndarray) -> tuple[float, np.ndarray]:
            loss, gradient = function(point)
            factor = unit(gradient) if anew else fixed
            return (factor * loss if loss_too else loss), (factor * gradient if gradient_too else gradient)

        return scaled

    return put_in_unit


def _root_mean_square(gradient: np.ndarray) -> float:
    return float(np.sqrt(np.mean(gradient**2)))


def _inverse(gradient: np.ndarray) -> float:
    return 1 / _root_mean_square(gradient)


_in_unit = _united(_inverse)
FOUR = np.array([1.0, 5.0, 30.0, 2.0]), np.ones(4)


@exercise(
    draws=_quadratics,
    forms=FORMS[:3],
    also=[
        Case((*FOUR, 1e-9, 2.0, np.array([30.0, -20.0, 8.0, 0.0]), np.arange(4.0)), "for four unknowns"),
        Case((*FOUR, 1e-9, 2.0, np.array([30.0, -20.0, 8.0, 0.0]), np.arange(4.0)), use=_sent_to_scipy),
    ],
    use=_in_its_unit,
    returns=Several(
        size=Number("the root mean square of the gradient at the start"),
        here=_loss_and_gradient(" at the start"),
        there=_loss_and_gradient(" at another point"),
        again=_loss_and_gradient(" at that other point, when it is asked for again,"),
        end=Text("the minimum to which SciPy is sent with it"),
    ),
    mistakes={
        "The function is as it was: multiply it by a constant.": _united(lambda gradient: 1.0),
        "It was multiplied by its root mean square: divide by it.": _united(_root_mean_square),
        "That is the length of the whole gradient made 1: take the mean of the squares, not their sum.": _united(
            lambda gradient: 1 / float(np.linalg.norm(gradient))
        ),
        "That is the mean of the sizes made 1; the root of the mean square was asked for.": _united(
            lambda gradient: 1 / float(np.abs(gradient).mean())
        ),
        "That is the largest made 1; the root of the mean square was asked for.": _united(
            lambda gradient: 1 / float(np.abs(gradient).max())
        ),
        "The root is missing: that is divided by the mean square.": _united(lambda gradient: _inverse(gradient) ** 2),
        "The mean was taken off first, as the standard deviation does: square the gradient as it is.": _united(
            lambda gradient: 1 / float(gradient.std())
        ),
        "Only the gradient was scaled: loss and gradient must stay one function.": _united(_inverse, loss_too=False),
        "Only the loss was scaled: loss and gradient must stay one function.": _united(_inverse, gradient_too=False),
        "The unit is found anew at each point, so that it is another function at each: find it once, "
        "at the start.": _united(_inverse, anew=True),
    },
    praise="one constant for loss and gradient, and SciPy, which stopped at once before, walks to the minimum.",
)
def put_in_unit(function: Function, x: np.ndarray) -> Function:
    """The same function in a unit in which its gradient at x has a root mean square of 1."""
    return _in_unit(function, x)


def _vector(draw: Draw) -> Case:
    (height, width), dtype = draw.sides(2, 14), draw.form.dtype
    mean = np.array([draw.number(60, 200) for _ in range(3)], dtype)
    x = draw.normal((height * width * 3,), 0, draw.number(60, 130))  # It leaves 0..255 on both sides.
    return Case((x, (height, width, 3), mean), f"of {height} x {width} pixels")


def _seen(change: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable:
    """A picture made of the reshaped vector and the mean."""
    return lambda x, shape, mean: change(x.reshape(shape), mean)


def _clip(picture: np.ndarray) -> np.ndarray:
    return np.clip(picture, 0, 255)


_look = _seen(lambda picture, mean: _clip(picture + mean))


def _spoiling_look(x: np.ndarray, shape: tuple[int, int, int], mean: np.ndarray) -> np.ndarray:
    picture = x.reshape(shape)
    picture += mean
    return _clip(picture)


FAINT = np.random.default_rng(5).normal(0, 20, 60)


@exercise(
    draws=_vector,
    also=[Case((FAINT, (4, 5, 3), np.array([120.0, 110.0, 100.0])), "of 4 x 5 pixels within 0..255")],
    returns=Array("the picture", also=("tensor",)),
    mistakes={
        "reshape gives a view of the vector and no copy: what is written into the view, as by +=, is written into the "
        "vector.": _spoiling_look,
        "It leaves 0..255: clip.": _seen(lambda picture, mean: picture + mean),
        "The mean colour is missing.": (
            _seen(lambda picture, mean: _clip(picture)),
            _seen(lambda picture, mean: picture),
        ),
        "The mean was added after clipping.": _seen(lambda picture, mean: _clip(picture) + mean),
        "The mean was added twice.": _seen(lambda picture, mean: _clip(picture + 2 * mean)),
        "The mean is to be added, not subtracted.": _seen(lambda picture, mean: _clip(picture - mean)),
        "Each colour has a mean of its own.": _seen(lambda picture, mean: _clip(picture + mean.mean())),
        "The mean's colours stand in the order of the picture's: add it as it is.": _seen(
            lambda picture, mean: _clip(picture + mean[::-1])
        ),
        "Pictures in this course go from 0 to 255, not to 1.": (
            _seen(lambda picture, mean: _clip(picture + mean) / 255),
            _seen(lambda picture, mean: np.clip(picture + mean, 0, 1)),
        ),
        "The values were rounded: leave them as they are.": (
            _seen(lambda picture, mean: np.rint(_clip(picture + mean))),
            _seen(lambda picture, mean: _clip(picture + mean).astype("uint8")),
        ),
        "It is still flat: reshape it.": lambda x, shape, mean: _look(x, shape, mean).ravel(),
        "The vector lies pixel after pixel, row after row: reshape it to `shape` at once.": lambda x, shape, mean: (
            _clip(x.reshape(3, *shape[:2]).transpose(1, 2, 0) + mean)
        ),
    },
    praise="the picture is right, and the optimiser's vector is as it was.",
)
def look_at(x: np.ndarray, shape: tuple[int, int, int], mean: np.ndarray) -> np.ndarray:
    """The picture (h, w, 3), 0..255, of an optimiser's flat vector, to which the mean colour was not yet added."""
    return _look(x, shape, mean)
