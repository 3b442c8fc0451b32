"""Work that goes on in a thread while the controls of a studio stay live."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from course_utils.optimize.blas import one_blas_thread


@dataclass(eq=False)
class _Job:
    steps: Callable[[], Iterable[Any]]
    show: Callable[[Any], None]
    ended: Callable[[str], None]


DONE, STOPPED = "done", "stopped"


class Worker:
    """Does one job at a time, in a thread; the newest counts, and any can be stopped.

    A job is an iterator. What it yields is shown from the thread, and never after `stop`, `submit` or `close` has
    returned: whoever presses Stop need not wait for the step that is being computed. All methods may be called from any
    thread. failed: called with the exception that ended a job.
    """

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        self.failed = failed
        self._idle = threading.Condition(threading.RLock())
        self._current: _Job | None = None
        self._next: _Job | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether it has ended for good."""
        return self._closed

    @property
    def running(self) -> bool:
        """Whether there is a job whose results will be shown."""
        with self._idle:
            return self._current is not None or self._next is not None

    def submit(
        self,
        steps: Callable[[], Iterable[Any]],
        show: Callable[[Any], None],
        ended: Callable[[str], None] = lambda how: None,
    ) -> None:
        """Begin a job, in the place of any that is being done: that one's `ended` is not called.

        steps: makes the iterator, in the thread. show: called with each item. ended: called with DONE or STOPPED.
        """
        with self._idle:
            if self._closed:
                return
            self._current, self._next = None, _Job(steps, show, ended)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True, name="studio")
                self._thread.start()

    def stop(self) -> bool:
        """End the job that there is, and say whether there was one. Nothing of it is shown any more."""
        with self._idle:
            job = self._next or self._current
            self._current = self._next = None
            if job is not None:
                job.ended(STOPPED)
            return job is not None

    def close(self) -> None:
        """End for good, and quietly."""
        with self._idle:
            self._closed, self._current, self._next = True, None, None

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the thread has nothing more to do; False if it still has after `timeout` seconds."""
        with self._idle:
            return self._idle.wait_for(lambda: self._thread is None, timeout)

    def _work(self) -> None:
        with one_blas_thread():
            while job := self._take():
                self._do(job)

    def _take(self) -> _Job | None:
        """Make the next job the current one; None, and the thread is gone, if there is none."""
        with self._idle:
            self._current, self._next = self._next, None
            if self._current is None:
                self._thread = None
                self._idle.notify_all()
            return self._current

    def _do(self, job: _Job) -> None:
        try:
            steps: Iterator[Any] = iter(job.steps())
            try:
                for item in steps:
                    with self._idle:
                        if job is not self._current:
                            return
                        job.show(item)
            finally:
                if hasattr(steps, "close"):
                    steps.close()
            with self._idle:
                if job is self._current:
                    self._current = None
                    job.ended(DONE)
        except Exception as error:
            with self._idle:
                if job is self._current:
                    self._current = None
                    with contextlib.suppress(Exception):  # Or the thread would end, and no later job be done.
                        self.failed(error)
