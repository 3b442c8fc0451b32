"""Checkers of the course's exercises: `from course_utils import exercises as check`, then `f = check.f(f)`.

For an untouched exercise a checker says so and returns the course's own answer, so that the lesson goes on; for a right
one it says what was right and returns the learner's, which the lesson then uses; for a wrong one it raises `Wrong`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Any

from course_utils.exercises.checking import Wrong, checker

__all__ = ["Wrong", "checker", "every"]


@cache
def every() -> dict[str, Callable]:
    """All checkers of all lessons, by name."""
    modules = [one.name for one in pkgutil.iter_modules(__path__) if one.name.startswith("lesson_")]
    found: dict[str, Callable] = {}
    for name in sorted(modules):
        for key, value in vars(importlib.import_module(f"{__name__}.{name}")).items():
            if hasattr(value, "reference"):
                assert key not in found, f"two lessons have an exercise {key}"
                found[key] = value
    return found


def __getattr__(name: str) -> Any:
    if not name.startswith("_") and name in every():
        return every()[name]
    raise AttributeError(f"there is no exercise {name!r}")


def __dir__() -> list[str]:
    return [*__all__, *every()]
