"""Pictures in a notebook, as small JPEGs, each with a caption for those who cannot see it.

JupyterLab hands the alternative text of an output to no screen reader, so the words stand under the picture.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from course_utils.checks import COUNT, Number, checked, each, optional, text
from course_utils.errors import CourseError
from course_utils.pictures.saving import picture_to_save, to_image

GAP, TITLE = 8, 22  # Pixels between two pictures, and above one that has a title.
BELOW = "Described in the caption below."  # The alternative text of every picture, where alternative texts are read.


class Moment(Protocol):
    """What `watch` looks at, such as an `optimize.State`: a picture (h, w, 3) after so many steps."""

    @property
    def step(self) -> int: ...

    @property
    def picture(self) -> np.ndarray: ...


def sheet(
    pictures: Sequence[np.ndarray], titles: Iterable[str] = (), *, width: int = 260, columns: int | None = None
) -> Image.Image:
    """Pictures in rows, on white. width: of each, in pixels. columns: pictures in a row; None: all in one."""
    titles, columns = list(titles), columns or len(pictures)
    scaled = [
        to_image(p).resize((width, round(width * p.shape[0] / p.shape[1])), Image.Resampling.LANCZOS) for p in pictures
    ]
    top, rows = (TITLE if titles else 0), -(-len(scaled) // columns)
    height = max(image.height for image in scaled)
    paper = Image.new("RGB", (columns * (width + GAP) - GAP, rows * (top + height + GAP) - GAP), "white")
    draw, font = ImageDraw.Draw(paper), ImageFont.load_default(14)
    for k, image in enumerate(scaled):
        x, y = k % columns * (width + GAP), k // columns * (top + height + GAP)
        paper.paste(image, (x, y + top))
        if k < len(titles):
            draw.text((x, y + 2), titles[k], "black", font)
    return paper


def show(
    *pictures: np.ndarray,
    titles: Iterable[str] = (),
    alt: str,
    width: int = 260,
    columns: int | None = None,
    quality: int = 85,
) -> None:
    """Show pictures in a notebook as one JPEG, with a caption.

    pictures: (h, w, 3) each. titles: one above each; the caption repeats them. alt: what there is to see, in words: the
    caption. width, columns: see `sheet`. quality: of the JPEG, up to 95.
    """
    text("alt", alt)
    if not pictures:
        raise CourseError("there is no picture to show.")
    pictures = tuple(picture_to_save(one) for one in pictures)
    width, columns = COUNT("width", width), optional(COUNT)("columns", columns)
    quality = Number(1, 95, whole=True)("quality", quality)
    titles = list(each(lambda _, title: str(title))("titles", titles))
    put(_as_jpeg(sheet(pictures, titles, width=width, columns=columns), quality), _caption(alt, titles, columns))


@checked(alt=text, every=COUNT, width=COUNT)
def watch(alt: str, every: int = 5, width: int = 340) -> Callable[[Moment], None]:
    """A callback for `style_transfer`, `deep_dream` and their kind: the picture in place, as it grows.

    alt: what there is to see in the end. every: steps between two pictures; the run's last one is shown as well if it
    falls on such a step. width: in pixels.
    """
    handle: list[Any] = []

    def look(state: Moment) -> None:
        if state.step % every and handle:
            return
        image = _as_jpeg(sheet([state.picture], width=width))
        if handle:
            handle[0].update(image)
        else:
            handle.append(put(image, alt))

    return look


def _caption(alt: str, titles: Sequence[str], columns: int | None) -> str:
    """What there is to see, and the titles of the pictures, which a screen reader would not hear otherwise."""
    order = "Row by row" if columns and columns < len(titles) else "Left to right"
    said = f"{order}: {'; '.join(titles)}" if len(titles) > 1 else "".join(titles)
    return f"{alt.rstrip('.: ')}{'. ' if len(titles) > 1 else ': '}{said}." if said else alt


def put(image: Any, words: str) -> Any:
    """Display an IPython image and, under it, its caption; returns the image's handle, to update it."""
    from IPython.display import display

    handle = display(image, display_id=True)
    escaped = re.sub(r"[*_$`\\[\]~|]", lambda sign: f"&#{ord(sign[0])};", html.escape(words, quote=False))
    display({"text/markdown": f"<small>{escaped}</small>", "text/plain": words}, raw=True)
    return handle


def _as_jpeg(image: Image.Image, quality: int = 85) -> Any:
    from IPython.display import Image as NotebookImage

    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return NotebookImage(file.getvalue(), format="jpeg", alt=BELOW, width=image.width)
