"""Our L-BFGS against dense BFGS, against SciPy, and in the cases where it must give up."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize

from course_utils.lbfgs import LBFGS, two_loop


def quadratic(condition: float, n: int = 50):
    scales = np.logspace(0, np.log10(condition), n)
    return lambda x: (0.5 * float(x @ (scales * x)), scales * x)


def rosenbrock(x: np.ndarray) -> tuple[float, np.ndarray]:
    return float(scipy.optimize.rosen(x)), scipy.optimize.rosen_der(x)


def test_the_direction_is_that_of_dense_bfgs(rng) -> None:
    n = 8
    matrix = rng.normal(size=(n, n))
    hessian = matrix @ matrix.T + np.eye(n)
    pairs = [(s, hessian @ s) for s in rng.normal(size=(5, n))]
    s, y = pairs[-1]
    inverse = np.eye(n) * (s @ y) / (y @ y)
    for s, y in pairs:  # The update of BFGS, as in every textbook, on the full matrix.
        left = np.eye(n) - np.outer(s, y) / (s @ y)
        inverse = left @ inverse @ left.T + np.outer(s, s) / (s @ y)
    gradient = rng.normal(size=n)
    assert np.abs(two_loop(gradient, pairs) + inverse @ gradient).max() < 1e-10
    assert two_loop(gradient, []) == pytest.approx(-gradient)


def test_a_badly_scaled_quadratic() -> None:
    run = LBFGS(quadratic(1e4), np.ones(50), first_step=0.1, flat=0)
    losses = [run.loss] + [state.loss for _, state in zip(range(200), run, strict=False)]
    assert np.all(np.diff(losses) < 0), "every point is lower than the last"
    limits = {"ftol": 0, "gtol": 0, "maxfun": run.evaluations}
    scipys = scipy.optimize.minimize(quadratic(1e4), np.ones(50), jac=True, method="L-BFGS-B", options=limits)
    assert losses[-1] < 1e-5 * losses[0] and losses[-1] < 10 * scipys.fun  # Rounds of the two differ by such factors.


def test_rosenbrock_in_100_dimensions_beside_scipy() -> None:
    start = np.tile([-1.2, 1.0], 50)
    run = LBFGS(rosenbrock, start, flat=0)
    while run.loss > 1e-10 and run.evaluations < 2000:
        next(run)
    scipys = scipy.optimize.minimize(rosenbrock, start, jac=True, method="L-BFGS-B", options={"ftol": 0, "gtol": 1e-7})
    assert run.x == pytest.approx(np.ones(100), abs=1e-4)
    assert run.evaluations < 2 * scipys.nfev, "within twice SciPy's evaluations, whose line search is a finer one"


def test_float32_stays_float32_and_the_start_is_left_alone() -> None:
    scales = np.logspace(0, 2, 20).astype("float32")
    start = np.ones(20, "float32")
    run = LBFGS(lambda x: (0.5 * float(x @ (scales * x)), scales * x), start)
    for _ in range(30):
        if next(run, None) is None:
            break
        assert run.x.dtype == run.gradient.dtype == np.float32
    assert (start == 1).all()
    assert run.loss < 1e-4


def test_memory_is_limited() -> None:
    run = LBFGS(quadratic(1e3), np.ones(50), memory=3)
    for _ in range(10):
        next(run)
    assert len(run.pairs) == 3


def test_the_first_step_has_the_length_that_was_asked_for() -> None:
    points = []

    def recorded(x: np.ndarray) -> tuple[float, np.ndarray]:
        points.append(x)
        return quadratic(10)(x)

    next(LBFGS(recorded, np.ones(50), first_step=0.5))
    assert np.linalg.norm(points[1] - points[0]) == pytest.approx(0.5)


def test_change_keeps_the_point_and_drops_the_pairs() -> None:
    run = LBFGS(quadratic(100), np.ones(50))
    for _ in range(5):
        next(run)
    x = run.x
    run.change(lambda x: (float(np.sum((x - 7) ** 2)), 2 * (x - 7)))
    assert run.x is x and not run.pairs
    for _ in run:
        pass
    assert run.x == pytest.approx(np.full(50, 7.0), abs=1e-3)


def test_it_says_why_it_ends() -> None:
    run = LBFGS(lambda x: (0.0, np.zeros(3)), np.ones(3))
    assert next(run, None) is None and "gradient is zero" in run.message
    bowl = quadratic(10)
    run = LBFGS(lambda x: (1 + bowl(x)[0], bowl(x)[1]), np.ones(50), flat=1e-3)  # Its lowest value is 1, not 0.
    assert len(list(run)) < 100 and run.message.startswith("flat")
    run = LBFGS(lambda x: (float(x @ x), -2 * x), np.ones(3))  # A gradient of the wrong sign: no way down.
    assert next(run, None) is None and "no lower point" in run.message
    assert run.evaluations < 50
