"""L-BFGS as an iterator of States, against `minimize`; and objectives that are used again."""

import numpy as np
import pytest

from course_utils.dream.objectives import DreamObjective
from course_utils.optimize import pool
from course_utils.optimize.bases import PixelBasis
from course_utils.optimize.blas import one_blas_thread
from course_utils.optimize.evaluation import CompiledObjective
from course_utils.optimize.loop import descent, minimize
from course_utils.optimize.states import after
from course_utils.optimize.steps import gradient_ascent
from course_utils.style.transfer import style_steps, style_transfer


def bowl(picture):
    import tensorflow as tf

    weights = tf.constant([1.0, 10.0, 100.0])
    return {"bowl": tf.reduce_sum(weights * tf.square(picture - 100.0)) / 1e4}


@pytest.mark.parametrize("basis", ["spectral", PixelBasis])
def test_its_states_are_those_of_minimize(make_picture, basis):
    start, seen = make_picture(12, 16), []
    states = list(descent(bowl, start, 12, basis=basis))
    result = minimize(bowl, start, states[-1].step, basis=basis, callback=lambda s: seen.append(s.loss), progress=False)
    assert [state.loss for state in states] == seen == sorted(seen, reverse=True)
    np.testing.assert_array_equal(np.clip(states[-1].picture, 0, 255), result.picture)
    assert states[-1].terms == result.terms and 12 <= states[-1].step < 24


def test_it_ends_at_the_bottom(make_picture):
    flat = np.full((8, 8, 3), 100.0, "float32")
    assert list(descent(bowl, flat, 50, basis=PixelBasis)) == []


def test_a_state_can_show_something_else_of_its_picture(make_picture):
    (state,) = gradient_ascent(bowl, make_picture(8, 8), 1)
    darker = state.through(lambda picture: picture / 2)
    np.testing.assert_array_equal(darker.picture, state.picture / 2)
    assert (darker.step, darker.loss) == (state.step, state.loss)


def test_a_run_can_be_ended_after_so_many_iterations(make_picture):
    seen = []
    minimize(bowl, make_picture(8, 8), 30, callback=lambda s: seen.append(s), stop=after(3), progress=False)
    assert len(seen) == 3


@pytest.mark.parametrize("colours", [None, "luminance"])
def test_style_steps_are_style_transfer_step_by_step(make_picture, colours):
    content, painting = make_picture(48, 64, 1), make_picture(64, 64, 2)
    options = {"size": 64, "network": "random", "colours": colours, "content_weight": 0.1}
    *_, last = style_steps(content, painting, steps=8, **options)
    result = style_transfer(content, painting, steps=last.step, progress=False, **options)
    np.testing.assert_array_equal(last.picture, result.picture)


def test_an_objective_that_is_given_back_is_borrowed_and_aims_anew(network, make_picture, monkeypatch):
    monkeypatch.setattr(pool, "_idle", {})
    picture = make_picture(48, 48)
    wishes = [{"layers": {"block2_conv1": 1.0, "block3_conv1": 0.5}, "channels": {("block1_conv1", 3): 2.0}}]
    wishes += [{"layers": {"block2_conv1": 0.1, "block3_conv1": 3.0}, "channels": {("block1_conv1", 5): 1.0}}]
    with pool.borrowed(DreamObjective(network, **wishes[0])) as one:
        one(picture)
    with pool.borrowed(DreamObjective(network, **wishes[1])) as two:
        assert two is one
        terms, gradient = two(picture)
        with pool.borrowed(DreamObjective(network, **wishes[0])) as third:
            assert third is not one  # That one is in use.
        with pool.borrowed(DreamObjective(network, {"block2_conv1": 1.0})) as other:
            assert other is not one
    expected, expected_gradient = CompiledObjective(DreamObjective(network, **wishes[1]))(picture)
    assert terms == pytest.approx(expected, rel=1e-5) and "block1_conv1:5" in terms
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-4, atol=1e-7)


def test_a_guide_a_class_and_a_direction_are_taken_over_too(network, make_picture, rng, monkeypatch):
    monkeypatch.setattr(pool, "_idle", {})
    picture = make_picture(48, 48)

    def wish(seed, shape):
        vector = np.random.default_rng(seed).normal(size=network.channels("block2_conv2"))
        guide = make_picture(*shape, seed=seed)
        name = network.classes[seed]
        return DreamObjective(network, {"block2_conv1": 1.0}, guide=guide, classes={name: 1.0},
                              directions=[("block2_conv2", vector)])  # fmt: skip

    with pool.borrowed(wish(1, (40, 40))) as one:
        one(picture)
    with pool.borrowed(wish(2, (64, 48))) as two:
        assert two is one
        assert two(picture)[0] == pytest.approx(CompiledObjective(wish(2, (64, 48)))(picture)[0], rel=1e-4)


def test_so_many_idle_objectives_are_kept_and_no_more(network, monkeypatch):
    monkeypatch.setattr(pool, "_idle", {})
    for name in [f"block{b}_conv{c}" for b in (3, 4, 5) for c in (1, 2, 3, 4)]:
        with pool.borrowed(DreamObjective(network, {name: 1.0})):
            pass
    assert len(pool._idle) == 8


def test_blas_is_held_to_one_thread_until_the_last_run_ends():
    import threadpoolctl

    def threads():
        return [one["num_threads"] for one in threadpoolctl.threadpool_info() if one["user_api"] == "blas"]

    if not threads():
        pytest.skip("threadpoolctl knows no BLAS here")
    with threadpoolctl.threadpool_limits(2, "blas"):
        before = threads()
        first, second = one_blas_thread(), one_blas_thread()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert set(threads()) == {1}  # The other run goes on.
        second.__exit__(None, None, None)
        assert threads() == before
