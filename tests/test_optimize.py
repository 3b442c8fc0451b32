"""Optimising a picture: known minima, honest records, and both methods side by side."""

import itertools
import signal

import numpy as np
import pytest
import threadpoolctl

from course_utils.backend import tf
from course_utils.optimize.bases import PixelBasis
from course_utils.optimize.evaluation import CompiledObjective
from course_utils.optimize.loop import Recorder, minimize, pairs_kept
from course_utils.optimize.states import State, consume
from course_utils.optimize.steps import NORMALIZATIONS, adam, gradient_ascent
from course_utils.style.objective import StyleObjective

METHODS = ["lbfgs", "scipy"]
BASES = ["pixels", "spectral"]


class FreePixels(PixelBasis):
    """Pixels without bounds under SciPy too."""

    bounds = None


def distance_to(target):
    """The mean square distance to a picture, in two named terms: red, and the rest."""

    def objective(picture):
        squares = tf.square(picture - target) / np.size(target)
        return {"red": tf.reduce_sum(squares[..., 0]), "rest": tf.reduce_sum(squares[..., 1:])}

    return objective


@pytest.fixture
def target(make_picture):
    return np.clip(make_picture(20, 24, seed=1), 20, 235)


@pytest.fixture
def start(make_picture):
    return make_picture(20, 24, seed=2)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("method", METHODS)
def test_the_target_is_reached(method, basis, target, start):
    before = start.copy()
    result = minimize(distance_to(target), start, 60, method=method, basis=basis, progress=False)
    np.testing.assert_allclose(result.picture, target, atol=1)
    assert result.picture.dtype == np.float32 and result.clipped_loss is None and not result.interrupted
    np.testing.assert_array_equal(start, before)


@pytest.mark.parametrize("steps", [1, 2, 9])
@pytest.mark.parametrize("method", METHODS)
def test_the_history_has_every_term_of_every_evaluation(method, steps, target, start):
    seen = []

    def objective(picture):
        tf.py_function(lambda: seen.append(1), [], [])
        return distance_to(target)(picture)

    result = minimize(objective, start, steps, method=method, progress=False)
    history = result.history
    assert set(history) == {"loss", "red", "rest"}
    assert {len(values) for values in history.values()} == {result.evaluations} == {len(seen)}
    assert result.evaluations <= steps
    np.testing.assert_allclose(np.add(history["red"], history["rest"]), history["loss"], rtol=1e-12)
    assert result.loss == min(history["loss"]) == pytest.approx(sum(result.terms.values()))


@pytest.mark.parametrize("method", METHODS)
def test_the_best_picture_is_returned_even_if_the_last_one_is_worse(method, start, target):
    """Ripples send the line search to worse points; somewhere among the budgets the last evaluation is one of them."""

    def ripples(picture):
        return {"ripples": tf.reduce_mean(1.05 - tf.cos((picture - target) / 5) + tf.square(picture - target) / 5e3)}

    evaluate, last_was_worse = CompiledObjective(ripples), False
    for steps in range(2, 16):
        result = minimize(evaluate, start, steps, method=method, basis="pixels", progress=False)
        assert result.loss == min(result.history["loss"])
        of_picture = result.loss if result.clipped_loss is None else result.clipped_loss
        assert evaluate(result.picture)[0]["ripples"] == pytest.approx(of_picture, rel=1e-5)
        last_was_worse |= result.history["loss"][-1] > result.loss
    assert last_was_worse


