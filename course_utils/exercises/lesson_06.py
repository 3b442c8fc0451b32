"""Lesson 06, Optimising a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.optimize

from course_utils.exercises.checking import Answer, Wrong, checker, choice, compare, parts, short, unchanged
from course_utils.optimize.lbfgs import scaled_pair, two_loop

Pairs = Sequence[tuple[np.ndarray, np.ndarray]]
Function = Callable[[np.ndarray], tuple[float, np.ndarray]]


def _adam_step(gradient: Any, m: Any, v: Any, t: int, rate: float, epsilon: float = 1e-12) -> tuple:
    m = 0.9 * m + 0.1 * gradient
    v = 0.999 * v + 0.001 * gradient**2
    return -rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + epsilon), m, v


@checker(_adam_step)
def adam_step(attempt: Answer) -> str:
    """Adam's change of x and its two averages, from a gradient, the averages so far, and the number of the step."""
    rng = np.random.default_rng(1)
    m = v = 0.0
    for t, gradient in enumerate(rng.normal(0, 3, (3, 6)), 1):
        given = gradient.copy()
        found = parts(attempt(given, m, v, t, 0.5), "change", "m", "v")
        unchanged(gradient, given, "The gradient that you were given")
        right = _adam_step(gradient, m, v, t, 0.5)
        after_m, after_v = right[1:]
        m_hat, v_hat = after_m / (1 - 0.9**t), after_v / (1 - 0.999**t)
        compare(
            found[1],
            after_m,
            f"m after step {t}",
            mistakes={
                "The two shares have changed places: keep 0.9 of the old m.": 0.1 * m + 0.9 * gradient,
                "The new gradient counts 1 - 0.9 = 0.1 here, not 1 as in momentum.": 0.9 * m + gradient,
                "Give back m itself: it is divided by 1 - 0.9^t for the step only.": m_hat,
            },
        )
        compare(
            found[2],
            after_v,
            f"v after step {t}",
            mistakes={
                "v averages the squares of the gradient.": 0.999 * v + 0.001 * gradient,
                "v has its own share, 0.999.": 0.9 * v + 0.1 * gradient**2,
                "Give back v itself: it is divided by 1 - 0.999^t for the step only.": v_hat,
            },
        )
        compare(
            found[0],
            right[0],
            f"the change of x at step {t}",
            mistakes={
                "That climbs: the cost is to fall, so there is a minus.": -right[0],
                "Without the division by 1 - beta^t the averages still remember that they began at 0.": -0.5
                * after_m
                / np.sqrt(after_v),
                "t counts from 1: beta^t, and not beta^(t + 1) or beta itself.": -0.5
                * (after_m / (1 - 0.9 ** (t + 1)))
                / np.sqrt(after_v / (1 - 0.999 ** (t + 1))),
                "Divide by the root of v.": -0.5 * m_hat / v_hat,
                "The numerator is the average m, and not the gradient of this step.": -0.5 * gradient / np.sqrt(v_hat),
            },
        )
        m, v = after_m, after_v
    first = attempt(np.array([1e-4, -1.0, 3e5]), 0.0, 0.0, 1, 0.5)[0]
    compare(first, [-0.5, 0.5, -0.5], "the first step, which is the rate in size for each unknown,")
    huge, _, _ = attempt(np.array([2.0]), 0.0, 0.0, 1, 0.5, 2.0)
    compare(huge, [-0.25], "the first step at a gradient of 2 with epsilon 2 (it is added after the root)")
    return "three steps of six unknowns, and a first step whose size is the rate, whatever the gradient's."


def _lbfgs_direction(gradient: np.ndarray, pairs: Pairs) -> np.ndarray:
    return two_loop(gradient, [scaled_pair(s, y) for s, y in pairs])


def _loops(
    gradient: np.ndarray, pairs: Pairs, *, first: int = -1, turned: bool = False, scale: str = "sy", mixed: bool = False
) -> np.ndarray:
    """The two loops as they are in textbooks, with one thing wrong."""
    pairs = list(pairs)[::-1] if turned else list(pairs)
    s, y = pairs[first]
    gamma = {"sy": (s @ y) / (y @ y), "none": 1.0, "inverse": (y @ y) / (s @ y), "ss": (s @ s) / (s @ y)}[scale]
    q, alphas = gradient.copy(), []
    for s, y in reversed(pairs):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    r = q * gamma
    for (s, y), alpha in zip(pairs, alphas if mixed else reversed(alphas), strict=True):
        r = r + (alpha - (y @ r) / (s @ y)) * s
    return -r


