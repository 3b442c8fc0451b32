"""Checkers of the course's exercises: `from course_utils import exercises as check`, then `f = check.f(f)`.

For an untouched exercise a checker says so and returns the course's own answer, so that the lesson goes on; for a right
one it says what was right and returns the learner's, which the lesson then uses; for a wrong one it raises `Wrong`.

An exercise is declared in the file of its lesson: `exercise` says what a declaration holds. It is checked in three
steps: `draws` makes the arguments, `running` calls the answer, and `comparing` judges what came, by its `kinds`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Any

from course_utils.exercises.kinds import Wrong

__all__ = ["Wrong", "by_lesson", "every"]


@cache
def by_lesson() -> dict[str, dict[str, Callable]]:
    """The checkers of each lesson, "00" to "10", by name."""
    modules = sorted(one.name for one in pkgutil.iter_modules(__path__) if one.name.startswith("lesson_"))
    found = {}
    for module in modules:
        names = vars(importlib.import_module(f"{__name__}.{module}"))
        found[module[-2:]] = {name: value for name, value in names.items() if hasattr(value, "reference")}
    return found


@cache
def every() -> dict[str, Callable]:
    """All checkers of all lessons, by name."""
    found: dict[str, Callable] = {}
    for checkers in by_lesson().values():
        assert not found.keys() & checkers.keys(), "two lessons have an exercise of one name"
        found |= checkers
    return found


def __getattr__(name: str) -> Any:
    if not name.startswith("_") and name in every():
        return every()[name]
    raise AttributeError(f"there is no exercise {name!r}")


def __dir__() -> list[str]:
    return [*__all__, *every()]