def test_the_recorder_keeps_the_best_it_has_seen():
    picture = np.full((4, 4, 3), 100, "float32")
    record = Recorder(CompiledObjective(distance_to(picture)), PixelBasis(picture.shape), steps=10)
    vector = np.empty(picture.size, "float32")
    for offset in (3, -1, 2):
        vector[:] = 100 + offset  # One array throughout, as an optimiser may use it.
        record(vector)
    assert record.best.step == 2 and record.best.loss == pytest.approx(1)
    np.testing.assert_array_equal(record.best.picture, picture - 1)
    np.testing.assert_allclose(record.history["loss"], [9, 1, 4], rtol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_the_callback_gets_copies(method, target, start):
    def run(callback):
        return minimize(distance_to(target), start, 12, method=method, callback=callback, progress=False)

    def spoil(state):
        state.picture[:] = 0
        steps.append(state.step)

    steps = []
    spoilt, untouched = run(spoil), run(None)
    np.testing.assert_array_equal(spoilt.picture, untouched.picture)
    assert len(steps) >= 3 and steps == sorted(steps) and steps[-1] <= 12


@pytest.mark.parametrize("method", METHODS)
def test_it_stops_when_asked(method, target, start):
    answers = iter([False, False, True])
    result = minimize(distance_to(target), start, 50, method=method, stop=lambda: next(answers), progress=False)
    assert result.message.startswith("stopped") and next(answers, "all asked") == "all asked"
    assert 3 <= result.evaluations < 50 and not result.interrupted


@pytest.mark.parametrize("method", METHODS)
def test_an_interrupt_leaves_the_best_so_far(method, target, start):
    def interrupt(state):
        if state.step >= 5:
            raise KeyboardInterrupt

    result = minimize(distance_to(target), start, 50, method=method, callback=interrupt, progress=False)
    assert result.interrupted and result.message.startswith("interrupted")
    assert result.loss == min(result.history["loss"]) < result.history["loss"][0]
    assert 5 <= result.evaluations < 50


def test_ctrl_c_waits_for_the_end_of_an_evaluation(start, hears_ctrl_c):
    """Amid TensorFlow it would come out as an AttributeError or a TypeError of TensorFlow's, now and then."""
    finished = []

    def objective(picture):
        if not finished:
            signal.raise_signal(signal.SIGINT)
        finished.append(True)
        return {"brightness": tf.reduce_mean(picture)}

    evaluate = CompiledObjective(objective)
    with pytest.raises(KeyboardInterrupt):
        evaluate(start)
    assert finished and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert evaluate(start)[0]["brightness"] == pytest.approx(start.mean(), rel=1e-4)


def test_another_error_of_a_callback_passes_through(target, start):
    def fail(state):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        minimize(distance_to(target), start, 9, callback=fail, progress=False)


def test_a_term_that_is_no_number_is_refused_by_its_name(start, refused):
    def objective(picture):
        return {"fine": tf.reduce_mean(picture), "broken": tf.math.log(-tf.reduce_mean(tf.square(picture)))}

    with refused("'broken'", "nan"):
        minimize(objective, start, 5, progress=False)


def test_a_gradient_that_is_no_number_is_refused(start, refused):
    def objective(picture):  # The square root has no slope at 0.
        return {"distance": tf.sqrt(tf.reduce_sum(tf.square(picture - start)))}

    with refused("gradient"):
        minimize(objective, start, 5, basis="pixels", progress=False)


@pytest.fixture
def beyond(target):
    """A target that no picture can be: brighter than white, darker than black."""
    return np.where(target > 127, 300, -60).astype("float32")


def test_pixels_without_bounds_are_clipped_at_the_end_and_it_is_said(beyond, start):
    result = minimize(distance_to(beyond), start, 40, basis="pixels", progress=False)
    assert result.picture.min() == 0 and result.picture.max() == 255
    nearest = np.mean((np.clip(beyond, 0, 255) - beyond) ** 2)
    assert result.loss < 1 < result.clipped_loss == pytest.approx(nearest, rel=1e-3)
    assert "clipping" in result.message and f"{result.clipped_loss:.4g}" in result.message


@pytest.mark.parametrize(("method", "basis"), [("scipy", "pixels"), ("scipy", "spectral"), ("lbfgs", "spectral")])
def test_bounds_and_tanh_need_no_clipping(method, basis, beyond, start):
    pictures = []
    result = minimize(
        distance_to(beyond),
        start,
        60,
        method=method,
        basis=basis,
        callback=lambda state: pictures.append(state.picture),
        progress=False,
    )
    assert result.clipped_loss is None and "clipping" not in result.message
    assert all(picture.min() >= 0 and picture.max() <= 255 for picture in pictures)
    nearest = np.mean((np.clip(beyond, 0, 255) - beyond) ** 2)
    assert result.loss == pytest.approx(nearest, rel=0.05)  # tanh comes to black and white slowly.


@pytest.mark.slow
@pytest.mark.parametrize("basis", [FreePixels, "spectral"], ids=["pixels", "spectral"])
def test_ours_is_as_good_as_scipys_on_a_style(basis, network, make_picture):
    content, style = make_picture(48, 64, seed=7), make_picture(56, 56, seed=8)
    evaluate = CompiledObjective(StyleObjective(network, content, [style]))
    ours, theirs = (minimize(evaluate, content, 60, method=m, basis=basis, progress=False).loss for m in METHODS)
    assert theirs < 0.2 * sum(evaluate(content)[0].values())  # There was something to do.
    assert ours == pytest.approx(theirs, rel=0.05)


def test_an_objective_is_traced_once_for_all_sizes_and_weights(make_picture):
    traces, weight = [], tf.Variable(1.0)

    def objective(picture):
        traces.append(1)
        return {"brightness": weight * tf.reduce_mean(picture)}

    evaluate = CompiledObjective(objective)
    for shape, factor in [((8, 8), 1.0), ((5, 9), 2.0), ((16, 4), 0.5)]:
        weight.assign(factor)
        picture = make_picture(*shape)
        terms, gradient = evaluate(picture)
        assert terms["brightness"] == pytest.approx(factor * picture.mean(), rel=1e-5)
        np.testing.assert_allclose(gradient, factor / picture.size, rtol=1e-5)
    minimize(evaluate, make_picture(8, 8), 2, progress=False)
    assert len(traces) == 1


def test_blas_keeps_to_one_thread_during_a_run(target, start):
    def threads():
        return [pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]

    if not threads():
        pytest.skip("threadpoolctl knows no BLAS here")
    during = []
    with threadpoolctl.threadpool_limits(2, "blas"):
        before = threads()
        minimize(distance_to(target), start, 5, callback=lambda _: during.extend(threads()), progress=False)
        assert threads() == before
    assert set(during) == {1}


def test_the_bar_has_a_name_and_can_be_left_out(target, start, capsys):
    minimize(distance_to(target), start, 3, progress="golden gate")
    assert "golden gate" in capsys.readouterr().err
    minimize(distance_to(target), start, 3, progress=False)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("options", "word"),
    [({"method": "newton"}, "'newton'"), ({"basis": "wavelets"}, "'wavelets'"), ({"steps": 0}, "0")],
)
def test_an_impossible_wish_is_refused(options, word, target, start, refused):
    with refused(word):
        minimize(distance_to(target), start, **options, progress=False)