def dense_inverse(pairs: Pairs) -> np.ndarray:
    """The matrix of BFGS, from the pairs, oldest first, beginning with the scale of the newest."""
    s, y = pairs[-1]
    one = np.eye(s.size)
    inverse = one * (s @ y) / (y @ y)
    for s, y in pairs:
        keep = one - np.outer(y, s) / (s @ y)
        inverse = keep.T @ inverse @ keep + np.outer(s, s) / (s @ y)
    return inverse


@checker(_lbfgs_direction)
def lbfgs_direction(attempt: Answer) -> str:
    """The direction -H g of L-BFGS, from a gradient (n,) and pairs (s, y), oldest first, without a matrix."""
    rng = np.random.default_rng(2)
    basis = np.linalg.qr(rng.normal(size=(12, 12)))[0]
    hessian = (basis * np.linspace(1, 10, 12)) @ basis.T
    pairs = [(s, hessian @ s) for s in rng.normal(size=(5, 12))]
    gradient = rng.normal(size=12)
    for count in (1, 5):
        some = pairs[:count]
        given, given_pairs = gradient.copy(), [(s.copy(), y.copy()) for s, y in some]
        found = attempt(given, given_pairs)
        unchanged(gradient, given, "The gradient that you were given")
        unchanged(np.array(some), np.array(given_pairs), "A pair that you were given")
        right = -dense_inverse(some) @ gradient
        mistakes = {
            "That is +H g, which climbs: turn the sign.": -right,
            "That is the gradient's own direction: the pairs were not used.": -gradient,
            "Between the loops, q is to be multiplied by gamma.": _loops(gradient, some, scale="none"),
            "gamma was turned round: it is s.y / y.y.": _loops(gradient, some, scale="inverse"),
            "gamma is s.y / y.y, not s.s / s.y.": _loops(gradient, some, scale="ss"),
        }
        if count > 1:
            mistakes |= {
                "gamma is that of the newest pair, and the newest is the last.": _loops(gradient, some, first=0),
                "The loops run the wrong way: the first from the newest to the oldest.": _loops(
                    gradient, some, turned=True
                ),
                "The loops run the wrong way: the first from the newest to the oldest, "
                "and gamma is that of the newest.": _loops(gradient, some, turned=True, first=0),
                "In the second loop each pair needs its own alpha: they were found in the other order.": _loops(
                    gradient, some, mixed=True
                ),
            }
        what = f"the direction from {count} pair{'s' * (count > 1)} of 12 unknowns"
        compare(found, right, what, mistakes=mistakes, rtol=1e-8, atol=1e-10)
    newest = pairs[-1]
    compare(attempt(newest[1].copy(), pairs), -newest[0], "the direction at g = y of the newest pair, which is -s,")
    return "the dense matrix gives the same to ten digits, and for the newest y it gives back the newest -s."


@checker("b")
def ten_rounds(attempt: str) -> str:
    """What do ten rounds of 20 evaluations reach, against one run of 200?"""
    return choice(
        attempt,
        "b",
        {
            "a": "the point is kept from round to round, but not the pairs: each round begins as gradient descent and "
            "has to learn the curvatures again.",
            "b": "each round begins as gradient descent and learns the curvatures anew; ten pairs are full when the "
            "round is half over.",
            "c": "old pairs mislead where the curvature changes fast. On a quadratic it does not change at all, and "
            "L-BFGS drops the oldest pair by itself.",
        },
    )


def _put_in_unit(function: Function, x: np.ndarray) -> Function:
    unit = 1 / np.sqrt(np.mean(function(x)[1] ** 2))

    def scaled(point: np.ndarray) -> tuple[float, np.ndarray]:
        loss, gradient = function(point)
        return unit * loss, unit * gradient

    return scaled


