"""Every notebook of solutions runs; its checkers are the judges of its answers."""

import pytest
from shared_kernel import shared_kernel
from test_lessons import NOTEBOOKS, SOLUTIONS, read

pytestmark = pytest.mark.slow  # It runs notebooks.


@pytest.fixture(scope="module")
def run():
    """A function that runs a notebook; all of them are run by one kernel."""
    with shared_kernel(NOTEBOOKS / "solutions") as run:
        yield run


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in SOLUTIONS])
def test_solutions_run_and_are_right(run, path):
    notebook, stored = read(path), read(path)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    run(notebook)
    for cell, before in zip(notebook.cells[1:], stored.cells, strict=True):
        if "check." in cell.source and cell.cell_type == "code":
            said = "".join(output.get("text", "") for output in cell.outputs)
            assert said.count("Right: ") == "".join(output.get("text", "") for output in before.outputs).count(
                "Right: "
            )
            assert "Not attempted" not in said
