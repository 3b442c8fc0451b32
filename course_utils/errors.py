"""The one kind of error that a user can put right, and how text becomes one line that a terminal can show."""

from __future__ import annotations

import unicodedata
from typing import ClassVar


def printable(text: object) -> str:
    """Text in one line; what a terminal would obey, or cannot show, becomes \\x.., \\u.... or \\n.

    A file's name may hold line ends, escape codes, marks that turn the reading direction, and bytes that are no text.
    """
    return "".join(
        one if one.isprintable() or unicodedata.category(one) == "Zs" else one.encode("unicode_escape").decode()
        for one in str(text)
    )


class ToldInOneLine(Exception):
    """An error whose message says all: a notebook shows it in place of a traceback."""

    said_before: ClassVar[str] = ""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows."""
        return [f"{self.said_before}: {self}"]


class CourseError(ToldInOneLine, ValueError):
    """Something that a user can put right. Its message is one line that names the culprit and says what to do."""

    said_before = "CourseError"

    def __init__(self, message: object = "") -> None:
        super().__init__(printable(message))