@checker(_put_in_unit)
def put_in_unit(attempt: Answer) -> str:
    """The same function in a unit in which its gradient at x has a root mean square of 1."""
    curvatures = np.array([1.0, 5.0, 30.0, 2.0])

    def tiny(x: np.ndarray) -> tuple[float, np.ndarray]:
        return 1e-9 * float(0.5 * np.sum(curvatures * (x - 1) ** 2) + 2), 1e-9 * curvatures * (x - 1)

    def root_mean_square(gradient: np.ndarray) -> float:
        return float(np.sqrt(np.mean(gradient**2)))

    start, other = np.array([30.0, -20.0, 8.0, 0.0]), np.array([3.0, 2.0, -4.0, 7.0])
    given = start.copy()
    scaled = attempt(tiny, given)
    unchanged(start, given, "The point that you were given")
    if not callable(scaled):
        raise Wrong(f"a function of x is to be returned, and not {short(scaled)}.")
    (loss, gradient), (small_loss, small_gradient) = parts(scaled(start.copy()), "loss", "gradient"), tiny(start)
    unit = 1 / root_mean_square(small_gradient)
    size = root_mean_square(np.asarray(gradient))
    _has_size_one(size, small_gradient)
    compare(
        loss,
        unit * small_loss,
        "the loss at the start",
        mistakes={"Only the gradient was scaled: loss and gradient must stay one function.": small_loss},
    )
    loss, gradient = parts(scaled(other.copy()), "loss", "gradient")
    small_loss, small_gradient = tiny(other)
    compare(
        gradient,
        unit * small_gradient,
        "the gradient at another point",
        mistakes={
            "The unit is found anew at each point, so that it is another function at each: find it once, "
            "at the start.": small_gradient / root_mean_square(small_gradient)
        },
    )
    compare(loss, unit * small_loss, "the loss at another point")
    plain = scipy.optimize.fmin_l_bfgs_b(tiny, start)[0]
    found = scipy.optimize.fmin_l_bfgs_b(scaled, start)[0]
    assert np.abs(plain - 1).max() > 1  # It stops at once: there is something to repair.
    compare(found, np.ones(4), "the minimum that SciPy finds", atol=1e-3)
    return "SciPy, which stopped at the start before, now walks to the minimum."


def _has_size_one(size: float, small: np.ndarray) -> None:
    """Raises Wrong unless a root mean square is 1; small: the gradient in its old unit."""
    before = np.sqrt(np.mean(small**2))
    if size < 1.01 * before:
        why = "the function is as small as it was" if size > 0.99 * before else "multiplying makes it smaller still"
        raise Wrong(f"the root mean square of the gradient at the start should be 1, and is {size:.3g}: {why}.")
    compare(
        size,
        1.0,
        "the root mean square of the gradient at the start",
        mistakes={
            "That is the length of the whole gradient made 1: take the mean of the squares, not their sum.": 0.5,
            "That is the mean of the sizes made 1; the root of the mean square was asked for.": before
            / np.abs(small).mean(),
            "That is the largest made 1; the root of the mean square was asked for.": before / np.abs(small).max(),
        },
    )


def _one_function(evaluate: Callable, shape: tuple[int, int, int]) -> Function:
    def function(x: np.ndarray) -> tuple[float, np.ndarray]:
        terms, gradient = evaluate(x.reshape(shape).astype("float32"))
        return sum(terms.values()), gradient.ravel().astype("float64")

    return function


@checker(_one_function)
def one_function(attempt: Answer) -> str:
    """A function of a flat float64 vector for SciPy, (loss, gradient), made of `evaluate` of a float32 picture."""
    shape = (3, 4, 3)
    wanted = np.random.default_rng(3).uniform(50, 200, shape)
    seen = []

    def evaluate(picture: Any) -> tuple[dict[str, float], np.ndarray]:
        seen.append(picture)
        picture = np.asarray(picture)
        if picture.shape != shape:
            raise Wrong(f"evaluate was given an array of the shape {picture.shape}, and takes a picture {shape}.")
        if picture.dtype != np.float32:
            raise Wrong(f"evaluate was given {picture.dtype}, and the network takes float32: cast with astype.")
        red, rest = (picture - wanted)[..., 0], (picture - wanted)[..., 1:]
        gradient = np.asfortranarray(np.concatenate([2 * red[..., None], rest], -1).astype("float32"))
        return {"red": float(np.sum(red**2)), "rest": float(0.5 * np.sum(rest**2))}, gradient

    function = attempt(evaluate, shape)
    if not callable(function):
        raise Wrong(f"a function of x is to be returned, and not {short(function)}.")
    x = np.random.default_rng(4).uniform(0, 255, 36)
    given = x.copy()
    loss, gradient = parts(function(given), "loss", "gradient")
    unchanged(x, given, "The optimiser's vector")
    if len(seen) != 1:
        raise Wrong(f"evaluate was called {len(seen)} times for one point: keep what it returns, both at once.")
    terms, right = evaluate(x.reshape(shape).astype("float32"))
    compare(
        loss,
        sum(terms.values()),
        "the loss",
        mistakes={f"That is the term {name!r} alone; the sum of all was asked for.": t for name, t in terms.items()},
    )
    found = np.asarray(gradient)
    if found.shape == shape:
        raise Wrong("the gradient has the shape of the picture, (3, 4, 3), and SciPy takes flat arrays: use ravel.")
    compare(
        found,
        right.ravel(),
        "the gradient",
        mistakes={
            'It was flattened in another order than x: ravel in its plain form, not "K" or "F".': right.ravel("K")
        },
    )
    _of_scipys_kind(loss, found)
    if np.shares_memory(np.asarray(parts(function(x), "loss", "gradient")[1]), found):
        raise Wrong("two calls give one and the same array: the optimiser still needs the first.")
    seen.clear()
    end, _, told = scipy.optimize.fmin_l_bfgs_b(function, x)
    compare(end, wanted.ravel(), "the minimum that SciPy finds", atol=0.05)
    if len(seen) != told["funcalls"]:
        raise Wrong(f"for {told['funcalls']} points evaluate was called {len(seen)} times.")
    return f"one call a point, {len(seen)} for SciPy's {told['funcalls']} points, in float64, flat and in order."


