"""L-BFGS: its direction against the dense matrix that it never forms, its minima against known ones and SciPy's."""

import itertools

import numpy as np
import pytest
import scipy.optimize

from course_utils.optimize.lbfgs import LBFGS, scaled_pair, two_loop


def rosenbrock(x):
    return float(scipy.optimize.rosen(x)), scipy.optimize.rosen_der(x)


def bfgs_inverse_hessian(pairs):
    """Nocedal and Wright (2006), equation 6.17, from a multiple of the identity that fits the newest pair (7.20)."""
    s, y = pairs[-1]
    one = np.eye(len(s))
    inverse = one * (s @ y) / (y @ y)
    for s, y in pairs:
        keep = one - np.outer(y, s) / (s @ y)
        inverse = keep.T @ inverse @ keep + np.outer(s, s) / (s @ y)
    return inverse


@pytest.fixture
def pairs(rng):
    """Five steps on a quadratic function of 12 variables with curvatures from 1 to 10."""
    basis = np.linalg.qr(rng.normal(size=(12, 12)))[0]
    hessian = (basis * np.linspace(1, 10, 12)) @ basis.T
    return [scaled_pair(s, hessian @ s) for s in rng.normal(size=(5, 12))]


def test_the_two_loops_give_the_direction_of_the_dense_matrix(pairs, rng):
    gradient = rng.normal(size=12)
    np.testing.assert_allclose(two_loop(gradient, pairs), -bfgs_inverse_hessian(pairs) @ gradient, rtol=0, atol=1e-10)


def test_the_newest_change_of_the_gradient_asks_for_the_newest_step(pairs):
    s, y = pairs[-1]
    np.testing.assert_allclose(two_loop(y, pairs), -s, atol=1e-10)  # The secant equation H y = s.


def test_without_pairs_the_direction_is_straight_down_and_the_gradient_is_left_alone(rng):
    gradient = rng.normal(size=12)
    before = gradient.copy()
    np.testing.assert_array_equal(two_loop(gradient, []), -before)
    np.testing.assert_array_equal(gradient, before)


def losses_of(optimiser, evaluations):
    """Losses after each iteration, the start included, for as long as there are evaluations left."""
    losses = [optimiser.loss]
    for state in optimiser:
        losses.append(state.loss)
        if state.evaluations >= evaluations:
            break
    return losses


def test_a_badly_conditioned_valley_is_walked_to_its_bottom(quadratic):
    function, start = quadratic()
    optimiser = LBFGS(function, start)
    losses = losses_of(optimiser, 800)
    np.testing.assert_allclose(optimiser.x, 1, atol=1e-4)
    assert losses[-1] < 1e-8 < 1e4 < losses[0]


def test_the_minimum_of_rosenbrocks_function_is_found():
    optimiser = LBFGS(rosenbrock, np.zeros(100))
    losses_of(optimiser, 1000)
    np.testing.assert_allclose(optimiser.x, 1, atol=1e-4)


@pytest.mark.parametrize("name", ["quadratic", "rosenbrock"])
def test_it_is_as_low_as_scipys_after_as_many_evaluations(name, quadratic):
    function, start = quadratic(size=100) if name == "quadratic" else (rosenbrock, np.zeros(100))
    evaluations, seen = 300, []

    def recorded(x):
        seen.append(function(x))
        return seen[-1]

    options = {"maxfun": evaluations, "maxcor": 10, "ftol": 0, "gtol": 0}
    scipy.optimize.minimize(recorded, start, jac=True, method="L-BFGS-B", options=options)
    theirs = min(loss for loss, _ in seen[:evaluations])
    assert theirs < 0.5 * function(start)[0]  # There was something to do ...
    ours = losses_of(LBFGS(function, start), evaluations)[-1]
    assert ours < 1.5 * theirs  # ... and it was done: the losses lie within a tenth, one run of rounding to the next.


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_point_is_lower_than_the_last(dtype, quadratic):
    losses = losses_of(LBFGS(*quadratic(dtype)), 400)
    assert len(losses) > 20 and all(b < a for a, b in itertools.pairwise(losses))


@pytest.mark.parametrize("memory", [1, 3])
def test_no_more_pairs_are_kept_than_asked_for(memory, quadratic):
    optimiser = LBFGS(*quadratic(), memory=memory)
    kept = [len(state.pairs) for state in itertools.islice(optimiser, 12)]
    assert kept[0] == 1 and max(kept) == kept[-1] == memory


