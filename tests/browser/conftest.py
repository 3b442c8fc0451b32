"""What the browser tests share: a JupyterLab, a page of Chromium, a notebook in it."""

import os
import time
from pathlib import Path

import browser
import pytest
from browser import Notebook, write_notebook
from playwright.sync_api import expect

LOCAL = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")


def pytest_collection_modifyitems(items):
    """What needs a browser is slow, and skipped where there is none."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)
            if browser.CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Address of a JupyterLab, and the folder that it shows."""
    with browser.jupyterlab(tmp_path_factory.mktemp("lab")) as found:
        yield found


@pytest.fixture(scope="session")
def chromium():
    with browser.chromium() as found:
        yield found


@pytest.fixture
def page(chromium, request):
    """A page that must neither raise an error nor ask for anything outside this machine."""
    page = chromium.new_page(viewport={"width": 1600, "height": 1200}, accept_downloads=True)
    page.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    errors, outside = [], []
    page.errors = errors
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: None if request.url.startswith(LOCAL) else outside.append(request.url))
    yield page
    if os.environ.get("SHOTS"):  # A folder in which to leave what each test has come to, for a person to look at.
        page.screenshot(path=f"{os.environ['SHOTS']}/{request.node.name}.png")
    page.close()
    assert errors == []
    assert outside == []


@pytest.fixture
def notebook(page, server):
    """A function that opens a notebook of some cells, runs them and returns it."""
    address, folder = server
    opened = []

    def open_(*cells, name="page.ipynb", application="lab"):
        write_notebook(folder / name, *cells)
        opened.append(Notebook(page, address, name, application))
        opened[-1].run()
        return opened[-1]

    yield open_
    for one in opened:
        one.shut_down()


def digest(locator):
    """A word for the picture that a canvas shows, the same for the same picture."""
    return locator.locator("img").evaluate("""async (image) => {
        const bytes = await (await fetch(image.src)).arrayBuffer();
        return [...new Uint8Array(await crypto.subtle.digest('SHA-1', bytes))].join(); }""")


def wait_for_change(locator, before, seconds=60):
    """Wait until a canvas shows another picture than before, and return that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (now := digest(locator)) != before:
            return now
        time.sleep(0.05)
    raise AssertionError(f"the picture has not changed within {seconds} seconds")


def assert_fits(page):
    """No part of the studio reaches over its right side, on a wide page and on a narrow one, which the page stays."""
    for width in (1600, 800):
        page.set_viewport_size({"width": width, "height": 1200})
        page.wait_for_timeout(300)  # The page gives its parts their new places.
        over = page.locator(".course-studio").evaluate("""(studio) => {
            const right = (part) => Math.round(part.getBoundingClientRect().right);
            return [...studio.querySelectorAll('*')].map((part) => [part.className, right(part) - right(studio)])
                .filter(([_, over]) => over > 0); }""")
        assert over == [], width


def darken(page):
    """Give the page the dark theme."""
    page.evaluate("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
