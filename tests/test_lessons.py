"""What every notebook must be like, whatever it teaches; nbval runs their cells."""

import ast
import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from lessons import NOTEBOOKS, minutes_to_read, time_row

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
SOLUTIONS = sorted((NOTEBOOKS / "solutions").glob("*.ipynb"))
OTHERS = sorted(set(NOTEBOOKS.glob("*.ipynb")) - set(LESSONS))  # Studios, the table of deltas, the appendix.
ALL = [pytest.param(path, id=str(path.relative_to(NOTEBOOKS))) for path in [*LESSONS, *SOLUTIONS, *OTHERS]]
EACH_LESSON = [pytest.param(path, id=path.stem) for path in LESSONS]
LINK = re.compile(r"""\]\(([^)\s]+)\)|(?:href|src)="([^"]+)\"""")


def read(path):
    return nbformat.read(path, as_version=4)


def code_of(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def text_of(path):
    return "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


def exercises_of(path):
    """Names of the exercises of a lesson, from the cells that check them."""
    graded = [cell.metadata["nbgrader"] for cell in code_of(path) if "nbgrader" in cell.metadata]
    return [one["grade_id"].removeprefix("check_") for one in graded if one["grade"]]


def solutions_of(path):
    """The code of the solution of each exercise of a lesson, by its name."""
    cells = [cell.source for cell in code_of(NOTEBOOKS / "solutions" / path.name)]
    found = {}
    for name in exercises_of(path):
        check = f"{name} = check.{name}({name})"
        (source,) = [source for source in cells if check in source]
        found[name] = source.replace(check, "").strip()
    return found


@pytest.mark.parametrize("path", ALL)
def test_it_is_stored_as_it_ran(path):
    """nbval compares nothing of a cell without a count, so that an empty notebook would pass."""
    assert [cell.execution_count for cell in code_of(path)] == list(range(1, len(code_of(path)) + 1))


@pytest.mark.parametrize("path", ALL)
def test_no_output_tells_of_a_machine_or_complains(path):
    for cell in code_of(path):
        for output in cell.outputs:
            assert output.output_type in ("stream", "display_data", "execute_result"), cell.source
            assert output.get("name") != "stderr", output.text
            text = output.get("text", "") + str(output.get("data", {}).get("text/plain", ""))
            assert not re.search(r"/home/|/root|/tmp/|/work/|[A-Z]:\\|Warning|WARNING|site-packages", text), text


@pytest.mark.parametrize("path", ALL)
def test_every_picture_has_a_text(path):
    for cell in code_of(path):
        for output in cell.outputs:
            for kind in {"image/png", "image/jpeg"} & set(output.get("data", {})):
                assert len(output.metadata.get(kind, {}).get("alt", "")) > 15, cell.source
    for alt in re.findall(r"!\[([^\]]*)\]\(", text_of(path)) + re.findall(r'<img[^>]*alt="([^"]*)"', text_of(path)):
        assert len(alt) > 5
    assert text_of(path).count("<img") == len(re.findall(r"<img[^>]*alt=", text_of(path)))


@pytest.mark.parametrize("path", ALL)
def test_it_is_small_and_carries_no_state(path):
    assert path.stat().st_size < 1.5e6
    notebook = read(path)
    assert set(notebook.metadata) == {"kernelspec", "language_info", "course"}
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags", "nbgrader", "tolerance"}
        assert len(cell.source.splitlines()) <= 30 or cell.cell_type == "markdown", cell.source


@pytest.mark.parametrize("path", EACH_LESSON)
def test_the_time_that_it_tells_was_measured(path):
    notebook = read(path)
    assert time_row(notebook) in notebook.cells[0].source
    assert notebook.metadata["course"]["minutes"] == minutes_to_read(notebook)
    assert notebook.metadata["course"]["seconds"] <= (40 if path.stem.startswith("00") else 60)


@pytest.mark.parametrize("path", EACH_LESSON)
def test_several_cells_are_compared(path):
    compared = [cell for cell in code_of(path) if "nbval-check-output" in cell.metadata.get("tags", [])]
    assert len(compared) >= 3
    assert all(any(output.output_type == "stream" for output in cell.outputs) for cell in compared)


@pytest.mark.parametrize("path", EACH_LESSON)
def test_exercises_can_be_graded(path):
    """A stub that returns `...`, and a locked cell that calls the checker of the same name."""
    cells = code_of(path)
    for name in exercises_of(path):
        (stub,) = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name]
        (check,) = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade_id") == f"check_{name}"]
        assert stub.metadata.nbgrader.solution and not stub.metadata.nbgrader.locked
        assert check.metadata.nbgrader.locked and check.metadata.nbgrader.points >= 1
        assert check.source.strip() == f"{name} = check.{name}({name})"
        assert any(isinstance(node, ast.Constant) and node.value is ... for node in ast.walk(ast.parse(stub.source)))
        assert "Not attempted yet" in check.outputs[0].text


@pytest.mark.parametrize("path", EACH_LESSON)
def test_there_are_solutions_of_all_its_exercises(path):
    solutions = NOTEBOOKS / "solutions" / path.name
    cells = [cell for cell in code_of(solutions) if "check." in cell.source]
    for name in exercises_of(path):
        (cell,) = [cell for cell in cells if f"{name} = check.{name}({name})" in cell.source]
        assert "Right: " in cell.outputs[0].text


@pytest.mark.parametrize("path", ALL)
def test_every_link_leads_somewhere(path):
    for markdown, html in LINK.findall(text_of(path)):
        link = unquote(markdown or html)
        if re.match(r"https?:", link):
            continue
        target, _, anchor = link.partition("#")
        place = (path.parent / target) if target else path
        assert place.exists(), link
        if anchor:
            text = text_of(place) if place.suffix == ".ipynb" else place.read_text(encoding="utf-8")
            titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
            simple = [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]
            assert anchor.lower() in {title.replace(" ", "-").lower() for title in titles} | set(simple), link
