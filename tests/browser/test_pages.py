"""The page of all studios: in JupyterLab before and after it has run, in Notebook 7, in Voila, and as a dead page."""

import shutil
import sys
from pathlib import Path

import browser
import nbformat
import pytest
from browser import Notebook
from conftest import digest, wait_for_change
from nbconvert import HTMLExporter
from playwright.sync_api import expect

STUDIOS = Path(__file__).resolve().parents[2] / "notebooks" / "studios.ipynb"
COUNT = 4


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


@pytest.fixture
def page_of_studios(server):
    """The name of a copy of the notebook, in the server's folder, as it is stored in the course."""
    shutil.copy(STUDIOS, server[1] / "studios.ipynb")
    return "studios.ipynb"


@pytest.mark.parametrize("application", ["lab", "notebook"])
def test_pictures_stand_there_until_it_runs(page, server, page_of_studios, application):
    book = Notebook(page, server[0], page_of_studios, application)
    if application == "notebook":
        page.errors.clear()  # Notebook 7.6 has one of its own, on a page without any widget too.
    stills = page.locator(".jp-OutputArea-output img")
    expect(stills).to_have_count(COUNT)
    assert stills.evaluate_all("(all) => all.every((image) => image.naturalWidth > 300)")
    assert page.locator(".course-studio").count() == 0
    book.run()
    expect(page.locator(".course-studio")).to_have_count(COUNT)
    try_the_dream(page)
    for studio in page.locator(".course-studio").all():
        assert studio.locator(".course-wrong").count() == 0
    book.shut_down()


def test_it_runs_in_voila(chromium, tmp_path):
    """Voila's template asks for fonts from outside, which is not ours to forbid: only errors of the page count here."""
    shutil.copy(STUDIOS, tmp_path / "studios.ipynb")
    command = [sys.executable, "-m", "voila", "studios.ipynb", "--no-browser", "--port={port}", "--Voila.ip=127.0.0.1"]
    with browser.serving(command, tmp_path, "/static/") as address:
        page = chromium.new_page(viewport={"width": 1400, "height": 1200})
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        expect(page.locator(".course-studio")).to_have_count(COUNT, timeout=90_000)
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