# Ascent and Adam


def nearness_to(target):
    return lambda picture: {"nearness": -tf.reduce_mean(tf.square(picture - target))}


@pytest.mark.parametrize(
    ("normalize", "measure"),
    [
        ("mean", lambda d: np.mean(np.abs(d))),
        ("max", lambda d: np.max(np.abs(d))),
        ("std", np.std),
        ("l2", np.linalg.norm),
    ],
)
def test_a_step_has_the_size_asked_for(normalize, measure, target, start):
    state = next(gradient_ascent(nearness_to(target), start, 1, step=1.5, normalize=normalize, clip=False))
    assert measure(state.picture - start) == pytest.approx(1.5, rel=1e-3)


def test_without_normalisation_a_step_is_the_gradient(target, start):
    state = next(gradient_ascent(nearness_to(target), start, 1, step=100, normalize="none", clip=False))
    np.testing.assert_allclose(state.picture, start + 100 * 2 * (target - start) / start.size, atol=1e-3)


def test_ascent_climbs_a_known_hill_and_holds_each_moment(target, start):
    before = start.copy()
    states = list(gradient_ascent(nearness_to(target), start, 30, step=4.0))
    assert [state.step for state in states] == list(range(1, 31))
    scores = [-np.mean((state.picture - target) ** 2) for state in states]
    # A State holds the score before its step and the picture after it.
    np.testing.assert_allclose([state.loss for state in states[1:]], scores[:-1], rtol=1e-4)
    assert all(b > a for a, b in itertools.pairwise(scores[:8]))  # Steps of one size overshoot once the top is near.
    assert max(scores) > 0.01 * states[0].loss
    np.testing.assert_array_equal(start, before)


@pytest.mark.parametrize("clip", [True, False])
def test_ascent_stays_in_the_range_only_if_asked(clip, start):
    *_, last = gradient_ascent(lambda p: {"white": tf.reduce_mean(p)}, start, 10, step=40.0, clip=clip)
    assert (last.picture.max() <= 255) == clip


def test_ascent_is_the_same_each_time(target, start):
    ends = [list(gradient_ascent(nearness_to(target), start, 5))[-1].picture for _ in range(2)]
    np.testing.assert_array_equal(*ends)


@pytest.mark.parametrize("method", [gradient_ascent, adam])
def test_painting_over_a_moments_picture_does_not_disturb_the_run(method, target, start):
    untouched = [state.picture for state in method(distance_to(target), start, 4)]
    for state, expected in zip(method(distance_to(target), start, 4), untouched, strict=True):
        state.picture[:] = 0
        np.testing.assert_array_equal(state.picture, expected)


