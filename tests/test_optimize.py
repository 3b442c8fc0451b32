"""The loop around an optimiser: what it counts, keeps, shows, refuses and gives back."""

from __future__ import annotations

import numpy as np
import pytest
import threadpoolctl

from course_utils import optimize
from course_utils.backend import tf
from course_utils.errors import CourseError
from course_utils.optimize import CompiledObjective, adam, gradient_ascent, minimize
from course_utils.style import StyleObjective

COMBINATIONS = [(method, basis) for method in ("lbfgs", "scipy") for basis in ("spectral", "pixels")]


def distance_to(target: np.ndarray):
    """Two terms, which together are the distance to a picture, with a floor of 1."""
    upper, goal = target.shape[0] // 2, tf.constant(target[None])
    return lambda x: {
        "upper": 1 + tf.reduce_mean((x[:, :upper] - goal[:, :upper]) ** 2),
        "lower": tf.reduce_mean((x[:, upper:] - goal[:, upper:]) ** 2),
    }


@pytest.mark.parametrize("method, basis", COMBINATIONS)
def test_the_target_is_reached(method, basis, photo) -> None:
    result = minimize(distance_to(photo), np.full_like(photo, 120), 80, method=method, basis=basis, progress=False)
    assert np.abs(result.picture - photo).mean() < 0.5
    assert set(result.history) == {"loss", "upper", "lower"}
    assert result.evaluations <= 80 and all(len(values) == result.evaluations for values in result.history.values())
    assert result.loss == min(result.history["loss"]) == pytest.approx(sum(result.terms.values()))
    assert result.clipped_loss is None and not result.interrupted
    assert result.message


def test_steps_are_never_exceeded_and_named(photo) -> None:
    for method in ("lbfgs", "scipy"):
        result = minimize(distance_to(photo), np.zeros_like(photo), 7, method=method, progress=False)
        assert result.evaluations == 7 and "7 evaluations are used" in result.message


def test_the_callback_gets_copies_and_stop_stops(photo) -> None:
    seen = []

    def spoil(state) -> None:
        seen.append(state)
        picture = state.picture
        picture[:] = np.nan

    start = np.full_like(photo, 120)
    quiet = minimize(distance_to(photo), start, 20, basis="pixels", progress=False)
    spoilt = minimize(distance_to(photo), start, 20, basis="pixels", progress=False, callback=spoil)
    assert np.array_equal(quiet.picture, spoilt.picture), "a callback cannot disturb the run"
    assert (start == 120).all(), "nor does the run disturb the start"
    assert [state.step for state in seen] == sorted({state.step for state in seen})
    for method in ("lbfgs", "scipy"):
        stopped = minimize(distance_to(photo), start, 50, method=method, progress=False, stop=lambda: True)
        assert stopped.message == "stopped as asked" and stopped.evaluations < 10


@pytest.mark.parametrize("method", optimize.METHODS)
def test_an_interrupted_run_gives_its_best_picture(method, photo) -> None:
    def interrupt(state) -> None:
        if state.step >= 3:
            raise KeyboardInterrupt

    start = np.full_like(photo, 120)
    result = minimize(distance_to(photo), start, 50, method=method, progress=False, callback=interrupt)
    assert result.interrupted and result.message == "interrupted"
    assert result.loss < result.history["loss"][0]
    assert np.abs(result.picture - photo).mean() < np.abs(start - photo).mean()


def test_terms_that_are_no_numbers_are_refused_by_name(photo) -> None:
    with pytest.raises(CourseError, match="term 'bad' of the objective is nan"):
        minimize(lambda x: {"good": tf.reduce_mean(x), "bad": tf.reduce_mean(x) * np.nan}, photo, 5, progress=False)
    with pytest.raises(CourseError, match="gradient"):  # The slope of a square root at 0 is infinite.
        minimize(lambda x: {"root": tf.reduce_sum(tf.sqrt(x - x))}, photo, 5, progress=False)


