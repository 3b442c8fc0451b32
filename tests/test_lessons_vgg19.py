"""Every lesson runs with "vgg19" in the place of "mini", here the stand-in of thin_vgg19.py, and with its solutions.

This is about the way through a lesson and not about its pictures: a lesson that expects mini's channels, its classes or
its trained weights stops here, and a solution that is right by itself but not where the lesson uses it. All methods are
cut to a few steps, and so is whatever a lesson calls its `steps`.
"""

import re
from pathlib import Path

import pytest
from shared_kernel import shared_kernel
from test_lessons import LESSONS, NOTEBOOKS, exercises_of, read, solutions_of
from thin_vgg19 import MOST_STEPS

pytestmark = pytest.mark.slow  # It runs notebooks.

INSTALL = f"import sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\nimport thin_vgg19\nthin_vgg19.install()"
WITH_A_CHOICE = [path for path in LESSONS if 'NETWORK = "mini"' in path.read_text().replace('\\"', '"')]


@pytest.fixture(scope="module")
def run():
    """A function that runs a notebook; all of them are run by one kernel."""
    with shared_kernel(NOTEBOOKS) as run:
        yield run


def test_only_the_first_and_the_last_lesson_have_their_networks_fixed():
    assert {path.stem[:2] for path in LESSONS} - {path.stem[:2] for path in WITH_A_CHOICE} <= {"00", "10"}


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in LESSONS])
def test_a_lesson_runs_with_another_network_and_with_its_solutions(run, path):
    notebook, solutions = read(path), solutions_of(path)
    for cell in notebook.cells:
        source = solutions.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        source = source.replace('NETWORK = "mini"', 'NETWORK = "vgg19"')
        cell.source = re.sub(r"\bsteps=(\d+)", lambda steps: f"steps={min(int(steps[1]), MOST_STEPS)}", source)
    run(notebook, INSTALL)
    checks = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert len(checks) == len(exercises_of(path))
    for cell in checks:
        said = "".join(output.text for output in cell.outputs)  # A busy kernel sends a line in two parts.
        assert said.split(":")[0] == "Right", cell.source
