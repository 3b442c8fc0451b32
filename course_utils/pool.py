"""Compiled objectives that are used again: compiling takes a second, and the next picture needs it no more.

An objective can be pooled if it has a `structure`, all that its compilation depends on, and `take_over(other)`, which
gives it the targets and weights of another one of the same structure.
"""

from __future__ import annotations

import threading
from typing import Any

from course_utils.optimize import CompiledObjective

_MOST = 8
_lock, _idle = threading.Lock(), {}  # By structure; those of runs that have ended.


def borrowed(fresh: Any) -> CompiledObjective:
    """An objective that aims where a new one does: one that is idle and fits, or the new one itself.

    Whoever has borrowed one is alone with it until `give_back`.
    """
    with _lock:
        idle: CompiledObjective | None = _idle.pop(fresh.structure, None)
    if idle is None:
        return CompiledObjective(fresh)
    idle.objective.take_over(fresh)
    return idle


def give_back(compiled: CompiledObjective) -> None:
    """Keep an objective for the next run; of too many, the one that was given back first is dropped."""
    with _lock:
        _idle[compiled.objective.structure] = compiled
        while len(_idle) > _MOST:
            _idle.pop(next(iter(_idle)))
