"""What Ctrl-C does, where it shall not simply raise KeyboardInterrupt, and what else ends a program as it does."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

# How a program is asked to end beside Ctrl-C: by `kill` and by systems that run jobs, by a terminal that is closed, and
# on Windows by Ctrl-Break. Not every system has all of them.
OTHERS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))


@contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """Let all that asks a program to end do what Ctrl-C does in here. What is ignored (by nohup) stays so."""
    mine = [one for one in OTHERS if _in_main_thread() and signal.getsignal(one) is signal.SIG_DFL]
    for one in mine:
        signal.signal(one, signal.default_int_handler)
    try:
        yield
    finally:
        for one in mine:
            signal.signal(one, signal.SIG_DFL)


@contextmanager
def on_interrupt(handler: Callable | signal.Handlers) -> Iterator[None]:
    """What Ctrl-C, and what was made like it, does in here, where it would raise KeyboardInterrupt otherwise."""
    # Only the main thread may choose, and a shell's background job ignores Ctrl-C and shall go on doing so.
    raising = [one for one in (signal.SIGINT, *OTHERS) if signal.getsignal(one) is signal.default_int_handler]
    raising = raising if _in_main_thread() else []
    for one in raising:
        signal.signal(one, handler)
    try:
        yield
    finally:
        for one in raising:
            signal.signal(one, signal.default_int_handler)


class CtrlC:
    """Whether Ctrl-C was pressed while `noted` was looking.

    press: what every press does at once, besides, or None. hasty: whether a second press raises KeyboardInterrupt, for
    one who cannot wait for the end of the step; only without `press`.
    """

    def __init__(self, press: Callable[[], Any] | None = None) -> None:
        self.pressed, self.hasty, self.press = False, False, press

    def __call__(self, *_: Any) -> None:
        again, self.pressed = self.pressed, True
        if self.press is not None:
            self.press()
        elif again and self.hasty:
            raise KeyboardInterrupt


_noting: list[CtrlC] = []  # That of the outermost `noted`, while there is one.


@contextmanager
def noted(press: Callable[[], Any] | None = None) -> Iterator[CtrlC]:
    """Let Ctrl-C be noted in here and not raise anything: a run looks after each step whether it was pressed.

    A KeyboardInterrupt comes anywhere, and so in between two steps, where it would cost what was reached. Within
    another `noted`, and so for a run that is a part of another, its note is given. press: see CtrlC.
    """
    if _noting and _in_main_thread():
        yield _noting[0]
        return
    note = CtrlC(press)
    if not _in_main_thread():
        yield note
        return
    _noting.append(note)
    try:
        with on_interrupt(note):
            yield note
    finally:
        _noting.clear()


@contextmanager
def hasty(note: CtrlC) -> Iterator[None]:
    """Where the code of others is called, which may never come back: a second Ctrl-C raises KeyboardInterrupt."""
    before, note.hasty = note.hasty, True
    try:
        yield
    finally:
        note.hasty = before


@contextmanager
def held() -> Iterator[None]:
    """Let Ctrl-C wait until the end of this, and raise KeyboardInterrupt there, unless it is noted.

    Where TensorFlow's C++ calls back into Python, a KeyboardInterrupt is lost and comes out as another error.
    """
    if _noting and _in_main_thread():
        before, _noting[0].hasty = _noting[0].hasty, False
        try:
            yield
        finally:
            _noting[0].hasty = before
        return
    pressed: list[bool] = []
    try:
        with on_interrupt(lambda *_: pressed.append(True)):
            yield
    finally:
        if pressed:
            raise KeyboardInterrupt


def leave(*_: Any) -> None:
    """End the process here and now: for when there is nothing to be saved, and TensorFlow is at work, see `held`."""
    os._exit(130)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
