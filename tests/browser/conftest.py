"""A JupyterLab on a free port, as tools/lab.py opens it, and the system's Chromium to look at it with."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import lab as lab_tool
import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
]
TOKEN = "test"
LOCAL = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
SETTINGS = {"@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"}}  # Every cell stays in the page.


def pytest_collection_modifyitems(items):
    """Skip what needs a browser where there is none."""
    if CHROMIUM is None:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))


@contextlib.contextmanager
def serving(command, folder, path="/api"):
    """A server that a command with {port} in it starts, with folders of its own for all that it writes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    environment = lab_tool.environment() | {name: str(folder / place) for name, place in places.items()}
    for name, values in SETTINGS.items():
        file = folder / "settings" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    with (folder / "server.log").open("w") as log:
        arguments = [part.replace("{port}", str(port)) for part in command]
        server = subprocess.Popen(arguments, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            for _ in range(600):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2).close()
                    break
                assert server.poll() is None, (folder / "server.log").read_text()
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(15)
            server.kill()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Address of a JupyterLab, and the folder that it shows."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "notebooks").mkdir()
    options = [
        f"--ServerApp.root_dir={folder / 'notebooks'}",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port={port}",
        f"--IdentityProvider.token={TOKEN}",
        "--LabApp.expose_app_in_browser=True",
    ]
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    _, *command = [part for part in lab_tool.command([], is_root) if "root_dir" not in part]
    command = [sys.executable, *command, *options]  # The Python that runs the tests, wherever it lies.
    with serving(command, folder) as address:
        yield address, folder / "notebooks"


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, request):
    """A page that must neither raise an error nor ask for anything outside this machine."""
    width = getattr(request, "param", 1600)
    page = chromium.new_page(viewport={"width": width, "height": 1200}, accept_downloads=True)
    page.set_default_timeout(30_000)
    errors, outside = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: None if request.url.startswith(LOCAL) else outside.append(request.url))
    yield page
    if os.environ.get("SHOTS"):  # A folder in which to leave what each test has come to, for a person to look at.
        page.screenshot(path=f"{os.environ['SHOTS']}/{request.node.name}.png")
    page.close()
    assert errors == []
    assert outside == []


def write_notebook(path, *cells):
    """A notebook of code cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


class Notebook:
    """A notebook in a page of JupyterLab."""

    def __init__(self, page, address, name, application="lab"):
        self.page = page
        place = {"lab": "doc/tree", "notebook": "notebooks"}[application]
        page.goto(f"{address}/{place}/{name}?token={TOKEN}")
        page.wait_for_function(
            """() => { const shown = window.jupyterapp?.shell?.currentWidget;
            return shown?.sessionContext?.session?.kernel?.status === 'idle'; }"""
        )

    def run(self):
        """Run all cells, and wait until the last has ended."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")

    def execute(self, code):
        """Run a line in the notebook's kernel, behind the page's back, and return what it prints."""
        return self.page.evaluate(
            """async (code) => {
                const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
                const future = kernel.requestExecute({ code, store_history: false });
                let text = '';
                future.onIOPub = (message) => {
                    if (message.header.msg_type === 'stream') text += message.content.text;
                    if (message.header.msg_type === 'error') text += message.content.traceback.join('\\n');
                };
                await future.done;
                return text;
            }""",
            code,
        ).strip()

    def wait_for(self, expression, seconds=20):
        """Wait until an expression is true in the kernel."""
        end = time.monotonic() + seconds
        while self.execute(f"print(bool({expression}))") != "True":
            assert time.monotonic() < end, f"{expression} has not become true within {seconds} seconds"
            time.sleep(0.05)

    def shut_down(self):
        """End the kernel."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")


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


def picture_bytes(locator):
    """The bytes of the picture that a canvas shows."""
    return bytes(
        locator.locator("img").evaluate(
            "async (image) => Array.from(new Uint8Array(await (await fetch(image.src)).arrayBuffer()))"
        )
    )


def wait_for_change(locator, before, seconds=20):
    """Wait until a canvas shows another picture than before, and return that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (now := picture_bytes(locator)) != before:
            return now
        time.sleep(0.02)
    raise AssertionError(f"the picture has not changed within {seconds} seconds")
