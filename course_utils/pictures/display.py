"""Pictures in a notebook, as small JPEGs with a text for those who cannot see them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from course_utils.checks import COUNT, Number, checked, each, optional, text
from course_utils.errors import CourseError
from course_utils.pictures.saving import picture_to_save, to_image

GAP, TITLE = 8, 22  # Pixels between two pictures, and above one that has a title.


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
    """Show pictures in a notebook as one JPEG.

    pictures: (h, w, 3) each. titles: one above each. alt: what there is to see, in words. width, columns: see `sheet`.
    quality: of the JPEG, up to 95.
    """
    from IPython.display import display

    text("alt", alt)
    if not pictures:
        raise CourseError("there is no picture to show.")
    pictures = tuple(picture_to_save(one) for one in pictures)
    width, columns = COUNT("width", width), optional(COUNT)("columns", columns)
    quality = Number(1, 95, whole=True)("quality", quality)
    titles = each(lambda _, title: str(title))("titles", titles)
    display(_as_jpeg(sheet(pictures, titles, width=width, columns=columns), alt, quality))


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
        from IPython.display import display

        image = _as_jpeg(sheet([state.picture], width=width), alt)
        if handle:
            handle[0].update(image)
        else:
            handle.append(display(image, display_id=True))

    return look


def _as_jpeg(image: Image.Image, alt: str, quality: int = 85) -> Any:
    from IPython.display import Image as NotebookImage

    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return NotebookImage(file.getvalue(), format="jpeg", alt=alt, width=image.width)
