"""What becomes of an exception in a studio: one line for a person. From a widget, it would be lost in a log."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from course_utils.errors import CourseError


def in_one_line(error: Exception) -> str:
    """What an exception says: its first line, of at most 300 characters, and its kind where it is not the course's."""
    first = str(error).strip().partition("\n")[0][:300]
    if isinstance(error, CourseError):
        return first
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def refusal(name: str, error: Exception) -> str:
    """Why a file of this name was not taken, whatever the decoder has raised."""
    if isinstance(error, CourseError):
        return in_one_line(error).replace("the uploaded file", name, 1)
    return f"{name} cannot be read: {in_one_line(error)}"


def guarded(callback: Callable, failed: Callable[[Exception], None]) -> Callable:
    """A callback whose exceptions go to a function."""

    @functools.wraps(callback)
    def call(*values: Any, **named: Any) -> Any:
        try:
            return callback(*values, **named)
        except Exception as error:
            failed(error)

    return call
