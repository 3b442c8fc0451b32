"""Compiled objectives that are used again: compiling takes a second, and the next picture needs it no more.

An objective can be pooled if it has a `structure`, all that its compilation depends on, and `take_over(other)`, which
gives it the targets and weights of another one of the same structure.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from course_utils.optimize.evaluation import CompiledObjective

_MOST = 8
_lock = threading.Lock()
_idle: dict[Hashable, CompiledObjective] = {}  # By structure; those of runs that have ended.


@contextmanager
def borrowed(fresh: Any) -> Iterator[CompiledObjective]:
    """An objective that aims where a new one does: one that is idle and fits, or the new one itself.

    Whoever has borrowed one is alone with it. At the end it is kept for the next run; of too many, the one that was
    given back first is dropped.
    """
    with _lock:
        compiled = _idle.pop(fresh.structure, None)
    if compiled is None:
        compiled = CompiledObjective(fresh)
    else:
        compiled.objective.take_over(fresh)
    try:
        yield compiled
    finally:
        with _lock:
            _idle[compiled.objective.structure] = compiled
            while len(_idle) > _MOST:
                _idle.pop(next(iter(_idle)))