def test_every_evaluation_is_counted(quadratic):
    function, start = quadratic()
    calls = []
    optimiser = LBFGS(lambda x: calls.append(1) or function(x), start)
    losses_of(optimiser, 30)
    assert optimiser.evaluations == len(calls) == 30


def test_the_first_step_has_the_length_asked_for(quadratic):
    function, start = quadratic()
    first = next(LBFGS(lambda x: (1e-3 * function(x)[0], 1e-3 * function(x)[1]), start, first_step=0.05))
    assert np.linalg.norm(first.x - start) == pytest.approx(0.05)  # However small the function is.


def test_the_unit_of_the_loss_does_not_matter(quadratic):
    function, start = quadratic("float32")

    def end(unit):
        optimiser = LBFGS(lambda x: (unit * function(x)[0], np.float32(unit) * function(x)[1]), start)
        losses_of(optimiser, 60)
        return optimiser.x

    for unit in (2.0**-40, 2.0**40):  # Powers of 2 are exact: a difference would be a decision that looks at the unit.
        np.testing.assert_array_equal(end(unit), end(1.0))


def test_changing_the_function_keeps_the_point_and_drops_the_pairs(quadratic):
    function, start = quadratic()
    optimiser = LBFGS(function, start)
    losses_of(optimiser, 20)
    here = optimiser.x.copy()
    optimiser.change(lambda x: (float(np.sum((x + 3) ** 2)), 2 * (x + 3)))
    np.testing.assert_array_equal(optimiser.x, here)
    assert not optimiser.pairs and optimiser.loss == pytest.approx(np.sum((here + 3) ** 2))
    assert optimiser.evaluations == 21
    losses_of(optimiser, 100)
    np.testing.assert_allclose(optimiser.x, -3, atol=1e-4)


def test_changing_the_function_may_start_elsewhere(quadratic):
    function, start = quadratic()
    optimiser = LBFGS(function, start)
    optimiser.change(function, start + 2)
    np.testing.assert_array_equal(optimiser.x, start + 2)
    assert optimiser.loss == pytest.approx(function(start + 2)[0])


@pytest.mark.parametrize(
    ("function", "word", "most"),
    [
        (lambda x: (1.0, 0 * x), "zero", 1),
        (lambda x: (1 + 1e-9 * float(x @ x), 2e-9 * x), "flat", 3),
        (lambda x: (0.5 * float(x @ x), -x), "no lower point", 13),  # The gradient points the wrong way.
    ],
    ids=["zero", "flat", "wrong sign"],
)
def test_it_ends_and_says_why(function, word, most):
    optimiser = LBFGS(function, np.full(4, 3.0))
    assert list(optimiser) == [] and word in optimiser.message
    assert optimiser.evaluations <= most
    assert function(optimiser.x)[0] <= function(np.full(4, 3.0))[0]


def test_a_gradient_that_turns_wrong_on_the_way_ends_it_too(quadratic):
    function, start = quadratic()
    optimiser = LBFGS(function, start)
    losses_of(optimiser, 20)
    before = optimiser.evaluations
    optimiser.gradient = -optimiser.gradient
    assert list(optimiser) == [] and "no lower point" in optimiser.message
    assert optimiser.evaluations - before <= 2 * 12  # With the pairs, and once more without.


@pytest.mark.parametrize("outside", [np.inf, np.nan])
def test_it_steps_back_from_where_the_function_has_no_value(outside):
    """The minimum of x - log x for each variable is at 1; left of 0 there is none."""

    def function(x):
        if x.min() <= 0:
            return outside, np.full_like(x, outside)
        return float(np.sum(x - np.log(x))), 1 - 1 / x

    optimiser = LBFGS(function, np.array([3.0, 0.5]), first_step=20)
    losses_of(optimiser, 100)
    np.testing.assert_allclose(optimiser.x, 1, atol=1e-3)


def test_float32_stays_float32(quadratic):
    optimiser = LBFGS(*quadratic("float32"))
    losses_of(optimiser, 40)
    pairs = [array.dtype for pair in optimiser.pairs for array in pair]
    assert {optimiser.x.dtype, optimiser.gradient.dtype, *pairs} == {np.dtype("float32")}


def test_the_callers_array_is_never_written_to(quadratic):
    function, start = quadratic()
    start.flags.writeable = False
    optimiser = LBFGS(function, start)
    points = [state.x for state in itertools.islice(optimiser, 5)]
    np.testing.assert_array_equal(start, 0)
    assert len({point.tobytes() for point in points}) == 5  # Nor is a point that was handed out.
