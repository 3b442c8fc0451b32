"""Work in a thread: what is shown, what is not, and who comes last."""

import itertools
import threading
import time

import pytest

from course_utils.widgets.worker import DONE, STOPPED, Worker


@pytest.fixture
def worker():
    made = Worker(failed=lambda error: made.errors.append(error))
    made.errors = []
    yield made
    made.close()
    assert made.wait(5)


def endless(started=None):
    for k in itertools.count():
        if started is not None:
            started.set()
        time.sleep(0.001)
        yield k


def test_a_job_is_shown_item_by_item_and_ends(worker):
    shown, ended = [], []
    worker.submit(lambda: iter("abc"), shown.append, ended.append)
    assert worker.wait(5)
    assert (shown, ended, worker.running) == (["a", "b", "c"], [DONE], False)


def test_nothing_is_shown_after_stop_has_returned(worker):
    shown, ended, started = [], [], threading.Event()
    worker.submit(lambda: endless(started), shown.append, ended.append)
    started.wait(5)
    assert worker.stop() and ended == [STOPPED] and not worker.running
    count = len(shown)
    assert worker.wait(5)
    assert len(shown) == count
    assert not worker.stop() and ended == [STOPPED]


def test_a_step_that_takes_long_does_not_hold_up_stop(worker):
    release, shown = threading.Event(), []

    def slow():
        yield release.wait(10)

    worker.submit(slow, shown.append)
    before = time.monotonic()
    worker.stop()
    assert time.monotonic() - before < 5  # And not the ten seconds of the step.
    release.set()
    assert worker.wait(5) and shown == []


def test_the_newest_job_replaces_the_one_before_which_is_closed(worker):
    closed, shown, ended = threading.Event(), [], []

    def first():
        try:
            yield from endless()
        finally:
            closed.set()

    worker.submit(first, lambda k: None, ended.append)
    worker.submit(lambda: iter([1]), shown.append, ended.append)
    assert worker.wait(5)
    assert shown == [1] and ended == [DONE]
    worker.submit(first, lambda k: None)
    time.sleep(0.02)
    worker.submit(lambda: iter([2]), shown.append)
    assert closed.wait(5) and worker.wait(5) and shown == [1, 2]


def test_an_exception_is_told_and_the_next_job_is_done(worker):
    shown, ended = [], []
    worker.submit(lambda: (1 / k for k in (1, 0)), shown.append, ended.append)
    assert worker.wait(5)
    assert [type(error) for error in worker.errors] == [ZeroDivisionError] and ended == [] and not worker.running
    worker.submit(lambda: iter([2]), shown.append, ended.append)
    assert worker.wait(5) and shown == [1.0, 2] and ended == [DONE]


def test_a_job_may_begin_the_next_one_where_it_ends(worker):
    shown = []
    worker.submit(lambda: iter([1]), shown.append, lambda how: worker.submit(lambda: iter([2]), shown.append))
    assert worker.wait(5) and shown == [1, 2]


def test_after_close_nothing_is_begun(worker):
    shown = []
    worker.submit(endless, lambda k: None, shown.append)
    worker.close()
    worker.submit(lambda: iter([1]), shown.append)
    assert worker.wait(5) and shown == []


@pytest.mark.slow
def test_races_of_submit_and_stop_leave_one_answer_and_no_thread(worker):
    """Hundreds of times, from two threads: what is shown last belongs to the last job, whose end is told once."""
    before = threading.active_count()
    for k in range(300):
        shown, ended = [], []
        worker.submit(endless, lambda item: None)
        other = threading.Thread(target=worker.stop)
        other.start()
        worker.submit(lambda k=k: iter([k, k + 0.5]), shown.append, ended.append)
        other.join()
        assert worker.wait(5)
        # The other thread stops either the first job or the second, at any point of it.
        assert shown in ([], [k], [k, k + 0.5])
        assert ended == [DONE] if len(shown) == 2 and ended != [STOPPED] else ended == [STOPPED]
    assert worker.errors == []
    end = time.monotonic() + 5
    while threading.active_count() > before:  # The last thread may still be on its way out.
        assert time.monotonic() < end
        time.sleep(0.01)
