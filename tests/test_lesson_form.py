"""What a lesson of the second edition is like: its length, its first picture, its exercises and questions.

A lesson's core is what stands above its summary. Its explanation is the text of the core without exercises, hints,
tables, pictures, code and plates.
"""

import re
from collections import defaultdict

import nbformat
import pytest
from test_lessons import LESSONS, NOTEBOOKS, exercises_of, read

SECOND = ("00", "02", "04", "06")  # Numbers of the lessons that have been written anew.
GLOSSARY = NOTEBOOKS / "glossary.md"
EACH = [pytest.param(path, id=path.stem) for path in LESSONS if path.stem[:2] in SECOND]
SKIP = pytest.mark.skipif(not EACH, reason="no lesson has been written anew")
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| \[(\d\d)\]\((\w+\.ipynb)\) \|", re.MULTILINE)
PICTURES = {"image/png", "image/jpeg"}


def core_of(notebook):
    """The cells above the summary."""
    ends = [k for k, cell in enumerate(notebook.cells) if cell.source.startswith("## Summary")]
    assert len(ends) == 1, "a lesson has one summary"
    return notebook.cells[: ends[0]]


def is_exercise(cell):
    return cell.source.startswith("**Exercise")


def words_of(cell):
    """Words of explanation in a cell of text."""
    if cell.cell_type != "markdown" or is_exercise(cell) or cell.id.startswith("plate"):
        return 0
    text = re.sub(r"<details>.*?</details>|```.*?```|<table>.*?</table>", "", cell.source, flags=re.DOTALL)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)|<img[^>]*>|<[^>]+>", "", text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return sum(len(line.split()) for line in text.splitlines() if not line.startswith("|"))


def lines_of(cell):
    return len([line for line in cell.source.splitlines() if line.strip()]) if cell.cell_type == "code" else 0


def first_picture(cells):
    """Words of explanation and lines of code before the first picture that a cell computes."""
    words = lines = 0
    for cell in cells:
        words, lines = words + words_of(cell), lines + lines_of(cell)
        outputs = cell.get("outputs", [])
        if any(PICTURES & set(output.get("data", {})) for output in outputs):
            return words, lines
    raise AssertionError("no cell computes a picture")


def measured(path):
    """Words of explanation and lines of code of the core, and what stands before the first picture."""
    cells = core_of(read(path))
    return sum(map(words_of, cells)), sum(map(lines_of, cells)), *first_picture(cells)


@SKIP
@pytest.mark.parametrize("path", EACH)
def test_the_core_fits_in_its_time_and_shows_a_picture_soon(path):
    words, lines, words_before, lines_before = measured(path)
    assert (700 if path.stem.startswith("00") else 1200) <= words <= 1800
    assert (60 if path.stem.startswith("00") else 120) <= lines <= 220
    assert words_before <= 400 and lines_before <= 40


@SKIP
@pytest.mark.parametrize("path", EACH)
def test_no_cell_is_long(path):
    for cell in read(path).cells:
        assert lines_of(cell) <= 25, cell.source


@SKIP
@pytest.mark.parametrize("path", EACH)
def test_every_picture_has_a_caption_below_it(path):
    """JupyterLab hands the alternative text of an output to no screen reader; widgets speak for themselves."""
    for cell in read(path).cells:
        outputs = cell.get("outputs", [])
        for k, output in enumerate(outputs):
            data = output.get("data", {})
            if PICTURES & set(data) and not any("widget" in kind for kind in data):
                assert len(outputs[k + 1].data["text/plain"]) > 20 and "text/markdown" in outputs[k + 1].data


@SKIP
@pytest.mark.parametrize("path", EACH)
def test_results_are_numbers(path):
    for cell in read(path).cells:
        for output in cell.get("outputs", []):
            assert not re.search(r"\b(True|False)\b", output.get("text", "")), cell.source


@SKIP
@pytest.mark.parametrize("path", EACH)
def test_what_is_printed_is_compared(path):
    """Cells that print are compared with a fresh run, but for those that tell seconds or what a learner has done."""
    for cell in read(path).cells:
        tags, name = cell.metadata.get("tags", []), cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if any(output.get("name") == "stdout" for output in cell.get("outputs", [])) and "check_" not in name:
            assert {"nbval-check-output", "not-compared"} & set(tags), cell.source


@SKIP
@pytest.mark.parametrize("path", EACH)
def test_every_exercise_tells_its_minutes_and_has_three_hints(path):
    cells = read(path).cells
    number, texts = path.stem[:2], [cell for cell in cells if is_exercise(cell)]
    assert len(texts) == len(exercises_of(path))
    for k, cell in enumerate(texts, 1):
        assert re.match(rf"\*\*Exercise {number}\.{k}\*\* \(about \d+ minutes?\)", cell.source), cell.source
        hints = re.findall(r"<details><summary>(.*?)</summary>(.*?)</details>", cell.source, re.DOTALL)
        assert [title for title, _ in hints] == ["Hint 1", "Hint 2", "Hint 3"], cell.source
        assert all(len(hint.split()) >= 5 for _, hint in hints)


@SKIP
@pytest.mark.parametrize("path", EACH)
def test_it_ends_with_ones_own_picture_and_four_questions_whose_answers_are_folded(path):
    notebook = read(path)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert any(cell.source.startswith("*With your picture*") for cell in core_of(notebook)[-2:])
    assert any("keep(" in cell.source for cell in core_of(notebook)[-1:])
    questions = text.partition("## Four questions")[2].partition("\n## ")[0]
    assert len(re.findall(r"^\d\. ", questions, re.MULTILINE)) == 4
    answers = re.findall(r"<details><summary>Answer</summary>(.*?)</details>", questions, re.DOTALL)
    assert len(answers) == 4 and all(len(answer.split()) >= 12 for answer in answers)


# The glossary


def terms():
    """The terms that the glossary gives to each lesson, by the lesson's number."""
    found = defaultdict(list)
    for term, _, number, name in ROW.findall(GLOSSARY.read_text(encoding="utf-8")):
        assert name.startswith(number) and (NOTEBOOKS / name).exists()
        found[number].append(term)
    return found


def test_the_glossary_has_every_row_read_and_no_term_twice():
    text = GLOSSARY.read_text(encoding="utf-8")
    listed = [term for found in terms().values() for term in found]
    assert len(listed) == len(set(listed)) == text.count("\n| ") - 2 and len(listed) > 70
    assert set(terms()) == {path.stem[:2] for path in LESSONS}


@SKIP
@pytest.mark.parametrize("path", EACH)
def test_a_term_is_explained_in_bold_in_its_lesson(path):
    text = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    assert "glossary.md" in text
    text = re.sub(r"`[^`]*`|\$[^$]*\$", "", text)  # Two stars are a power there.
    bold = {re.sub(r"\s+", " ", one).lower() for one in re.findall(r"\*\*([^*]+)\*\*", text)}
    missing = [term for term in terms()[path.stem[:2]] if not {term.lower(), f"{term.lower()}s"} & bold]
    assert not missing


def test_the_measures_know_what_they_count():
    text = "One two [three](four.md).\n\n| a | b |\n\n![x y z](p.jpg)\n<details><summary>Hint 1</summary>no</details>"
    cell, code = nbformat.v4.new_markdown_cell(text), nbformat.v4.new_code_cell("a = 1\n\nb = 2")
    assert words_of(cell) == 3 and lines_of(code) == 2 and lines_of(cell) == 0 == words_of(code)
    code.outputs = [nbformat.v4.new_output("display_data", {"image/png": ""})]
    assert first_picture([cell, code, cell]) == (3, 2)
