"""What is told to a user is one line, which a terminal shows and does not obey, and a notebook without a traceback."""

import pickle

import pytest

from course_utils.errors import CourseError, printable
from course_utils.exercises.kinds import Wrong


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("holiday.jpg", "holiday.jpg"),
        ("Käse 写真\u3000été\u202f2.png", "Käse 写真\u3000été\u202f2.png"),
        ("\x1b[2J\x07\x7f\x9b.png", r"\x1b[2J\x07\x7f\x9b.png"),
        ("two\nlines\r\tand\u2028a third", r"two\nlines\r\tand\u2028a third"),
        ("gnp.\u202egpj.exe", r"gnp.\u202egpj.exe"),
        ("bytes \udcff", r"bytes \udcff"),
    ],
    ids=["plain", "other scripts and spaces", "escape codes", "line ends", "turned direction", "no text"],
)
def test_text_becomes_one_line_that_a_terminal_shows(text, shown):
    assert printable(text) == shown == printable(shown)
    assert str(CourseError(f"{text}: no such file")) == f"{shown}: no such file"


def test_an_error_is_told_in_one_line_in_a_notebook():
    assert CourseError("no \x1b[31m such file")._render_traceback_() == [r"CourseError: no \x1b[31m such file"]
    assert Wrong("it should be 3, and is 2.")._render_traceback_() == ["Not yet: it should be 3, and is 2."]


def test_an_error_can_go_to_another_process():
    error = pickle.loads(pickle.dumps(CourseError("a\nb")))
    assert isinstance(error, CourseError) and str(error) == r"a\nb"
