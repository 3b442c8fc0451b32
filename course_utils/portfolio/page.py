"""The page of kept pictures: one file that holds them all, asks nothing of any server, and can be sent to others."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path

from course_utils.errors import CourseError
from course_utils.pictures.loading import load_picture, read_settings
from course_utils.pictures.saving import encode, write_whole

PAGE, TITLE = "gallery.html", "title"  # TITLE is the setting by which a kept picture is known.
LARGEST = 640  # Of a picture on the page: longest side in pixels.
FRAME = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>My pictures</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 1340px; margin: 2em auto; padding: 0 1em }}
section {{ margin-bottom: 3em }}
figure {{ display: inline-block; margin: 0 1em 0 0; vertical-align: top }}
img {{ display: block; max-width: 100%; height: auto }}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: 0 1em }}
dt {{ font-weight: bold }}
dd {{ margin: 0 }}
</style>
<h1>My pictures</h1>
{pictures}
</html>
"""


def write_page(folder: Path) -> Path:
    """Write the page of a folder: every PNG that `keep` made, the latest first."""
    kept = []
    for path in folder.glob("*.png"):
        try:
            settings = read_settings(path)
        except CourseError:  # Damaged, or no picture: not ours to complain of.
            continue
        if TITLE in settings:
            kept.append((path, settings))
    kept.sort(key=lambda one: one[0].stat().st_mtime_ns, reverse=True)
    words = FRAME.format(pictures="\n".join(_section(path, settings) for path, settings in kept))
    write_whole(folder / PAGE, lambda file: file.write(words.encode()))
    return folder / PAGE


def _section(path: Path, settings: dict[str, str]) -> str:
    title, before = settings.pop(TITLE), path.with_suffix(".before.jpg")
    figures = [_figure(before, "before", f"The picture that it was made of: {title}")] if before.is_file() else []
    figures.append(_figure(path, "after" if figures else "", title))
    told = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in settings.items())
    return f"<section><h2>{escape(title)}</h2>\n{''.join(figures)}\n<dl>{told}</dl></section>"


def _figure(path: Path, caption: str, words: str) -> str:
    picture = load_picture(path)
    if max(picture.shape[:2]) > LARGEST:
        picture = load_picture(path, LARGEST)
    data = base64.b64encode(encode(picture)).decode()
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img alt="{escape(words)}" src="data:image/jpeg;base64,{data}">{below}</figure>'
