"""What Ctrl-C does, where it shall not simply raise KeyboardInterrupt."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def on_interrupt(handler: Callable | signal.Handlers) -> Iterator[Callable[[], Any]]:
    """What Ctrl-C does in here, where it would raise KeyboardInterrupt otherwise.

    Gives a function after whose call it raises KeyboardInterrupt again.
    """
    # Only the main thread may choose, and a shell's background job ignores Ctrl-C and shall go on doing so.
    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not usual or threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield lambda: signal.signal(signal.SIGINT, signal.default_int_handler)
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def held() -> Iterator[None]:
    """Let Ctrl-C wait until the end of this, and raise KeyboardInterrupt there.

    Where TensorFlow's C++ calls back into Python, a KeyboardInterrupt is lost and comes out as another error.
    """
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