def _of_scipys_kind(loss: Any, gradient: np.ndarray) -> None:
    """Raises Wrong unless SciPy's L-BFGS-B can take a loss and a gradient as they are."""
    if gradient.dtype != np.float64:
        raise Wrong(f"the gradient is {gradient.dtype}, and SciPy's L-BFGS-B computes in float64: cast with astype.")
    if not isinstance(loss, (float, np.floating)):
        raise Wrong(f"the loss should be one number (a float), and is {short(loss)}.")
    if not gradient.flags.c_contiguous:
        raise Wrong("the gradient is not contiguous in memory: ravel and then astype make it so.")


def _pair_numbers(height: int, width: int, memory: int) -> tuple[int, int]:
    unknowns = height * width * 3
    return 2 * memory * unknowns, unknowns**2


@checker(_pair_numbers)
def pair_numbers(attempt: Answer) -> str:
    """How many numbers the pairs of L-BFGS hold, and how many the matrix of BFGS, for a picture."""
    for height, width, memory in ((2, 5, 3), (256, 256, 10)):
        found = parts(attempt(height, width, memory), "of the pairs", "of the matrix", what="numbers")
        n = height * width * 3
        what = f"of a {width} x {height} picture"
        compare(
            found[0],
            2 * memory * n,
            f"the count for {memory} pairs {what}",
            mistakes={
                "A pair holds two vectors, s and y.": memory * n,
                "A pixel has three colours.": 2 * memory * n // 3,
                "A pair holds two vectors, and a pixel three colours.": memory * n // 3,
                "Numbers were asked for, not bytes.": 8 * memory * n,
            },
            rtol=1e-9,
        )
        compare(
            found[1],
            n**2,
            f"the count for the matrix {what}",
            mistakes={
                "A pixel has three colours, each an unknown of its own.": (n // 3) ** 2,
                "The matrix has a row and a column for each unknown: n times n.": n,
                "That is half the matrix; all of it was asked for.": n * (n + 1) // 2,
                "Numbers were asked for, not bytes.": 4 * n**2,
            },
            rtol=1e-9,
        )
    return "2 m n numbers against n squared; for a picture of 256 x 256 and ten pairs, 1 in 9,830."


def _look_at(x: np.ndarray, shape: tuple[int, int, int], mean: np.ndarray) -> np.ndarray:
    return np.clip(x.reshape(shape) + mean, 0, 255)


@checker(_look_at)
def look_at(attempt: Answer) -> str:
    """The picture (h, w, 3), 0..255, of an optimiser's flat vector, to which the mean colour was not yet added."""
    rng, shape, mean = np.random.default_rng(5), (4, 5, 3), np.array([120.0, 110.0, 100.0])
    for size in (30, 150):  # The second leaves 0..255.
        x = rng.normal(0, size, 60)
        given = x.copy()
        found = attempt(given, shape, mean.copy())
        if not np.array_equal(x, given):
            how = "+= writes" if np.allclose(given, (x.reshape(shape) + mean).ravel()) else "something writes"
            raise Wrong(
                f"the optimiser's vector was changed in place: reshape gives a view of it and no copy, and {how} "
                "through the view."
            )
        right = np.clip(x.reshape(shape) + mean, 0, 255)
        compare(
            found,
            right,
            "the picture",
            mistakes={
                "It leaves 0..255: clip.": x.reshape(shape) + mean,
                "The mean colour is missing.": np.clip(x.reshape(shape), 0, 255),
                "The mean was added after clipping.": np.clip(x.reshape(shape), 0, 255) + mean,
                "The mean was added twice.": np.clip(x.reshape(shape) + 2 * mean, 0, 255),
                "The mean is to be added, not subtracted.": np.clip(x.reshape(shape) - mean, 0, 255),
            },
        )
        if np.shares_memory(np.asarray(found), given):
            raise Wrong("the picture is still a view of the optimiser's vector: who draws on it, draws there.")
    return "the picture is right, and the optimiser's vector is as it was."
