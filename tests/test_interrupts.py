"""Ctrl-C, and what else ends a program: a run looks after each step, and nothing that was reached is lost."""

import signal
import threading

import numpy as np
import pytest

from course_utils import style_transfer
from course_utils.optimize import interrupts, pool
from course_utils.optimize.interrupts import ended_like_ctrl_c, hasty, held, noted
from course_utils.optimize.loop import minimize
from course_utils.optimize.states import State, consume

pytestmark = pytest.mark.usefixtures("hears_ctrl_c")


def press(by=signal.SIGINT):
    signal.raise_signal(by)


@pytest.fixture
def objective():
    """A distance to grey, at whose third evaluation Ctrl-C is pressed twice."""
    from course_utils.backend import tf
    from course_utils.optimize.evaluation import CompiledObjective

    class Pressed(CompiledObjective):
        count = 0

        def __call__(self, picture):
            self.count += 1
            if self.count == 3:
                press(), press()
            return super().__call__(picture)

    return Pressed(lambda picture: {"distance": tf.reduce_mean(tf.square(picture - 99.0))})


@pytest.mark.parametrize("method", ["lbfgs", "scipy"])
def test_a_run_ends_after_the_evaluation_in_which_it_was_pressed(method, objective, make_picture):
    result = minimize(objective, make_picture(12, 16), 50, method=method, progress=False, basis="spectral")
    assert result.interrupted and result.message == "interrupted" and result.evaluations == 3
    assert result.loss == min(result.history["loss"]) < result.history["loss"][0]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_pressed_while_values_are_clipped_it_costs_nothing(make_picture):
    from course_utils.backend import tf
    from course_utils.optimize.evaluation import CompiledObjective

    class Pressed(CompiledObjective):
        def __call__(self, picture):
            if picture.max() == 255:  # What is evaluated at the end is clipped.
                press(), press(), press()
            return super().__call__(picture)

    objective = Pressed(lambda picture: {"distance": tf.reduce_mean(tf.square(picture - 400.0))})
    result = minimize(objective, make_picture(12, 16) / 2, 3, basis="pixels", progress=False)
    assert result.clipped_loss == pytest.approx(145**2) and result.loss < 145**2 and result.evaluations == 3


def test_steps_end_after_the_one_in_which_it_was_pressed():
    def states():
        for k in range(1, 9):
            if k == 3:
                press(), held_press()
            yield State(k, 1.0 / k, {}, lambda: np.zeros((2, 2, 3)))

    def held_press():
        with held():  # As amid an evaluation, where nothing may be raised.
            press()

    result = consume(states(), progress=False)
    assert result.interrupted and result.message == "interrupted" and result.evaluations == 3


def test_one_who_cannot_wait_for_a_callback_presses_twice(make_picture, objective):
    objective.count = 10  # It presses nothing.

    def callback(state):
        press()
        reached.append("after the first")
        press()
        reached.append("after the second")

    reached = []
    result = minimize(objective, make_picture(12, 16), 50, callback=callback, progress=False)
    assert result.interrupted and reached == ["after the first"]


def test_pressed_between_two_stages_it_leaves_what_the_first_has_made(make_picture, monkeypatch):
    from course_utils.style.objective import StyleObjective

    take_over = StyleObjective.take_over

    def pressed(self, other):
        take_over(self, other)
        press(), press()

    monkeypatch.setattr(pool, "_idle", {})  # Else the first stage may take over what another test has left.
    monkeypatch.setattr(StyleObjective, "take_over", pressed)
    content, style = make_picture(96, 128), make_picture(96, 128, seed=1)
    result = style_transfer(content, style, size=128, stages=2, steps=[4, 4], network="random", progress=False)
    assert result.interrupted and result.picture.shape == (96, 128, 3) and result.evaluations == 4


def test_a_run_within_another_asks_the_same(objective, make_picture):
    objective.count = 10
    with noted() as outer:
        result = minimize(objective, make_picture(12, 16), 50, callback=lambda state: press(), progress=False)
        assert outer.pressed and result.interrupted and result.evaluations == 3
        with noted() as inner:
            assert inner is outer
        with pytest.raises(KeyboardInterrupt):  # A run that begins after it was pressed has nothing to give back.
            minimize(objective, make_picture(12, 16), 50, progress=False)
    assert not interrupts._noting
    with noted() as fresh:
        assert not fresh.pressed


def test_another_thread_is_not_asked():
    notes = []

    def look():
        with noted() as note, hasty(note), held():
            notes.append(note.pressed)

    with noted():
        press()
        other = threading.Thread(target=look)
        other.start()
        other.join()
    assert notes == [False]


@pytest.mark.parametrize("by", interrupts.OTHERS, ids=lambda one: one.name)
def test_what_asks_a_program_to_end_is_as_ctrl_c(by):
    before = signal.getsignal(by)
    signal.signal(by, signal.SIG_DFL)
    try:
        with ended_like_ctrl_c():
            with pytest.raises(KeyboardInterrupt):
                press(by)
            with noted() as note:
                press(by)
            assert note.pressed
        assert signal.getsignal(by) is signal.SIG_DFL
        signal.signal(by, signal.SIG_IGN)  # As nohup does with a terminal that is closed.
        with ended_like_ctrl_c(), noted() as note:
            press(by)
        assert not note.pressed and signal.getsignal(by) is signal.SIG_IGN
    finally:
        signal.signal(by, before)
