"""BLAS held to one thread while a picture is optimised: its threads would fight TensorFlow's for the cores."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import threadpoolctl

_lock, _users = threading.Lock(), 0
_limits: list[threadpoolctl.threadpool_limits] = []


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold BLAS to one thread in here. Several runs may be in here at once: the last one to leave lifts the limit."""
    global _users
    with _lock:
        _users += 1
        if _users == 1:
            _limits.append(threadpoolctl.threadpool_limits(1, "blas"))
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if not _users:
                _limits.pop().restore_original_limits()
