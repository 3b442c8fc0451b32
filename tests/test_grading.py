"""A teacher's way with a lesson, by nbgrader: released as it is, handed in solved and unsolved, marked.

To take less time the lesson is cut down to its text, its imports and its exercises.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from test_lessons import NOTEBOOKS, code_of, exercises_of, read, solutions_of

pytestmark = pytest.mark.slow  # It runs notebooks.

pytest.importorskip("nbgrader")
CONFIG = Path(__file__).resolve().parent.parent / "teaching" / "nbgrader_config.py"
LESSON = NOTEBOOKS / "02_backward_pass.ipynb"


def nbgrader(*words, folder):
    variables = {key: value for key, value in os.environ.items() if key != "COURSE_GRADING"}
    # As in an activated environment: nbgrader calls another program, alembic, by its name.
    variables["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), variables.get("PATH", "")])
    command = [sys.executable, "-m", "nbgrader", *words]
    answer = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout + answer.stderr


def cut_down():
    """The lesson without the code that is neither its imports nor an exercise."""
    notebook, imports = read(LESSON), code_of(LESSON)[0]
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "markdown" or cell.id == imports.id or "nbgrader" in cell.metadata
    ]
    return notebook


def solve(released):
    """A released notebook with the cells of its stubs replaced by the lesson's solutions."""
    answers = solutions_of(LESSON)
    notebook = read(released)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in answers:
            cell.source = answers[cell.metadata.nbgrader.grade_id]
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The folder of a class in which one lesson was released, handed in by two students, and marked."""
    folder = tmp_path_factory.mktemp("class")
    shutil.copy(CONFIG, folder)
    (folder / "source" / "ps").mkdir(parents=True)
    nbformat.write(cut_down(), folder / "source" / "ps" / LESSON.name)
    nbgrader("generate_assignment", "ps", folder=folder)
    released = folder / "release" / "ps" / LESSON.name
    for student in ("solved", "unsolved"):
        (folder / "submitted" / student / "ps").mkdir(parents=True)
    shutil.copy(released, folder / "submitted" / "unsolved" / "ps")
    nbformat.write(solve(released), folder / "submitted" / "solved" / "ps" / LESSON.name)
    nbgrader("autograde", "ps", folder=folder)
    return folder


def test_what_is_released_is_the_lesson_with_its_stubs(course):
    released = read(course / "release" / "ps" / LESSON.name).cells
    assert [cell.source for cell in released] == [cell.source for cell in cut_down().cells]
    assert not any(cell.get("outputs") for cell in released)


def test_the_solved_copy_gets_every_point_and_the_untouched_one_none(course):
    with sqlite3.connect(course / "gradebook.db") as book:
        points = book.execute(
            "select s.student_id, sum(g.auto_score), sum(c.max_score) from grade g"
            " join submitted_notebook n on g.notebook_id = n.id"
            " join submitted_assignment s on n.assignment_id = s.id"
            " join grade_cells c on g.cell_id = c.id group by s.student_id"
        ).fetchall()
    count = len(exercises_of(LESSON))
    assert sorted(points) == [("solved", count, count), ("unsolved", 0, count)]


def test_the_solved_copy_is_valid(course):
    assert "Success" in nbgrader("validate", str(Path("submitted", "solved", "ps", LESSON.name)), folder=course)