def test_an_unknown_normalisation_is_refused(target, start, refused):
    with refused("'median'", *NORMALIZATIONS):
        next(gradient_ascent(nearness_to(target), start, normalize="median"))


def test_adam_comes_to_the_target_and_holds_each_moment(target, start):
    before = start.copy()
    states = list(adam(distance_to(target), start, 120, rate=5.0))
    np.testing.assert_allclose(states[-1].picture, target, atol=8)
    assert states[0].loss == pytest.approx(np.mean((start - target) ** 2), rel=1e-4)
    assert states[-1].loss < 0.01 * states[0].loss
    assert np.abs(states[0].picture - start).max() == pytest.approx(5, rel=1e-2)  # Adam's first step is its rate.
    np.testing.assert_array_equal(start, before)


@pytest.mark.parametrize("clip", [True, False])
def test_adam_stays_in_the_range_only_if_asked(clip, start, beyond):
    *_, last = adam(distance_to(beyond), start, 30, rate=20.0, clip=clip)
    assert (last.picture.max() <= 255 and last.picture.min() >= 0) == clip


# Iterators of states


def states_of(*losses):
    """States whose pictures are filled with their losses, in two terms."""
    for step, loss in enumerate(losses, 1):
        shown = np.full((2, 3, 3), loss, "float32")
        yield State(step, loss, {"most": loss - 1.0, "rest": 1.0}, lambda shown=shown: shown)


def test_the_last_state_of_an_iterator_is_the_result_even_if_another_was_lower():
    """An ascent, unlike a minimisation, has no best: where it is when it ends is where it was sent."""
    result = consume(states_of(5.0, 2.0, 9.0), progress=False)
    assert (result.loss, result.terms, result.evaluations) == (9.0, {"most": 8.0, "rest": 1.0}, 3)
    assert result.history == {"loss": [5.0, 2.0, 9.0], "most": [4.0, 1.0, 8.0], "rest": [1.0, 1.0, 1.0]}
    np.testing.assert_array_equal(result.picture, np.full((2, 3, 3), 9))
    assert (result.message, result.interrupted, result.clipped_loss) == ("all steps are done", False, None)


def test_the_result_of_an_iterator_is_within_the_range():
    result = consume(states_of(-7.0, 300.0), progress=False)
    assert result.picture.max() == 255 and result.loss == 300


def test_an_iterator_is_stopped_when_asked_after_the_callback():
    seen = []
    states = states_of(1.0, 2.0, 3.0, 4.0)
    result = consume(states, callback=seen.append, stop=lambda: len(seen) == 2, progress=False)
    assert [state.loss for state in seen] == result.history["loss"] == [1.0, 2.0]
    assert result.message == "stopped as asked" and not result.interrupted
    assert next(states).loss == 3.0  # No more was computed than was asked for.


@pytest.mark.parametrize("where", ["callback", "iterator"])
def test_an_interrupt_of_an_iterator_leaves_what_there_is(where):
    def interrupted():
        yield from states_of(1.0, 2.0)
        raise KeyboardInterrupt

    def interrupt(state):
        if state.step == 2:
            raise KeyboardInterrupt

    options = {"callback": interrupt} if where == "callback" else {}
    result = consume(interrupted(), **options, progress=False)
    assert result.interrupted and result.message == "interrupted"
    assert result.history["loss"] == [1.0, 2.0] and result.picture.max() == 2


def test_an_interrupt_before_the_first_state_is_not_swallowed():
    def interrupted():
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        consume(interrupted(), progress=False)


def test_an_iterator_without_states_is_refused(refused):
    with refused("at least 1"):
        consume(iter(()), progress=False)


def test_the_bar_of_an_iterator_has_a_name_and_a_total(capsys):
    consume(states_of(1.0, 2.0), 2, progress="golden gate")
    shown = capsys.readouterr().err
    assert "golden gate" in shown and "/2 " in shown
    consume(states_of(1.0), 1, progress=False)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("shape", "kept"),
    [((320, 240), 10), ((1024, 768), 10), ((1754, 1240), 5), ((2480, 1754), 3), ((4096, 4096), 3)],
)
def test_a_posters_pairs_take_300_mb(shape, kept):
    """A pair is two pictures of float32: at A4 52 MB; fewer than three would be worth little."""
    picture = np.broadcast_to(np.float32(0), (*shape, 3))
    assert pairs_kept(picture) == kept
