"""Take the pictures of the studios that stand in for them where no widget lives: images/results/studios/.

    python tools/studios.py [--shots FOLDER]

Each studio of notebooks/studios.ipynb is opened in JupyterLab and Chromium, used for a moment, and photographed.
--shots: leave there, as PNG, how each looks on narrow and wide pages, in light and dark.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import browser
import nbformat
from PIL import Image
from setup_venv import ROOT

STILLS = ROOT / "images" / "results" / "studios"
WIDTH, STORED = 1180, 820  # Of the page and of the stored pictures, in pixels.
LOOKS = [(width, theme) for width in (800, 1600) for theme in ("JupyterLab Light", "JupyterLab Dark")]


def dream(page: Any, studio: Any) -> None:
    """Look at the regions, and dream everywhere."""
    studio.get_by_role("button", name="▸ Where it dreams").click()
    studio.locator(".course-canvas").nth(1).wait_for()
    studio.get_by_role("button", name="Dream", exact=True).click()
    studio.get_by_text("Done, after").wait_for()


def style(page: Any, studio: Any) -> None:
    """Paint."""
    studio.get_by_role("button", name="Paint", exact=True).click()
    studio.get_by_text("Done, after").wait_for()


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
    page.wait_for_timeout(12_000)


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
    STILLS.mkdir(exist_ok=True)
    page = nbformat.read(ROOT / "notebooks" / "studios.ipynb", 4)
    cells = [cell.source for cell in page.cells if cell.cell_type == "code"]
    with (
        tempfile.TemporaryDirectory() as folder,
        browser.jupyterlab(Path(folder)) as (address, shown),
        browser.chromium() as chromium,
    ):
        for cell in cells:
            first, line = cell.split("\n\n")
            kind = line.split("(")[0]
            if options.only not in (None, kind):
                continue
            browser.write_notebook(shown / f"{kind}.ipynb", f"{first}\nstudio = {line}\nstudio")
            for width, theme in LOOKS if options.shots else [(WIDTH, LOOKS[0][1])]:
                page = chromium.new_page(viewport={"width": width, "height": 2600})
                page.goto(f"{address}/lab?token={browser.TOKEN}")
                page.wait_for_function("() => window.jupyterapp?.commands?.hasCommand('apputils:change-theme')")
                page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
                png = photograph(page, address, f"{kind}.ipynb", USED[kind])
                page.close()
                if options.shots:
                    (options.shots / f"{kind}-{width}-{theme.split()[-1]}.png").write_bytes(png)
                else:
                    still = Image.open(io.BytesIO(png)).convert("RGB")
                    still.thumbnail((STORED, 10 * STORED), Image.Resampling.LANCZOS)
                    still.save(STILLS / f"{USED[kind].__name__}.jpg", quality=75, optimize=True)


if __name__ == "__main__":
    main()
