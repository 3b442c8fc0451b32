"""A JupyterLab on a free port, as tools/lab.py opens it, and the system's Chromium to look at it with.

For the browser tests, and for the pictures of the studios.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lab
import nbformat

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
]
TOKEN = "test"
SETTINGS = {"@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"}}  # Every cell stays in the page.


@contextlib.contextmanager
def serving(command: list[str], folder: Path, path: str = "/api") -> Iterator[str]:
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
    environment = lab.environment() | {name: str(folder / place) for name, place in places.items()}
    for name, values in SETTINGS.items():
        file = folder / "settings" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    with (folder / "server.log").open("w") as log:
        arguments = [part.replace("{port}", str(port)) for part in command]
        server = subprocess.Popen(arguments, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2).close()
                    break
                except urllib.error.HTTPError:  # It answers, if only that there is no such page.
                    break
                except OSError:
                    pass
                assert server.poll() is None, (folder / "server.log").read_text()
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(15)
            server.kill()


@contextlib.contextmanager
def jupyterlab(folder: Path) -> Iterator[tuple[str, Path]]:
    """Address of a JupyterLab, and the folder, inside the given one, that it shows."""
    shown = folder / "notebooks"
    shown.mkdir()
    options = [
        f"--ServerApp.root_dir={shown}",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port={port}",
        f"--IdentityProvider.token={TOKEN}",
        "--LabApp.expose_app_in_browser=True",
        "--JupyterNotebookApp.expose_app_in_browser=True",
    ]
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    _, *command = [part for part in lab.command([], is_root) if "root_dir" not in part]
    with serving([sys.executable, *command, *options], folder) as address:
        yield address, shown


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """The system's Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def write_notebook(path: Path, *cells: str) -> None:
    """A notebook of code cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


class Notebook:
    """A notebook in a page of JupyterLab."""

    def __init__(self, page: Any, address: str, name: str, application: str = "lab") -> None:
        self.page = page
        place = {"lab": "doc/tree", "notebook": "notebooks"}[application]
        page.goto(f"{address}/{place}/{name}?token={TOKEN}")
        page.wait_for_function(
            """() => { const shown = window.jupyterapp?.shell?.currentWidget;
            return shown?.sessionContext?.session?.kernel?.status === 'idle'; }"""
        )

    def run(self) -> None:
        """Run all cells, and wait until the last has ended and the widgets have their way to the kernel.

        JupyterLab gives the widgets' messages a thread of their own in the kernel (a subshell) and asks for it when
        the first widget comes. What is sent before the answer takes the main way, and may be overtaken.
        """
        self.page.evaluate("""async () => {
            await window.jupyterapp.commands.execute('notebook:run-all-cells');
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            if (kernel.supportsSubshells)
                await Promise.all([...kernel._comms.values()].map((comm) => comm.subshellStarted));
        }""")

    def execute(self, code: str) -> str:
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

    def settle(self) -> None:
        """Wait until the kernel has all that the page's widgets say.

        Twice, since a widget keeps its second message back until the first is answered: a button pressed at once
        would overtake it.
        """
        self.execute("pass")
        self.execute("pass")

    def wait_for(self, expression: str, seconds: float = 60) -> None:
        """Wait until an expression is true in the kernel."""
        end = time.monotonic() + seconds
        while self.execute(f"print(bool({expression}))") != "True":
            assert time.monotonic() < end, f"{expression} has not become true within {seconds} seconds"
            time.sleep(0.05)

    def shut_down(self) -> None:
        """End the kernel."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
