"""The page of all studios: in JupyterLab before and after it has run, in Notebook 7, in Voila, and as a dead page."""

import sys
from pathlib import Path

import browser
import nbformat
import pytest
from browser import Notebook
from nbconvert import HTMLExporter
from playwright.sync_api import expect

from conftest import digest, wait_for_change

STUDIOS = Path(__file__).resolve().parents[2] / "notebooks" / "studios.ipynb"
COUNT = 4


def write_page(folder, count):
    """Copy the notebook, as it is stored in the course, up to so many of its studios; returns its name."""
    notebook = nbformat.read(STUDIOS, 4)
    ends = [k for k, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code"]
    notebook.cells = notebook.cells[: ends[count - 1]]
    nbformat.write(notebook, folder / "studios.ipynb")
    return "studios.ipynb"


def try_the_dream(page):
    """Dream for a moment in the first of the studios, and stop."""
    studio = page.locator(".course-studio").first
    expect(studio.get_by_text("Ready.")).to_be_visible(timeout=60_000)
    canvas = studio.locator(".course-canvas").first
    before = digest(canvas)
    studio.get_by_role("button", name="Dream", exact=True).click()
    wait_for_change(canvas, before)
    studio.get_by_role("button", name="Stop", exact=True).click()
    expect(studio.get_by_text("Stopped, after")).to_be_visible()


@pytest.mark.parametrize(("application", "count"), [("lab", COUNT), ("notebook", 2)])
def test_pictures_stand_there_until_it_runs(page, server, application, count):
    book = Notebook(page, server[0], write_page(server[1], count), application)
    if application == "notebook":
        page.errors.clear()  # Notebook 7.6 has one of its own, on a page without any widget too.
    stills = page.locator(".jp-OutputArea-output img")
    expect(stills).to_have_count(count)
    assert stills.evaluate_all("(all) => all.every((image) => image.naturalWidth > 300)")
    assert page.locator(".course-studio").count() == 0
    book.run()
    expect(page.locator(".course-studio")).to_have_count(count)
    try_the_dream(page)
    for studio in page.locator(".course-studio").all():
        assert studio.locator(".course-wrong").count() == 0
    book.shut_down()


def test_it_runs_in_voila(chromium, tmp_path):
    """Voila's template asks for fonts from outside, which is not ours to forbid: only errors of the page count here."""
    name = write_page(tmp_path, 2)
    command = [sys.executable, "-m", "voila", name, "--no-browser", "--port={port}", "--Voila.ip=127.0.0.1"]
    with browser.serving(command, tmp_path, "/static/") as address:
        page = chromium.new_page(viewport={"width": 1400, "height": 1200})
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        expect(page.locator(".course-studio")).to_have_count(2, timeout=90_000)
        try_the_dream(page)
        page.close()
    assert errors == []


def test_a_dead_page_shows_the_pictures(chromium, tmp_path):
    """What nbconvert makes of it, and GitHub likewise: no widget, a picture of each studio and its text."""
    exporter = HTMLExporter(template_name="classic")
    exporter.mathjax_url = exporter.require_js_url = exporter.jquery_url = ""
    (tmp_path / "page.html").write_text(exporter.from_notebook_node(nbformat.read(STUDIOS, 4))[0], encoding="utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    stills = page.locator(".output_area img, .jp-OutputArea-output img")
    expect(stills).to_have_count(COUNT)
    alts = stills.evaluate_all("(all) => all.map((image) => image.alt)")
    assert all(len(alt) > 40 for alt in alts)
    page.close()
