"""Lessons as pages: what a screen reader hears of their pictures, and the sheet of the table of deltas on paper."""

import base64
import html
import re

import nbformat
import numpy as np
import pytest
from browser import Notebook
from playwright.sync_api import expect
from test_lessons import LESSONS, NOTEBOOKS, read

from course_utils.pictures.saving import encode

TABLE = NOTEBOOKS / "table_of_deltas.ipynb"


def with_pictures(path, count):
    """A stored notebook cut down to its first pictures, and their captions."""
    notebook, captions, kept = read(path), [], []
    for cell in notebook.cells:
        found = [output.data["text/plain"] for output in cell.get("outputs", [])
                 if "text/markdown" in output.get("data", {})]  # fmt: skip
        if found and len(captions) < count:
            captions += found
            kept.append(cell)
    notebook.cells = kept
    return notebook, captions


@pytest.mark.parametrize("application", ["lab", "notebook"])
def test_a_screen_reader_hears_what_there_is_to_see(page, server, application):
    """The accessibility tree is what a screen reader is given."""
    notebook, captions = with_pictures(TABLE, 3)
    nbformat.write(notebook, server[1] / "pictures.ipynb")
    Notebook(page, server[0], "pictures.ipynb", application)
    expect(page.locator(".jp-OutputArea-output img")).to_have_count(len(captions))
    heard = re.sub(r"\s+", " ", page.locator("body").aria_snapshot())
    assert captions and all(re.sub(r"\s+", " ", caption) in heard for caption in captions)
    if application == "notebook":
        page.errors.clear()  # Notebook 7.6 has one of its own.


def test_the_table_of_deltas_prints_on_one_page(chromium, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_MY_PICTURES", str(tmp_path))
    sources = [cell.source for cell in read(TABLE).cells if cell.cell_type == "code"]
    (texts,) = [source for source in sources if source.startswith("TEXTS")]
    (writes,) = [source for source in sources if "table_of_deltas.html" in source]
    methods = re.findall(r'^    "([^"]+)": \(', texts, re.MULTILINE)
    names = {"base64": base64, "encode": encode, "pictures": dict.fromkeys(methods, np.zeros((160, 240, 3)))}
    exec(f"{texts}\n{writes}", names)
    page = chromium.new_page()
    page.goto((tmp_path / "table_of_deltas.html").as_uri())
    assert page.locator("tr").count() == 9 and page.locator("img[alt]").count() == 8
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
    page.close()


def test_every_lesson_can_be_read_without_its_pictures():
    """Captions of all lessons, as they are stored, are words and not markup."""
    for path in [*LESSONS, TABLE]:
        for cell in read(path).cells:
            for output in cell.get("outputs", []):
                if "text/markdown" in output.get("data", {}):
                    shown = re.sub(r"^<small>|</small>$", "", output.data["text/markdown"])
                    assert html.unescape(shown) == output.data["text/plain"]