def test_clipping_is_priced(photo) -> None:
    beyond = distance_to(np.full_like(photo, 300))
    free = minimize(beyond, photo, 60, basis="pixels", progress=False)
    assert free.picture.max() == 255
    assert free.clipped_loss == pytest.approx(1 + 2 * 45**2, rel=1e-3) and free.loss < 10
    assert "clipping to 0..255 changed the loss" in free.message
    bounded = minimize(beyond, photo, 60, method="scipy", basis="pixels", progress=False)
    assert bounded.clipped_loss is None and bounded.picture.max() <= 255
    assert bounded.loss == pytest.approx(1 + 2 * 45**2, rel=1e-3)


@pytest.mark.parametrize("basis", ["spectral", "pixels"])
def test_ours_beside_scipys_on_a_style_problem(basis, photo, random_network) -> None:
    painting = np.flip(photo, (0, 2)).copy()
    objective = CompiledObjective(StyleObjective(random_network, photo, [painting]))
    start = np.random.default_rng(0).uniform(40, 215, photo.shape).astype("float32")
    losses = [minimize(objective, start, 60, method=m, basis=basis, progress=False).loss for m in optimize.METHODS]
    first = sum(objective(start)[0].values())
    assert max(losses) < 0.2 * first, "both get somewhere"
    assert losses[0] == pytest.approx(losses[1], rel=0.25), "and to about the same place"


def test_one_trace_serves_all_sizes_and_weights(photo, random_network) -> None:
    traces = []
    objective = StyleObjective(random_network, photo, [photo[::-1]])

    def counted(picture: tf.Tensor) -> dict[str, tf.Tensor]:
        traces.append(1)
        return objective(picture)

    evaluate = CompiledObjective(counted)
    small, before = photo[:40, :48], evaluate(photo[:, ::-1].copy())[0]
    objective.weights.assign(2 * objective.weights)
    after = evaluate(photo[:, ::-1].copy())[0]
    assert after["style block3_conv1"] == pytest.approx(2 * before["style block3_conv1"], rel=1e-5)
    objective.retarget(small, [photo])
    assert evaluate(small)[0]["content"] == pytest.approx(0, abs=1e-9)
    assert len(traces) == 1


def test_blas_is_held_to_one_thread(photo) -> None:
    def threads() -> list[int]:
        return [pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]

    before, during = threads(), []
    minimize(distance_to(photo), photo, 3, progress=False, callback=lambda _: during.extend(threads()))
    assert set(during) <= {1}
    assert threads() == before


def test_unknown_words_are_refused(photo) -> None:
    for options, words in (({"method": "newton"}, "newton"), ({"basis": "wavelets"}, "wavelets"), ({"steps": 0}, "at least 1")):
        with pytest.raises(CourseError, match=words):
            minimize(distance_to(photo), photo, progress=False, **options)
    with pytest.raises(CourseError, match="median"):
        next(gradient_ascent(distance_to(photo), photo, normalize="median"))


def test_ascent_steps_have_the_size_that_was_asked_for(photo) -> None:
    def score(picture: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"brightness": tf.reduce_sum(picture * tf.constant([1.0, 2.0, 3.0]))}

    def moved(normalize: str) -> np.ndarray:
        return next(gradient_ascent(score, photo, 1, 1.5, normalize, clip=False)).picture - photo

    assert np.abs(moved("mean")).mean() == pytest.approx(1.5, rel=1e-4)
    assert np.abs(moved("max")).max() == pytest.approx(1.5, rel=1e-4)
    assert np.linalg.norm(moved("l2")) == pytest.approx(1.5, rel=1e-3)
    # The gradient is 1, 2 and 3: its standard deviation is sqrt(2/3).
    assert moved("std").mean() == pytest.approx(1.5 * 2 / np.sqrt(2 / 3), rel=1e-4)
    assert moved("none").mean() == pytest.approx(3, rel=1e-4)
    states = list(gradient_ascent(score, photo, 5))
    assert np.all(np.diff([state.loss for state in states]) > 0), "it climbs"
    assert states[-1].picture.max() <= 255


def test_adam_descends(photo) -> None:
    states = list(adam(distance_to(photo), np.full_like(photo, 120), 60))
    assert states[-1].loss < 0.05 * states[0].loss
    assert states[0].step == 1 and states[-1].step == 60
