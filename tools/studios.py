"""Take the pictures of the studios that stand in for them where no widget lives: images/results/studios/.

    python tools/studios.py [--shots FOLDER]

Each studio that a notebook opens is opened by the very call of its cell in JupyterLab and Chromium, used for a moment,
and photographed. The call is written into the picture, and the picture into the outputs of the notebooks' cells.
--shots: leave there, as PNG, how each looks on narrow and wide pages, in light and dark.
"""

from __future__ import annotations

import argparse
import ast
import base64
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import browser
import nbformat
from PIL import Image
from setup_venv import ROOT

from course_utils import widgets
from course_utils.defaults import NETWORK
from course_utils.widgets.stills import call_of, save_still, still_of

NOTEBOOKS = ROOT / "notebooks"
WIDTH, STORED = 1180, 820  # Of the page and of the stored pictures, in pixels.
LOOKS = [(width, theme) for width in (800, 1600) for theme in ("JupyterLab Light", "JupyterLab Dark")]


def dream(page: Any, studio: Any) -> None:
    """Look at the regions, and dream everywhere."""
    studio.get_by_role("button", name="▸ Where it dreams").click()
    studio.locator(".course-canvas").nth(1).wait_for()
    studio.get_by_role("button", name="Dream", exact=True).click()
    studio.get_by_text("Done, after").wait_for(timeout=120_000)


def style(page: Any, studio: Any) -> None:
    """Paint."""
    studio.get_by_role("button", name="Paint", exact=True).click()
    studio.get_by_text("Done, after").wait_for(timeout=120_000)


def gram_lens(page: Any, studio: Any) -> None:
    """Choose a patch, and make a texture of it."""
    canvas = studio.locator(".course-canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.8 * box["height"], steps=5)
    page.mouse.up()
    studio.get_by_role("button", name="Run", exact=True).click()
    studio.get_by_text("Done after").wait_for(timeout=120_000)


def explorer(page: Any, studio: Any) -> None:
    """Choose a layer, a map and a place."""
    studio.get_by_role("radio", name="block4_conv2").click()
    page.wait_for_timeout(2000)
    studio.locator(".course-canvas").first.click(position={"x": 90, "y": 70})
    page.wait_for_timeout(9000)


USED: dict[str, Callable[[Any, Any], None]] = {
    "DreamStudio": dream,
    "StyleStudio": style,
    "GramLens": gram_lens,
    "LayerExplorer": explorer,
}


def calls_in(cell: Any) -> list[tuple[str, str]]:
    """The studios that a cell of a notebook opens, as `call_of` tells them; NETWORK is that of the stored lessons."""
    if cell.cell_type != "code" or not any(kind in cell.source for kind in USED):
        return []

    def value(node: ast.expr) -> Any:
        return NETWORK if isinstance(node, ast.Name) and node.id == "NETWORK" else ast.literal_eval(node)

    calls = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)]
    opened = [(node, node.func.id) for node in calls if isinstance(node.func, ast.Name) and node.func.id in USED]
    return [
        call_of(
            getattr(widgets, kind), tuple(map(value, node.args)), {one.arg: value(one.value) for one in node.keywords}
        )
        for node, kind in opened
    ]


def store(path: Path) -> None:
    """Put the pictures of its studios into the outputs of a notebook."""
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        for call, output in zip(calls_in(cell), cell.get("outputs", ()), strict=False):
            output.data["image/jpeg"] = base64.b64encode(still_of(call)).decode()
    nbformat.write(notebook, path)


def photograph(page: Any, address: str, name: str, use: Callable[[Any, Any], None]) -> bytes:
    """Open the notebook of one studio, use it, and return a PNG of it."""
    notebook = browser.Notebook(page, address, name)
    notebook.run()
    studio = page.locator(".course-studio")
    studio.locator(".course-canvas img").first.wait_for()
    notebook.wait_for("not studio.worker.running and studio._opened", 60)
    use(page, studio)
    page.wait_for_timeout(500)
    picture = studio.screenshot()
    notebook.shut_down()
    return picture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shots", type=Path)
    parser.add_argument("--only", choices=USED)
    options = parser.parse_args()
    notebooks = {path: nbformat.read(path, 4) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    opening = {path: [call for cell in one.cells for call in calls_in(cell)] for path, one in notebooks.items()}
    with (
        tempfile.TemporaryDirectory() as folder,
        browser.jupyterlab(Path(folder)) as (address, shown),
        browser.chromium() as chromium,
    ):
        for line, stem in sorted({call for calls in opening.values() for call in calls}):
            kind = line.partition("(")[0]
            if options.only not in (None, kind):
                continue
            name = f"{stem}.ipynb"
            browser.write_notebook(shown / name, f"from course_utils.widgets import {kind}\nstudio = {line}\nstudio")
            for width, theme in LOOKS if options.shots else [(WIDTH, LOOKS[0][1])]:
                page = chromium.new_page(viewport={"width": width, "height": 2600})
                page.goto(f"{address}/lab?token={browser.TOKEN}")
                page.wait_for_function("() => window.jupyterapp?.commands?.hasCommand('apputils:change-theme')")
                page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
                png = photograph(page, address, name, USED[kind])
                page.close()
                if options.shots:
                    (options.shots / f"{stem}-{width}-{theme.split()[-1]}.png").write_bytes(png)
                else:
                    still = Image.open(io.BytesIO(png)).convert("RGB")
                    still.thumbnail((STORED, 10 * STORED), Image.Resampling.LANCZOS)
                    print(save_still(still, (line, stem)), line)
    for path in (path for path, calls in opening.items() if calls and not options.shots):
        store(path)


if __name__ == "__main__":
    main()
